/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the host. A path's beginning says of which kind one is.
 *
 * ram:NAME is memory (memory_file.c): with the parameter RAM.NAME=SIZE a disk of that size, which
 * is there from the start and reads as zeros; without, a file that RUMPUSER_OPEN_CREATE makes and
 * that grows as it is written.
 *
 * block:NAME is a disk of another component, or a partition of one (interface/block).
 *
 * bus:NAME is memory that other components have too (interface/bus).
 *
 * Anything else is a blob of the composition, by name; a leading '/' does not matter. What is
 * written to it goes to memory and is seen until the component ends.
 *
 * A file is made when it is first asked for and stays. Its bytes are the users' to order, as with
 * any file; what orders block I/O is said in bio.c.
 */
#ifndef RUMPUSER_COS_FILE_H
#define RUMPUSER_COS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILE_NAME_MAX 128

struct file;

struct file_ops {
	/*
	 * len_bytes at off, up to the file's end: *donep bytes, also where it fails. stable: a
	 * write is on stable storage when it returns. ENOSPC: a write beyond the end. May block;
	 * called without a virtual CPU.
	 */
	int (*transfer)(struct file *f, bool write, void *data, size_t len_bytes, uint64_t off,
			bool stable, size_t *donep);
	/* What transfer wrote is on stable storage when it returns. */
	int (*flush)(struct file *f);
	uint64_t (*size)(struct file *f);
	/* NULL, or: its only descriptor was closed. */
	void (*closed)(struct file *f);
};

struct file {
	struct file *next;
	const struct file_ops *ops;
	int type;	 /* RUMPUSER_FT_* */
	int flush_error; /* of a flush that nobody waited for (bio.c) */
	char path[FILE_NAME_MAX];
};

/*
 * Each kind's way to a file that was not asked for before, name being what follows its prefix.
 * create: make it if it is not there. ENOENT, ENOMEM; EROFS: cannot be made.
 */
int blob_file_open(const char *name, bool create, struct file **made);
int ram_file_open(const char *name, bool create, struct file **made);
int block_file_open(const char *name, bool create, struct file **made);
int bus_file_open(const char *name, bool create, struct file **made);

/* The file of a descriptor that was opened for that. EBADF. */
int file_of(int fd, bool write, struct file **f);
/* A descriptor for a file that has no path. EMFILE. */
int file_describe(struct file *f, int *fdp);

#endif

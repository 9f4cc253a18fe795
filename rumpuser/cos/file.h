/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the host. The prefix of a path selects the kind:
 *
 * ram:NAME is memory (memory_file.c). With the parameter RAM.NAME=SIZE it is a disk of that size,
 * which exists from the start and reads as zeros. Without the parameter RUMPUSER_OPEN_CREATE makes
 * it, and it grows as it is written.
 *
 * block:NAME is a disk of another component, or a partition of one (interface/block).
 *
 * bus:NAME is memory that other components have as well (interface/bus).
 *
 * Any other path names a blob of the composition; a leading '/' is ignored. Writes to a blob go to
 * memory and last until the component ends.
 *
 * A file is made when it is first asked for, and stays. Concurrent transfers of the same bytes are
 * not ordered; bio.c orders block I/O.
 */
#ifndef RUMPUSER_COS_FILE_H
#define RUMPUSER_COS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer than any name in a composition. */
#define FILE_NAME_MAX 128

struct file;

struct file_ops {
	/*
	 * Transfer len_bytes at off, up to the end of the file; *donep bytes were transferred, also
	 * on failure. stable: a write is on stable storage when it returns. ENOSPC: a write beyond
	 * the end. May block; called without a virtual CPU.
	 */
	int (*transfer)(struct file *f, bool write, void *data, size_t len_bytes, uint64_t off,
			bool stable, size_t *donep);
	/* On return everything that transfer wrote is on stable storage. */
	int (*flush)(struct file *f);
	uint64_t (*size)(struct file *f);
	/* NULL, or called when the only descriptor was closed. */
	void (*closed)(struct file *f);
};

struct file {
	struct file *next;
	const struct file_ops *ops;
	int type;	 /* RUMPUSER_FT_* */
	int flush_error; /* of a flush without a waiter (bio.c, I5) */
	char path[FILE_NAME_MAX];
};

/*
 * Each kind makes its file when it is first asked for. name is the path without the prefix. create:
 * make it if it does not exist. ENOENT, ENOMEM; EROFS: cannot be made.
 */
int blob_file_open(const char *name, bool create, struct file **made);
int ram_file_open(const char *name, bool create, struct file **made);
int block_file_open(const char *name, bool create, struct file **made);
int bus_file_open(const char *name, bool create, struct file **made);

/* The file of a descriptor that is open for reading, or for writing. EBADF. */
int file_of(int fd, bool write, struct file **f);
/* A descriptor for a file that has no path. EMFILE. */
int file_describe(struct file *f, int *fdp);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files in memory. A private mapping is read in when it is made. A shared one is too, and written
 * back by msync, munmap, fsync and the end; read and write of the same file in this program go
 * through it (mm_file_before_read, mm_file_after_write), so that the program sees one content.
 */
#ifndef POSIX_MM_MAPPING_H
#define POSIX_MM_MAPPING_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/list.h>

struct file;
struct mm;
struct process_hooks;
struct thread;

struct mapping {
	struct list_node link; /* mm->mappings, by address */
	uint64_t start, end;
	struct file *file; /* referenced */
	int64_t offset;
	bool shared, writable; /* writable: a shared one of a file open for writing */
};

extern const struct process_hooks mapping_hooks;

/* These under mm->lock. */
/* [addr, addr + len) of the program from the file; what is beyond the file's end stays zero. */
long mapping_fill(struct thread *t, struct file *f, uint64_t addr, uint64_t len, int64_t offset);
/* Of a shared mapping, what is in [start, end) to the file, not beyond its end. */
long mapping_write(struct thread *t, struct mapping *m, uint64_t start, uint64_t end);
long mapping_add(struct mm *mm, uint64_t start, uint64_t len, struct file *f, int64_t offset,
		 bool shared);
/* Forget mappings in [start, end), after writing them back; parts outside stay. */
void mappings_cut(struct thread *t, uint64_t start, uint64_t end);

/* Write shared mappings of file (NULL: all) back. 0 or the first error. */
long mm_sync_file(struct thread *t, struct file *file);
void mm_file_before_read(struct thread *t, struct file *f);
void mm_file_after_write(struct thread *t, struct file *f);

#endif

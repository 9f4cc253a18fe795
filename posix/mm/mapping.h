/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files in memory. Pages of a mapping are copies of the file's, in the program's own memory.
 *
 * M1. A mapping, private or shared, is read in as a whole when it is made.
 * M2. A shared, writable mapping is written back by msync, munmap, fsync, sync, exec and the end of
 *     the process; never beyond the file's end.
 * M3. Within one program, a shared mapping and read or write of the same file agree: before a read
 *     or a write the mappings are written back, after a write they are read in again. The file is
 *     known by device and inode, so this holds for other descriptors of it too.
 * M4. A shared mapping that is not writable cannot be read in again, since posix writes through the
 *     window with the program's rights: it keeps its content.
 * M5. When a mapping is cut in two and there is no memory for the second struct, that part stays
 *     mapped, but is not written back any more.
 *
 * Not there: memory that programs share through a file (each has its copy); SIGBUS beyond the
 * file's end (there is zeroed memory).
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

/*
 * Under mm->lock, as the next two. Read the file into [addr, addr + len) of the program; beyond
 * the file's end it stays zero. 0 or -LX_E*.
 */
long mapping_fill(struct thread *t, struct file *f, uint64_t addr, uint64_t len, int64_t offset);
/* Remember a mapping. 0 or -LX_ENOMEM. */
long mapping_add(struct mm *mm, uint64_t start, uint64_t len, struct file *f, int64_t offset,
		 bool shared);
/* Forget mappings in [start, end), after writing them back; parts outside stay. */
void mappings_cut(struct thread *t, uint64_t start, uint64_t end);

/* Write the shared mappings of a file back, NULL: of all files. 0 or the first error. */
long mm_sync_file(struct thread *t, struct file *file);
/* M3. */
void mm_file_before_read(struct thread *t, struct file *f);
void mm_file_after_write(struct thread *t, struct file *f);

#endif

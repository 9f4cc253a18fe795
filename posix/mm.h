/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's address space. mem (interface/mem) keeps its regions; posix keeps what mem does not
 * know: the heap's end, and which regions show a file. A private mapping of a file is read in when
 * it is made. A shared one is too, and written back by msync, munmap, fsync and the end; read and
 * write of the same file in this program go through it (mm_file_before_read, mm_file_after_write),
 * so that the program sees one content.
 */
#ifndef POSIX_MM_H
#define POSIX_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "file.h"
#include <cos/list.h>
#include "os.h"

struct mapping {
	struct list_node link; /* by address */
	uint64_t start, end;
	struct file *file;
	int64_t offset;
	bool shared, writable;
};

struct mm {
	unsigned refs;
	long as;	      /* component id */
	unsigned long window; /* address of the program's 0 in posix and the backends */
	struct cos_mutex lock;
	uint64_t brk_start, brk;
	uint64_t trampoline; /* page with posix's code in the program */
	uint64_t stack_top;
	struct list_node mappings;
	unsigned nshared; /* shared file mappings */
};

struct mm *mm_create(void); /* NULL: out of memory */
void mm_put(struct mm *mm);
void mm_stop(struct mm *mm); /* threads that are in the program do not come back */
/* An empty address space for proc instead of its own, whose threads stop. 0 or -LX_ENOMEM. */
long mm_renew(struct process *proc);
/* Empty the address space: for exec, and at the end of a process. */
void mm_clear(struct mm *mm);
/* Anonymous memory for the loader. Address or -LX_E*. */
long mm_map_anonymous(struct mm *mm, uint64_t hint, uint64_t len, unsigned prot,
		      unsigned mem_flags);
/* Set end of heap's beginning, after the program is loaded. */
void mm_set_brk(struct mm *mm, uint64_t start);
/* Write shared mappings of file (NULL: all) back. 0 or the first error. */
long mm_sync_file(struct thread *t, struct file *file);
void mm_file_before_read(struct thread *t, struct file *f);
void mm_file_after_write(struct thread *t, struct file *f);

/* Is [addr, addr + len) possible as a program's address? */
static inline bool user_range(uint64_t addr, uint64_t len)
{
	return addr < COS_SLOT(1ul) && len <= COS_SLOT(1ul) - addr;
}
/* Copies from and to the program's memory: 0 or -LX_EFAULT. */
long user_get(struct thread *t, void *to, uint64_t from, size_t len);
long user_put(struct thread *t, uint64_t to, const void *from, size_t len);
long user_clear(struct thread *t, uint64_t to, size_t len);
/* A string with its NUL: its length, -LX_EFAULT, or -LX_ENAMETOOLONG. */
long user_string(struct thread *t, char *to, uint64_t from, size_t size);
/* Address in posix and the backends; the caller checked the range. */
void *user_window(struct thread *t, uint64_t addr);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's address space. mem (interface/mem) keeps its regions; posix keeps what mem does not
 * know: the end of the heap, and which regions show a file (mapping.h).
 */
#ifndef POSIX_MM_SPACE_H
#define POSIX_MM_SPACE_H

#include <stdint.h>
#include <cos/list.h>
#include "base/os.h"
#include "mem/program.h"

struct process;

struct mm {
	unsigned refs;
	long as;	      /* component id */
	unsigned long window; /* address of the program's 0 in posix and the backends */
	struct cos_mutex lock;
	uint64_t brk_start, brk;
	uint64_t trampoline; /* page with posix's code in the program */
	uint64_t stack_top;
	struct list_node mappings; /* struct mapping, by address */
	unsigned nshared;	   /* shared file mappings */
};

struct mm *mm_create(void); /* NULL: out of memory */
void mm_put(struct mm *mm);
/* Threads that compute in the program stop, and do not enter posix again. */
void mm_stop(struct mm *mm);
/* Give proc a new, empty address space; threads in the old one stop. 0 or -LX_ENOMEM. */
long mm_renew(struct process *proc);
/* Unmap all, for exec and the end. It shows no file by then (mapping_hooks). */
void mm_clear(struct mm *mm);
/* Anonymous memory; prot as COS_PG_*, flags as MEM_*. Address or -LX_E*. */
long mm_map_anonymous(struct mm *mm, uint64_t hint, uint64_t len, unsigned prot,
		      unsigned mem_flags);
/* Where the heap begins, after the program is loaded. */
void mm_set_brk(struct mm *mm, uint64_t start);

/* LX_PROT_* as COS_PG_*. 0, -LX_EINVAL, or -LX_EACCES: writable and executable. */
long mm_prot(uint64_t prot, unsigned long *out);
/* A result of mem: a negative COS_E* becomes -LX_E*. */
long mm_result(long r);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem: address spaces of programs. A program is a component with an address space of its own (slot
 * 0) and with a gate and a handler that lead to its creator. Its id is its component id. Its window
 * is the same slot in every domain that sees the creator: address p of the program is
 * MEM_WINDOW(slot) + p there.
 * Audience: posix.
 */
#ifndef INTERFACE_MEM_PROGRAM_H
#define INTERFACE_MEM_PROGRAM_H

#include "interface.h"

#define MEM_WINDOW(slot) ((unsigned long)(slot) << COS_SLOT_SHIFT)

/* mem_as_map, beside MEM_WIRED (mem/mem.h) */
#define MEM_FIXED 0x200	    /* exactly at the hint, replacing what is mapped there */
#define MEM_NOREPLACE 0x400 /* with MEM_FIXED: COS_EEXIST if anything is mapped there */
/* mem_as_remap */
#define MEM_MAYMOVE 0x800

COS_INTERFACE struct cos_pair mem_as_create(void); /* v0 = component id, v1 = window slot */
/*
 * The program no longer exists for its creator. Its threads stop (mem_as_stop); its memory goes
 * when the last of them has gone.
 */
COS_INTERFACE long mem_as_destroy(long as);
/* Its threads unwind and die; a thread that is in a server does so when it returns. */
COS_INTERFACE long mem_as_stop(long as);
/*
 * Demand-zero memory; hint 0: anywhere in the mmap area, top down. The address, or COS_ENOMEM,
 * COS_EEXIST, COS_EINVAL.
 */
COS_INTERFACE long mem_as_map(long as, unsigned long hint, unsigned long len_bytes,
			      unsigned long prot_flags);
COS_INTERFACE long mem_as_unmap(long as, unsigned long addr, unsigned long len_bytes);
COS_INTERFACE long mem_as_protect(long as, unsigned long addr, unsigned long len_bytes,
				  unsigned long prot);
COS_INTERFACE long mem_as_remap(long as, unsigned long addr, unsigned long old_len_bytes,
				unsigned long new_len_bytes, unsigned long flags,
				unsigned long new_addr);
/* Drop the contents: the pages read as zero again (madvise(MADV_DONTNEED)). */
COS_INTERFACE long mem_as_discard(long as, unsigned long addr, unsigned long len_bytes);
/*
 * v0 = start, v1 = end of the first region at or above addr, with its protection in the low 3 bits
 * of v0; COS_ENOENT.
 */
COS_INTERFACE struct cos_pair mem_as_query(long as, unsigned long addr);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem: physical memory, address spaces and capabilities. It imports nothing, is wired, and makes every
 * thread, end-point and page-table node after boot; its critical sections are short and a contender
 * dispatches the lock's owner directly. "The caller's domain" is the domain of cos_client().
 */
#ifndef INTERFACE_MEM_H
#define INTERFACE_MEM_H

#include "interface.h"

/* Protection: COS_PG_READ, COS_PG_WRITE, COS_PG_EXEC; W and X never together (COS_EINVAL). */
#define MEM_WIRED 0x100	    /* populate now rather than on first touch */
#define MEM_FIXED 0x200	    /* exactly at the hint, replacing what is mapped there (programs) */
#define MEM_NOREPLACE 0x400 /* with MEM_FIXED: COS_EEXIST if anything is mapped there */
#define MEM_MAYMOVE 0x800   /* mem_as_remap */
/*
 * mem_map, mem_map_at: with COS_PG_WRITE and COS_PG_EXEC together, for code that is loaded by who does not say when it
 * has been written. Each page is one or the other at any time, by what it was last touched for. Code that writes into
 * its own page does not get on: that is a fault.
 */
#define MEM_TURNS 0x1000

/* Zeroed memory in the caller's domain; length is rounded up to pages. Address or COS_ENOMEM, _EINVAL. */
COS_INTERFACE long mem_map(unsigned long len_bytes, unsigned long prot_flags);
/*
 * The same at addr (whole pages between COS_NEAR_VA and COS_NEAR_END, or in the heap), if nothing is there; elsewhere,
 * if something is or addr is no such address.
 */
COS_INTERFACE long mem_map_at(unsigned long addr, unsigned long len_bytes,
			      unsigned long prot_flags);
COS_INTERFACE long mem_unmap(unsigned long addr, unsigned long len_bytes);
COS_INTERFACE long mem_protect(unsigned long addr, unsigned long len_bytes, unsigned long prot);

/*
 * A buffer shared by the caller's domain and by every domain that the composition lets see it
 * (`sees` of a component); at one address in all of them, slot COS_SLOT_SHARED.
 */
COS_INTERFACE long mem_shm_create(unsigned long len_bytes);
COS_INTERFACE long mem_shm_destroy(unsigned long addr);

/* What a server checks a client's pointer against: 0 if [addr, addr + len) lies in windows or shared buffers. */
/* (libcos does this without an invocation: cos_user_range.) */

/* For sched: a thread of component comp; tid, never 0, and sched holds its capability at MEM_THD_CAP(tid). */
#define MEM_THD_CAP(tid) (1024 + (tid))
COS_INTERFACE long mem_thd_create(long comp, unsigned long ip, unsigned long arg, long gate_number);
#define MEM_THD_NOGATE (-1)
/* On the thread's core; COS_ECORE: on another one it cannot be destroyed. */
COS_INTERFACE long mem_thd_destroy(long tid);
/* For sched: a capability of its domain to send to the end-point that mem_arcv_create made for tid. */
COS_INTERFACE long mem_asnd_create(long tid);
/* For sched: a temporal capability of this core for its domain, without time, and of the most urgent priority. It stays. */
COS_INTERFACE long mem_tcap_create(void);
/*
 * For sched: the address, in its domain, of a uint32_t that says who holds mem's lock: thread id + 1, 0: nobody. Others
 * spin for it, so its owner is not to wait for a core.
 */
COS_INTERFACE long mem_lock_owner(void);

/*
 * For reboot: component comp stops (COS_COMP_STOP) together with all others of its domain; not mem, sched or the
 * caller (COS_EPERM). start: lets invocations in again.
 */
COS_INTERFACE long mem_comp_stop(long comp);
COS_INTERFACE long mem_comp_start(long comp);
/*
 * For reboot: v0 = 0, v1 = the physical address of the page table (level 4) of comp's domain, for a debugger outside; or
 * COS_ENOENT.
 */
COS_INTERFACE struct cos_pair mem_space(long comp);
/* For reboot: v0 = 0, v1 = the 8 bytes at addr (a multiple of 8) in slot 0 of comp's domain; or COS_EFAULT. */
COS_INTERFACE struct cos_pair mem_peek(long comp, unsigned long addr);

/*
 * For dev: device memory into the domain of component comp (address); an end-point for thread tid,
 * v0 = capability in the domain of the thread, v1 = in dev's.
 */
COS_INTERFACE long mem_dev_map(long comp, unsigned long paddr, unsigned long len_bytes);
COS_INTERFACE struct cos_pair mem_arcv_create(long tid);
/*
 * For dev: memory that devices of component comp are to reach; comp may be dev itself. COS_EPERM: comp has no device.
 *
 * alloc: zeroed, contiguous, wired, below 4 GiB if below_4g; v0 = address in comp's domain, v1 = physical address. Only free
 * takes it away again: when no device reaches it any more.
 */
COS_INTERFACE struct cos_pair mem_dma_alloc(long comp, unsigned long len_bytes, unsigned long align,
					    long below_4g);
COS_INTERFACE long mem_dma_free(long comp, unsigned long addr, unsigned long len_bytes);
/*
 * Other memory of comp's domain (its image, its heap, a stack): v0 = COS_PG_* that the page at addr, in slot 0, is mapped with,
 * v1 = the physical address of the byte at addr. The page is populated, and its frame pinned: mapped no more, it becomes
 * nothing else before mem_dma_release. COS_EFAULT: nothing is there.
 */
COS_INTERFACE struct cos_pair mem_dma_pin(long comp, unsigned long addr);
/*
 * No device reaches the frame at paddr any more, which was pinned and is mapped no more; 0: none. v0 = 0, v1 = the next such
 * frame; COS_ENOENT: there is none. COS_EINVAL: paddr is not what the last call said.
 */
COS_INTERFACE struct cos_pair mem_dma_release(unsigned long paddr);

/*
 * For posix: programs. A program is a component with an address space of its own (slot 0), a gate and
 * a handler that lead to the creator. Its id is its component id; its window is the same slot in every domain that sees
 * the creator: address p of the program is MEM_WINDOW(slot) + p there.
 */
#define MEM_WINDOW(slot) ((unsigned long)(slot) << COS_SLOT_SHIFT)
COS_INTERFACE struct cos_pair mem_as_create(void); /* v0 = component id, v1 = window slot */
/* Gone for its creator; its threads stop (mem_as_stop), and with the last of them goes what it is in. */
COS_INTERFACE long mem_as_destroy(long as);
/* Its threads unwind (those that are in a server meanwhile: when they return) and die. */
COS_INTERFACE long mem_as_stop(long as);
/* Demand-zero memory; hint 0: anywhere in the mmap area, top down. Address or COS_ENOMEM, _EEXIST, _EINVAL. */
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
/* v0 = start, v1 = end of the first region at or above addr, prot in the low 3 bits of v0; COS_ENOENT. */
COS_INTERFACE struct cos_pair mem_as_query(long as, unsigned long addr);

/* Totals in pages: v0 = free, v1 = all. */
COS_INTERFACE struct cos_pair mem_stat(void);
/* Of the caller's domain, in pages: v0 = what its components were given, v1 = the composition's limit, 0: none. */
COS_INTERFACE struct cos_pair mem_usage(void);

/* The pager of every component (cos/abi.h, Exception): 0 when resolved. */
COS_INTERFACE long mem_pagefault(long kind, unsigned long addr, long error, unsigned long ip,
				 unsigned long sp, long comp);

#endif

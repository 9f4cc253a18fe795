/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem: physical memory, address spaces and capabilities. This header: memory for the caller itself.
 * Audience: everyone.
 *
 * mem imports nothing and is wired (it needs no pager). It makes every thread, end-point and page
 * table after boot. Its critical sections are short, and a contender switches to the lock's owner
 * directly. "The caller's domain" is the domain of the component that calls (cos_client()).
 *
 *	mem.h		memory of the caller's domain, shared buffers		everyone
 *	thread.h	threads, time						sched
 *	arcv.h		receive end-points					sched, dev
 *	device.h	device memory, memory that devices reach		dev
 *	program.h	address spaces of programs				posix
 *	control.h	stop components, look into them				reboot
 *	pager.h		page faults						the kernel
 */
#ifndef INTERFACE_MEM_H
#define INTERFACE_MEM_H

#include "interface.h"

/* Protection: COS_PG_READ, COS_PG_WRITE, COS_PG_EXEC; W and X never together (COS_EINVAL). */
#define MEM_WIRED 0x100 /* populate now rather than on first touch */
/*
 * mem_map, mem_map_at: COS_PG_WRITE and COS_PG_EXEC together, for a loader of code that does not
 * say when it has finished writing. Each page is writable or executable at any one time, whichever
 * it was last touched for. Code that writes into its own page makes no progress: that is a fault.
 */
#define MEM_TURNS 0x1000

/*
 * Zeroed memory in the caller's domain; the length is rounded up to pages. The address, or
 * COS_ENOMEM, COS_EINVAL.
 */
COS_INTERFACE long mem_map(unsigned long len_bytes, unsigned long prot_flags);
/*
 * The same at addr (whole pages between COS_NEAR_VA and COS_NEAR_END, or in the heap) if nothing is
 * mapped there. If something is, or addr is no such address: anywhere else.
 */
COS_INTERFACE long mem_map_at(unsigned long addr, unsigned long len_bytes,
			      unsigned long prot_flags);
COS_INTERFACE long mem_unmap(unsigned long addr, unsigned long len_bytes);
COS_INTERFACE long mem_protect(unsigned long addr, unsigned long len_bytes, unsigned long prot);

/*
 * A buffer shared by the caller's domain and by every domain that the composition lets see it
 * (`sees` of a component). It is at the same address in all of them, in slot COS_SLOT_SHARED. A
 * server checks a client's pointer against windows and shared buffers without a call:
 * cos_user_range.
 */
COS_INTERFACE long mem_shm_create(unsigned long len_bytes);
COS_INTERFACE long mem_shm_destroy(unsigned long addr);

/* Totals in pages: v0 = free, v1 = all. */
COS_INTERFACE struct cos_pair mem_stat(void);
/*
 * Of the caller's domain, in pages: v0 = what its components were given, v1 = the composition's
 * limit, 0: none.
 */
COS_INTERFACE struct cos_pair mem_usage(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Caches, for hardware that reads memory without looking into them. */
#ifndef SERVICE_DEV_CACHE_H
#define SERVICE_DEV_CACHE_H

#include <stddef.h>
#include <stdint.h>

#define CACHE_LINE 64 /* no shorter on any processor with 64 bits */

/* Bring what was written there to memory (SDM 2A, CLFLUSH). */
static inline void cache_write_back(const volatile void *start, size_t len_bytes)
{
	uintptr_t end = (uintptr_t)start + len_bytes;

	for (uintptr_t at = (uintptr_t)start & -(uintptr_t)CACHE_LINE; at < end; at += CACHE_LINE)
		__asm__ volatile("clflush (%0)" : : "r"(at) : "memory");
	__asm__ volatile("mfence" : : : "memory");
}

#endif

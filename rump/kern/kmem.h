/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel memory, taken from the host and counted against the limit of the parameter RUMP_MEMLIMIT
 * (bytes, with k, m or g; unlimited without it). When the limit or the host is exhausted, the
 * registered caches are asked to give memory back. If that does not help the allocation returns
 * NULL, and its caller fails with ENOMEM. Must not be called with a spin mutex held.
 */
#ifndef RUMP_KERN_KMEM_H
#define RUMP_KERN_KMEM_H

#include <stddef.h>
#include <stdint.h>

#include "kern/list.h"

void *kmem_alloc(size_t len);
void *kmem_zalloc(size_t len);
/* Aligned to align bytes, a power of two; for pages and DMA. */
void *kmem_alloc_aligned(size_t len, size_t align);
void kmem_free(void *mem, size_t len); /* len as allocated; NULL is allowed */
char *kmem_strdup(const char *s);      /* free with kmem_strfree */
void kmem_strfree(char *s);

/* A cache that can shrink. kr_reclaim tries to free want bytes; it does not wait for I/O. */
struct kmem_reclaimer {
	struct list kr_node;
	size_t (*kr_reclaim)(size_t want);
};
void kmem_reclaimer_add(struct kmem_reclaimer *kr);

uint64_t kmem_limit(void); /* UINT64_MAX: unlimited */
uint64_t kmem_used(void);
uint64_t kmem_parse_size(const char *s); /* "64m"; UINT64_MAX: too large */

void kmem_bootstrap(void);

#endif

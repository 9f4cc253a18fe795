/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem's own memory: pages of its domain, and objects of a fixed size, which are reused but not
 * returned.
 */
#ifndef MEM_META_H
#define MEM_META_H

#include <stddef.h>
#include <stdint.h>

struct meta_pool {
	size_t size; /* of an object, at most a page */
	void *free;
};

/* From now on frames come from take_frame: another than the allocator, until there is one. */
void meta_init(uint32_t (*take_frame)(unsigned type));
/* npages, zeroed, at consecutive addresses, for ever; NULL: out of memory. */
void *meta_pages(size_t npages);
/* A zeroed object; NULL: out of memory. */
void *meta_alloc(struct meta_pool *pool);
void meta_free(struct meta_pool *pool, void *object);

#endif

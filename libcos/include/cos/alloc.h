/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The component's heap. Any thread may allocate and free. Memory comes from mem in chunks, and a
 * chunk that is all free goes back to mem. An allocation of a page or more is page-aligned.
 */
#ifndef COS_ALLOC_H
#define COS_ALLOC_H

#include <stddef.h>

/* At least 16-byte aligned, contents undefined; NULL when out of memory. len 0 is as 1. */
void *cos_malloc(size_t len);
void *cos_calloc(size_t count, size_t len);
/* align: a power of two up to COS_ALLOC_ALIGN_MAX, else NULL. */
#define COS_ALLOC_ALIGN_MAX (1 << 20)
void *cos_memalign(size_t align, size_t len);
/* As C's realloc; p NULL: cos_malloc. */
void *cos_realloc(void *p, size_t len);
/* p may be NULL. Panics if p was not allocated, as far as that can be seen. */
void cos_free(void *p);
/* The usable bytes at p, no fewer than were asked for. */
size_t cos_alloc_size(const void *p);

#endif

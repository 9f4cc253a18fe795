/* SPDX-License-Identifier: BSD-2-Clause */
/* mem's own memory (meta.h): it grows up from META_VA, page by page, and never shrinks. */
#include <cos/layout.h>
#include <cos/log.h>
#include <cos/string.h>
#include "cap.h"
#include "frame.h"
#include "meta.h"
#include "op.h"

#define META_VA COS_HEAP_VA

static uint64_t next_va = META_VA;
static uint32_t (*take_frame)(unsigned type);

void meta_init(uint32_t (*take)(unsigned type))
{
	take_frame = take;
}

static bool add_table(uint64_t va, unsigned level)
{
	uint32_t cap = cap_alloc();
	uint32_t frame = take_frame(COS_MEM_KERNEL);

	if (cap == CAP_INVALID || frame == FRAME_NONE)
		return false;
	return mem_op3(CAP_OWN_CAPTBL, COS_MK_PGTBL, cap, frame_mem(frame), level) == 0 &&
	       mem_op3(CAP_OWN_PGTBL, COS_PGTBL_LINK, va & -(1UL << (12 + 9 * level)), cap,
		       COS_PG_READ | COS_PG_WRITE) == 0;
}

static bool add_page(uint64_t va)
{
	uint32_t frame = take_frame(COS_MEM_USER);
	struct cos_results results;

	if (frame == FRAME_NONE)
		return false;
	for (;;) {
		long error = mem_op_r(CAP_OWN_PGTBL, COS_PGTBL_MAP, va, frame_mem(frame),
				      COS_PG_READ | COS_PG_WRITE, 0, 0, 0, &results);

		if (error == 0)
			return true;
		if (error != -COS_ENOTBL || !add_table(va, (unsigned)results.rdi))
			return false;
	}
}

/* When memory runs out, the pages that were mapped so far stay: there is no more use for them. */
void *meta_pages(size_t npages)
{
	uint64_t va = next_va;

	for (size_t i = 0; i < npages; i++) {
		if (!add_page(next_va))
			return NULL;
		next_va += COS_PAGE_SIZE;
	}
	return (void *)va;
}

void *meta_alloc(struct meta_pool *pool)
{
	void *object;

	if (pool->free == NULL) {
		char *page = meta_pages(1);

		if (page == NULL)
			return NULL;
		for (size_t at = 0; at + pool->size <= COS_PAGE_SIZE; at += pool->size) {
			*(void **)(page + at) = pool->free;
			pool->free = page + at;
		}
	}
	object = pool->free;
	pool->free = *(void **)object;
	memset(object, 0, pool->size);
	return object;
}

void meta_free(struct meta_pool *pool, void *object)
{
	*(void **)object = pool->free;
	pool->free = object;
}

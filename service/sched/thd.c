/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of threads by id (thd.h). Pages of it are never freed. */
#include <mem/mem.h>
#include <cos/layout.h>
#include "thd.h"

struct thd *thd_chunks[THD_NCHUNKS];
static long limit;

long thd_limit(void)
{
	return __atomic_load_n(&limit, __ATOMIC_ACQUIRE);
}

struct thd *thd_place(long tid)
{
	size_t i = (size_t)tid / THD_CHUNK;
	struct thd *thd;

	if (tid < 0 || i >= THD_NCHUNKS)
		return NULL;
	if (thd_chunk(i) == NULL) {
		long page = mem_map(COS_PAGE_SIZE, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
		struct thd *none = NULL;

		if (page < 0)
			return NULL;
		/* Another thread may have made the page meanwhile. */
		if (!__atomic_compare_exchange_n(&thd_chunks[i], &none, (struct thd *)page, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			mem_unmap((unsigned long)page, COS_PAGE_SIZE);
	}
	thd = &thd_chunk(i)[(size_t)tid % THD_CHUNK];
	thd->tid = (uint32_t)tid;
	for (long below = thd_limit(); below <= tid;)
		if (__atomic_compare_exchange_n(&limit, &below, tid + 1, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			break;
	return thd;
}

void thd_reset(struct thd *thd)
{
	thd->timeout = (struct cos_timeout){0};
	__atomic_store_n(&thd->ran, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&thd->since, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&thd->reported, 0, __ATOMIC_RELAXED);
	thd->cbs = (struct cbs){0};
	thd->permit = 0;
	thd->timed_out = 0;
	thd->pinned = 0;
	thd->limited = 0;
	thd->budget = NULL;
	__atomic_store_n(&thd->bound, THD_ANY, __ATOMIC_RELAXED);
	__atomic_store_n(&thd->maker, 0, __ATOMIC_RELAXED);
	thd_set_state(thd, THD_NONE);
}

void thd_set_budget(struct thd *thd, struct budget *budget)
{
	thd->budget = budget;
	thd->limited = budget != NULL || thd->cbs.runtime != 0;
}

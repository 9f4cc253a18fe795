/* SPDX-License-Identifier: BSD-2-Clause */
#include <mem/mem.h>
#include <cos/layout.h>
#include "thd.h"

#define CHUNK (COS_PAGE_SIZE / sizeof(struct thd))
#define NCHUNKS ((COS_CAPTBL_MAX - MEM_THD_CAP(0)) / CHUNK)

static struct thd *chunks[NCHUNKS];
static long limit;

long thd_limit(void)
{
	return __atomic_load_n(&limit, __ATOMIC_ACQUIRE);
}

static struct thd *chunk_of(long tid)
{
	return __atomic_load_n(&chunks[(size_t)tid / CHUNK], __ATOMIC_ACQUIRE);
}

struct thd *thd_get(long tid)
{
	struct thd *chunk;

	if (tid < 0 || tid >= thd_limit())
		return NULL;
	chunk = chunk_of(tid);
	if (chunk == NULL || thd_state(&chunk[(size_t)tid % CHUNK]) == THD_NONE)
		return NULL;
	return &chunk[(size_t)tid % CHUNK];
}

struct thd *thd_place(long tid)
{
	size_t i = (size_t)tid / CHUNK;
	struct thd *thd;

	if (tid < 0 || i >= NCHUNKS)
		return NULL;
	if (chunk_of(tid) == NULL) {
		long page = mem_map(COS_PAGE_SIZE, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
		struct thd *none = NULL;

		if (page < 0)
			return NULL;
		/* Another thread may have been faster. */
		if (!__atomic_compare_exchange_n(&chunks[i], &none, (struct thd *)page, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			mem_unmap((unsigned long)page, COS_PAGE_SIZE);
	}
	thd = &chunk_of(tid)[(size_t)tid % CHUNK];
	thd->tid = (uint32_t)tid;
	for (long below = thd_limit(); below <= tid;)
		if (__atomic_compare_exchange_n(&limit, &below, tid + 1, false, __ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			break;
	return thd;
}

void thd_reset(struct thd *thd)
{
	thd->timeout = (struct timeout){0};
	thd->ran_ns = 0;
	thd->permit = 0;
	thd->timed_out = 0;
	thd->pinned = 0;
	__atomic_store_n(&thd->bound, THD_ANY, __ATOMIC_RELAXED);
	thd_set_state(thd, THD_NONE);
}

static void count_change(struct runq *runq, uint32_t change)
{
	__atomic_store_n(&runq->count, runq->count + change, __ATOMIC_RELAXED);
}

void runq_append(struct runq *runq, struct thd *thd)
{
	unsigned prio = thd->prio;

	thd->next = NULL;
	thd->previous = runq->last[prio];
	if (thd->previous != NULL)
		thd->previous->next = thd;
	else
		runq->first[prio] = thd;
	runq->last[prio] = thd;
	runq->mask |= 1UL << prio;
	count_change(runq, 1);
}

void runq_prepend(struct runq *runq, struct thd *thd)
{
	unsigned prio = thd->prio;

	thd->previous = NULL;
	thd->next = runq->first[prio];
	if (thd->next != NULL)
		thd->next->previous = thd;
	else
		runq->last[prio] = thd;
	runq->first[prio] = thd;
	runq->mask |= 1UL << prio;
	count_change(runq, 1);
}

void runq_remove(struct runq *runq, struct thd *thd)
{
	unsigned prio = thd->prio;

	if (thd->previous != NULL)
		thd->previous->next = thd->next;
	else
		runq->first[prio] = thd->next;
	if (thd->next != NULL)
		thd->next->previous = thd->previous;
	else
		runq->last[prio] = thd->previous;
	if (runq->first[prio] == NULL)
		runq->mask &= ~(1UL << prio);
	count_change(runq, UINT32_MAX);
}

struct thd *runq_first(const struct runq *runq)
{
	return runq->mask != 0 ? runq->first[__builtin_ctzl(runq->mask)] : NULL;
}

struct thd *runq_after(const struct runq *runq, const struct thd *thd)
{
	uint64_t less_urgent = thd->prio < 63 ? runq->mask & (UINT64_MAX << (thd->prio + 1)) : 0;

	if (thd->next != NULL)
		return thd->next;
	return less_urgent != 0 ? runq->first[__builtin_ctzl(less_urgent)] : NULL;
}

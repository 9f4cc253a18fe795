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
	return limit;
}

struct thd *thd_get(long tid)
{
	struct thd *chunk;

	if (tid < 0 || tid >= limit)
		return NULL;
	chunk = chunks[(size_t)tid / CHUNK];
	if (chunk == NULL || chunk[(size_t)tid % CHUNK].state == THD_NONE)
		return NULL;
	return &chunk[(size_t)tid % CHUNK];
}

struct thd *thd_place(long tid)
{
	size_t i = (size_t)tid / CHUNK;
	struct thd *thd;

	if (tid < 0 || i >= NCHUNKS)
		return NULL;
	if (chunks[i] == NULL) {
		long page = mem_map(COS_PAGE_SIZE, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
		struct thd *none = NULL;

		if (page < 0)
			return NULL;
		/* Another thread may have been faster. */
		if (!__atomic_compare_exchange_n(&chunks[i], &none, (struct thd *)page, false,
						 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			mem_unmap((unsigned long)page, COS_PAGE_SIZE);
	}
	thd = &chunks[i][(size_t)tid % CHUNK];
	thd->tid = (uint32_t)tid;
	if (tid >= limit)
		limit = tid + 1;
	return thd;
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
}

struct thd *runq_first(const struct runq *runq)
{
	return runq->mask != 0 ? runq->first[__builtin_ctzl(runq->mask)] : NULL;
}

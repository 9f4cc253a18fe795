/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The threads that can run on a core, the running one among them.
 *
 * I1  There is a ring for each priority; mask has a bit for each ring that is not empty.
 * I2  In a ring threads with a deadline come first, the earliest deadline first; then the others,
 *     round robin.
 *
 * Inline, since each switch goes through here.
 */
#ifndef SCHED_RUNQ_H
#define SCHED_RUNQ_H

#include "thd.h"

#define RUNQ_NPRIOS (SCHED_PRIO_LAST + 1)
struct runq {
	uint64_t mask;
	uint32_t count; /* other cores read it */
	struct thd *first[RUNQ_NPRIOS];
};

static inline uint32_t runq_count(const struct runq *runq)
{
	return __atomic_load_n(&runq->count, __ATOMIC_RELAXED);
}

/* Link thd before next, a thread of the same priority: before the first means at the end. */
static inline void runq_link(struct thd *next, struct thd *thd)
{
	thd->next = next;
	thd->previous = next->previous;
	thd->previous->next = thd;
	next->previous = thd;
}

/* Insert thd, which has a deadline, into the ring whose first thread is first. */
static inline void runq_insert_deadline(struct runq *runq, struct thd *first, struct thd *thd)
{
	struct thd *next = first;

	while (next->cbs.runtime != 0 && next->cbs.deadline <= thd->cbs.deadline) {
		next = next->next;
		if (next == first) {
			runq_link(first, thd);
			return;
		}
	}
	runq_link(next, thd);
	if (next == first)
		runq->first[thd->prio] = thd;
}

static inline void runq_insert(struct runq *runq, struct thd *thd)
{
	struct thd *first = runq->first[thd->prio];

	if (first == NULL) {
		thd->next = thd->previous = thd;
		runq->first[thd->prio] = thd;
		runq->mask |= 1UL << thd->prio;
	} else if (__builtin_expect(thd->cbs.runtime != 0, 0)) {
		runq_insert_deadline(runq, first, thd);
	} else {
		runq_link(first, thd);
	}
	__atomic_store_n(&runq->count, runq->count + 1, __ATOMIC_RELAXED);
}

/* Insert thd behind its equals. */
static inline void runq_append(struct runq *runq, struct thd *thd)
{
	runq_insert(runq, thd);
}

/* Insert thd before its equals, unless deadlines decide. */
static inline void runq_prepend(struct runq *runq, struct thd *thd)
{
	runq_insert(runq, thd);
	if (thd->cbs.runtime == 0 && runq->first[thd->prio]->cbs.runtime == 0)
		runq->first[thd->prio] = thd;
}

static inline void runq_remove(struct runq *runq, struct thd *thd)
{
	struct thd *next = thd->next;

	if (next == thd) {
		runq->first[thd->prio] = NULL;
		runq->mask &= ~(1UL << thd->prio);
	} else {
		next->previous = thd->previous;
		thd->previous->next = next;
		if (runq->first[thd->prio] == thd)
			runq->first[thd->prio] = next;
	}
	__atomic_store_n(&runq->count, runq->count - 1, __ATOMIC_RELAXED);
}

/* Insert thd behind its equals, and remove self. */
static inline void runq_exchange(struct runq *runq, struct thd *self, struct thd *thd)
{
	if (self->next == self && self->prio == thd->prio) {
		thd->next = thd->previous = thd;
		runq->first[thd->prio] = thd;
	} else {
		runq_append(runq, thd);
		runq_remove(runq, self);
	}
}

/* Move thd, which is in its ring, behind its equals. */
static inline void runq_rotate(struct runq *runq, struct thd *thd)
{
	if (runq->first[thd->prio] == thd) {
		runq->first[thd->prio] = thd->next;
	} else {
		runq_remove(runq, thd);
		runq_append(runq, thd);
	}
}

/* The first thread of the most urgent priority, or NULL. */
static inline struct thd *runq_first(const struct runq *runq)
{
	struct thd *first;

	if (runq->mask == 0)
		return NULL;
	first = runq->first[__builtin_ctzl(runq->mask)];
	if (first == NULL) /* never: I1 */
		__builtin_unreachable();
	return first;
}

/* The next one after thd, which is as urgent or less, or NULL. */
static inline struct thd *runq_after(const struct runq *runq, const struct thd *thd)
{
	uint64_t less_urgent = runq->mask & ~(UINT64_MAX >> (RUNQ_NPRIOS - 1 - thd->prio));

	if (thd->next != runq->first[thd->prio])
		return thd->next;
	return less_urgent != 0 ? runq->first[__builtin_ctzl(less_urgent)] : NULL;
}

#endif

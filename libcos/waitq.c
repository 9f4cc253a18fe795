/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched/sched.h>
#include <cos/core.h>
#include <cos/log.h>
#include "waitq.h"

/* Looks at a guard before its owner is taken to be preempted. */
#define SPINS 50

/* Does it come free by itself? */
static bool guard_spin(const struct cos_guard *guard, uint64_t owner)
{
	for (unsigned i = 0; i < SPINS; i++) {
		if (__atomic_load_n(&guard->owner, __ATOMIC_RELAXED) != owner)
			return true;
		cos_pause();
	}
	return false;
}

/* A guard is held for a few instructions: if it is taken, its owner runs on another core, or was
 * preempted and should run now. */
void cos_guard_lock(struct cos_guard *guard)
{
	uint64_t self = (uint64_t)cos_tid() + 1;

	for (;;) {
		uint64_t owner = 0;

		if (__atomic_compare_exchange_n(&guard->owner, &owner, self, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return;
		if (!guard_spin(guard, owner))
			sched_yield_to((long)owner - 1);
	}
}

void cos_guard_unlock(struct cos_guard *guard)
{
	__atomic_store_n(&guard->owner, 0, __ATOMIC_RELEASE);
}

void waitq_enqueue(struct cos_waitq *queue, struct cos_waiter *waiter)
{
	waiter->owner_word = cos_stack_last();
	waiter->tid = cos_tid();
	waiter->woken = 0;
	waiter->next = NULL;
	waiter->previous = queue->last;
	if (queue->last != NULL)
		queue->last->next = waiter;
	else
		queue->first = waiter;
	queue->last = waiter;
}

void waitq_remove(struct cos_waitq *queue, struct cos_waiter *waiter)
{
	if (waiter->previous != NULL)
		waiter->previous->next = waiter->next;
	else
		queue->first = waiter->next;
	if (waiter->next != NULL)
		waiter->next->previous = waiter->previous;
	else
		queue->last = waiter->previous;
}

struct cos_waiter *waitq_dequeue(struct cos_waitq *queue)
{
	struct cos_waiter *waiter = queue->first;

	if (waiter != NULL)
		waitq_remove(queue, waiter);
	return waiter;
}

long waiter_mark(struct cos_waiter *waiter)
{
	long tid = waiter->tid;

	__atomic_store_n(&waiter->woken, 1, __ATOMIC_RELEASE);
	return tid;
}

bool waiter_wait(struct cos_waiter *waiter, uint64_t deadline_ns)
{
	while (!__atomic_load_n(&waiter->woken, __ATOMIC_ACQUIRE)) {
		long error = sched_park(deadline_ns);

		if (error == -COS_ETIMEDOUT)
			return __atomic_load_n(&waiter->woken, __ATOMIC_ACQUIRE) != 0;
		cos_assert(error != -COS_EREBOOT); /* nothing runs without sched */
	}
	return true;
}

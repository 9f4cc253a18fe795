/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of waiting threads, for the primitives of cos/sync.h. A waiter lives on its thread's stack
 * from enqueue until it is woken: whoever wakes it takes it off its queue, under the queue's guard,
 * marks it and unparks the thread; from the mark on the waiter belongs to its thread again and may
 * be gone.
 */
#ifndef LIBCOS_WAITQ_H
#define LIBCOS_WAITQ_H

#include <stddef.h>
#include <sched/sched.h>
#include <cos/client.h>
#include <cos/sync.h>

struct cos_waiter {
	struct cos_waiter *next;
	struct cos_waiter *previous;
	uint64_t owner_word; /* cos_stack_last() of the thread */
	long tid;
	bool writer;	  /* rwlock */
	bool passed_over; /* mutex: was woken before, and another thread was faster */
	uint32_t woken;
};

void cos_guard_lock_slow(struct cos_guard *guard);

static inline void cos_guard_lock(struct cos_guard *guard)
{
	uint64_t owner = 0;

	if (__builtin_expect(!__atomic_compare_exchange_n(&guard->owner, &owner, cos_stack_last(),
							  false, __ATOMIC_ACQUIRE,
							  __ATOMIC_RELAXED),
			     0))
		cos_guard_lock_slow(guard);
}

static inline void cos_guard_unlock(struct cos_guard *guard)
{
	__atomic_store_n(&guard->owner, 0, __ATOMIC_RELEASE);
}

/* At the end; fills in the thread. */
static inline void waitq_enqueue(struct cos_waitq *queue, struct cos_waiter *waiter)
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

static inline void waitq_remove(struct cos_waitq *queue, struct cos_waiter *waiter)
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

/* Takes the first off; NULL if there is none. */
static inline struct cos_waiter *waitq_dequeue(struct cos_waitq *queue)
{
	struct cos_waiter *waiter = queue->first;

	if (waiter == NULL)
		return NULL;
	queue->first = waiter->next;
	if (waiter->next != NULL)
		waiter->next->previous = NULL;
	else
		queue->last = NULL;
	return waiter;
}

/* Marks it woken; it is in no queue. The thread id to unpark, to be done when the guard is free. */
static inline long waiter_mark(struct cos_waiter *waiter)
{
	long tid = waiter->tid;

	__atomic_store_n(&waiter->woken, 1, __ATOMIC_RELEASE);
	return tid;
}

static inline bool waiter_woken(const struct cos_waiter *waiter)
{
	return __atomic_load_n(&waiter->woken, __ATOMIC_ACQUIRE) != 0;
}

/* Unparks a thread that waiter_mark gave, if it did, and parks until woken. False: the deadline
 * came first (and the waiter is still in its queue, unless woken by now). Nothing was waited for
 * since the waiter was queued: that could have taken its permit. */
#define WAKE_NONE (-1L)
bool waiter_wait_on(struct cos_waiter *waiter, uint64_t deadline_ns, long error);
static inline bool waiter_wait(struct cos_waiter *waiter, uint64_t deadline_ns, long wake)
{
	long error =
		wake == WAKE_NONE ? sched_park(deadline_ns) : sched_unpark_park(wake, deadline_ns);

	return __builtin_expect(waiter_woken(waiter), 1) ||
	       waiter_wait_on(waiter, deadline_ns, error);
}

/* What cos_mutex_unlock_slow does, but for the thread to unpark, or WAKE_NONE. */
long mutex_free(struct cos_mutex *mutex);

#endif

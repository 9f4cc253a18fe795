/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of waiting threads, for the primitives of cos/sync.h.
 *
 *	IDLE -> QUEUED		waitq_enqueue, under the queue's guard
 *	QUEUED -> WOKEN		waitq_dequeue or waitq_remove, then waiter_mark, under the guard;
 *				then sched_unpark of the thread, with or without the guard
 *	QUEUED -> IDLE		waitq_remove by the thread itself, when its deadline has passed
 *
 * I1  A waiter lies on its thread's stack. QUEUED, it belongs to its queue; from waiter_mark on it
 *     belongs to its thread again and may be gone. So the thread id is read before the mark.
 * I2  A thread is woken when its waiter says so, never because a park returned: permits of sched
 *     may come from elsewhere.
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

/* Queue the calling thread as the last. */
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

/* Take the first one off; NULL if there is none. */
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

/* Mark a waiter, which is in no queue, as woken. The id of its thread, which is to be unparked. */
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

#define WAKE_NONE (-1L) /* in the place of a thread id */
/*
 * Unpark the thread wake, unless WAKE_NONE, and park until the waiter is woken. False: the deadline
 * came first; the waiter is still in its queue, unless it has been woken by now. The thread must
 * not have waited for anything since the waiter was queued: that could have taken its permit.
 */
bool waiter_wait_on(struct cos_waiter *waiter, uint64_t deadline_ns, long error);
static inline bool waiter_wait(struct cos_waiter *waiter, uint64_t deadline_ns, long wake)
{
	long error =
		wake == WAKE_NONE ? sched_park(deadline_ns) : sched_unpark_park(wake, deadline_ns);

	return __builtin_expect(waiter_woken(waiter), 1) ||
	       waiter_wait_on(waiter, deadline_ns, error);
}

/* cos_mutex_unlock_slow, but the caller unparks the thread that is returned, or WAKE_NONE. */
long mutex_free(struct cos_mutex *mutex);

#endif

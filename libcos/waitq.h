/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Queues of waiting threads, for the primitives of cos/sync.h. A waiter lives on its thread's stack
 * from enqueue until it is woken: whoever wakes it takes it off its queue, under the queue's guard,
 * marks it and unparks the thread; from the mark on the waiter belongs to its thread again and may
 * be gone.
 */
#ifndef LIBCOS_WAITQ_H
#define LIBCOS_WAITQ_H

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

void cos_guard_lock(struct cos_guard *guard);
void cos_guard_unlock(struct cos_guard *guard);

/* At the end; fills in the thread. */
void waitq_enqueue(struct cos_waitq *queue, struct cos_waiter *waiter);
void waitq_remove(struct cos_waitq *queue, struct cos_waiter *waiter);
/* Takes the first off; NULL if there is none. */
struct cos_waiter *waitq_dequeue(struct cos_waitq *queue);
/* Marks it woken; it is in no queue. The thread id to unpark, to be done when the guard is free. */
long waiter_mark(struct cos_waiter *waiter);
/* Parks until woken. False: the deadline came first (and the waiter is still in its queue, unless
 * woken by now). */
bool waiter_wait(struct cos_waiter *waiter, uint64_t deadline_ns);

#endif

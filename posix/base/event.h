/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting: every blocking call of a program sleeps here and nowhere else, so that signals, timeouts
 *and the end of its process reach it.
 *
 * A waitq is what a thing that becomes ready (pipe, socket, timer, child) has; a waiter is one
 *party's interest in it: a sleeping thread, or an epoll item. All are guarded by one lock, which is
 *held for a few instructions and under which nothing blocks. The order that loses no wake-up:
 *	waiter_add; look at the condition; thread_sleep if it does not hold; waiter_remove.
 */
#ifndef POSIX_BASE_EVENT_H
#define POSIX_BASE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

struct waitq {
	struct waiter *first;
};

struct waiter {
	struct waiter *next, **pprev;
	struct thread *thread;				/* to wake; or */
	void (*fire)(struct waiter *, unsigned events); /* called under the lock */
	unsigned events;				/* LX_POLL* that matter */
	bool woken;
	struct waiter *same; /* set woken there as well: one sleep on many queues */
};

void event_lock(void);
void event_unlock(void);

void waiter_add(struct waitq *q, struct waiter *w);
void waiter_remove(struct waiter *w); /* also one that is on no queue */
void waitq_wake(struct waitq *q, unsigned events);
void waitq_wake_locked(struct waitq *q, unsigned events);

/*
 * Sleep until w is woken (0), a signal is to be delivered or the process ends (-LX_RESTART), or the
 * monotonic clock reaches deadline_ns, 0: never (-LX_ETIMEDOUT).
 */
long thread_sleep(struct thread *t, struct waiter *w, uint64_t deadline_ns);

#endif

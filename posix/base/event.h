/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events. A waitq belongs to a thing that becomes ready (a pipe, a socket, a timer, a process's
 * signals). A waiter is one party's interest in it: a sleeping thread (process/sleep.h), a file
 * that poll watches, an epoll item, a signalfd. What an event does to a waiter, its `fire` says.
 *
 * E1. The event lock guards all queues and waiters. It is held for a few instructions, and nothing
 *     blocks under it; so `fire`, which is called under it, does not block, and does not call
 *     waiter_add or waiter_remove.
 * E2. A waiter is on one queue from waiter_add until waiter_remove returns. Its memory and the
 *     queue's stay until then.
 * E3. The order that loses no event: waiter_add; look at the condition; sleep if it does not hold;
 *     waiter_remove. The condition is changed before waitq_wake is called.
 * E4. waitq_wake takes no lock for an empty queue. By E3 no event is lost: the waker changes
 *     the condition before it looks at the queue, and the waiter is on the queue before its owner
 *     looks at the condition. So at least one of the two sees the other.
 * E5. An event may be spurious. Its receiver looks at the condition again.
 */
#ifndef POSIX_BASE_EVENT_H
#define POSIX_BASE_EVENT_H

struct waitq {
	struct waiter *first;
};

struct waiter {
	struct waiter *next, **pprev; /* pprev NULL: on no queue */
	void (*fire)(struct waiter *, unsigned events);
	unsigned events; /* LX_POLL* that matter, besides LX_POLLERR and LX_POLLHUP */
};

void event_lock(void);
void event_unlock(void);

void waiter_add(struct waitq *q, struct waiter *w);
/* Does nothing for a waiter that is on no queue. */
void waiter_remove(struct waiter *w);
/* Fire the waiters that one of the events matters to; events 0: all. */
void waitq_wake(struct waitq *q, unsigned events);
/* Likewise, under the event lock. */
void waitq_wake_locked(struct waitq *q, unsigned events);

#endif

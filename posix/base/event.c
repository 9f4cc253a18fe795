/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "process/thread.h"

static struct cos_mutex lock;

void event_lock(void)
{
	cos_mutex_lock(&lock);
}

void event_unlock(void)
{
	cos_mutex_unlock(&lock);
}

void waiter_add(struct waitq *q, struct waiter *w)
{
	event_lock();
	w->next = q->first;
	if (w->next)
		w->next->pprev = &w->next;
	w->pprev = &q->first;
	q->first = w;
	event_unlock();
}

void waiter_remove(struct waiter *w)
{
	event_lock();
	if (w->pprev) {
		*w->pprev = w->next;
		if (w->next)
			w->next->pprev = w->pprev;
		w->pprev = NULL;
	}
	event_unlock();
}

void waitq_wake_locked(struct waitq *q, unsigned events)
{
	struct waiter *next;

	for (struct waiter *w = q->first; w; w = next) {
		next = w->next;
		if (events && !(events & (w->events | LX_POLLERR | LX_POLLHUP)))
			continue;
		if (w->fire) {
			w->fire(w, events);
			continue;
		}
		w->woken = true;
		if (w->same)
			w->same->woken = true;
		thread_unpark(w->thread);
	}
}

void waitq_wake(struct waitq *q, unsigned events)
{
	if (!__atomic_load_n(&q->first, __ATOMIC_SEQ_CST))
		return;
	event_lock();
	waitq_wake_locked(q, events);
	event_unlock();
}

long thread_sleep(struct thread *t, struct waiter *w, uint64_t deadline_ns)
{
	while (!__atomic_load_n(&w->woken, __ATOMIC_ACQUIRE)) {
		if (thread_interrupted(t))
			return -LX_RESTART;
		if (sched_park(deadline_ns) == -COS_ETIMEDOUT &&
		    !__atomic_load_n(&w->woken, __ATOMIC_ACQUIRE))
			return thread_interrupted(t) ? -LX_RESTART : -LX_ETIMEDOUT;
	}
	__atomic_store_n(&w->woken, false, __ATOMIC_RELAXED);
	return 0;
}

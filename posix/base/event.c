/* SPDX-License-Identifier: BSD-2-Clause */
/* Events: the queues, and the lock that guards all of them. The rules are in event.h. */
#include "base/os.h"
#include "abi/abi.h"
#include "base/event.h"

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
	for (struct waiter *w = q->first; w; w = w->next)
		if (!events || events & (w->events | LX_POLLERR | LX_POLLHUP))
			w->fire(w, events);
}

void waitq_wake(struct waitq *q, unsigned events)
{
	if (!__atomic_load_n(&q->first, __ATOMIC_SEQ_CST)) /* E4 */
		return;
	event_lock();
	waitq_wake_locked(q, events);
	event_unlock();
}

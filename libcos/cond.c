/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Condition variables (cos/sync.h).
 *
 * I1  A thread is in the queue before it lets the mutex go, so a signal that is given with the
 *     mutex held afterwards is not lost.
 * I2  The queue changes under the guard only. A waiter that was taken off it is woken, even if its
 *     deadline comes at the same time (cos_cond_leave looks again under the guard).
 * I3  A broadcast wakes the threads that waited when it began, and none that come back meanwhile.
 */
#include "waitq.h"

long cos_cond_leave(struct cos_cond *cond, struct cos_mutex *mutex, uint64_t deadline_ns,
		    void (*released)(void *), void *arg)
{
	struct cos_waiter waiter;
	long wake = WAKE_NONE;
	bool woken;

	cos_guard_lock(&cond->guard);
	waitq_enqueue(&cond->waiters, &waiter);
	cos_guard_unlock(&cond->guard);
	if (released) {
		cos_mutex_unlock(mutex);
		released(arg);
	} else if (!cos_mutex_try_unlock(mutex)) {
		wake = mutex_free(mutex);
	}

	/* released may have waited for something, which takes the permit: look before parking. */
	woken = (released && waiter_woken(&waiter)) || waiter_wait(&waiter, deadline_ns, wake);
	if (!woken) {
		cos_guard_lock(&cond->guard);
		woken = waiter_woken(&waiter); /* I2 */
		if (!woken)
			waitq_remove(&cond->waiters, &waiter);
		cos_guard_unlock(&cond->guard);
	}
	return woken ? 0 : -COS_ETIMEDOUT;
}

long cos_cond_timedwait(struct cos_cond *cond, struct cos_mutex *mutex, uint64_t deadline_ns)
{
	long error = cos_cond_leave(cond, mutex, deadline_ns, NULL, NULL);

	cos_mutex_lock(mutex);
	return error;
}

void cos_cond_wait(struct cos_cond *cond, struct cos_mutex *mutex)
{
	(void)cos_cond_timedwait(cond, mutex, 0); /* without a deadline it cannot time out */
}

/* Wakes the first waiter; false if there is none. */
static bool wake_first(struct cos_cond *cond)
{
	struct cos_waiter *waiter;
	long tid = -1;

	if (__atomic_load_n(&cond->waiters.first, __ATOMIC_ACQUIRE) == NULL)
		return false;
	cos_guard_lock(&cond->guard);
	waiter = waitq_dequeue(&cond->waiters);
	if (waiter != NULL)
		tid = waiter_mark(waiter);
	cos_guard_unlock(&cond->guard);
	if (tid >= 0)
		sched_unpark(tid);
	return tid >= 0;
}

void cos_cond_signal(struct cos_cond *cond)
{
	(void)wake_first(cond);
}

void cos_cond_broadcast(struct cos_cond *cond)
{
	struct cos_waitq woken;

	if (__atomic_load_n(&cond->waiters.first, __ATOMIC_ACQUIRE) == NULL)
		return;
	/* I3 */
	cos_guard_lock(&cond->guard);
	woken = cond->waiters;
	cond->waiters = (struct cos_waitq){0};
	for (struct cos_waiter *waiter = woken.first; waiter != NULL;) {
		struct cos_waiter *next = waiter->next;

		sched_unpark(waiter_mark(waiter));
		waiter = next;
	}
	cos_guard_unlock(&cond->guard);
}

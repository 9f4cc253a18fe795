/* SPDX-License-Identifier: BSD-2-Clause */
#include <sched/sched.h>
#include "waitq.h"

void cos_sem_post(struct cos_sem *sem)
{
	struct cos_waiter *waiter;
	long tid = -1;

	cos_guard_lock(&sem->guard);
	waiter = waitq_dequeue(&sem->waiters);
	if (waiter != NULL)
		tid = waiter_mark(waiter); /* the count goes straight to the waiter */
	else
		sem->count++;
	cos_guard_unlock(&sem->guard);
	if (tid >= 0)
		sched_unpark(tid);
}

bool cos_sem_trywait(struct cos_sem *sem)
{
	bool taken;

	cos_guard_lock(&sem->guard);
	taken = sem->count > 0;
	if (taken)
		sem->count--;
	cos_guard_unlock(&sem->guard);
	return taken;
}

long cos_sem_wait(struct cos_sem *sem, uint64_t deadline_ns)
{
	struct cos_waiter waiter = {0};
	bool woken;

	cos_guard_lock(&sem->guard);
	if (sem->count > 0) {
		sem->count--;
		cos_guard_unlock(&sem->guard);
		return 0;
	}
	waitq_enqueue(&sem->waiters, &waiter);
	cos_guard_unlock(&sem->guard);

	woken = waiter_wait(&waiter, deadline_ns);
	if (!woken) {
		cos_guard_lock(&sem->guard);
		woken = waiter.woken != 0;
		if (!woken)
			waitq_remove(&sem->waiters, &waiter);
		cos_guard_unlock(&sem->guard);
	}
	return woken ? 0 : -COS_ETIMEDOUT;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow paths of cos_sem. Its word is twice the count, or COS_SEM_WAITED when somebody waits, and so
 * the count is 0. It changes from and to that under the guard only, as the queue does; the fast paths
 * fail meanwhile.
 */
#include <sched/sched.h>
#include "waitq.h"

void cos_sem_post_slow(struct cos_sem *sem)
{
	struct cos_waiter *waiter;
	long tid = -1;

	cos_guard_lock(&sem->guard);
	waiter = waitq_dequeue(&sem->waiters);
	if (waiter != NULL)
		tid = waiter_mark(waiter); /* the count goes straight to the waiter */
	else
		__atomic_fetch_add(&sem->word, COS_SEM_ONE, __ATOMIC_RELEASE);
	if (waiter != NULL && sem->waiters.first == NULL)
		__atomic_store_n(&sem->word, 0, __ATOMIC_RELAXED);
	cos_guard_unlock(&sem->guard);
	if (tid >= 0)
		sched_unpark(tid);
}

/* Under the guard: take one, or announce a waiter. */
static bool take_or_announce(struct cos_sem *sem)
{
	for (;;) {
		uint64_t none = 0;

		if (cos_sem_trywait(sem))
			return true;
		if (__atomic_compare_exchange_n(&sem->word, &none, COS_SEM_WAITED, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
		    none == COS_SEM_WAITED)
			return false;
	}
}

/* Under the guard: it is too late. */
static void give_up(struct cos_sem *sem, struct cos_waiter *waiter)
{
	waitq_remove(&sem->waiters, waiter);
	if (sem->waiters.first == NULL)
		__atomic_store_n(&sem->word, 0, __ATOMIC_RELAXED);
}

long cos_sem_wait_slow(struct cos_sem *sem, uint64_t deadline_ns)
{
	struct cos_waiter waiter = {0};
	bool woken;

	cos_guard_lock(&sem->guard);
	if (take_or_announce(sem)) {
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
			give_up(sem, &waiter);
		cos_guard_unlock(&sem->guard);
	}
	return woken ? 0 : -COS_ETIMEDOUT;
}

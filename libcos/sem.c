/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow paths of cos_sem (cos/sync.h). Its word is twice the count, or COS_SEM_WAITED when there
 * are waiters, and then the count is 0.
 *
 * I1  The word changes to and from COS_SEM_WAITED under the guard only, together with the queue.
 *     The fast paths fail meanwhile.
 * I2  A post with waiters goes straight to the first one, whose thread is unparked: the count stays
 *     0.
 */
#include "waitq.h"

/* The thread to unpark, or WAKE_NONE. */
static inline long post(struct cos_sem *sem)
{
	struct cos_waiter *waiter;
	long tid = WAKE_NONE;

	cos_guard_lock(&sem->guard);
	waiter = waitq_dequeue(&sem->waiters);
	if (waiter != NULL) {
		if (sem->waiters.first == NULL)
			__atomic_store_n(&sem->word, 0, __ATOMIC_RELAXED);
		tid = waiter_mark(waiter); /* I2 */
	} else {
		__atomic_fetch_add(&sem->word, COS_SEM_ONE, __ATOMIC_RELEASE);
	}
	cos_guard_unlock(&sem->guard);
	return tid;
}

void cos_sem_post_slow(struct cos_sem *sem)
{
	long tid = post(sem);

	if (tid != WAKE_NONE)
		sched_unpark(tid);
}

/* Under the guard: take one if there is one, else mark the word as waited for. */
static inline bool take_or_announce(struct cos_sem *sem)
{
	do {
		uint64_t was = 0;

		(void)__atomic_compare_exchange_n(&sem->word, &was, COS_SEM_WAITED, false,
						  __ATOMIC_RELAXED, __ATOMIC_RELAXED);
		if (was < COS_SEM_ONE)
			return false;
	} while (!cos_sem_trywait(sem));
	return true;
}

/* The deadline has come. The waiter may have been woken at the same time: then it has its post. */
static long give_up(struct cos_sem *sem, struct cos_waiter *waiter)
{
	bool woken;

	cos_guard_lock(&sem->guard);
	woken = waiter_woken(waiter);
	if (!woken) {
		waitq_remove(&sem->waiters, waiter);
		if (sem->waiters.first == NULL)
			__atomic_store_n(&sem->word, 0, __ATOMIC_RELAXED);
	}
	cos_guard_unlock(&sem->guard);
	return woken ? 0 : -COS_ETIMEDOUT;
}

/* Unparks wake, unless it is WAKE_NONE, in the same invocation as the wait if there is one. */
__attribute__((always_inline)) static inline long wait(struct cos_sem *sem, uint64_t deadline_ns,
						       long wake)
{
	struct cos_waiter waiter;

	cos_guard_lock(&sem->guard);
	if (take_or_announce(sem)) {
		cos_guard_unlock(&sem->guard);
		if (wake != WAKE_NONE)
			sched_unpark(wake);
		return 0;
	}
	waitq_enqueue(&sem->waiters, &waiter);
	cos_guard_unlock(&sem->guard);

	if (__builtin_expect(waiter_wait(&waiter, deadline_ns, wake), 1))
		return 0;
	return give_up(sem, &waiter);
}

long cos_sem_wait_slow(struct cos_sem *sem, uint64_t deadline_ns)
{
	return wait(sem, deadline_ns, WAKE_NONE);
}

long cos_sem_post_wait(struct cos_sem *posted, struct cos_sem *sem, uint64_t deadline_ns)
{
	long wake = cos_sem_try_post(posted) ? WAKE_NONE : post(posted);

	return wait(sem, deadline_ns, wake);
}

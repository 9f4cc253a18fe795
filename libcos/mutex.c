/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow paths of cos_mutex (cos/sync.h). Its word:
 *
 *	FREE		0		no waiter
 *	HELD		owner | 1	no waiter; owner: cos_stack_last() of the owner, whose bit 0
 *					is set
 *	HELD_WAITED	owner & ~1	waiters
 *	FREE_WAITED	2		waiters, of which one was woken and will try again
 *
 *	FREE -> HELD			cos_mutex_trylock
 *	HELD -> FREE			cos_mutex_try_unlock
 *	HELD -> HELD_WAITED		take_or_announce
 *	HELD_WAITED -> FREE, FREE_WAITED, HELD, HELD_WAITED	mutex_free
 *	FREE, FREE_WAITED -> HELD, HELD_WAITED			take_or_announce
 *
 * I1  The queue, and every change to or from a state with waiters, is made under the guard. The
 *     fast paths know only the first two states, so they fail as long as there is a waiter.
 * I2  An unlock frees the mutex and wakes the first waiter. A thread that runs may take it before
 *     that waiter does: there is no convoy of switches.
 * I3  A waiter that was passed over in this way goes to the head of the queue, and the next unlock
 *     hands the mutex to it: no waiter starves.
 */
#include <cos/log.h>
#include "waitq.h"

#define FREE_WAITED 2

static uint64_t word_held(uint64_t owner_word, const struct cos_waitq *queue)
{
	return queue->first != NULL ? owner_word & ~1UL : owner_word;
}

/* Under the guard: take the mutex if it is free, else mark it as waited for. */
static bool take_or_announce(struct cos_mutex *mutex, uint64_t free_word_next)
{
	uint64_t word = __atomic_load_n(&mutex->word, __ATOMIC_RELAXED);

	for (;;) {
		bool taken = word == COS_MUTEX_FREE || word == FREE_WAITED;
		uint64_t next = taken ? free_word_next : word & ~1UL;

		if (__atomic_compare_exchange_n(&mutex->word, &word, next, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return taken;
	}
}

void cos_mutex_lock_slow(struct cos_mutex *mutex)
{
	uint64_t self = cos_stack_last();
	struct cos_waiter waiter = {0};

	cos_assert(!cos_mutex_held(mutex));
	for (;;) {
		cos_guard_lock(&mutex->guard);
		if (take_or_announce(mutex, word_held(self, &mutex->waiters))) {
			cos_guard_unlock(&mutex->guard);
			return;
		}
		waitq_enqueue(&mutex->waiters, &waiter);
		/* I3 */
		if (waiter.passed_over && mutex->waiters.first != &waiter) {
			waitq_remove(&mutex->waiters, &waiter);
			waiter.previous = NULL;
			waiter.next = mutex->waiters.first;
			mutex->waiters.first->previous = &waiter;
			mutex->waiters.first = &waiter;
		}
		cos_guard_unlock(&mutex->guard);
		waiter_wait(&waiter, 0, WAKE_NONE);
		if (cos_mutex_held(mutex))
			return; /* handed over */
		waiter.passed_over = true;
	}
}

long mutex_free(struct cos_mutex *mutex)
{
	struct cos_waiter *waiter;
	long tid = WAKE_NONE;
	uint64_t word;

	cos_assert(cos_mutex_held(mutex));
	cos_guard_lock(&mutex->guard);
	waiter = waitq_dequeue(&mutex->waiters);
	if (waiter == NULL)
		word = COS_MUTEX_FREE;
	else if (waiter->passed_over)
		word = word_held(waiter->owner_word, &mutex->waiters);
	else
		word = mutex->waiters.first != NULL ? FREE_WAITED : COS_MUTEX_FREE;
	__atomic_store_n(&mutex->word, word, __ATOMIC_RELEASE);
	if (waiter != NULL)
		tid = waiter_mark(waiter);
	cos_guard_unlock(&mutex->guard);
	return tid;
}

void cos_mutex_unlock_slow(struct cos_mutex *mutex)
{
	long tid = mutex_free(mutex);

	if (tid != WAKE_NONE)
		sched_unpark(tid);
}

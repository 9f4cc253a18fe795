/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow paths of cos_mutex. The states of its word:
 *	0		free, no waiter
 *	owner | 1	held, no waiter: cos_stack_last() of the owner
 *	owner		held, with waiters (bit 0 clear)
 *	2		free, with waiters, the first of which was woken and will try again
 * Changes that begin or end with waiters are made under the guard, as is the queue; so the fast
 *paths, which only know the first two states, fail whenever there is a waiter.
 *
 * An unlock frees the mutex and wakes the first waiter, so that the running thread may take it
 *again meanwhile (no convoy of thread switches); but a waiter that was passed over in that way is
 *handed the mutex at the next unlock, so none starves.
 */
#include <cos/log.h>
#include "waitq.h"

#define FREE_WAITED 2

static uint64_t word_held(uint64_t owner_word, const struct cos_waitq *queue)
{
	return queue->first != NULL ? owner_word & ~1UL : owner_word;
}

/* Under the guard: take it if it is free, else announce a waiter. */
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
		/* One that was passed over goes first, and is handed the mutex. */
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

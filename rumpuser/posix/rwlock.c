/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read-write locks.
 *
 * I1 One word holds the number of readers, WRITER, and WAITERS if any thread sleeps. Without
 *    waiters, taking and releasing are one compare-and-swap.
 * I2 With WAITERS set every thread goes through rw_mtx. A waiter sets the bit while it holds
 *    rw_mtx, and sleeps on rw_cv. A thread that releases the last hold and sees the bit broadcasts
 *    under rw_mtx. So no wake-up is lost.
 * I3 A waiting writer keeps new readers out.
 */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <stdatomic.h>
#include <stdbool.h>

#define WRITER 0x80000000u
#define WAITERS 0x40000000u
#define READERS (WAITERS - 1)

struct rumpuser_rw {
	_Atomic uint32_t rw_word;
	struct lwp *_Atomic rw_owner;
	pthread_mutex_t rw_mtx;
	pthread_cond_t rw_cv;
	unsigned rw_waiting, rw_wwaiting; /* rw_mtx guards them */
};

void rumpuser_rw_init(struct rumpuser_rw **rwp)
{
	struct rumpuser_rw *rw = calloc(1, sizeof(*rw));

	MUST(rw == NULL);
	MUST(pthread_mutex_init(&rw->rw_mtx, NULL));
	MUST(pthread_cond_init(&rw->rw_cv, NULL));
	*rwp = rw;
}

void rumpuser_rw_destroy(struct rumpuser_rw *rw)
{
	MUST(rw->rw_word != 0);
	MUST(pthread_mutex_destroy(&rw->rw_mtx));
	MUST(pthread_cond_destroy(&rw->rw_cv));
	free(rw);
}

/* Only the owner compares itself with it, so no memory order is needed. */
static void owner_store(struct rumpuser_rw *rw, struct lwp *owner)
{
	atomic_store_explicit(&rw->rw_owner, owner, memory_order_relaxed);
}

/* Take the lock if its holders allow it. barred: bits that forbid it. WAITERS stays as it is. */
static bool rw_take(struct rumpuser_rw *rw, bool writer, uint32_t barred)
{
	uint32_t word = rw->rw_word;

	while ((word & barred) == 0)
		if (atomic_compare_exchange_weak(&rw->rw_word, &word,
						 writer ? word | WRITER : word + 1)) {
			if (writer)
				owner_store(rw, rumpuser_curlwp());
			return true;
		}
	return false;
}

static void rw_enter_slow(struct rumpuser_rw *rw, bool writer)
{
	uint32_t holders = writer ? WRITER | READERS : WRITER;

	MUST(pthread_mutex_lock(&rw->rw_mtx));
	rw->rw_waiting++;
	rw->rw_wwaiting += writer;
	for (;;) {
		/* With the bit set, no thread can change the holders unseen. */
		atomic_fetch_or(&rw->rw_word, WAITERS);
		if ((writer || rw->rw_wwaiting == 0) && rw_take(rw, writer, holders))
			break;
		MUST(pthread_cond_wait(&rw->rw_cv, &rw->rw_mtx));
	}
	rw->rw_waiting--;
	rw->rw_wwaiting -= writer;
	if (rw->rw_waiting == 0)
		atomic_fetch_and(&rw->rw_word, ~WAITERS);
	else if (!writer || rw->rw_wwaiting == 0)
		MUST(pthread_cond_broadcast(&rw->rw_cv)); /* readers may follow */
	MUST(pthread_mutex_unlock(&rw->rw_mtx));
}

void rumpuser_rw_enter(int how, struct rumpuser_rw *rw)
{
	bool writer = how == RUMPUSER_RW_WRITER;
	int nlocks;

	if (rw_take(rw, writer, writer ? ~0u : WRITER | WAITERS))
		return;
	hyp_leave(&nlocks, NULL);
	rw_enter_slow(rw, writer);
	hyp_return(nlocks, NULL);
}

int rumpuser_rw_tryenter(int how, struct rumpuser_rw *rw)
{
	bool writer = how == RUMPUSER_RW_WRITER;

	if (how != RUMPUSER_RW_READER && !writer)
		return RUMP_EINVAL;
	return rw_take(rw, writer, writer ? ~0u : WRITER | WAITERS) ? 0 : RUMP_EBUSY;
}

/* Wake waiters after a change that may let them in. */
static void rw_wake(struct rumpuser_rw *rw)
{
	MUST(pthread_mutex_lock(&rw->rw_mtx));
	MUST(pthread_cond_broadcast(&rw->rw_cv));
	MUST(pthread_mutex_unlock(&rw->rw_mtx));
}

int rumpuser_rw_tryupgrade(struct rumpuser_rw *rw)
{
	uint32_t word = rw->rw_word;

	while ((word & READERS) == 1)
		if (atomic_compare_exchange_weak(&rw->rw_word, &word, (word & WAITERS) | WRITER)) {
			owner_store(rw, rumpuser_curlwp());
			return 0;
		}
	return RUMP_EBUSY;
}

void rumpuser_rw_downgrade(struct rumpuser_rw *rw)
{
	uint32_t word = rw->rw_word;

	MUST((word & WRITER) == 0);
	owner_store(rw, NULL);
	while (!atomic_compare_exchange_weak(&rw->rw_word, &word, (word & WAITERS) | 1))
		;
	if (word & WAITERS)
		rw_wake(rw);
}

void rumpuser_rw_exit(struct rumpuser_rw *rw)
{
	uint32_t word = rw->rw_word;

	MUST((word & (WRITER | READERS)) == 0);
	if (word & WRITER) {
		owner_store(rw, NULL);
		word = atomic_fetch_and(&rw->rw_word, ~WRITER) & ~WRITER;
	} else {
		word = atomic_fetch_sub(&rw->rw_word, 1) - 1;
	}
	if (word == WAITERS)
		rw_wake(rw);
}

void rumpuser_rw_held(int how, struct rumpuser_rw *rw, int *heldp)
{
	uint32_t word = rw->rw_word;

	if (how == RUMPUSER_RW_WRITER)
		*heldp = (word & WRITER) != 0 && rw->rw_owner == rumpuser_curlwp();
	else
		*heldp = (word & READERS) != 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Condition variables. On the way into a wait the virtual CPU goes first, the mutex last: who is
 * woken by the mutex finds a CPU. On the way back, as rumpuser(3) has it: with a mutex that is SPIN
 * and KMUTEX the CPU is taken before the mutex (who spins for it holds a CPU, and this might be the
 * only one); with one that is SPIN alone the mutex comes first; with others, which are given up
 * together with the CPU by whoever waits for them, the mutex is kept while waiting for a CPU.
 *
 * A signal that nobody waits for is a load: waiters counts those who wait or are about to, changed
 * under the mutex.
 */
#include <cos/clock.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

#define SPIN_KMUTEX (RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX)

struct rumpuser_cv {
	struct cos_cond cond;
	int waiters;
};

void rumpuser_cv_init(struct rumpuser_cv **cvp)
{
	*cvp = object_alloc(sizeof(**cvp));
}

void rumpuser_cv_destroy(struct rumpuser_cv *cv)
{
	cos_assert(cv->waiters == 0);
	object_free(cv, sizeof(*cv));
}

/* Both with the mutex held. */
static void wait_begin(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx)
{
	__atomic_fetch_add(&cv->waiters, 1, __ATOMIC_SEQ_CST);
	mtx_owner_set(mtx, NULL);
}

static void wait_end(struct rumpuser_cv *cv)
{
	__atomic_fetch_sub(&cv->waiters, 1, __ATOMIC_SEQ_CST);
}

static void wait_return(struct rumpuser_mtx *mtx, int nlocks)
{
	if ((mtx->flags & SPIN_KMUTEX) == SPIN_KMUTEX) {
		cos_mutex_unlock(&mtx->mutex);
		hyp_return(nlocks, mtx);
		cos_mutex_lock(&mtx->mutex);
	} else {
		hyp_return(nlocks, mtx);
	}
	mtx_owner_set(mtx, rumpuser_curlwp());
}

void rumpuser_cv_wait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx)
{
	int nlocks;

	wait_begin(cv, mtx);
	hyp_leave(&nlocks, mtx);
	cos_cond_wait(&cv->cond, &mtx->mutex);
	wait_end(cv);
	wait_return(mtx, nlocks);
}

void rumpuser_cv_wait_nowrap(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx)
{
	wait_begin(cv, mtx);
	cos_cond_wait(&cv->cond, &mtx->mutex);
	wait_end(cv);
	mtx_owner_set(mtx, rumpuser_curlwp());
}

int rumpuser_cv_timedwait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx, int64_t sec,
			  int64_t nsec)
{
	int nlocks;
	long error;

	if (sec < 0 || nsec < 0 || nsec >= (int64_t)COS_NS_PER_S)
		return RUMP_EINVAL;
	wait_begin(cv, mtx);
	hyp_leave(&nlocks, mtx);
	error = cos_cond_timedwait(&cv->cond, &mtx->mutex, hyp_deadline_ns(sec, nsec));
	wait_end(cv);
	wait_return(mtx, nlocks);
	return hyp_errno(error);
}

void rumpuser_cv_signal(struct rumpuser_cv *cv)
{
	if (__atomic_load_n(&cv->waiters, __ATOMIC_SEQ_CST) > 0)
		cos_cond_signal(&cv->cond);
}

void rumpuser_cv_broadcast(struct rumpuser_cv *cv)
{
	if (__atomic_load_n(&cv->waiters, __ATOMIC_SEQ_CST) > 0)
		cos_cond_broadcast(&cv->cond);
}

void rumpuser_cv_has_waiters(struct rumpuser_cv *cv, int *waitersp)
{
	*waitersp = __atomic_load_n(&cv->waiters, __ATOMIC_SEQ_CST);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Condition variables.
 *
 * I1 A waiter with a KMUTEX releases the mutex before it gives its virtual CPU up, and takes the
 *    mutex again after it has a virtual CPU. Otherwise a thread that does not run would hold the
 *    mutex for as long as others are more urgent. NetBSD's page daemon only tries the lock of each
 *    page's object; with the other order it scanned all pages in vain for every block that a
 *    program read.
 * I2 With a mutex that is SPIN alone (the rump kernel's scheduler has one) the virtual CPU goes
 *    first and comes back last.
 * I3 waiters counts the threads that wait or are about to; it changes under the mutex. A signal
 *    without a waiter is therefore one load.
 */
#include <cos/clock.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

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

struct left {
	struct rumpuser_mtx *mtx;
	int nlocks;
};

static void cpu_leave(void *arg)
{
	struct left *l = arg;

	hyp_leave(&l->nlocks, l->mtx);
}

static long wait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx, uint64_t deadline_ns)
{
	struct left l = {.mtx = mtx};
	long error;

	wait_begin(cv, mtx);
	if (mtx->flags & RUMPUSER_MTX_KMUTEX) {
		error = cos_cond_leave(&cv->cond, &mtx->mutex, deadline_ns, cpu_leave, &l);
		wait_end(cv);
		hyp_return(l.nlocks, mtx);
		rumpuser_mutex_enter(mtx);
	} else {
		cpu_leave(&l);
		error = cos_cond_timedwait(&cv->cond, &mtx->mutex, deadline_ns);
		wait_end(cv);
		hyp_return(l.nlocks, mtx);
	}
	return error;
}

void rumpuser_cv_wait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx)
{
	(void)wait(cv, mtx, 0);
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
	if (sec < 0 || nsec < 0 || nsec >= (int64_t)COS_NS_PER_S)
		return RUMP_EINVAL;
	return hyp_errno(wait(cv, mtx, hyp_deadline_ns(sec, nsec)));
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

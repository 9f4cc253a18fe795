/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Condition variables. How a waiter returns:
 *
 * I1 With a mutex that is SPIN and KMUTEX, the thread releases the mutex that it was woken with,
 *    takes a CPU, and then the mutex. A thread that spins for the mutex keeps its CPU, which may be
 *    the only one.
 * I2 With a mutex that is SPIN alone, the mutex comes first, then the CPU (rumpuser(3)).
 * I3 With an adaptive mutex either order works, and the mutex is kept: other threads that want it
 *    give their CPU up, so there is one.
 */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <stdatomic.h>
#include <time.h>

#define SPIN_KMUTEX (RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX)

struct rumpuser_cv {
	pthread_cond_t c_pth;
	_Atomic int c_waiters;
};

void rumpuser_cv_init(struct rumpuser_cv **cvp)
{
	struct rumpuser_cv *cv = malloc(sizeof(*cv)); /* in glibc calloc costs more */

	MUST(cv == NULL);
	MUST(pthread_cond_init(&cv->c_pth, NULL));
	atomic_init(&cv->c_waiters, 0);
	*cvp = cv;
}

void rumpuser_cv_destroy(struct rumpuser_cv *cv)
{
	MUST(pthread_cond_destroy(&cv->c_pth));
	free(cv);
}

static void cv_leave(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx, int *nlocks)
{
	cv->c_waiters++;
	hyp_leave(nlocks, mtx);
	mtx_clearowner(mtx);
}

static void cv_return(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx, int nlocks)
{
	cv->c_waiters--;
	if ((mtx->m_flags & SPIN_KMUTEX) == SPIN_KMUTEX) {
		MUST(pthread_mutex_unlock(&mtx->m_pth));
		hyp_return(nlocks, mtx);
		rumpuser_mutex_enter_nowrap(mtx);
	} else {
		hyp_return(nlocks, mtx);
		mtx_setowner(mtx);
	}
}

void rumpuser_cv_wait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx)
{
	int nlocks;

	cv_leave(cv, mtx, &nlocks);
	MUST(pthread_cond_wait(&cv->c_pth, &mtx->m_pth));
	cv_return(cv, mtx, nlocks);
}

void rumpuser_cv_wait_nowrap(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx)
{
	cv->c_waiters++;
	mtx_clearowner(mtx);
	MUST(pthread_cond_wait(&cv->c_pth, &mtx->m_pth));
	mtx_setowner(mtx);
	cv->c_waiters--;
}

int rumpuser_cv_timedwait(struct rumpuser_cv *cv, struct rumpuser_mtx *mtx, int64_t sec,
			  int64_t nsec)
{
	struct timespec ts;
	int nlocks, error;

	if (sec < 0 || nsec < 0 || nsec >= 1000000000)
		return RUMP_EINVAL;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	if (__builtin_add_overflow(ts.tv_sec, sec, &ts.tv_sec))
		ts.tv_sec = INT64_MAX - 1;
	ts.tv_nsec += nsec;
	if (ts.tv_nsec >= 1000000000 && ts.tv_sec < INT64_MAX - 1) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	} else if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec = 999999999;
	}
	cv_leave(cv, mtx, &nlocks);
	error = pthread_cond_clockwait(&cv->c_pth, &mtx->m_pth, CLOCK_MONOTONIC, &ts);
	if (error != ETIMEDOUT)
		MUST(error);
	cv_return(cv, mtx, nlocks);
	return errno_to_netbsd(error);
}

/* Waiters were counted under the mutex under which they saw that the condition did not hold. */
void rumpuser_cv_signal(struct rumpuser_cv *cv)
{
	if (cv->c_waiters > 0)
		MUST(pthread_cond_signal(&cv->c_pth));
}

void rumpuser_cv_broadcast(struct rumpuser_cv *cv)
{
	if (cv->c_waiters > 0)
		MUST(pthread_cond_broadcast(&cv->c_pth));
}

void rumpuser_cv_has_waiters(struct rumpuser_cv *cv, int *waitersp)
{
	*waitersp = cv->c_waiters;
}

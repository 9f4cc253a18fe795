/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutexes. A blocked caller of enter gives its virtual CPU up, since the holder may need one to
 * continue. A SPIN mutex keeps the CPU: its holder must not need another.
 *
 * The mutex itself orders the owner field. A thread that asks for the owner of a mutex that it does
 * not hold gets a momentary value.
 */
#include "hyp.h"

#include <errno.h>
#include <stdatomic.h>

void mtx_setowner(struct rumpuser_mtx *mtx)
{
	if (mtx->m_flags & RUMPUSER_MTX_KMUTEX)
		atomic_store_explicit(&mtx->m_owner, rumpuser_curlwp(), memory_order_relaxed);
}

void mtx_clearowner(struct rumpuser_mtx *mtx)
{
	if (mtx->m_flags & RUMPUSER_MTX_KMUTEX)
		atomic_store_explicit(&mtx->m_owner, NULL, memory_order_relaxed);
}

void rumpuser_mutex_init(struct rumpuser_mtx **mtxp, int flags)
{
	struct rumpuser_mtx *mtx = calloc(1, sizeof(*mtx));
	pthread_mutexattr_t attr;

	MUST(mtx == NULL);
	MUST((flags & (RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX)) == 0);
	MUST(pthread_mutexattr_init(&attr));
	MUST(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK));
	MUST(pthread_mutex_init(&mtx->m_pth, &attr));
	pthread_mutexattr_destroy(&attr);
	mtx->m_flags = flags;
	*mtxp = mtx;
}

void rumpuser_mutex_enter(struct rumpuser_mtx *mtx)
{
	int nlocks;

	if (mtx->m_flags & RUMPUSER_MTX_SPIN) {
		rumpuser_mutex_enter_nowrap(mtx);
		return;
	}
	if (pthread_mutex_trylock(&mtx->m_pth) != 0) {
		hyp_leave(&nlocks, NULL);
		MUST(pthread_mutex_lock(&mtx->m_pth));
		hyp_return(nlocks, NULL);
	}
	mtx_setowner(mtx);
}

void rumpuser_mutex_enter_nowrap(struct rumpuser_mtx *mtx)
{
	MUST(pthread_mutex_lock(&mtx->m_pth));
	mtx_setowner(mtx);
}

int rumpuser_mutex_tryenter(struct rumpuser_mtx *mtx)
{
	int error = pthread_mutex_trylock(&mtx->m_pth);

	if (error != 0)
		return errno_to_netbsd(error);
	mtx_setowner(mtx);
	return 0;
}

void rumpuser_mutex_exit(struct rumpuser_mtx *mtx)
{
	mtx_clearowner(mtx);
	MUST(pthread_mutex_unlock(&mtx->m_pth));
}

void rumpuser_mutex_destroy(struct rumpuser_mtx *mtx)
{
	MUST(pthread_mutex_destroy(&mtx->m_pth));
	free(mtx);
}

void rumpuser_mutex_owner(struct rumpuser_mtx *mtx, struct lwp **ownerp)
{
	MUST((mtx->m_flags & RUMPUSER_MTX_KMUTEX) == 0);
	*ownerp = atomic_load_explicit(&mtx->m_owner, memory_order_relaxed);
}

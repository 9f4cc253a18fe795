/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutexes. Without contention enter and exit are one compare-and-swap each. A blocked caller of
 * enter gives its virtual CPU up, since the holder may need one to continue. A blocked caller for a
 * SPIN mutex keeps it: the holder needs no other.
 */
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

void rumpuser_mutex_init(struct rumpuser_mtx **mtxp, int flags)
{
	struct rumpuser_mtx *mtx = object_alloc(sizeof(*mtx));

	cos_assert(flags & (RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX));
	mtx->flags = flags;
	*mtxp = mtx;
}

void rumpuser_mutex_enter_nowrap(struct rumpuser_mtx *mtx)
{
	cos_mutex_lock(&mtx->mutex);
	mtx_owner_set(mtx, rumpuser_curlwp());
}

void rumpuser_mutex_enter(struct rumpuser_mtx *mtx)
{
	if (__builtin_expect(!cos_mutex_trylock(&mtx->mutex), 0)) {
		int nlocks;

		if (mtx->flags & RUMPUSER_MTX_SPIN) {
			cos_mutex_lock(&mtx->mutex);
		} else {
			hyp_leave(&nlocks, NULL);
			cos_mutex_lock(&mtx->mutex);
			hyp_return(nlocks, NULL);
		}
	}
	mtx_owner_set(mtx, rumpuser_curlwp());
}

int rumpuser_mutex_tryenter(struct rumpuser_mtx *mtx)
{
	if (!cos_mutex_trylock(&mtx->mutex))
		return RUMP_EBUSY;
	mtx_owner_set(mtx, rumpuser_curlwp());
	return 0;
}

void rumpuser_mutex_exit(struct rumpuser_mtx *mtx)
{
	mtx_owner_set(mtx, NULL);
	cos_mutex_unlock(&mtx->mutex);
}

void rumpuser_mutex_destroy(struct rumpuser_mtx *mtx)
{
	cos_assert(mtx->mutex.word == COS_MUTEX_FREE);
	object_free(mtx, sizeof(*mtx));
}

void rumpuser_mutex_owner(struct rumpuser_mtx *mtx, struct lwp **ownerp)
{
	cos_assert(mtx->flags & RUMPUSER_MTX_KMUTEX);
	*ownerp = __atomic_load_n(&mtx->owner, __ATOMIC_RELAXED);
}

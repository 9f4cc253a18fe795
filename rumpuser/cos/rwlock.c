/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read-write locks: libcos' locks with the writer's lwp; a blocked caller gives its virtual CPU up.
 */
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

struct rumpuser_rw {
	struct cos_rwlock lock;
	struct lwp *writer;
};

void rumpuser_rw_init(struct rumpuser_rw **rwp)
{
	*rwp = object_alloc(sizeof(**rwp));
}

static void writer_set(struct rumpuser_rw *rw, struct lwp *writer)
{
	__atomic_store_n(&rw->writer, writer, __ATOMIC_RELAXED);
}

int rumpuser_rw_tryenter(int how, struct rumpuser_rw *rw)
{
	if (how == RUMPUSER_RW_READER)
		return cos_rwlock_tryrdlock(&rw->lock) ? 0 : RUMP_EBUSY;
	if (how != RUMPUSER_RW_WRITER)
		return RUMP_EINVAL;
	if (!cos_rwlock_trywrlock(&rw->lock))
		return RUMP_EBUSY;
	writer_set(rw, rumpuser_curlwp());
	return 0;
}

void rumpuser_rw_enter(int how, struct rumpuser_rw *rw)
{
	int nlocks;

	if (rumpuser_rw_tryenter(how, rw) == 0)
		return;
	hyp_leave(&nlocks, NULL);
	if (how == RUMPUSER_RW_READER)
		cos_rwlock_rdlock(&rw->lock);
	else
		cos_rwlock_wrlock(&rw->lock);
	hyp_return(nlocks, NULL);
	if (how != RUMPUSER_RW_READER)
		writer_set(rw, rumpuser_curlwp());
}

int rumpuser_rw_tryupgrade(struct rumpuser_rw *rw)
{
	if (!cos_rwlock_tryupgrade(&rw->lock))
		return RUMP_EBUSY;
	writer_set(rw, rumpuser_curlwp());
	return 0;
}

void rumpuser_rw_downgrade(struct rumpuser_rw *rw)
{
	writer_set(rw, NULL);
	cos_rwlock_downgrade(&rw->lock);
}

void rumpuser_rw_exit(struct rumpuser_rw *rw)
{
	if (rw->writer)
		writer_set(rw, NULL);
	cos_rwlock_unlock(&rw->lock);
}

void rumpuser_rw_destroy(struct rumpuser_rw *rw)
{
	cos_assert(rw->lock.readers == 0 && rw->lock.writer == 0);
	object_free(rw, sizeof(*rw));
}

void rumpuser_rw_held(int how, struct rumpuser_rw *rw, int *heldp)
{
	if (how == RUMPUSER_RW_READER)
		*heldp = __atomic_load_n(&rw->lock.readers, __ATOMIC_RELAXED) > 0;
	else
		*heldp = __atomic_load_n(&rw->lock.writer, __ATOMIC_RELAXED) != 0 &&
			 __atomic_load_n(&rw->writer, __ATOMIC_RELAXED) == rumpuser_curlwp();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the COS host: a rump kernel as a component, over libcos and the
 * interfaces. */
#ifndef RUMPUSER_COS_HYP_H
#define RUMPUSER_COS_HYP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/client.h>
#include <cos/log.h>
#include <cos/sync.h>

#include "rumpuser.h"

extern struct rumpuser_hyperup rumpuser__hyp;

/* The NetBSD number for a COS_E* (positive or negative); 0 for 0. */
int hyp_errno(long cos_error);

/* Around a wait: give the virtual CPU back, take one again. Both do nothing before rumpuser_init.
 */
static inline void hyp_leave(int *nlocks, void *interlock)
{
	if (rumpuser__hyp.hyp_backend_unschedule)
		rumpuser__hyp.hyp_backend_unschedule(0, nlocks, interlock);
}

static inline void hyp_return(int nlocks, void *interlock)
{
	if (rumpuser__hyp.hyp_backend_schedule)
		rumpuser__hyp.hyp_backend_schedule(nlocks, interlock);
}

/*
 * Turn the calling thread, one of our own, into a kernel thread of the rump kernel: an lwp of
 * process 0, bound for good. It holds no virtual CPU yet. 0 or a NetBSD errno.
 */
int hyp_kthread(void);

/* What the calling thread was called when it was created, "" if it is none of ours. Under no lock:
 * the name is its own. */
const char *hyp_thread_name(void);
/* The core that it is bound to, negative: none. */
int hyp_thread_core(void);

/* Absolute, of cos_now_ns's clock, for cos/sync.h: never 0, and never wraps. EINVAL-free: see the
 * callers. */
uint64_t hyp_deadline_ns(int64_t sec, int64_t nsec);

/* Without a virtual CPU to give up. */
void hyp_sleep_until(uint64_t until_ns);

/* Shared by the mutex and the condition variable. */
struct rumpuser_mtx {
	struct cos_mutex mutex;
	struct lwp *owner; /* KMUTEX only */
	int flags;
};

static inline void mtx_owner_set(struct rumpuser_mtx *mtx, struct lwp *owner)
{
	if (mtx->flags & RUMPUSER_MTX_KMUTEX)
		__atomic_store_n(&mtx->owner, owner, __ATOMIC_RELAXED);
}

#endif

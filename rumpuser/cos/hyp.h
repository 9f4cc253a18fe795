/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the COS host share. The COS host runs a rump kernel in a component, over libcos
 * and the interfaces of services.
 */
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

/*
 * Around a wait: give the virtual CPU up, take one again (rumpuser.h, I2). Neither does anything
 * before rumpuser_init.
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
 * Turn the calling thread, which this component made, into a thread of the rump kernel: an lwp of
 * process 0 is bound to it until it ends. It holds no virtual CPU yet. 0 or a NetBSD errno.
 */
int hyp_kthread(void);

/*
 * The name that the calling thread was created with; "" if the component did not create it. Needs
 * no lock: only the thread itself reads its name.
 */
const char *hyp_thread_name(void);
/* The core that the calling thread is bound to; negative: none. */
int hyp_thread_core(void);

/*
 * A deadline on the clock of cos_now_ns, as cos/sync.h expects it: never 0, and it does not wrap.
 * The arguments have been checked by the caller.
 */
uint64_t hyp_deadline_ns(int64_t sec, int64_t nsec);

/* For a thread that has no virtual CPU to give up. */
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Locks of the rump kernel, thin wrappers of the hypercalls. Any lwp may take any of them on any
 * virtual CPU.
 *
 *	kmutex   a blocked caller gives up its virtual CPU. May be held across anything.
 *	kspin    for a few instructions: no blocking, allocating or copying in or out.
 *	krwlock  readers or one writer. Not recursive. May be held across anything.
 *	kcv      a condition, waited for with a kmutex. cv_timedwait: timeout in ns from now.
 *
 * init allocates in the host and cannot fail. destroy is called while the lock is free.
 */
#ifndef RUMP_KERN_SYNC_H
#define RUMP_KERN_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include <rump/errno.h>

#include "rumpuser.h"

#define NSEC_PER_SEC INT64_C(1000000000)

struct kmutex {
	struct rumpuser_mtx *km;
};
struct kspin {
	struct rumpuser_mtx *ks;
};
struct krwlock {
	struct rumpuser_rw *kr;
};
struct kcv {
	struct rumpuser_cv *kc;
};

static inline void mutex_init(struct kmutex *m)
{
	rumpuser_mutex_init(&m->km, RUMPUSER_MTX_KMUTEX);
}
static inline void mutex_destroy(struct kmutex *m)
{
	rumpuser_mutex_destroy(m->km);
}
static inline void mutex_enter(struct kmutex *m)
{
	rumpuser_mutex_enter(m->km);
}
static inline bool mutex_tryenter(struct kmutex *m)
{
	return rumpuser_mutex_tryenter(m->km) == 0;
}
static inline void mutex_exit(struct kmutex *m)
{
	rumpuser_mutex_exit(m->km);
}
/* Whether the calling lwp holds the mutex: for assertions. */
static inline bool mutex_owned(struct kmutex *m)
{
	struct lwp *l;

	rumpuser_mutex_owner(m->km, &l);
	return l != NULL && l == rumpuser_curlwp();
}

/*
 * KMUTEX as well as SPIN: an lwp that waits with the mutex then takes a virtual CPU first and the
 * mutex after it. With SPIN alone it is the reverse (rumpuser.h): up to ncpu lwps could wait for
 * the mutex of an lwp that waits for a CPU.
 */
static inline void spin_init(struct kspin *s)
{
	rumpuser_mutex_init(&s->ks, RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX);
}
static inline void spin_destroy(struct kspin *s)
{
	rumpuser_mutex_destroy(s->ks);
}
static inline void spin_enter(struct kspin *s)
{
	rumpuser_mutex_enter_nowrap(s->ks);
}
static inline void spin_exit(struct kspin *s)
{
	rumpuser_mutex_exit(s->ks);
}

static inline void rw_init(struct krwlock *r)
{
	rumpuser_rw_init(&r->kr);
}
static inline void rw_destroy(struct krwlock *r)
{
	rumpuser_rw_destroy(r->kr);
}
static inline void rw_rlock(struct krwlock *r)
{
	rumpuser_rw_enter(RUMPUSER_RW_READER, r->kr);
}
static inline void rw_wlock(struct krwlock *r)
{
	rumpuser_rw_enter(RUMPUSER_RW_WRITER, r->kr);
}
static inline bool rw_trywlock(struct krwlock *r)
{
	return rumpuser_rw_tryenter(RUMPUSER_RW_WRITER, r->kr) == 0;
}
static inline void rw_unlock(struct krwlock *r)
{
	rumpuser_rw_exit(r->kr);
}
static inline bool rw_wowned(struct krwlock *r)
{
	int held;

	rumpuser_rw_held(RUMPUSER_RW_WRITER, r->kr, &held);
	return held != 0;
}

static inline void cv_init(struct kcv *c)
{
	rumpuser_cv_init(&c->kc);
}
static inline void cv_destroy(struct kcv *c)
{
	rumpuser_cv_destroy(c->kc);
}
static inline void cv_wait(struct kcv *c, struct kmutex *m)
{
	rumpuser_cv_wait(c->kc, m->km);
}
/* 0 or ETIMEDOUT; timeout_ns < 0 waits for ever. */
static inline int cv_timedwait(struct kcv *c, struct kmutex *m, int64_t timeout_ns)
{
	if (timeout_ns < 0) {
		rumpuser_cv_wait(c->kc, m->km);
		return 0;
	}
	return rumpuser_cv_timedwait(c->kc, m->km, timeout_ns / NSEC_PER_SEC,
				     timeout_ns % NSEC_PER_SEC);
}
static inline void cv_signal(struct kcv *c)
{
	rumpuser_cv_signal(c->kc);
}
static inline void cv_broadcast(struct kcv *c)
{
	rumpuser_cv_broadcast(c->kc);
}

#endif

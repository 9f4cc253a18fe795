/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core: who runs on it.
 *
 * Whoever is inside sched decides who runs next, under the core's lock, and dispatches that thread
 * by itself; the core's scheduler thread only comes in when the kernel has news (a thread waits for
 * an interrupt, or died, or the time given with the last dispatch is up), or when nothing can run:
 * then it idles.
 *
 * The lock is released before the dispatch, so a thread can be preempted in between, and dispatch
 * later what it decided on old state. Therefore: (1) the kernel refuses a dispatch that is older
 * than its last event (COS_EAGAIN), and the decision is made anew; (2) a thread that is dispatched
 * though it should not run (it is parked) finds that out itself, by core_block's loop, and passes
 * on.
 */
#ifndef SCHED_CORE_H
#define SCHED_CORE_H

#include <cos/lend.h>
#include "thd.h"

struct core {
	struct cos_lend_lock lock;
	struct runq runq;
	struct timeout_heap timeouts;
	struct thd *current; /* the one that was dispatched last, for its time */
	uint64_t switched_ns;
	uint64_t slice_end_ns; /* of current */
	uint64_t token;	       /* as of the last COS_SCHED_EVENT */
	uint64_t arcv;	       /* capability: the scheduler thread's end-point */
	long sched_tid;	       /* scheduler thread */
	struct thd *dead;      /* to be destroyed by the scheduler thread */
};

/* The core that we run on. */
struct core *core_here(void);

void core_lock(struct core *core);
void core_unlock(struct core *core);
/* Lock, and the thread that we are: NULL if it was never adopted. */
struct thd *core_enter(struct core *core);

/* Under the lock. A thread becomes able to run (at the end of its queue), or ceases to be. */
void core_ready(struct core *core, struct thd *thd);
void core_unready(struct core *core, struct thd *thd, enum thd_state state);

/* Under the lock, which they release. Let the most urgent thread run, if that is not us. */
void core_resched(struct core *core);
/* The same, for a thread that has just ceased to be able to run: returns when it is again. */
void core_block(struct core *core, struct thd *self);
/* Let thd run for limit_ns. */
void core_lend(struct core *core, struct thd *thd, uint64_t limit_ns);

/* What the scheduler thread does. */
_Noreturn void core_run(struct core *core);

#endif

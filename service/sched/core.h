/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core: which thread runs on it.
 *
 * A thread enters sched by an invocation (core_enter) and leaves it by core_leave. Inside, it
 * decides under the core's lock which thread runs next, and dispatches that thread itself, by one
 * kernel operation. The core's scheduler thread (core_run) runs only when
 *	- the kernel has an event (a thread waits for an interrupt, was woken by one, or died);
 *	- the timeout that was given with the last dispatch has passed;
 *	- another core has a request (inbox.c);
 *	- no thread can run: then it idles.
 *
 * The lock is released before the dispatch. So a thread can be preempted between the two, and later
 * dispatch what it decided on an old state. These make that harmless:
 *
 * I1  A dispatch carries the token of the last COS_SCHED_EVENT. The kernel refuses it (COS_EAGAIN)
 *     if there was an event or a timeout since then, which is what preempts. It also refuses it
 *     (COS_ECORE) if the thread is another core's. The decision is made anew (core_refused).
 * I2  A thread that has decided does not lend the processor to a contender for the lock: the
 *     contender would set a timeout that the decision does not know of. It lends before it decides
 *     (dispatch_next, cos_lend_waited). When no thread can run, only a thread that has had an event
 *     can want the lock, and that event makes the decision to halt old.
 * I3  A thread that is dispatched although it should not run (it is parked) finds that out itself,
 *     in core_block's loop, and passes the processor on.
 * I4  Only a core's own threads take its lock.
 * I5  A thread changes cores by the scheduler thread of the core that it leaves, while it could run
 *     but does not, and is not pinned. It is pinned from core_enter to core_leave, except while it
 *     lets another thread run; afterwards it looks up its core again.
 * I6  `core` is updated before the kernel moves the thread: a running thread always reads its own
 *     core.
 *
 * Times are ticks of the TSC, and moments its values; nanoseconds are for the interface.
 */
#ifndef SCHED_CORE_H
#define SCHED_CORE_H

#include <cos/client.h>
#include <cos/lend.h>
#include "runq.h"

#define CACHE_LINE 64
#define CORE_ALIGN 1024 /* an index is a shift */

struct core {
	struct cos_lend_lock lock;
	uint32_t number;
	bool up; /* has a scheduler thread that runs */
	struct runq runq;
	struct cos_timeout_heap timeouts;
	uint64_t special;     /* CORE_*; not 0: the quick switch does not apply */
	struct thd *boost;    /* runs next, for LEND_NS (core.c) */
	struct budget *payer; /* pays for the thread that was dispatched last; NULL: none */
	uint64_t own_tcap;    /* tcap with unlimited time; 0: there are no budgets */
	uint32_t reserved;    /* share of CBS_ALL that threads with a deadline have; atomic */
	uint64_t slice_end;   /* of current */
	uint64_t token;	      /* as of the last COS_SCHED_EVENT */
	uint64_t arcv;	      /* capability: the scheduler thread's end-point */
	uint64_t asnd;	      /* to it */
	long sched_tid;	      /* scheduler thread */
	struct thd *dead;     /* to be destroyed by the scheduler thread */
	struct thd *current;  /* dispatched last; other cores read it */
	/* Other cores change these. */
	struct thd *inbox __attribute__((aligned(CACHE_LINE)));
	uint32_t narriving; /* threads on their way here */
} __attribute__((aligned(CORE_ALIGN)));

#define CORE_BOOST (1UL << 0)	/* boost may be set */
#define CORE_CHARGED (1UL << 1) /* the kernel may be charging a budget's tcap */

/* Make all cores, with nothing but their numbers. False: out of memory. */
bool core_init(uint32_t ncores);
uint32_t core_count(void);
extern struct core *cores;
static inline struct core *core_get(uint32_t number)
{
	return &cores[number];
}
/* The core that this runs on. */
struct core *core_here(void);
/* Where mem says which thread holds its lock (mem_lock_owner); NULL with one core. */
void core_watch(const uint32_t *mem_owner);

/* For the scheduler thread, which never changes cores. */
static inline void core_lock(struct core *core)
{
	cos_lend_lock(&core->lock);
}

static inline void core_unlock(struct core *core)
{
	cos_lend_unlock(&core->lock);
}

/* `pinned` is read on the same core only: no barrier is needed but the compiler's. */
static inline void core_set_pinned(struct thd *self, uint8_t pinned)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (self != NULL)
		__atomic_store_n(&self->pinned, pinned, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/*
 * For all other threads: the core that this thread is on, locked, and on which it stays until
 * core_leave. *self: the calling thread, NULL if it was never adopted.
 */
struct core *core_enter_slow(struct thd **self);
static inline struct core *core_enter(struct thd **self)
{
	struct thd *thd = (struct thd *)cos_self_get();
	struct core *core;

	core_set_pinned(thd, 1);
	if (__builtin_expect(thd == NULL || thd_state(thd) != THD_READY, 0))
		return core_enter_slow(self);
	core = core_get(thd_core(thd));
	core_lock(core);
	*self = thd;
	return core;
}

/*
 * Unpinned before the unlock: a contender that the unlock dispatches may move the thread at once.
 */
static inline void core_leave(struct core *core, struct thd *self)
{
	core_set_pinned(self, 0);
	core_unlock(core);
}

/* The same without the lock, for operations that must be done on one core. */
struct thd *core_pin(void);
void core_unpin(struct thd *self);

/* Under the lock: thd is this core's from now on, if it was moving here. */
void core_arrive(struct core *core, struct thd *thd);
/* Under the lock: a thread becomes able to run, behind its equals, or ceases to be. */
static inline void core_ready(struct core *core, struct thd *thd)
{
	cos_timeout_remove(&core->timeouts, &thd->timeout);
	if (__builtin_expect(thd->cbs.runtime != 0, 0) && !cbs_begin(core, thd))
		return;
	thd_set_state(thd, THD_READY);
	runq_append(&core->runq, thd);
}
void core_unready(struct core *core, struct thd *thd, enum thd_state state);
/* Under the lock: give a permit; make it check again whether it has to wait; set its priority. */
void core_permit(struct core *core, struct thd *thd);
void core_wake(struct core *core, struct thd *thd);
void core_prio(struct core *core, struct thd *thd, uint8_t prio);

/* Under the lock, which these release: let the most urgent thread run, if it is not self. */
void core_resched(struct core *core, struct thd *self);
/*
 * The same for a thread that has just ceased to be able to run. Returns when it can run again, on
 * its core, which may be another one. core NULL: it has let other threads run since, and holds no
 * lock.
 */
void core_block(struct core *core, struct thd *self);
/*
 * The dispatch of thd, which was decided on core when token was the latest, was refused. The core
 * that this thread is on by now, locked, for another decision.
 */
struct core *core_refused(struct core *core, struct thd *thd, long error, uint64_t token);
/* Let thd run for LEND_NS. */
void core_lend(struct core *core, struct thd *self, struct thd *thd);

/* Under the lock: the thread that was dispatched last runs here no more. */
void core_vacate(struct core *core);
/* CPU time of thd, which may be of any core. */
uint64_t core_time_of(struct thd *thd);

/* The scheduler thread of the core. */
_Noreturn void core_run(struct core *core);

/*
 * Inbox (inbox.c): requests of other cores for a thread of this one. A request is a bit in the
 * thread (`requests`). The first bit puts the thread into the inbox of its core, a list; the first
 * thread in the list sends an event to that core's scheduler thread. To be called under a lock of
 * the asking core, so that the caller is not preempted halfway for long.
 */
#define REQUEST_ARRIVE (1U << 0) /* THD_MOVING: take it in */
#define REQUEST_PERMIT (1U << 1)
#define REQUEST_WAKE (1U << 2)
#define REQUEST_PRIO (1U << 3)	/* wanted_prio */
#define REQUEST_BOOST (1U << 4) /* it holds a lock that another thread waits for */
#define REQUEST_BIND (1U << 5)	/* `bound` has changed: move it if necessary */
void inbox_post(struct thd *thd, uint32_t request);
/* By the scheduler thread, under the lock. */
void inbox_take(struct core *core);

/*
 * Placement (spread.c). A new thread goes to the core with least to do. From then on it stays,
 * since what it wakes and is woken by is often on its core, unless its core has two runnable
 * threads more than another one.
 */
/* The core for a thread that is made on core. */
struct core *spread_choose(struct core *core);
/* Under the lock: move a thread that is in no queue and does not run. False: it stays. */
bool spread_move(struct core *core, struct thd *thd, struct core *to);
/* By the scheduler thread, under the lock: give a thread that can run to another core. */
void spread_out(struct core *core);
/*
 * By the scheduler thread: before it halts, when it found nothing to run, to ask a core with more
 * threads for one; and after it has halted.
 */
void spread_idle(const struct core *core);
void spread_busy(void);
/* Is there an idle core that could take a thread of this one? */
extern uint32_t spread_idlers; /* cores */
static inline bool spread_wanted(const struct core *core)
{
	return __atomic_load_n(&spread_idlers, __ATOMIC_RELAXED) > 0 && runq_count(&core->runq) > 1;
}

#endif

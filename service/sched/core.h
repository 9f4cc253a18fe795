/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core: who runs on it.
 *
 * Whoever is inside sched decides who runs next, under the core's lock, and dispatches that thread
 * by itself; the core's scheduler thread only comes in when the kernel has news (a thread waits for
 * an interrupt, or died, or the time given with the last dispatch is up), or another core has a
 * request, or when nothing can run: then it idles.
 *
 * The lock is released before the dispatch, so a thread can be preempted in between, and dispatch
 * later what it decided on old state. Therefore: (1) the kernel refuses a dispatch that is older
 * than the last event or timeout (COS_EAGAIN), which is what preempts, or of another core's thread
 * (COS_ECORE), and the decision is made anew; (2) who has decided does not lend the processor to a
 * thread that found the lock taken: it would set a timeout that the decision does not know of. It
 * lends it before, and decides afterwards; when nothing can run, nobody waits for the lock either,
 * but who has had an event, which makes the decision to halt old; (3) a thread that is dispatched
 * though it should not run (it is parked) finds that out itself, by core_block's loop, and passes
 * on.
 *
 * Only a core's own threads take its lock. A thread changes cores by the scheduler thread of the
 * one that it leaves, when it can run but does not, and is not pinned: from core_enter to
 * core_leave it is, but not while it has let another one run, and looks afterwards where it is.
 * Its `core` is changed before the kernel binds it to that one, so where it runs it is right.
 *
 * Times are ticks of the TSC, absolute ones its value: nanoseconds are for the interface.
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
	uint64_t special;     /* CORE_*: no plain case of a switch */
	struct thd *boost;    /* to be run first, for a moment */
	struct budget *payer; /* whose time what was dispatched last runs on; NULL: nobody's */
	uint64_t own_tcap;    /* capability, if there are budgets: time without end */
	uint32_t reserved;    /* of CBS_ALL, by threads with a deadline; atomic */
	uint64_t slice_end;   /* of current */
	uint64_t token;	      /* as of the last COS_SCHED_EVENT */
	uint64_t arcv;	      /* capability: the scheduler thread's end-point */
	uint64_t asnd;	      /* to it */
	long sched_tid;	      /* scheduler thread */
	struct thd *dead;     /* to be destroyed by the scheduler thread */
	struct thd *current;  /* the one that was dispatched last; other cores look at it */
	/* Other cores change these. */
	struct thd *inbox __attribute__((aligned(CACHE_LINE)));
	uint32_t narriving; /* threads on their way here */
} __attribute__((aligned(CORE_ALIGN)));

#define CORE_BOOST (1UL << 0)	/* there may be somebody to be run first */
#define CORE_CHARGED (1UL << 1) /* a budget's time may be what is charged */

/* For all of them, with numbers and nothing else; false: out of memory. */
bool core_init(uint32_t ncores);
uint32_t core_count(void);
extern struct core *cores;
static inline struct core *core_get(uint32_t number)
{
	return &cores[number];
}
/* The core that we run on. */
struct core *core_here(void);
/* Where mem says who holds its lock; NULL with one core. */
void core_watch(const uint32_t *mem_owner);

/* For the scheduler thread, which is on one core only. */
static inline void core_lock(struct core *core)
{
	cos_lend_lock(&core->lock);
}

static inline void core_unlock(struct core *core)
{
	cos_lend_unlock(&core->lock);
}

/* Who looks at it does so on the same core: the order of the program is all that it takes. */
static inline void core_set_pinned(struct thd *self, uint8_t pinned)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (self != NULL)
		__atomic_store_n(&self->pinned, pinned, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/*
 * For the others: the core that we are on, and stay, locked; *self: the thread that we are, NULL if
 * it was never adopted.
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

/* It is moved under the lock only; whom we lend to then, the scheduler thread above all, may do so.
 */
static inline void core_leave(struct core *core, struct thd *self)
{
	core_set_pinned(self, 0);
	core_unlock(core);
}

/* The same without the lock: for what has to be done on one core. */
struct thd *core_pin(void);
void core_unpin(struct thd *self);

/* Under the lock. It is ours now, if it was moving. */
void core_arrive(struct core *core, struct thd *thd);
/* Under the lock. A thread becomes able to run (at the end of its queue), or ceases to be. */
static inline void core_ready(struct core *core, struct thd *thd)
{
	cos_timeout_remove(&core->timeouts, &thd->timeout);
	if (__builtin_expect(thd->cbs.runtime != 0, 0) && !cbs_begin(core, thd))
		return;
	thd_set_state(thd, THD_READY);
	runq_append(&core->runq, thd);
}
void core_unready(struct core *core, struct thd *thd, enum thd_state state);
/* Its permit; another look, wherever it waits; another priority. */
void core_permit(struct core *core, struct thd *thd);
void core_wake(struct core *core, struct thd *thd);
void core_prio(struct core *core, struct thd *thd, uint8_t prio);

/* Under the lock, which they release. Let the most urgent thread run, if that is not us. */
void core_resched(struct core *core, struct thd *self);
/*
 * The same, for a thread that has just ceased to be able to run: returns when it is again, on its
 * core, which may be another one. core is NULL if it has let others run since, and is not locked.
 */
void core_block(struct core *core, struct thd *self);
/*
 * The dispatch of thd, decided on core when token was the latest, was refused; our core by now,
 * locked, for another decision.
 */
struct core *core_refused(struct core *core, struct thd *thd, long error, uint64_t token);
/* Let thd run for a moment. */
void core_lend(struct core *core, struct thd *self, struct thd *thd);

/* Under the lock: whoever ran last runs here no more. */
void core_vacate(struct core *core);
/* The time that thd, of any core, has had. */
uint64_t core_time_of(struct thd *thd);

/* What the scheduler thread does. */
_Noreturn void core_run(struct core *core);

/*
 * Inbox (inbox.c): what other cores ask for a thread reaches its core. A request is a bit in the
 * thread; the first one puts it into the inbox, a list, and the first thread there sends an event
 * to the scheduler thread. Under a lock of the asking core: nobody is preempted for long halfway.
 */
#define REQUEST_ARRIVE (1U << 0) /* THD_MOVING: it is yours now */
#define REQUEST_PERMIT (1U << 1)
#define REQUEST_WAKE (1U << 2)
#define REQUEST_PRIO (1U << 3)	/* wanted_prio */
#define REQUEST_BOOST (1U << 4) /* somebody waits for what it holds */
#define REQUEST_BIND (1U << 5)	/* bound: look whether it is to be elsewhere */
void inbox_post(struct thd *thd, uint32_t request);
/* By the scheduler thread, under the lock. */
void inbox_take(struct core *core);

/*
 * Placement (spread.c). New threads go where there is least to do; from then on a thread stays, as
 * what it wakes and is woken by is often on its core, unless its core has two more to run than
 * another.
 */
/* For a new thread, or core. */
struct core *spread_choose(struct core *core);
/* Under the lock: a thread that is in no queue and does not run. False: it stays. */
bool spread_move(struct core *core, struct thd *thd, struct core *to);
/* By the scheduler thread, under the lock: gives a thread that can run to another core. */
void spread_out(struct core *core);
/* By the scheduler thread that finds nothing to run: asks a core that has more for a thread; and
 * when it has halted. */
void spread_idle(const struct core *core);
void spread_busy(void);
/* Is there a core that would take one of ours soon? */
extern uint32_t spread_idlers; /* cores */
static inline bool spread_wanted(const struct core *core)
{
	return __atomic_load_n(&spread_idlers, __ATOMIC_RELAXED) > 0 && runq_count(&core->runq) > 1;
}

#endif

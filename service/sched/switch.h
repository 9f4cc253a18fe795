/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common way through sched: a thread enters, changes a ring, and another thread runs. Inline
 * and without a call, since this is the price of every hand-over between threads.
 *
 * Whatever is out of the ordinary goes through core.c, with the same result: a thread that is new
 * to sched or waits for an event, a deadline, a budget, a lock that is taken, a lock's owner to
 * run, a timeout that has passed, no thread to run.
 */
#ifndef SCHED_SWITCH_H
#define SCHED_SWITCH_H

#include <cos/cap.h>
#include <cos/clock.h>
#include <cos/syscall.h>
#include "core.h"

#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
/* For functions out of the ordinary: inlined, they would make the common way save registers. */
#define SLOW __attribute__((noinline))

extern uint64_t core_slice, core_spreading; /* ticks */
extern const uint32_t *core_mem_owner;

static inline bool core_mem_held(void)
{
	return core_mem_owner != NULL && __atomic_load_n(core_mem_owner, __ATOMIC_RELAXED) != 0;
}

/* Account that thd, which is current, has run until now. core_time_of reads this. */
static inline void core_charge(struct thd *thd, uint64_t now)
{
	__atomic_store_n(&thd->ran, thd->ran + (now - thd->since), __ATOMIC_RELEASE);
	__atomic_store_n(&thd->since, 0, __ATOMIC_RELEASE);
}

/* Account that next runs from now on; NULL: no thread. */
static inline void core_account(struct core *core, struct thd *next, uint64_t now)
{
	if (core->current != NULL)
		core_charge(core->current, now);
	if (next != NULL)
		__atomic_store_n(&next->since, now, __ATOMIC_RELEASE);
	__atomic_store_n(&core->current, next, __ATOMIC_RELAXED);
}

/*
 * Make thd current, for at most limit ticks unless that is 0. The timeout for its dispatch: the TSC
 * at which the scheduler thread should run.
 */
static inline uint64_t core_prepare(struct core *core, struct thd *thd, uint64_t limit,
				    uint64_t now)
{
	const struct cos_timeout *first = cos_timeout_first(&core->timeouts);
	uint64_t end;

	if (core->current != thd)
		core->slice_end = now + core_slice;
	core_account(core, thd, now);
	end = core->slice_end;
	if (limit == 0 && spread_wanted(core))
		limit = core_spreading;
	if (limit != 0 && now + limit < end)
		end = now + limit;
	return first != NULL && first->deadline < end ? first->deadline : end;
}

static inline long core_dispatch(long tid, uint64_t timeout, uint64_t token)
{
	return cos_op2((uint64_t)COS_CAP_THD(tid), COS_THD_SWITCH, timeout, token);
}

/* *core: the core that self is on, locked. False: *core is NULL, and it takes core_enter. */
static inline bool core_enter_quick(struct core **core, struct thd *self)
{
	struct core *here;

	*core = NULL;
	if (UNLIKELY(self == NULL))
		return false;
	core_set_pinned(self, 1);
	if (UNLIKELY(thd_state(self) != THD_READY))
		return false;
	here = core_get(thd_core(self));
	if (UNLIKELY(!cos_lend_trylock(&here->lock)))
		return false;
	*core = here;
	return true;
}

/*
 * Under the lock: let the most urgent thread run, which is not self. NULL: it ran, and self runs
 * again. Else no other thread ran: the core that self is on, still or again locked.
 */
__attribute__((always_inline)) static inline struct core *core_switch_quick(struct core *core,
									    struct thd *self)
{
	const struct cos_timeout *first = cos_timeout_first(&core->timeouts);
	struct thd *next = runq_first(&core->runq);
	uint64_t now, slice_end, timeout, token = core->token;
	long error;

	if (UNLIKELY(next == NULL || next->limited || core->current != self || core->special != 0 ||
		     core_mem_held() || cos_lend_waited(&core->lock)))
		return core;
	now = cos_tsc();
	timeout = slice_end = now + core_slice;
	if (first != NULL) {
		if (UNLIKELY(first->deadline <= now))
			return core;
		if (first->deadline < timeout)
			timeout = first->deadline;
	}
	if (UNLIKELY(spread_wanted(core)) && now + core_spreading < timeout)
		timeout = now + core_spreading;
	core->slice_end = slice_end;
	core_charge(self, now);
	__atomic_store_n(&next->since, now, __ATOMIC_RELEASE);
	__atomic_store_n(&core->current, next, __ATOMIC_RELAXED);
	core_set_pinned(self, 0);
	cos_lend_release(&core->lock);
	error = core_dispatch(next->tid, timeout, token);
	return UNLIKELY(error < 0) ? core_refused(core, next, error, token) : NULL;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What most calls come to: a thread enters, changes a ring, and another one runs. Inline and
 * without a call, since this is the price of every hand-over between threads; whatever is not plain
 * (who is not known yet or waits for an event, a deadline, a lock that is taken, a lock's owner to
 * be run, a timeout that has passed, nobody to run) is core.c's, with the same result.
 */
#ifndef SCHED_SWITCH_H
#define SCHED_SWITCH_H

#include <mem/mem.h>
#include <cos/clock.h>
#include <cos/syscall.h>
#include "core.h"

#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

extern uint64_t core_slice, core_spreading; /* ticks */
extern const uint32_t *core_mem_owner;

static inline bool core_mem_held(void)
{
	return core_mem_owner != NULL && __atomic_load_n(core_mem_owner, __ATOMIC_RELAXED) != 0;
}

/* next, NULL: nobody, runs from now on. core_time_of is the other side. */
static inline void core_account(struct core *core, struct thd *next, uint64_t now)
{
	struct thd *current = core->current;

	if (current != NULL) {
		__atomic_store_n(&current->ran, current->ran + (now - current->since),
				 __ATOMIC_RELEASE);
		__atomic_store_n(&current->since, 0, __ATOMIC_RELEASE);
	}
	if (next != NULL)
		__atomic_store_n(&next->since, now, __ATOMIC_RELEASE);
	__atomic_store_n(&core->current, next, __ATOMIC_RELAXED);
}

/*
 * Makes thd current, for limit ticks at most if that is not 0. The timeout for its dispatch: the
 * TSC at which the scheduler thread should have a look.
 */
static inline uint64_t core_prepare(struct core *core, struct thd *thd, uint64_t limit,
				    uint64_t now)
{
	const struct timeout *first = timeout_first(&core->timeouts);
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
	return cos_op2((uint64_t)MEM_THD_CAP(tid), COS_THD_SWITCH, timeout, token);
}

/* The core that we, self, are on, locked; NULL: core_enter is to do it. */
static inline struct core *core_enter_quick(struct thd *self)
{
	struct core *core;

	if (UNLIKELY(self == NULL))
		return NULL;
	core_set_pinned(self, 1);
	if (UNLIKELY(thd_state(self) != THD_READY))
		return NULL;
	core = core_get(thd_core(self));
	return UNLIKELY(!cos_lend_trylock(&core->lock)) ? NULL : core;
}

/*
 * Under the lock: lets the most urgent thread run. NULL: it did, and we do again. Else nobody did;
 * our core, still or again locked.
 */
__attribute__((always_inline)) static inline struct core *core_switch_quick(struct core *core,
									    struct thd *self)
{
	const struct timeout *first = timeout_first(&core->timeouts);
	struct thd *next = runq_first(&core->runq);
	uint64_t now, timeout, token = core->token;
	long error;

	if (UNLIKELY(next == NULL || next == self || next->server.budget != 0 ||
		     core->boost != NULL || core_mem_held() || cos_lend_waited(&core->lock)))
		return core;
	now = cos_tsc();
	if (UNLIKELY(first != NULL && first->deadline <= now))
		return core;
	timeout = core_prepare(core, next, 0, now);
	core_set_pinned(self, 0);
	cos_lend_release(&core->lock);
	error = core_dispatch(next->tid, timeout, token);
	return UNLIKELY(error < 0) ? core_refused(core, next, error, token) : NULL;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Guards that are taken, and waiters that were not woken at once (waitq.h). */
#include <cos/core.h>
#include <cos/log.h>
#include "waitq.h"

/* Looks at a guard before its owner counts as preempted: longer than a guard is held. */
#define SPINS 50

/* Does the owner let go meanwhile? It runs on another core, if so. */
static bool guard_spin(const struct cos_guard *guard, uint64_t owner)
{
	for (unsigned i = 0; i < SPINS; i++) {
		if (__atomic_load_n(&guard->owner, __ATOMIC_RELAXED) != owner)
			return true;
		cos_pause();
	}
	return false;
}

/*
 * A guard is held for a few instructions. If it is taken, its owner runs on another core, or was
 * preempted and should run now.
 */
void cos_guard_lock_slow(struct cos_guard *guard)
{
	uint64_t self = cos_stack_last();

	for (;;) {
		uint64_t owner = 0;

		if (__atomic_compare_exchange_n(&guard->owner, &owner, self, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return;
		if (!guard_spin(guard, owner))
			sched_yield_to(cos_stack_tid(owner));
	}
}

/* After a park that ended with error and without a wake-up: park again. */
bool waiter_wait_on(struct cos_waiter *waiter, uint64_t deadline_ns, long error)
{
	while (error != -COS_ETIMEDOUT && !waiter_woken(waiter)) {
		cos_assert(error != -COS_EREBOOT); /* nothing runs without sched */
		error = sched_park(deadline_ns);
	}
	return waiter_woken(waiter);
}

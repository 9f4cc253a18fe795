/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slow paths of cos_lend_lock (cos/lend.h, which has the protocol): the contender lends its
 * processor to the owner, and the owner lends it back when it unlocks.
 */
#include <stdbool.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/lend.h>
#include <cos/syscall.h>

/*
 * The owner gets this long before the scheduler thread runs. A critical section takes microseconds:
 * an owner that needs more was preempted again.
 */
#define LEND_NS COS_NS_PER_MS

/*
 * Looks at the lock before the kernel is asked where the owner is, and between two such questions:
 * a look is much cheaper than an entry into the kernel.
 */
#define SPINS_FIRST 100
#define SPINS 1000

/* Fails if the thread is gone, waits for an event, or is bound to another core. */
static long lend_to(uint32_t thread)
{
	uint64_t timeout = cos_tsc() + cos_ns_to_ticks(LEND_NS);

	return cos_op2(COS_CAP_THD(thread - 1UL), COS_THD_SWITCH, timeout, 0);
}

/* False: the lock still has the same owner. */
static bool spin(const struct cos_lend_lock *lock, uint32_t owner, unsigned spins)
{
	for (unsigned i = 0; i < spins; i++) {
		if (__atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != owner)
			return true;
		cos_pause();
	}
	return false;
}

static void wait_for(struct cos_lend_lock *lock, uint32_t owner, uint32_t self)
{
	uint32_t waiting = self;

	if (cos_ncores() > 1 && spin(lock, owner, SPINS_FIRST))
		return;
	__atomic_store_n(&lock->waiting, self, __ATOMIC_RELAXED);
	if (lend_to(owner) != -COS_ECORE)
		return;
	/* The owner is on another core and we go on running: it must not dispatch us. */
	(void)__atomic_compare_exchange_n(&lock->waiting, &waiting, 0, false, __ATOMIC_RELAXED,
					  __ATOMIC_RELAXED);
	(void)spin(lock, owner, SPINS);
}

void cos_lend_lock_slow(struct cos_lend_lock *lock)
{
	uint32_t self = (uint32_t)cos_tid() + 1;

	for (;;) {
		uint32_t owner = 0;

		if (__atomic_compare_exchange_n(&lock->owner, &owner, self, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return;
		wait_for(lock, owner, self);
	}
}

void cos_lend_unlock_slow(struct cos_lend_lock *lock)
{
	uint32_t next = __atomic_exchange_n(&lock->waiting, 0, __ATOMIC_ACQ_REL);

	if (next != 0 && next != (uint32_t)cos_tid() + 1)
		(void)lend_to(next);
}

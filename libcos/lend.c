/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <mem/mem.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/lend.h>
#include <cos/syscall.h>

/* The owner gets this long before the scheduler has a look. */
#define LEND_NS (10 * COS_NS_PER_MS)

static void lend_to(uint32_t thread)
{
	uint64_t timeout = cos_tsc() + cos_ns_to_ticks(LEND_NS);

	/* It fails when the thread is gone or waits for an event: then there is nothing to be done.
	 */
	(void)cos_op2(MEM_THD_CAP(thread - 1UL), COS_THD_SWITCH, timeout, 0);
}

void cos_lend_lock(struct cos_lend_lock *lock)
{
	uint32_t self = (uint32_t)cos_tid() + 1;

	for (;;) {
		uint32_t owner = 0;

		if (__atomic_compare_exchange_n(&lock->owner, &owner, self, false, __ATOMIC_ACQUIRE,
						__ATOMIC_RELAXED))
			return;
		__atomic_store_n(&lock->waiting, self, __ATOMIC_RELAXED);
		lend_to(owner);
	}
}

void cos_lend_unlock(struct cos_lend_lock *lock)
{
	uint32_t next;

	__atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
	if (__atomic_load_n(&lock->waiting, __ATOMIC_RELAXED) == 0)
		return;
	next = __atomic_exchange_n(&lock->waiting, 0, __ATOMIC_ACQ_REL);
	if (next != 0 && next != (uint32_t)cos_tid() + 1)
		lend_to(next);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of the components that libcos's own primitives rest on, mem and sched: held for a
 * bounded time and never while blocking. If it is taken, its owner was preempted: the contender
 * dispatches the owner by itself, and the owner hands the processor back when it lets go. For an
 * owner on another core it spins; that the owner runs there is up to sched (mem_lock_owner; its own
 * locks are a core's).
 *
 * The component has the capabilities of all threads at MEM_THD_CAP.
 */
#ifndef COS_LEND_H
#define COS_LEND_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/client.h>

struct cos_lend_lock {
	uint32_t owner;	  /* thread id + 1, 0: free */
	uint32_t waiting; /* one that found it taken, to be dispatched at the unlock; 0: none */
};

void cos_lend_lock_slow(struct cos_lend_lock *lock);
void cos_lend_unlock_slow(struct cos_lend_lock *lock);

static inline bool cos_lend_trylock(struct cos_lend_lock *lock)
{
	uint32_t owner = 0;

	return __atomic_compare_exchange_n(&lock->owner, &owner, (uint32_t)cos_tid() + 1, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void cos_lend_lock(struct cos_lend_lock *lock)
{
	if (__builtin_expect(!cos_lend_trylock(lock), 0))
		cos_lend_lock_slow(lock);
}

/* Did somebody find it taken, whom an unlock would dispatch? By the owner. */
static inline bool cos_lend_waited(const struct cos_lend_lock *lock)
{
	return __atomic_load_n(&lock->waiting, __ATOMIC_RELAXED) != 0;
}

/* Lets go, and keeps the processor: for who has seen to it that nobody waits, or dispatches at
 * once. */
static inline void cos_lend_release(struct cos_lend_lock *lock)
{
	__atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}

static inline void cos_lend_unlock(struct cos_lend_lock *lock)
{
	cos_lend_release(lock);
	if (__builtin_expect(cos_lend_waited(lock), 0))
		cos_lend_unlock_slow(lock);
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of mem and sched, the components that the primitives of cos/sync.h rest on. The
 * component has the capabilities of all threads at COS_CAP_THD.
 *
 * I1  The lock is held for a bounded time, and its owner does not block. So if it is taken, its
 *     owner was preempted, or runs on another core.
 * I2  A contender on the owner's core dispatches the owner by itself (lends it the processor) and
 *     leaves its id in `waiting`; the owner, when it unlocks, dispatches the contender.
 * I3  `waiting` names at most one thread. Others that find the lock taken are woken by nothing:
 *     each lends to the owner again when it is next dispatched, since it has never blocked.
 * I4  A contender on another core spins. That the owner runs there is the business of sched, which
 *     watches mem's lock (mem_lock_owner) and takes its own locks on their own cores only.
 */
#ifndef COS_LEND_H
#define COS_LEND_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/client.h>

struct cos_lend_lock {
	uint32_t owner;	  /* thread id + 1, 0: free */
	uint32_t waiting; /* thread id + 1 to dispatch at the unlock; 0: none */
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

/* Called by the owner: is there a contender that an unlock would dispatch? */
static inline bool cos_lend_waited(const struct cos_lend_lock *lock)
{
	return __atomic_load_n(&lock->waiting, __ATOMIC_RELAXED) != 0;
}

/*
 * Unlock without dispatching a contender: for an owner that knows of none, or that dispatches
 * another thread at once.
 */
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lock of the components that libcos's own primitives rest on, mem and sched: held for a bounded
 * time and never while blocking. If it is taken, its owner was preempted: the contender dispatches the
 * owner by itself, and the owner hands the processor back when it lets go. For an owner on another core
 * it spins; that the owner runs there is up to sched (mem_lock_owner; its own locks are a core's).
 *
 * The component has the capabilities of all threads at MEM_THD_CAP.
 */
#ifndef COS_LEND_H
#define COS_LEND_H

#include <stdint.h>

struct cos_lend_lock {
	uint32_t owner;	  /* thread id + 1, 0: free */
	uint32_t waiting; /* one that found it taken, to be dispatched at the unlock; 0: none */
};

void cos_lend_lock(struct cos_lend_lock *lock);
void cos_lend_unlock(struct cos_lend_lock *lock);

#endif

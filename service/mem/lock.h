/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one lock of mem: every function of its interface holds it, for a bounded time and without
 * blocking. A contender on another core spins; sched sees to it that the owner has a core
 * (mem_lock_owner).
 *
 * A mapping that was taken away or restricted (mem_taken) is gone on all cores when mem_unlock
 * returns, to whoever comes next as well: else another thread of the space could be given the
 * address, and still reach the old frame by it.
 */
#ifndef MEM_LOCK_H
#define MEM_LOCK_H

void mem_lock(void);
void mem_unlock(void);
/* Under the lock. */
void mem_taken(void);

#endif

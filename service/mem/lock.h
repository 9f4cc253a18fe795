/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one lock of mem.
 *
 * I1  Every function of the interface holds it while it works, for a bounded time and without
 *     blocking. It is a lend lock (cos/lend.h): a contender on the owner's core dispatches the
 *     owner, one on another core spins, and sched takes care that the owner has a core
 *     (mem_lock_owner).
 * I2  A mapping that was taken away or restricted (mem_taken) is gone on all cores when mem_unlock
 *     returns: not only for the thread that took it away, but also for the one that has the lock
 *     next. Otherwise another thread of the space could be given the address and still reach the
 *     old frame by it.
 *
 * For I2 the kernel counts epochs (COS_HW_QUIESCE): one is over when every core has been in the
 * kernel since. mem_unlock notes the epoch of the last removal and waits until it is over, without
 * the lock.
 */
#ifndef MEM_LOCK_H
#define MEM_LOCK_H

void mem_lock(void);
void mem_unlock(void);
/* Under the lock: a mapping was taken away or restricted. */
void mem_taken(void);

#endif

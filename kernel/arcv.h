/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receive end-points: how a thread waits for events. An end-point lives in its thread: a count of
 * events, and whether the thread waits. Events come from COS_ASND, from interrupts bound to the
 * end-point, and, for a scheduler thread, from what happens to its threads (core.h).
 *
 * TRANSITIONS
 *	event, receiver not blocked	[arcv_notify] counts it. If the receiver is the core's
 *					scheduler thread, it is dispatched.
 *	event, receiver blocked		[arcv_notify]: it becomes runnable, and READY is an event
 *					for its scheduler thread. It is dispatched at once if it is
 *					more urgent than the running thread and its tcap, if it has
 *					one, has time.
 *	wait, events counted		[arcv_wait] returns the count and sets it to 0.
 *	wait, none			[arcv_wait]: the thread blocks, BLOCKED is an event for its
 *					scheduler thread, which runs. The core's scheduler thread
 *					never blocks.
 *
 * INVARIANTS
 *	E1	A blocked thread has no events counted.
 *	E2	An event is counted once: in `events`, as the result of a wait, or in `sent` on its
 *		way to another core (core.h, E3 to E5). Counts stop at INT64_MAX.
 */
#ifndef KERNEL_ARCV_H
#define KERNEL_ARCV_H

#include "thd.h"

/*
 * Events for a thread of this core. Not inlined: an event for a scheduler thread is in turn one for
 * the scheduler thread above it.
 */
__attribute__((noinline)) void arcv_notify(struct thd *receiver, uint64_t events);
/* One event for a thread of any core. COS_EDEAD: it has no end-point; else as core_send. */
int64_t arcv_send(struct thd *receiver);
/* COS_ARCV_WAIT of the running thread, with its result. */
int64_t arcv_wait(struct thd *thd, bool poll);

#endif

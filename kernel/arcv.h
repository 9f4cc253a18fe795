/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Receive end-points. One belongs to a thread and lives in it: a count of events, and whether the
 * thread waits. An event comes from COS_ASND or from an interrupt bound to the end-point.
 *
 *	event, thread not waiting	counted; a scheduler thread is dispatched
 *	event, thread waiting		it becomes runnable (READY for the scheduler), and is
 *					dispatched at once when its priority is more urgent than the
 *					running thread's
 *	wait, events counted		returns the count
 *	wait, none			the thread blocks (BLOCKED), the scheduler thread runs
 */
#ifndef KERNEL_ARCV_H
#define KERNEL_ARCV_H

#include "thd.h"

/* Count events of a thread of this core. Out of line, since a scheduler thread's own scheduler is told by it. */
__attribute__((noinline)) void arcv_notify(struct thd *receiver, uint64_t events);
/* The same from any core: COS_EDEAD. */
int64_t arcv_send(struct thd *receiver);
/* COS_ARCV_WAIT of the running thread; the result is the operation's. */
int64_t arcv_wait(struct thd *thd, bool poll);

#endif

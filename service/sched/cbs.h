/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines: a thread that has one is a constant-bandwidth server (Abeni, Buttazzo: Integrating
 * multimedia applications in hard real-time systems, RTSS 1998). The names are those of Linux's
 * SCHED_DEADLINE: in each period the thread has `runtime` ticks of CPU time, until `relative` ticks
 * after the period's begin.
 *
 * I1  The sum of runtime / relative over a core's threads is at most 1 (core->reserved, CBS_ALL).
 * I2  The thread stays on the core that it was admitted on.
 * I3  A thread that has used up its runtime is THD_THROTTLED until its next period begins.
 * I4  A thread that is woken before its deadline keeps the deadline and what is left of its
 *     runtime, if that is no more than its share of the time until then. Otherwise a new period
 *     begins.
 * I5  Runtime that it had in excess (a contender for a lock lent it the processor) is taken from
 *     the next period.
 *
 * Everything happens under the lock of the thread's core.
 */
#ifndef SCHED_CBS_H
#define SCHED_CBS_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct thd;

struct cbs {
	uint64_t runtime; /* ticks, as are the next two; 0: no deadline */
	uint64_t relative;
	uint64_t period;
	uint64_t deadline; /* TSC */
	uint64_t ran_end;  /* the value of thd->ran at which the runtime is used up */
	uint32_t share;	   /* of CBS_ALL */
	uint32_t core;	   /* the core that it is reserved on */
};

#define CBS_ALL (1U << 20) /* a whole core: shares are to a millionth */

/* Give thd a deadline, whose first period begins now. COS_EBUSY: I1. */
long cbs_set(struct core *core, struct thd *thd, uint64_t runtime, uint64_t relative,
	     uint64_t period);
/* Take the deadline away. */
void cbs_clear(struct thd *thd);
/* thd is about to become ready. False: it was throttled instead, until the next period. */
bool cbs_begin(struct core *core, struct thd *thd);
/* Throttle thd, which runs or could, if its runtime is used up. */
void cbs_check(struct core *core, struct thd *thd, uint64_t now);
/* Give up the rest of the runtime in this period. */
void cbs_end(struct core *core, struct thd *thd);
/* Begin the next period of a throttled thread. */
void cbs_replenish(struct core *core, struct thd *thd);
/* The ticks that are left of its runtime. */
uint64_t cbs_left(const struct thd *thd);

#endif

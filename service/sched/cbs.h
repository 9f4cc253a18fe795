/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines: a thread that has one is a constant-bandwidth server (Abeni, Buttazzo: Integrating
 * multimedia applications in hard real-time systems, RTSS 1998), of which each deadline comes
 * relative ticks after a period's begin and brings runtime ticks of time. It is throttled when these
 * are used up, until the next period; woken in time for it, it keeps its deadline and what is left,
 * if that is no more than its share of the time until then. Under the lock of its core, where it
 * stays.
 */
#ifndef SCHED_CBS_H
#define SCHED_CBS_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct thd;

struct cbs {
	uint64_t runtime; /* 0: there is none; ticks, as are the next two */
	uint64_t relative;
	uint64_t period;
	uint64_t deadline; /* TSC */
	uint64_t ran_end;  /* what the thread has run when the runtime is used up */
	uint32_t share;	   /* of the core, of CBS_ALL */
	uint32_t core;	   /* of that */
};

#define CBS_ALL (1U << 20)

/* Sets thd's; its time begins now. COS_EBUSY: the core has not that much left. */
long cbs_set(struct core *core, struct thd *thd, uint64_t runtime, uint64_t relative,
	     uint64_t period);
/* It has none any more. */
void cbs_clear(struct thd *thd);
/* thd can run from now on. False: not before the next period; it is throttled. */
bool cbs_begin(struct core *core, struct thd *thd);
/* thd, which runs or could, is throttled, if its runtime is used up. */
void cbs_check(struct core *core, struct thd *thd, uint64_t now);
/* It gives up the rest of its runtime. */
void cbs_end(struct core *core, struct thd *thd);
/* The next period begins. */
void cbs_replenish(struct core *core, struct thd *thd);
/* What is left of its runtime, ticks. */
uint64_t cbs_left(const struct thd *thd);

#endif

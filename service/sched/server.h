/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines: a thread that has one is a constant-bandwidth server (Abeni, Buttazzo: Integrating
 * multimedia applications in hard real-time systems, RTSS 1998), of which each deadline comes
 * relative ticks after a period's begin and brings budget ticks of time. It is throttled when these
 * are used up, until the next period; woken in time for it, it keeps its deadline and what is left,
 * if that is no more than its share of the time until then. Under the lock of its core, where it
 * stays.
 */
#ifndef SCHED_SERVER_H
#define SCHED_SERVER_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct thd;

struct server {
	uint64_t budget; /* 0: there is none; ticks, as are the next two */
	uint64_t relative;
	uint64_t period;
	uint64_t deadline; /* TSC */
	uint64_t ran_end;  /* what the thread has run when the budget is used up */
	uint32_t share;	   /* of the core, of SERVER_ALL */
	uint32_t core;	   /* of that */
};

#define SERVER_ALL (1U << 20)

/* Sets thd's; its time begins now. COS_EBUSY: the core has not that much left. */
long server_set(struct core *core, struct thd *thd, uint64_t budget, uint64_t relative,
		uint64_t period);
/* It has none any more. */
void server_clear(struct thd *thd);
/* thd can run from now on. False: not before the next period; it is throttled. */
bool server_begin(struct core *core, struct thd *thd);
/* thd, which runs or could, is throttled, if its budget is used up. */
void server_check(struct core *core, struct thd *thd, uint64_t now);
/* It gives up the rest of its budget. */
void server_end(struct core *core, struct thd *thd);
/* The next period begins. */
void server_replenish(struct core *core, struct thd *thd);
/* What is left of its budget, ticks. */
uint64_t server_left(const struct thd *thd);

#endif

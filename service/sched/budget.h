/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Budgets: threads that together have so much time in a period of SCHED_BUDGET_PERIOD_NS, and no
 * more.
 *
 * What a budget has left in this period is one account for all cores. A core that is to run a thread
 * of it takes a slice out of the account, fills the budget's temporal capability of that core up to
 * that, and runs the thread on it: the kernel ends it with its time, whatever it invokes. When the
 * core goes on to anybody else, what is left of the slice goes back. So a thread that moves finds
 * the rest where it comes to. With nothing in the account a thread that is to run is throttled
 * instead, until the next period begins, or looks again earlier if a core may still give something
 * back.
 *
 * A slice that was taken in one period may be used up in the next one: a budget has at most a slice
 * a core more in a period than its quota, which it had less in the one before. What it had longer
 * than its slice, since a timer came late, is taken from what follows.
 *
 * The thread that enters sched runs on its budget's time while it decides who is next. A dispatch
 * does not change what is charged (COS_THD_SWITCH), so one who leaves a budget's time is dispatched
 * on a tcap of the core's own, which has time for years. core->special says that it takes that:
 * for what never had to do with a budget nothing is different.
 */
#ifndef SCHED_BUDGET_H
#define SCHED_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct thd;
struct budget;

/* Makes what the parameters say (docs/composition.md); COS_EINVAL, COS_ENOMEM. */
long budget_init(uint32_t ncores);
/* On core: its tcaps. */
long budget_init_core(struct core *core);
/* NULL: there is no such budget. */
struct budget *budget_get(long number);
/* The one that component comp's threads are in, or NULL. */
struct budget *budget_of(long comp);

/* Under the lock: budget pays for what core does next. False: it has no time in this period. */
bool budget_pay(struct core *core, struct budget *budget, uint64_t now);
/* What is to be charged for that. */
uint64_t budget_tcap(const struct core *core, const struct budget *budget);
/* Under the lock: nobody pays any more. */
void budget_settle(struct core *core, uint64_t now);
/* Under the lock: what core runs on was used up, it said at a dispatch. */
void budget_used_up(struct core *core, uint64_t now);
/* Under the lock: thd, whose budget has no time, waits for some. */
void budget_throttle(struct core *core, struct thd *thd, uint64_t now);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Budgets: threads that together have so much CPU time in each period of SCHED_BUDGET_PERIOD_NS,
 * and no more.
 *
 * What a budget has left in a period is one account for all cores. A core that is to run a thread
 * of the budget takes a slice out of the account. It fills the budget's temporal capability (tcap)
 * of that core up to the slice, and runs the thread on it. The kernel ends the run when the tcap is
 * empty, whatever the thread invokes. When the core goes on to any other thread, what is left of
 * the slice goes back into the account: so a thread that moves finds it on its next core.
 *
 * I1  In a period a budget gets its quota. A slice that was taken in one period may be used up in
 *     the next one: so there is at most one slice a core more in a period, which was less in the
 *     one before.
 * I2  Time that it had beyond its slice, since a timer came late, is a debt and taken from what
 *     follows.
 * I3  With an empty account a thread that is to run is throttled until the next period. If a core
 *     may still give something back, it looks again after a slice's time.
 * I4  Sched runs on the time of the thread that entered it. A dispatch does not change what is
 *     charged (COS_THD_SWITCH). So the way from a budget's thread to any other is a dispatch on the
 *     other's tcap, or on the core's own, which has time for years (CORE_CHARGED). A core that
 *     never ran a thread with a budget switches as if there were none.
 */
#ifndef SCHED_BUDGET_H
#define SCHED_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct thd;
struct budget;

/* Make the budgets of the parameters (docs/composition.md); COS_EINVAL, COS_ENOMEM. */
long budget_init(uint32_t ncores);
/* On core: make its tcaps. */
long budget_init_core(struct core *core);
/* The budget of that number, or NULL. */
struct budget *budget_get(long number);
/* The budget of component comp's own threads, or NULL. */
struct budget *budget_of(long comp);

/* Under the lock: budget pays for what core does next. False: its account is empty. */
bool budget_pay(struct core *core, struct budget *budget, uint64_t now);
/* The tcap to charge for that. */
uint64_t budget_tcap(const struct core *core, const struct budget *budget);
/* Under the lock: no budget pays from now on; what is left goes back. */
void budget_settle(struct core *core, uint64_t now);
/* Under the lock: a dispatch was refused because the tcap is empty. */
void budget_used_up(struct core *core, uint64_t now);
/* Under the lock: thd, whose budget has no time, is throttled (I3). */
void budget_throttle(struct core *core, struct thd *thd, uint64_t now);

#endif

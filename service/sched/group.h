/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups: threads that together have so much time in a period of SCHED_GROUP_PERIOD_NS, and no
 * more.
 *
 * What a group has left in this period is one account for all cores. A core that is to run a thread
 * of it takes a slice out of the account, fills the group's temporal capability of that core up to
 * that, and runs the thread on it: the kernel ends it with its time, whatever it invokes. When the
 * core goes on to anybody else, what is left of the slice goes back. So a thread that moves finds
 * the rest where it comes to. With nothing in the account a thread that is to run is throttled
 * instead, until the next period begins, or looks again earlier if a core may still give something
 * back.
 *
 * A slice that was taken in one period may be used up in the next one: a group has at most a slice
 * a core more in a period than its quota, which it had less in the one before. What it had longer
 * than its slice, since a timer came late, is taken from what follows.
 *
 * The thread that enters sched runs on its group's time while it decides who is next. A dispatch
 * does not change what is charged (COS_THD_SWITCH), so one who leaves a group's time is dispatched
 * on a tcap of the core's own, which has time for years. core->special says that it takes that:
 * for what never had to do with a group nothing is different.
 */
#ifndef SCHED_GROUP_H
#define SCHED_GROUP_H

#include <stdbool.h>
#include <stdint.h>

struct core;
struct thd;
struct group;

/* Makes what the parameters say (docs/composition.md); COS_EINVAL, COS_ENOMEM. */
long group_init(uint32_t ncores);
/* On core: its tcaps. */
long group_init_core(struct core *core);
/* NULL: there is no such group. */
struct group *group_get(long number);
/* The one that component comp's threads are in, or NULL. */
struct group *group_of(long comp);

/* Under the lock: group pays for what core does next. False: it has no time in this period. */
bool group_pay(struct core *core, struct group *group, uint64_t now);
/* What is to be charged for that. */
uint64_t group_tcap(const struct core *core, const struct group *group);
/* Under the lock: nobody pays any more. */
void group_settle(struct core *core, uint64_t now);
/* Under the lock: what core runs on was used up, it said at a dispatch. */
void group_used_up(struct core *core, uint64_t now);
/* Under the lock: thd, whose group has no time, waits for some. */
void group_throttle(struct core *core, struct thd *thd, uint64_t now);

#endif

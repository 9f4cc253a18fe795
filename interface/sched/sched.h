/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched: which thread runs. Preemptive fixed priorities (0 is most urgent, SCHED_PRIO_LAST least), among equals
 * deadlines, then round robin, on each core by itself; threads that can run are spread over the cores. A thread waits by parking; a
 * wake-up that comes before the park is not lost (one permit a thread), so every other primitive of synchronisation is
 * built in the component that needs it (libcos: cos/sync.h). Times are absolute nanoseconds of the monotonic clock (libcos: cos_now_ns).
 */
#ifndef INTERFACE_SCHED_H
#define INTERFACE_SCHED_H

#include "interface.h"

#define SCHED_PRIO_FIRST 0
#define SCHED_PRIO_IRQ 4      /* threads that wait for interrupts */
#define SCHED_PRIO_SERVICE 16 /* threads of services and rump kernels */
#define SCHED_PRIO_PROGRAM 32
#define SCHED_PRIO_LAST 63

/*
 * Groups, by their numbers in the composition (docs/composition.md, `cpu`), from 1 on. What a thread in one runs is charged
 * to it, whatever component it is in: all of the group have its time in a period together, on all cores.
 */
#define SCHED_GROUP_NONE 0
#define SCHED_GROUP_PERIOD_NS 100000000UL

/* A thread that starts at ip(arg) in the caller's component, and in its group; tid or COS_ENOMEM. */
COS_INTERFACE long sched_thd_create(unsigned long ip, unsigned long arg, long prio);
/* For posix: in component comp. gate_number >= 0: it starts by that system call through comp's gate. */
COS_INTERFACE long sched_thd_create_in(long comp, unsigned long ip, unsigned long arg, long prio,
				       long gate_number, long group);
COS_INTERFACE long sched_thd_exit(void); /* does not return */
COS_INTERFACE long sched_thd_prio(long tid, long prio);
/*
 * tid is to be on this core and stay there, SCHED_CORE_ANY: wherever there is room. The calling thread is there at the
 * return, another one when it is next preempted or has waited. COS_EINVAL: there is no such core.
 */
#define SCHED_CORE_ANY (-1)
COS_INTERFACE long sched_thd_bind(long tid, long core);

/*
 * A deadline, as Linux's SCHED_DEADLINE: in each period of period_ns tid gets budget_ns of CPU time, by deadline_ns after the
 * period's begin. Among the threads of its priority the one with the earliest deadline runs first, and those
 * without one after them. When the budget is used up it waits for the next period, and so it does in sched_yield, which
 * is how a periodic job ends. It stays on its core (and afterwards,
 * until sched_thd_bind). budget_ns 0: no deadline any more; else budget <= deadline <= period.
 * COS_EBUSY: the core's threads would have more than all of its time (the sum of budget / deadline); COS_ECORE: tid is on
 * another core than the caller. A thread of a more urgent priority comes before all deadlines.
 */
COS_INTERFACE long sched_thd_deadline(long tid, unsigned long budget_ns, unsigned long deadline_ns,
				      unsigned long period_ns);

/* Wait for a permit, until deadline_ns (0: for ever). 0, or COS_ETIMEDOUT. */
COS_INTERFACE long sched_park(unsigned long deadline_ns);
/* Give tid its permit. COS_EDEAD if there is no such thread. */
COS_INTERFACE long sched_unpark(long tid);
/*
 * sched_unpark, whatever comes of it, and sched_park: one invocation where a thread wakes another and waits for it, and
 * at most one switch, even to one that is more urgent.
 */
COS_INTERFACE long sched_unpark_park(long tid, unsigned long deadline_ns);
COS_INTERFACE long sched_yield(void);
/*
 * Let tid run now if it is runnable: for a lock's contender, tid being its owner. One of another core runs there, soon;
 * the call does not wait for it.
 */
COS_INTERFACE long sched_yield_to(long tid);

/* For boot: adopt the thread that calls, so that it can park. */
COS_INTERFACE long sched_adopt(long tid, long prio);
/* For dev: tid will wait in COS_ARCV_WAIT. It stays on its core. */
COS_INTERFACE long sched_thd_receiver(long tid);
/*
 * For reboot, when it stopped a component: every thread that waits looks again whether it still has to,
 * so that those inside the stopped one leave it.
 */
COS_INTERFACE long sched_wake_all(void);
/* Nanoseconds of CPU time that tid has had. */
COS_INTERFACE long sched_thd_time(long tid);

#endif

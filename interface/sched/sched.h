/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched: decides which thread runs.
 * Audience: everyone.
 *
 * Preemptive fixed priorities (0 is most urgent, SCHED_PRIO_LAST least); among equals the earliest
 * deadline, then round robin. Each core schedules by itself; runnable threads are spread over the
 * cores. A thread waits by parking. A wake-up that comes before the park is not lost (one permit a
 * thread), so a component builds every other primitive of synchronisation itself (libcos:
 * cos/sync.h). Times are absolute nanoseconds of the monotonic clock (libcos: cos_now_ns).
 *
 *	sched.h		the caller's own threads, waiting, waking	everyone
 *	program.h	threads of programs				posix
 *	device.h	threads that wait for interrupts		dev
 *	control.h	threads in a component that was stopped		reboot
 *	boot.h		the first thread				boot
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
 * Budgets of CPU time, by their numbers in the composition (docs/composition.md, `cpu`), from 1 on.
 * What a thread of a budget runs is charged to it, whatever component the thread is in. All its
 * threads share its time in a period, on all cores together.
 */
#define SCHED_BUDGET_NONE 0
#define SCHED_BUDGET_PERIOD_NS 100000000UL

/*
 * A thread that starts at ip(arg) in the caller's component, under its budget; tid or COS_ENOMEM.
 */
COS_INTERFACE long sched_thd_create(unsigned long ip, unsigned long arg, long prio);
/*
 * What follows up to sched_thd_time is for threads that the caller had made: COS_EPERM for any
 * other.
 */
COS_INTERFACE long sched_thd_exit(void); /* of the calling thread; does not return */
COS_INTERFACE long sched_thd_prio(long tid, long prio);
/*
 * Keep tid on this core from now on; SCHED_CORE_ANY: on any. The calling thread is there when this
 * returns; another thread moves when it is next preempted or has waited. COS_EINVAL: there is no
 * such core.
 */
#define SCHED_CORE_ANY (-1)
COS_INTERFACE long sched_thd_bind(long tid, long core);

/*
 * A deadline, as Linux's SCHED_DEADLINE: in each period of period_ns tid gets runtime_ns of CPU
 * time, by deadline_ns after the period's begin. Among the threads of its priority the one with the
 * earliest deadline runs first, and those without a deadline after them; a thread of a more urgent
 * priority runs before all of these. When that time is used up, tid waits for the next period. A
 * periodic job ends by sched_yield, which waits for the next period too. tid stays on its core,
 * even after its deadline was taken away, until sched_thd_bind.
 *
 * runtime_ns 0: no deadline any more; else runtime <= deadline <= period. COS_EBUSY: the threads of
 * the core would have more than all of its time (the sum of runtime / deadline); COS_ECORE: tid is
 * on another core than the caller.
 */
COS_INTERFACE long sched_thd_deadline(long tid, unsigned long runtime_ns, unsigned long deadline_ns,
				      unsigned long period_ns);
/* Nanoseconds of CPU time that tid has had. */
COS_INTERFACE long sched_thd_time(long tid);

/*
 * Wait for a permit, until deadline_ns (0: for ever). 0, or COS_ETIMEDOUT. Any component may give a
 * permit, for a server wakes its clients' threads, and sched gives one when a component is stopped.
 * So a permit says no more than: look again whether what you wait for has happened.
 */
COS_INTERFACE long sched_park(unsigned long deadline_ns);
/* Give tid its permit. COS_EDEAD if there is no such thread. */
COS_INTERFACE long sched_unpark(long tid);
/*
 * sched_unpark, whose error is ignored, and sched_park: one invocation for a thread that wakes
 * another and waits for it, and at most one switch, even to a more urgent thread.
 */
COS_INTERFACE long sched_unpark_park(long tid, unsigned long deadline_ns);
COS_INTERFACE long sched_yield(void);
/*
 * Let tid run now if it is runnable: for a lock's contender, tid being the lock's owner. A thread
 * of another core runs there, soon; the call does not wait for it.
 */
COS_INTERFACE long sched_yield_to(long tid);

#endif

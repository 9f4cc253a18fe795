/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUs. A rump kernel's virtual CPU n is bound to the n-th of the CPUs that the process may use,
 * counted round when there are fewer. Those are its first thread's, which this host never binds.
 *
 * Priorities. NetBSD's (sys/param.h) below the real-time class are all alike here, as urgent as the
 * process; those of the class and of soft interrupts have lower nice values, which on Linux are a
 * thread's own (setpriority(2)). A process without privilege may lower them as far as RLIMIT_NICE
 * says, mostly not at all. It is not a real-time policy: a thread of such a one that loops would
 * stop all others of the machine, and one that spins would wait for ever for a lock whose holder it
 * keeps from running.
 */
#include "schedule.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#define PRIORITY_REALTIME 128
#define PRIORITY_SOFTINT 192
#define NICE_REALTIME 5 /* by so much below the process's */
#define NICE_SOFTINT 10
#define CPUS_MAX 8192 /* as many as Linux can be built for */

static int cpu_nth(const cpu_set_t *set, size_t len_bytes, int n)
{
	int cpu = 0;

	while (!CPU_ISSET_S(cpu, len_bytes, set) || n-- > 0)
		cpu++;
	return cpu;
}

/* What a thread is given passes to those that it makes. While none was given anything, none has to be
 * taken back. */
static _Atomic bool bound, urgent;

void schedule_cpu(int cpuidx)
{
	cpu_set_t all[CPUS_MAX / CPU_SETSIZE], one[CPUS_MAX / CPU_SETSIZE];
	int count;

	if (cpuidx < 0 && !bound)
		return;
	bound = true;
	CPU_ZERO_S(sizeof(all), all);
	CPU_ZERO_S(sizeof(one), one);
	if (sched_getaffinity(getpid(), sizeof(all), all) != 0)
		return;
	count = CPU_COUNT_S(sizeof(all), all);
	if (cpuidx < 0 || count == 0) {
		(void)sched_setaffinity(0, sizeof(all), all);
		return;
	}
	CPU_SET_S(cpu_nth(all, sizeof(all), cpuidx % count), sizeof(one), one);
	(void)sched_setaffinity(0, sizeof(one), one);
}

void schedule_priority(int priority)
{
	int usual, nice;

	if (priority < PRIORITY_REALTIME && !urgent)
		return;
	urgent = true;
	nice = usual = getpriority(PRIO_PROCESS, (id_t)getpid());
	if (priority >= PRIORITY_SOFTINT)
		nice -= NICE_SOFTINT;
	else if (priority >= PRIORITY_REALTIME)
		nice -= NICE_REALTIME;
	/* As far as it may. */
	while (setpriority(PRIO_PROCESS, 0, nice) != 0 && nice < usual)
		nice++;
}

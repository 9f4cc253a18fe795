/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPUs. A rump kernel's virtual CPU n is bound to the n-th of the CPUs that the process may use,
 * modulo their number. These are the CPUs of its first thread, which this host never binds.
 *
 * Priorities. NetBSD's priorities (sys/param.h) below the real-time class are all the same here:
 * the process's. Those of the real-time class and of soft interrupts get lower nice values, which
 * on Linux belong to a thread (setpriority(2)). A process without privilege can lower them as far
 * as RLIMIT_NICE allows, mostly not at all.
 *
 * A real-time policy is not used. A thread with one that loops would stop all others of the
 * machine; one that spins for a lock would keep the holder from running, and wait for ever.
 */
#include "schedule.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>

#define PRIORITY_REALTIME 128
#define PRIORITY_SOFTINT 192
#define NICE_REALTIME 5 /* so much below the process's nice value */
#define NICE_SOFTINT 10
#define CPUS_MAX 8192 /* as many as Linux can be built for */

static int cpu_nth(const cpu_set_t *set, size_t len_bytes, int n)
{
	int cpu = 0;

	while (!CPU_ISSET_S(cpu, len_bytes, set) || n-- > 0)
		cpu++;
	return cpu;
}

/*
 * A new thread inherits these from its creator. While no thread was given any, nothing has to be
 * reset.
 */
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
	/* As far as permitted. */
	while (setpriority(PRIO_PROCESS, 0, nice) != 0 && nice < usual)
		nice++;
}

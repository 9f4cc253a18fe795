/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks, and sleeping by them. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "calls.h"
#include "mm/user.h"
#include "process/rusage.h"
#include "process/sleep.h"
#include "process/thread.h"
#include "time/clock.h"

bool clock_is_real(int clock)
{
	return clock == LX_CLOCK_REALTIME || clock == LX_CLOCK_REALTIME_COARSE ||
	       clock == LX_CLOCK_REALTIME_ALARM || clock == LX_CLOCK_TAI;
}

/* Negative ids are CPU time: (~pid << 3) | kind, with bit 2 set for a thread's. */
bool clock_known(int clock)
{
	return clock < 0 ? (clock & 3) == 2 : clock <= LX_CLOCK_TAI && clock != 10;
}

static long clock_ns(struct thread *t, int clock, uint64_t *ns)
{
	if (!clock_known(clock))
		return -LX_EINVAL;
	if (clock == LX_CLOCK_THREAD_CPUTIME_ID || (clock < 0 && clock & 4))
		*ns = thread_cpu_ns(t);
	else if (clock == LX_CLOCK_PROCESS_CPUTIME_ID || clock < 0)
		*ns = proc_cpu_ns(t->proc);
	else if (clock_is_real(clock))
		*ns = cos_wall_ns();
	else
		*ns = cos_now_ns();
	return 0;
}

long sys_clock_gettime(struct thread *t, const uint64_t *a)
{
	struct lx_timespec ts;
	uint64_t ns;
	long r = clock_ns(t, (int)a[0], &ns);

	if (r < 0)
		return r;
	ts = ns_timespec(ns);
	return user_put(t, a[1], &ts, sizeof(ts));
}

long sys_clock_getres(struct thread *t, const uint64_t *a)
{
	struct lx_timespec ts = {0, 1};

	if (!clock_known((int)a[0]))
		return -LX_EINVAL;
	return a[1] ? user_put(t, a[1], &ts, sizeof(ts)) : 0;
}

/* The time of day is the machine's: programs cannot set it. */
long sys_clock_settime(struct thread *t, const uint64_t *a)
{
	(void)t;
	return (int)a[0] == LX_CLOCK_REALTIME ? -LX_EPERM : -LX_EINVAL;
}

long sys_gettimeofday(struct thread *t, const uint64_t *a)
{
	struct lx_timeval tv = ns_timeval(cos_wall_ns());
	uint64_t zone = 0;

	if (a[0] && user_put(t, a[0], &tv, sizeof(tv)) < 0)
		return -LX_EFAULT;
	return a[1] ? user_put(t, a[1], &zone, sizeof(zone)) : 0;
}

long sys_time(struct thread *t, const uint64_t *a)
{
	int64_t now = (int64_t)(cos_wall_ns() / NS_PER_S);

	return a[0] && user_put(t, a[0], &now, sizeof(now)) < 0 ? -LX_EFAULT : now;
}

static long sleep_until(struct thread *t, uint64_t deadline, uint64_t remaining)
{
	struct sleeper s = SLEEPER(t, 0);
	long r = thread_sleep(t, &s, deadline);

	if (r == -LX_ETIMEDOUT)
		return 0;
	if (remaining) {
		uint64_t now = cos_now_ns();
		struct lx_timespec ts = ns_timespec(deadline > now ? deadline - now : 0);

		if (user_put(t, remaining, &ts, sizeof(ts)) < 0)
			return -LX_EFAULT;
	}
	return r;
}

long sys_clock_nanosleep(struct thread *t, const uint64_t *a)
{
	bool absolute = a[1] & LX_TIMER_ABSTIME;
	struct lx_timespec ts;
	uint64_t deadline;
	long r;

	if (!clock_known((int)a[0]) || (int)a[0] == LX_CLOCK_THREAD_CPUTIME_ID)
		return -LX_EINVAL;
	if ((int)a[0] == LX_CLOCK_PROCESS_CPUTIME_ID || (int)a[0] < 0)
		return -LX_EOPNOTSUPP; /* sleeping for CPU time is not there */
	if (user_get(t, &ts, a[2], sizeof(ts)) < 0)
		return -LX_EFAULT;
	r = deadline_of(&ts, !absolute, clock_is_real((int)a[0]), &deadline);
	if (r < 0)
		return r;
	r = sleep_until(t, deadline, absolute ? 0 : a[3]);
	return r == -LX_RESTART ? (absolute ? -LX_RESTART_NOHAND : -LX_EINTR) : r;
}

long sys_nanosleep(struct thread *t, const uint64_t *a)
{
	struct lx_timespec ts;
	uint64_t deadline;
	long r;

	if (user_get(t, &ts, a[0], sizeof(ts)) < 0)
		return -LX_EFAULT;
	r = deadline_of(&ts, true, false, &deadline);
	if (r < 0)
		return r;
	r = sleep_until(t, deadline, a[1]);
	return r == -LX_RESTART ? -LX_EINTR : r;
}

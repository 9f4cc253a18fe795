/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks and sleeping. */
#include <cos/clock.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "hyp.h"

int rumpuser_clock_gettime(int clock, int64_t *sec, long *nsec)
{
	uint64_t ns;

	if (clock == RUMPUSER_CLOCK_RELWALL)
		ns = cos_wall_ns();
	else if (clock == RUMPUSER_CLOCK_ABSMONO)
		ns = cos_now_ns();
	else
		return RUMP_EINVAL;
	*sec = (int64_t)(ns / COS_NS_PER_S);
	*nsec = (long)(ns % COS_NS_PER_S);
	return 0;
}

static uint64_t ns_make(int64_t sec, int64_t nsec)
{
	uint64_t ns;

	if (__builtin_mul_overflow((uint64_t)sec, COS_NS_PER_S, &ns) ||
	    __builtin_add_overflow(ns, (uint64_t)nsec, &ns))
		return UINT64_MAX;
	return ns;
}

uint64_t hyp_deadline_ns(int64_t sec, int64_t nsec)
{
	uint64_t ns;

	if (__builtin_add_overflow(cos_now_ns(), ns_make(sec, nsec), &ns))
		return UINT64_MAX;
	return ns;
}

void hyp_sleep_until(uint64_t until_ns)
{
	/* A permit may be left over from a lock (cos/sync.h): only the time decides. */
	while (cos_now_ns() < until_ns)
		sched_park(until_ns);
}

int rumpuser_clock_sleep(int clock, int64_t sec, long nsec)
{
	uint64_t until_ns;
	int nlocks;

	if (sec < 0 || nsec < 0 || nsec >= (long)COS_NS_PER_S)
		return RUMP_EINVAL;
	if (clock == RUMPUSER_CLOCK_RELWALL)
		until_ns = hyp_deadline_ns(sec, nsec);
	else if (clock == RUMPUSER_CLOCK_ABSMONO)
		until_ns = ns_make(sec, nsec);
	else
		return RUMP_EINVAL;
	hyp_leave(&nlocks, NULL);
	hyp_sleep_until(until_ns);
	hyp_return(nlocks, NULL);
	return 0;
}

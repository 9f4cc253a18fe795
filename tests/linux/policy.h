/* SPDX-License-Identifier: BSD-2-Clause */
/* sched_setattr(2) and sched_getattr(2), which C libraries do not have. */
#ifndef POLICY_H
#define POLICY_H

#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include "show.h"

#define MS 1000000ul
#define DEADLINE 6

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t more[8];
};

static inline long setattr(int tid, struct attr attr, unsigned flags)
{
	return syscall(SYS_sched_setattr, tid, &attr, flags);
}

static inline long getattr(int tid, struct attr *attr, unsigned size)
{
	return syscall(SYS_sched_getattr, tid, attr, size, 0);
}

static inline void show_attr(void)
{
	struct attr attr = {0};

	CALL(getattr(0, &attr, 48));
	SAY("size %u policy %u flags %lu nice %d priority %u", attr.size, attr.policy, attr.flags,
	    attr.nice, attr.priority);
	/* Of other policies, some versions of Linux say a time slice here. */
	if (attr.policy == DEADLINE)
		SAY("%lu of %lu, each %lu", attr.runtime, attr.deadline, attr.period);
	CALL(syscall(SYS_sched_getscheduler, 0));
}

#define SET(...) CALL(setattr(0, (struct attr){.size = 48, __VA_ARGS__}, 0))

#endif

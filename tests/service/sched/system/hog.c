/* SPDX-License-Identifier: BSD-2-Clause */
/* A component with a budget, whose two threads compute and report the time that they had. */
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/log.h>
#include <cos/thread.h>
#include <sched/sched.h>

#define PERIODS 10UL
#define SHARE_NS (SCHED_BUDGET_PERIOD_NS * 30 / 100)
#define SLICES_NS (5 * COS_NS_PER_MS * cos_ncores())

long component_init(void);

static void spin(void *unused)
{
	(void)unused;
	for (;;)
		;
}

/* Of us and it. */
static uint64_t time_of(long tid)
{
	return (uint64_t)(sched_thd_time(cos_tid()) + sched_thd_time(tid));
}

static void measure(void *unused)
{
	uint64_t start = cos_now_ns(), last = start, now;
	uint64_t had, periods;
	long tid;

	(void)unused;
	/* Until the budget was used up, and a period has begun. */
	while ((now = cos_now_ns()) < start + COS_NS_PER_S && now < last + 40 * COS_NS_PER_MS)
		last = now;
	start = now;
	tid = cos_thread_create(spin, NULL, SCHED_PRIO_PROGRAM);
	had = time_of(tid);
	while (cos_now_ns() < start + PERIODS * SCHED_BUDGET_PERIOD_NS)
		;
	had = time_of(tid) - had;
	/* It ends in one that has begun. */
	periods = (cos_now_ns() - start) / SCHED_BUDGET_PERIOD_NS;
	cos_log("%s component: %lu us of CPU time in %lu periods and a part, expected 30 %%\n",
		had >= periods * SHARE_NS - SLICES_NS && had <= (periods + 1) * SHARE_NS + SLICES_NS
			? "PASS"
			: "FAIL",
		(unsigned long)had / 1000, (unsigned long)periods);
	sched_thd_exit();
}

long component_init(void)
{
	return cos_thread_create(measure, NULL, SCHED_PRIO_PROGRAM) < 0 ? -COS_ENOMEM : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines on the whole system. Time is counted instructions, so all runs are alike. Two periodic
 * jobs that need 97 % of a core miss deadlines by fixed priorities, and none by their deadlines;
 * and a thread has its runtime and no more. On each core at the same time.
 */
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/log.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include <reboot/system.h>
#include <sched/sched.h>

#define MS COS_NS_PER_MS
#define END_NS (105 * MS) /* three times the jobs' common period */
#define HOGS_NS (300 * MS)
#define MORE_URGENT (SCHED_PRIO_PROGRAM - 2)
#define CORES_MAX 8

long component_init(void);

/* Liu, Layland 1973: 2 of 5 and 4 of 7, less what switches take. */
static const struct {
	uint64_t work_ns, period_ns;
} jobs[2] = {{1900000, 5 * MS}, {3900000, 7 * MS}};

static struct run {
	uint64_t start_ns;
	bool by_deadline;
	uint32_t missed[2], refused;
	long hog_ns, equal_ns;
} runs[CORES_MAX];
static struct cos_sem done, bound, go;
static uint32_t hogs_end;

static void report(const char *name, long core, bool passed, unsigned long figure)
{
	cos_log("%s %s, core %ld%s", passed ? "PASS" : "FAIL", name, core, passed ? "\n" : ": ");
	if (!passed)
		cos_log("%lu\n", figure);
}

/* Computes for so much of its own time. */
static void work(uint64_t ns)
{
	uint64_t end = (uint64_t)sched_thd_time(cos_tid()) + ns;

	while ((uint64_t)sched_thd_time(cos_tid()) < end)
		;
}

/* All begin when all are there: the emulator may let a core wait as long as another one computes.
 */
static void arrive(void)
{
	cos_sem_post(&bound);
	cos_sem_wait(&go, 0);
}

static void begin(void)
{
	for (unsigned i = 0; i < 2; i++)
		cos_sem_wait(&bound, 0);
	for (unsigned i = 0; i < 2; i++)
		cos_sem_post(&go);
}

/* arg: core * 2 + job. */
static void job(void *arg)
{
	unsigned long core = (unsigned long)arg / 2, n = (unsigned long)arg % 2;
	struct run *run = &runs[core];
	uint64_t period = jobs[n].period_ns;

	sched_thd_bind(cos_tid(), (long)core);
	if (run->by_deadline &&
	    sched_thd_deadline(cos_tid(), jobs[n].work_ns + 90000, period, period) < 0)
		run->refused++;
	arrive();
	for (uint64_t due = run->start_ns; due < run->start_ns + END_NS; due += period) {
		while (cos_now_ns() < due)
			sched_park(due);
		work(jobs[n].work_ns);
		run->missed[n] += cos_now_ns() > due + period;
	}
	cos_sem_post(&done);
}

static void hog(void *arg)
{
	unsigned long core = (unsigned long)arg / 2;
	bool limited = (unsigned long)arg % 2 == 0;
	long before;

	sched_thd_bind(cos_tid(), (long)core);
	if (limited && sched_thd_deadline(cos_tid(), 3 * MS, 10 * MS, 10 * MS) < 0)
		runs[core].refused++;
	arrive();
	before = sched_thd_time(cos_tid());
	while (!__atomic_load_n(&hogs_end, __ATOMIC_RELAXED))
		;
	*(limited ? &runs[core].hog_ns : &runs[core].equal_ns) = sched_thd_time(cos_tid()) - before;
	cos_sem_post(&done);
}

static void thread(void (*function)(void *), unsigned long arg, long prio)
{
	if (cos_thread_create(function, (void *)arg, prio) < 0)
		cos_panic("deadlines: no thread");
}

static void test_jobs(unsigned long core, bool by_deadline)
{
	struct run *run = &runs[core];
	uint32_t missed;

	*run = (struct run){.by_deadline = by_deadline};
	for (unsigned long i = 0; i < 2; i++)
		thread(job, 2 * core + i, SCHED_PRIO_PROGRAM + (by_deadline ? 0 : (long)i));
	run->start_ns = cos_now_ns() + 10 * MS;
	begin();
	for (unsigned i = 0; i < 2; i++)
		cos_sem_wait(&done, 0);
	missed = run->missed[0] + run->missed[1];
	if (by_deadline)
		report("deadlines/all are met, at 97 %", core, missed == 0 && run->refused == 0,
		       missed);
	else
		report("deadlines/fixed priorities miss some", core, missed > 0, missed);
}

static void test_runtime(unsigned long core)
{
	struct run *run = &runs[core];
	uint64_t start;

	hogs_end = 0;
	for (unsigned long i = 0; i < 2; i++)
		thread(hog, 2 * core + i, SCHED_PRIO_PROGRAM);
	start = cos_now_ns();
	begin();
	while (cos_now_ns() < start + HOGS_NS)
		sched_park(start + HOGS_NS);
	__atomic_store_n(&hogs_end, 1, __ATOMIC_RELAXED);
	for (unsigned i = 0; i < 2; i++)
		cos_sem_wait(&done, 0);
	report("runtime/no more than 30 %, to 1 % of it", core, run->hog_ns <= 91 * (long)MS,
	       (unsigned long)run->hog_ns);
	report("runtime/no less than 30 %, to 1 % of it", core, run->hog_ns >= 89 * (long)MS,
	       (unsigned long)run->hog_ns);
	report("runtime/its equal has the rest", core, run->equal_ns >= 205 * (long)MS,
	       (unsigned long)run->equal_ns);
}

/* One core after the other: the emulator gives two that compute half of the time each. */
static void run(void *arg)
{
	(void)arg;
	for (unsigned core = 0; core < cos_ncores(); core++) {
		test_jobs(core, false);
		test_jobs(core, true);
		test_runtime(core);
	}
	cos_log("deadlines: done\n");
	reboot_system(0);
}

long component_init(void)
{
	if (cos_ncores() > CORES_MAX)
		return -COS_EINVAL;
	return cos_thread_create(run, NULL, MORE_URGENT) < 0 ? -COS_ENOMEM : 0;
}

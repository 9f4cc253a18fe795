/* SPDX-License-Identifier: BSD-2-Clause */
/* Scheduling policies: what is refused and how, and that what was set is what one gets. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include "show.h"

#define MS 1000000ul
#define DEADLINE 6
#define RESET 0x40000000

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t more[8];
};

static long setattr(int tid, struct attr attr, unsigned flags)
{
	return syscall(SYS_sched_setattr, tid, &attr, flags);
}

static long getattr(int tid, struct attr *attr, unsigned size)
{
	return syscall(SYS_sched_getattr, tid, attr, size, 0);
}

static void show_attr(void)
{
	struct attr attr = {0};

	CALL(getattr(0, &attr, 48));
	SAY("size %u policy %u flags %lu nice %d priority %u", attr.size, attr.policy, attr.flags,
	    attr.nice, attr.priority);
	/* Of the others it is a time slice, in some versions. */
	if (attr.policy == DEADLINE)
		SAY("%lu of %lu, each %lu", attr.runtime, attr.deadline, attr.period);
	CALL(syscall(SYS_sched_getscheduler, 0));
}

#define SET(...) CALL(setattr(0, (struct attr){.size = 48, __VA_ARGS__}, 0))

static void sizes(void)
{
	struct attr attr = {.size = 48};

	CALL(syscall(SYS_sched_setattr, 0, NULL, 0));
	CALL(syscall(SYS_sched_setattr, 0, 8, 0));
	CALL(setattr(0, attr, 1));
	CALL(setattr(-1, attr, 0));
	CALL(setattr(999999, attr, 0));
	CALL(setattr(0, (struct attr){.size = 0}, 0));
	CALL(setattr(0, (struct attr){.size = 40}, 0));
	CALL(setattr(0, (struct attr){.size = 5000}, 0));
	CALL(setattr(0, (struct attr){.size = 80}, 0));
	CALL(setattr(0, (struct attr){.size = 80, .more[7] = 1}, 0));
	CALL(syscall(SYS_sched_getattr, 0, NULL, 48, 0));
	CALL(syscall(SYS_sched_getattr, 0, &attr, 48, 1));
	CALL(getattr(0, &attr, 47));
	CALL(getattr(0, &attr, 4097));
	CALL(getattr(-1, &attr, 48));
	CALL(getattr(999999, &attr, 48));
}

static void ordinary(void)
{
	struct sched_param param = {0};

	show_attr();
	SET(.policy = 3);
	show_attr();
	SET(.policy = 5, .flags = 1);
	show_attr();
	SET(.policy = 0);
	show_attr();
	SET(.policy = 4);
	SET(.policy = 7000);
	SET(.policy = -1u);
	SET(.policy = 0, .priority = 1);
	SET(.policy = 0, .flags = 1ul << 40);
	SET(.policy = 1);
	SET(.policy = 1, .priority = 100);
	SET(.policy = 3, .flags = 8);
	show_attr();
	CALL(syscall(SYS_sched_setscheduler, 0, 3 | RESET, &param));
	show_attr();
	CALL(syscall(SYS_sched_setparam, 0, &param));
	show_attr();
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, DEADLINE, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 1, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 4, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 0, NULL));
	CALL(syscall(SYS_sched_setscheduler, -1, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 999999, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, -1, &param));
	CALL(syscall(SYS_sched_getscheduler, -1));
	CALL(syscall(SYS_sched_getscheduler, 999999));
	CALL(syscall(SYS_sched_getparam, 0, NULL));
	CALL(syscall(SYS_sched_getparam, -1, &param));
	CALL(syscall(SYS_sched_getparam, 0, &param));
	CALL(param.sched_priority);
	param.sched_priority = 1;
	CALL(syscall(SYS_sched_setparam, 0, &param));
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &param));
}

static void deadlines_refused(void)
{
	SET(.policy = DEADLINE);
	SET(.policy = DEADLINE, .runtime = 1000, .deadline = 10 * MS);
	SET(.policy = DEADLINE, .runtime = 11 * MS, .deadline = 10 * MS, .period = 20 * MS);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS, .period = 9 * MS);
	SET(.policy = DEADLINE, .runtime = 2000, .deadline = 50000, .period = 50000);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS, .period = 5000 * MS);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS, .priority = 1);
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 1ul << 63, .period = 1ul << 63);
}

static int tid_of_other;

static void *other(void *unused)
{
	struct timespec t = {.tv_nsec = MS};

	__atomic_store_n(&tid_of_other, gettid(), __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&tid_of_other, __ATOMIC_SEQ_CST) != 0)
		nanosleep(&t, NULL);
	return unused;
}

/* Root may. */
static void deadlines(void)
{
	struct attr attr = {.size = 48, .policy = DEADLINE, .runtime = MS, .deadline = 10 * MS};
	struct sched_param param = {0};
	pthread_t thread;
	cpu_set_t one;

	CALL(pthread_create(&thread, NULL, other, NULL));
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS);
	show_attr();
	/* The period is the deadline's unless it is given. */
	SET(.policy = DEADLINE, .runtime = 2 * MS, .deadline = 5 * MS, .period = 20 * MS);
	show_attr();
	SET(.policy = 0, .flags = 8 | 16);
	show_attr();
	CALL(pthread_create(&thread, NULL, other, NULL));
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	for (int i = 0; i < 3; i++)
		sched_yield();
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &param));
	show_attr();
	while (__atomic_load_n(&tid_of_other, __ATOMIC_SEQ_CST) == 0)
		;
	CALL(setattr(tid_of_other, attr, 0) == 0);
	memset(&attr, 0, sizeof(attr));
	CALL(getattr(tid_of_other, &attr, 48) == 0);
	SAY("the other: policy %u, %lu of %lu", attr.policy, attr.runtime, attr.deadline);
	show_attr();
	CALL(setattr(tid_of_other, (struct attr){.size = 48}, 0) == 0);
	CALL(setattr(tid_of_other, (struct attr){.size = 48}, 0) == 0);
	tid_of_other = 0;
	CALL(pthread_join(thread, NULL));
	SET(.policy = DEADLINE, .flags = 1, .runtime = MS, .deadline = 10 * MS);
	CALL(pthread_create(&thread, NULL, other, NULL));
	while (__atomic_load_n(&tid_of_other, __ATOMIC_SEQ_CST) == 0)
		;
	CALL(syscall(SYS_sched_getscheduler, tid_of_other));
	tid_of_other = 0;
	CALL(pthread_join(thread, NULL));
	SET(.policy = 0);
}

int main(void)
{
	sizes();
	ordinary();
	deadlines_refused();
	deadlines();
	SAY("as another user:");
	CALL(setuid(1000));
	ordinary();
	deadlines_refused();
	SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS);
	SET(.policy = 1, .priority = 1);
	SET(.policy = 2, .priority = 99);
	show_attr();
	return 0;
}

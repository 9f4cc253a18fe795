/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deadlines, set and taken away by root. Exit status 77: this system has no time left for any, as
 * some versions of Linux do that miscount it.
 *
 * booted: there is no scheduler that knows deadlines.
 */
#include <pthread.h>
#include <time.h>
#include "policy.h"

static int tid_of_other;

static void *other(void *unused)
{
	struct timespec t = {.tv_nsec = MS};

	__atomic_store_n(&tid_of_other, gettid(), __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&tid_of_other, __ATOMIC_SEQ_CST) != 0)
		nanosleep(&t, NULL);
	return unused;
}

/* A deadline that must be granted. */
static void granted(long result)
{
	if (result < 0 && errno == EBUSY)
		exit(77);
}

int main(void)
{
	struct attr attr = {.size = 48, .policy = DEADLINE, .runtime = MS, .deadline = 10 * MS};
	struct sched_param param = {0};
	pthread_t thread;

	CALL(pthread_create(&thread, NULL, other, NULL));
	granted(SET(.policy = DEADLINE, .runtime = MS, .deadline = 10 * MS));
	show_attr();
	/* The period is the deadline's unless it is given. */
	granted(SET(.policy = DEADLINE, .runtime = 2 * MS, .deadline = 5 * MS, .period = 20 * MS));
	show_attr();
	SET(.policy = 0, .flags = 8 | 16);
	show_attr();
	CALL(pthread_create(&thread, NULL, other, NULL));
	/* Each gives up the rest of the period. */
	for (int i = 0; i < 3; i++)
		sched_yield();
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &param));
	show_attr();
	while (__atomic_load_n(&tid_of_other, __ATOMIC_SEQ_CST) == 0)
		;
	granted(CALL(setattr(tid_of_other, attr, 0)));
	memset(&attr, 0, sizeof(attr));
	CALL(getattr(tid_of_other, &attr, 48) == 0);
	SAY("the other: policy %u, %lu of %lu", attr.policy, attr.runtime, attr.deadline);
	show_attr();
	CALL(setattr(tid_of_other, (struct attr){.size = 48}, 0) == 0);
	CALL(setattr(tid_of_other, (struct attr){.size = 48}, 0) == 0);
	tid_of_other = 0;
	CALL(pthread_join(thread, NULL));
	granted(SET(.policy = DEADLINE, .flags = 1, .runtime = MS, .deadline = 10 * MS));
	CALL(pthread_create(&thread, NULL, other, NULL));
	while (__atomic_load_n(&tid_of_other, __ATOMIC_SEQ_CST) == 0)
		;
	CALL(syscall(SYS_sched_getscheduler, tid_of_other));
	tid_of_other = 0;
	CALL(pthread_join(thread, NULL));
	SET(.policy = 0);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that compute use all cores; affinity is kept, obeyed and inherited.
 *
 * booted: on the host the cores are not the test's alone.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

#define THREADS 4
#define MS 300
#define ROUNDS 20

static cpu_set_t all;
static unsigned long seen;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *compute(void *arg)
{
	long end = now_ms() + MS;
	unsigned long mine = 0;

	while (now_ms() < end)
		mine |= 1ul << sched_getcpu() % 64;
	__atomic_fetch_or(&seen, mine, __ATOMIC_SEQ_CST);
	return arg;
}

static void *where(void *arg)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	*(int *)arg = CPU_COUNT(&set) == 1 && CPU_ISSET(sched_getcpu(), &set);
	return NULL;
}

int main(void)
{
	pthread_t thread[THREADS];
	int right = 0, inherited = 0, n;
	cpu_set_t set;

	CPU_ZERO(&all);
	sched_getaffinity(0, sizeof(all), &all);
	n = CPU_COUNT(&all);
	SAY("as many as configured: %d", n == sysconf(_SC_NPROCESSORS_ONLN));
	/* On a machine with other work this may take a while. */
	for (int round = 0; round < ROUNDS && __builtin_popcountl(seen) < 2 && n > 1; round++) {
		for (int i = 0; i < THREADS; i++)
			pthread_create(&thread[i], 0, compute, 0);
		for (int i = 0; i < THREADS; i++)
			pthread_join(thread[i], 0);
	}
	SAY("spread: %d", n == 1 || __builtin_popcountl(seen) > 1);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		int ok = 0;

		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		right += sched_setaffinity(0, sizeof(set), &set) == 0 && sched_getcpu() == cpu;
		pthread_create(&thread[0], 0, where, &ok);
		pthread_join(thread[0], 0);
		inherited += ok;
	}
	SAY("bound: %d, inherited: %d", right == n, inherited == n);
	CALL(sched_setaffinity(0, sizeof(all), &all));
	CPU_ZERO(&set);
	CALL(sched_setaffinity(0, sizeof(set), &set));
	return 0;
}

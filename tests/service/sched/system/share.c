/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * share NAME THREADS MS LEAST MOST: computes with so many threads for so long. It reports whether
 * it had between so many and so many percent of a core, to a time slice for each core. A thread
 * that was stopped at the end of its budget begins to count when it goes on, with the next period.
 */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_MS 100
#define SLICE_MS 5

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_utime.tv_sec * 1e3 + (double)usage.ru_utime.tv_usec / 1e3 +
	       (double)usage.ru_stime.tv_sec * 1e3 + (double)usage.ru_stime.tv_usec / 1e3;
}

static void *spin(void *unused)
{
	for (;;)
		;
	return unused;
}

/* Longer than any other's time slice: a budget was used up. Or nothing like that within a second.
 */
static double begin(void)
{
	double start = now_ms(), last = start, now;

	while ((now = now_ms()) < start + 1000 && now < last + 40)
		last = now;
	return now;
}

int main(int argc, char **argv)
{
	double start, before, had, took, least, most, slices;
	pthread_t thread;

	if (argc != 6)
		return 2;
	start = begin();
	before = cpu_ms();
	for (int i = 1; i < atoi(argv[2]); i++)
		if (pthread_create(&thread, NULL, spin, NULL) != 0)
			return 2;
	while (now_ms() < start + atof(argv[3]))
		;
	had = cpu_ms() - before;
	took = (now_ms() - start) / PERIOD_MS;
	slices = SLICE_MS * (double)sysconf(_SC_NPROCESSORS_ONLN);
	least = atof(argv[4]) / 100 * floor(took) * PERIOD_MS - slices;
	most = atof(argv[5]) / 100 * ceil(took) * PERIOD_MS + slices;
	printf("%s %s: %.3f ms of CPU time in %.3f ms, expected %.3f to %.3f\n",
	       had >= least && had <= most ? "PASS" : "FAIL", argv[1], had, took * PERIOD_MS, least,
	       most);
	return 0;
}

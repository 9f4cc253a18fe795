/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleeps for an hour, and prints how far the clocks are from the TSC: the true time, where an
 * instruction takes a nanosecond (r2c run --icount). A clock may be off by the error of its
 * calibration at start. The sleep may not end early.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <x86intrin.h>

#define SLEEP_S 3600
#define NS_PER_S 1000000000LL
#define OFF_MAX_NS 10000000LL /* 3 millionths */

static int64_t now(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) != 0)
		exit(2);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int main(void)
{
	int64_t monotonic = -now(CLOCK_MONOTONIC), real = -now(CLOCK_REALTIME);
	int64_t truth = -(int64_t)__rdtsc();
	struct timespec hour = {.tv_sec = SLEEP_S};

	if (clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL) != 0)
		return 2;
	monotonic += now(CLOCK_MONOTONIC);
	real += now(CLOCK_REALTIME);
	truth += (int64_t)__rdtsc();
	printf("monotonic %+" PRId64 " ns, real time %+" PRId64 " ns\n", monotonic - truth,
	       real - truth);
	return monotonic < SLEEP_S * NS_PER_S || llabs(monotonic - truth) > OFF_MAX_NS ||
	       llabs(real - truth) > OFF_MAX_NS;
}

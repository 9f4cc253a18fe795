/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks go forward, sleeps last at least as long as asked, and agree with one another. */
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

static long long now(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		return -1;
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(void)
{
	const clockid_t ids[] = {CLOCK_REALTIME,	   CLOCK_MONOTONIC,
				 CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
				 CLOCK_MONOTONIC_RAW,	   CLOCK_REALTIME_COARSE,
				 CLOCK_MONOTONIC_COARSE,   CLOCK_BOOTTIME};
	struct timespec t, left;

	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		long long last = now(ids[i]);
		int back = 0;

		for (int n = 0; n < 20000; n++) {
			long long next = now(ids[i]);
			back += next < last;
			last = next;
		}
		SAY("clock %d: valid %d, backwards %d, getres %d", ids[i], last >= 0, back,
		    clock_getres(ids[i], &t));
	}
	CALL(clock_gettime(77, &t));
	CHECK(now(CLOCK_REALTIME) > 1700000000LL * 1000000000);
	struct timeval tv;
	CALL(gettimeofday(&tv, 0));
	CHECK(llabs(tv.tv_sec - now(CLOCK_REALTIME) / 1000000000) <= 1);
	CHECK(llabs(time(0) - now(CLOCK_REALTIME) / 1000000000) <= 1);

	long long start = now(CLOCK_MONOTONIC);
	t = (struct timespec){0, 30000000};
	CALL(nanosleep(&t, &left));
	CHECK(now(CLOCK_MONOTONIC) - start >= 30000000);
	start = now(CLOCK_MONOTONIC);
	long long end = start + 20000000;
	t = (struct timespec){end / 1000000000, end % 1000000000};
	CALL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0));
	CHECK(now(CLOCK_MONOTONIC) >= end);
	CALL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0));
	CALL(clock_nanosleep(CLOCK_REALTIME, 0, &(struct timespec){0, 1000}, 0));
	CALL(clock_nanosleep(99, 0, &t, 0));
	CALL(usleep(1000));
	CALL(sleep(0));
	long long cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	for (volatile long i = 0; i < 30000000; i++)
		;
	CHECK(now(CLOCK_PROCESS_CPUTIME_ID) > cpu);
	return 0;
}

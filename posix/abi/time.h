/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's times, clocks and timers. */
#ifndef POSIX_ABI_TIME_H
#define POSIX_ABI_TIME_H

#include <stddef.h>
#include <stdint.h>

struct lx_timespec {
	int64_t tv_sec;
	int64_t tv_nsec;
};
struct lx_timeval {
	int64_t tv_sec;
	int64_t tv_usec;
};
struct lx_itimerval {
	struct lx_timeval it_interval;
	struct lx_timeval it_value;
};
struct lx_itimerspec {
	struct lx_timespec it_interval;
	struct lx_timespec it_value;
};

#define LX_CLOCK_REALTIME 0
#define LX_CLOCK_MONOTONIC 1
#define LX_CLOCK_PROCESS_CPUTIME_ID 2
#define LX_CLOCK_THREAD_CPUTIME_ID 3
#define LX_CLOCK_MONOTONIC_RAW 4
#define LX_CLOCK_REALTIME_COARSE 5
#define LX_CLOCK_MONOTONIC_COARSE 6
#define LX_CLOCK_BOOTTIME 7
#define LX_CLOCK_REALTIME_ALARM 8
#define LX_CLOCK_BOOTTIME_ALARM 9
#define LX_CLOCK_TAI 11
#define LX_TIMER_ABSTIME 1
#define LX_TFD_CANCEL_ON_SET 2
#define LX_ITIMER_REAL 0
#define LX_ITIMER_VIRTUAL 1
#define LX_ITIMER_PROF 2

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks and sleeping. */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <time.h>

int rumpuser_clock_gettime(int clock, int64_t *sec, long *nsec)
{
	struct timespec ts;
	clockid_t id;

	switch (clock) {
	case RUMPUSER_CLOCK_RELWALL:
		id = CLOCK_REALTIME;
		break;
	case RUMPUSER_CLOCK_ABSMONO:
		id = CLOCK_MONOTONIC;
		break;
	default:
		return RUMP_EINVAL;
	}
	if (clock_gettime(id, &ts) != 0)
		return errno_to_netbsd(errno);
	*sec = ts.tv_sec;
	*nsec = ts.tv_nsec;
	return 0;
}

int rumpuser_clock_sleep(int clock, int64_t sec, long nsec)
{
	struct timespec ts = {.tv_sec = sec, .tv_nsec = nsec};
	int nlocks, error;

	if (clock != RUMPUSER_CLOCK_RELWALL && clock != RUMPUSER_CLOCK_ABSMONO)
		return RUMP_EINVAL;
	hyp_leave(&nlocks, NULL);
	do {
		/*
		 * A relative sleep that a host signal interrupts continues with the remaining time.
		 */
		error = clock == RUMPUSER_CLOCK_ABSMONO
				? clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL)
				: clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts);
	} while (error == EINTR);
	hyp_return(nlocks, NULL);
	return errno_to_netbsd(error);
}

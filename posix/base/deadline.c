/* SPDX-License-Identifier: BSD-2-Clause */
/* Times as programs give them: from timespec and timeval to nanoseconds and deadlines. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"

/* The longest span: half of what 64 bits hold, so that a time added to it does not overflow. */
#define NS_FOREVER (INT64_MAX / 2)

bool timespec_ns(const struct lx_timespec *ts, uint64_t *ns)
{
	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= (int64_t)NS_PER_S)
		return false;
	if (ts->tv_sec >= (int64_t)(NS_FOREVER / NS_PER_S))
		*ns = NS_FOREVER;
	else
		*ns = (uint64_t)ts->tv_sec * NS_PER_S + (uint64_t)ts->tv_nsec;
	return true;
}

struct lx_timespec ns_timespec(uint64_t ns)
{
	return (struct lx_timespec){(int64_t)(ns / NS_PER_S), (int64_t)(ns % NS_PER_S)};
}

uint64_t timeval_ns(const struct lx_timeval *tv)
{
	if (tv->tv_sec >= (int64_t)(NS_FOREVER / NS_PER_S))
		return NS_FOREVER;
	return (uint64_t)tv->tv_sec * NS_PER_S + (uint64_t)tv->tv_usec * 1000;
}

struct lx_timeval ns_timeval(uint64_t ns)
{
	return (struct lx_timeval){(int64_t)(ns / NS_PER_S), (int64_t)(ns % NS_PER_S / 1000)};
}

long deadline_of(const struct lx_timespec *ts, bool relative, bool realtime, uint64_t *deadline)
{
	uint64_t ns;

	if (!timespec_ns(ts, &ns))
		return -LX_EINVAL;
	if (relative) {
		ns += cos_now_ns();
	} else if (realtime) {
		uint64_t boot = cos_wall_ns() - cos_now_ns();

		ns = ns > boot ? ns - boot : 1;
	}
	*deadline = ns ? ns : 1;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times as programs give them. Spans are in nanoseconds. A deadline is a time of the monotonic
 * clock in nanoseconds; 0 means that there is none.
 */
#ifndef POSIX_BASE_DEADLINE_H
#define POSIX_BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/time.h"
#include "base/os.h"

/* Nanoseconds, cut to some 146 years; false: not a time. */
bool timespec_ns(const struct lx_timespec *ts, uint64_t *ns);
struct lx_timespec ns_timespec(uint64_t ns);
uint64_t timeval_ns(const struct lx_timeval *tv);
struct lx_timeval ns_timeval(uint64_t ns);
/*
 * A program's timespec as a deadline, which is never 0: relative to now, or a time of the monotonic
 * clock or (realtime) of the day. 0 or -LX_EINVAL: not a time.
 */
long deadline_of(const struct lx_timespec *ts, bool relative, bool realtime, uint64_t *deadline);
/* The deadline that is ns from now; 0 ns: none. */
static inline uint64_t deadline_after(uint64_t ns)
{
	return ns ? cos_now_ns() + ns : 0;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times as programs give them, in nanoseconds, and deadlines: times of the monotonic clock in
 * nanoseconds, of which 0 means none.
 */
#ifndef POSIX_BASE_DEADLINE_H
#define POSIX_BASE_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/time.h"
#include "base/os.h"

/* Nanoseconds, at most what fits; false: not a time. */
bool timespec_ns(const struct lx_timespec *ts, uint64_t *ns);
struct lx_timespec ns_timespec(uint64_t ns);
uint64_t timeval_ns(const struct lx_timeval *tv);
struct lx_timeval ns_timeval(uint64_t ns);
/* A program's timespec as deadline, never 0. 0, or -LX_EINVAL: not a time. */
long deadline_of(const struct lx_timespec *ts, bool relative, bool realtime, uint64_t *deadline);
/* From now on; 0: none. */
static inline uint64_t deadline_after(uint64_t ns)
{
	return ns ? cos_now_ns() + ns : 0;
}

#endif

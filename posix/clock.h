/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_CLOCK_H
#define POSIX_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "linux/abi.h"

/* A program's timespec as deadline of the monotonic clock, never 0. -LX_EINVAL: not a time. */
long deadline_of(const struct lx_timespec *ts, bool relative, bool realtime, uint64_t *deadline);
/* Nanoseconds, at most what fits; false: not a time. */
bool timespec_ns(const struct lx_timespec *ts, uint64_t *ns);
struct lx_timespec ns_timespec(uint64_t ns);
uint64_t timeval_ns(const struct lx_timeval *tv);
struct lx_timeval ns_timeval(uint64_t ns);
bool clock_known(int clock);
bool clock_is_real(int clock);

#endif

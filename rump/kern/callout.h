/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts. One kernel thread runs the functions, in order of their times.
 *
 * I1 A function runs without locks held, and may block briefly.
 * I2 callout_schedule replaces an earlier time.
 * I3 When callout_halt returns, the function neither runs nor will run. It must not be called from
 *    the function itself, nor with a lock that the function takes.
 */
#ifndef RUMP_KERN_CALLOUT_H
#define RUMP_KERN_CALLOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct callout {
	int64_t co_when_ns; /* monotonic */
	size_t co_slot;	    /* slot in the heap; SIZE_MAX: not pending */
	void (*co_fn)(void *arg);
	void *co_arg;
};

void callout_init(struct callout *co, void (*fn)(void *), void *arg);
/* ENOMEM: no room for one more. */
int callout_schedule(struct callout *co, int64_t delay_ns);
/* true: it was pending. false: the function may be running */
bool callout_stop(struct callout *co);
void callout_halt(struct callout *co);
bool callout_pending(struct callout *co);

int64_t clock_monotonic_ns(void);
struct rump_timespec;
void clock_realtime(struct rump_timespec *ts);
/*
 * EINVAL for a time that is negative or not normalised. A time too large for ns becomes INT64_MAX
 * or near it.
 */
int timespec_to_ns(const struct rump_timespec *ts, int64_t *nsp);

#endif

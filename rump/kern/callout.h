/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts. One kernel thread runs the functions, in order of their time, without locks held; they
 * may block briefly. callout_schedule replaces an earlier time. callout_halt returns when the
 * function neither runs nor will (not to be called from the function, nor with a lock that it
 * takes).
 */
#ifndef RUMP_KERN_CALLOUT_H
#define RUMP_KERN_CALLOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct callout {
	int64_t co_when_ns; /* monotonic */
	size_t co_slot;	    /* in the heap; SIZE_MAX: not pending */
	void (*co_fn)(void *arg);
	void *co_arg;
};

void callout_init(struct callout *co, void (*fn)(void *), void *arg);
/* ENOMEM when there is no room for one more. */
int callout_schedule(struct callout *co, int64_t delay_ns);
bool callout_stop(struct callout *co); /* true: it was pending. The function may be running. */
void callout_halt(struct callout *co);
bool callout_pending(struct callout *co);

int64_t clock_monotonic_ns(void);
struct rump_timespec;
void clock_realtime(struct rump_timespec *ts);
/* EINVAL for a time that is negative or not normal; too large a one becomes a very large one. */
int timespec_to_ns(const struct rump_timespec *ts, int64_t *nsp);

#endif

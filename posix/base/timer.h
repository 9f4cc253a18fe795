/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timers: calls at a time. One thread of posix sleeps until the earliest timer is due and calls its
 * `fire`.
 *
 * T1. A timer is armed or not. It is disarmed before its `fire` is called, which may arm it again.
 * T2. When timer_set disarms, `fire` is neither running when it returns nor will run: then the
 *     timer may be freed. So the caller holds no lock that `fire` takes.
 * T3. `fire` runs in the timers' thread and does not block: it delays all other timers.
 */
#ifndef POSIX_BASE_TIMER_H
#define POSIX_BASE_TIMER_H

#include <stdint.h>
#include <cos/timeout.h>

struct os_timer {
	struct cos_timeout timeout;
	void (*fire)(struct os_timer *);
};

void timer_init(void);
/* Arm, or arm for another time (of the monotonic clock); 0 disarms. */
void timer_set(struct os_timer *timer, uint64_t deadline_ns);

#endif

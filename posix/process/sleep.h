/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleeping. Every blocking call of a program sleeps here, so that signals, timeouts and the end of
 * the process reach it. (The one exception: exec waits for its threads in proc_single.)
 *
 * S1. `woken` is set before the thread is unparked, and only its thread clears it.
 * S2. sched_unpark of a thread that is not parked makes its next sched_park return at once; so an
 *     event between the look at `woken` and the park is not lost.
 * S3. The sender of a signal, or of the process's end, marks it before it unparks the thread. The
 *     thread looks at the mark before every park (thread_interrupted).
 */
#ifndef POSIX_PROCESS_SLEEP_H
#define POSIX_PROCESS_SLEEP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/event.h"

struct thread;

struct sleeper {
	struct waiter waiter; /* for the queue of what the thread waits for */
	struct thread *thread;
	bool woken;
};
#define SLEEPER(t, e)                                                          \
	{                                                                      \
		.waiter = {.fire = sleeper_fire, .events = (e)}, .thread = (t) \
	}
void sleeper_fire(struct waiter *w, unsigned events);

void sleeper_wake(struct sleeper *s);
/*
 * Sleep until s is woken (0), a signal is to be delivered or the process ends (-LX_RESTART), or the
 * monotonic clock reaches deadline_ns, 0: never (-LX_ETIMEDOUT).
 */
long thread_sleep(struct thread *t, struct sleeper *s, uint64_t deadline_ns);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Things that happen at a time. One thread of posix sleeps until the earliest and calls what is
 * due, which must not block.
 */
#ifndef POSIX_BASE_TIMER_H
#define POSIX_BASE_TIMER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/os.h"

struct process;

struct os_timer {
	uint64_t deadline_ns; /* monotonic; 0: not armed */
	unsigned long index;  /* in the heap, from 1; 0: not in it */
	void (*fire)(struct os_timer *);
};

void timer_init(void);
/* Set or change; 0 disarms. When it returns after disarming, fire is not running. False: out of
 * memory. */
bool timer_set(struct os_timer *timer, uint64_t deadline_ns);

/* setitimer, timer_create and alarm of a process that ends. */
void timer_proc_end(struct process *proc);

#endif

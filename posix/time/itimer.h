/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers of a process: alarm, setitimer, timer_create. */
#ifndef POSIX_TIME_ITIMER_H
#define POSIX_TIME_ITIMER_H

struct process_hooks;

extern const struct process_hooks itimer_hooks;

#endif

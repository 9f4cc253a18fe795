/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers of a process: alarm, setitimer, timer_create. */
#ifndef POSIX_TIME_ITIMER_H
#define POSIX_TIME_ITIMER_H

struct process;

/* Those of a process that ends. */
void timer_proc_end(struct process *proc);

#endif

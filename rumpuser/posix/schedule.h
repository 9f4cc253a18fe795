/* SPDX-License-Identifier: BSD-2-Clause */
/* Where and how urgently a thread runs: requests to the host's scheduler. */
#ifndef RUMPUSER_POSIX_SCHEDULE_H
#define RUMPUSER_POSIX_SCHEDULE_H

/*
 * Both are for the calling thread, which may have inherited its creator's. A request that the host
 * does not permit has no effect and is no error: a rump kernel works without.
 */

/* Bind to a CPU; -1: to all that the process may use. */
void schedule_cpu(int cpuidx);
/* Become as urgent as NetBSD's priority says. */
void schedule_priority(int priority);

#endif

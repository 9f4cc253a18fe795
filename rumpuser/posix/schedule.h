/* SPDX-License-Identifier: BSD-2-Clause */
/* Where and how urgently a thread runs: what is asked of the host's scheduler. */
#ifndef RUMPUSER_POSIX_SCHEDULE_H
#define RUMPUSER_POSIX_SCHEDULE_H

/*
 * Both for the calling thread, which may have inherited its creator's. What the host does not
 * permit is not done, and is no failure: a rump kernel is right without.
 */

/* Onto a CPU; -1: onto any of those that the process may use. */
void schedule_cpu(int cpuidx);
/* As urgent as NetBSD's priority says. */
void schedule_priority(int priority);

#endif

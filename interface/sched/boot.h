/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched: the first thread, which the kernel made.
 * Audience: boot.
 */
#ifndef INTERFACE_SCHED_BOOT_H
#define INTERFACE_SCHED_BOOT_H

#include "interface.h"

/* Adopt the thread that calls, so that it can park. */
COS_INTERFACE long sched_adopt(long tid, long prio);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched: threads that wait for interrupts.
 * Audience: dev.
 */
#ifndef INTERFACE_SCHED_DEVICE_H
#define INTERFACE_SCHED_DEVICE_H

#include "interface.h"

/* tid will wait in COS_ARCV_WAIT. It stays on its core. */
COS_INTERFACE long sched_thd_receiver(long tid);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched: threads in a component that was stopped.
 * Audience: reboot.
 */
#ifndef INTERFACE_SCHED_CONTROL_H
#define INTERFACE_SCHED_CONTROL_H

#include "interface.h"

/*
 * A component was stopped: every waiting thread checks again whether it still has to wait, so that
 * those inside the stopped component leave it.
 */
COS_INTERFACE long sched_wake_all(void);

#endif

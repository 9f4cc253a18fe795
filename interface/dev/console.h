/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev: the events that the log and the serial lines need. Other components get COS_EPERM.
 * Audience: console.
 */
#ifndef INTERFACE_DEV_CONSOLE_H
#define INTERFACE_DEV_CONSOLE_H

#include "interface.h"

/*
 * Let a legacy ISA line (a serial port's) interrupt the calling thread, as dev_irq_bind does.
 * COS_EEXIST: bound already; COS_ENOSYS: firmware says that the line is level-triggered.
 */
COS_INTERFACE long dev_isa_irq_bind(long line);
/*
 * Make text in the kernel's log an event of the calling thread, likewise. COS_ENOMEM: a thread has
 * it already.
 */
COS_INTERFACE long dev_log_bind(void);

#endif

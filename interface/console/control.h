/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console: the failure of the whole system.
 * Audience: reboot, posix.
 */
#ifndef INTERFACE_CONSOLE_CONTROL_H
#define INTERFACE_CONSOLE_CONTROL_H

#include "interface.h"

/*
 * Tell r2c that the system itself failed, and why: text packed as in console_log, in pieces of 32
 * bytes; a shorter piece is the last.
 */
COS_INTERFACE long console_fail(unsigned long len, unsigned long w0, unsigned long w1,
				unsigned long w2, unsigned long w3);

#endif

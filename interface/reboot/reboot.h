/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reboot: what happens when a component fails. Its exception handler reports the fault in the log (registers,
 * a backtrace with symbols from the image), stops the domain (callers get COS_EREBOOT) and lets the rest
 * run on. It also ends the whole system.
 */
#ifndef INTERFACE_REBOOT_H
#define INTERFACE_REBOOT_H

#include "interface.h"

/* The handler of every server component (cos/abi.h, Exception). */
COS_INTERFACE long reboot_exception(long kind, unsigned long addr, long error, unsigned long ip,
				    unsigned long sp, long comp);
/* A component gives itself up: failed assertion, panic. Does not return to it. */
COS_INTERFACE long reboot_panic(unsigned long ip, unsigned long bp);
/*
 * A component ends in order, with a status of its own: one line in the log says so, and who calls it gets COS_EREBOOT.
 * Does not return to it.
 */
COS_INTERFACE long reboot_exit(long status);
/* End the system: status 0 to COS_HALT_MAX as exit status of QEMU's debug exit. */
COS_INTERFACE long reboot_system(long status);
/* Is component comp running? 1, 0, or COS_ENOENT. generation: how often it was started, v1. */
COS_INTERFACE struct cos_pair reboot_status(long comp);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reboot: what happens when a component fails or ends. It reports the failure in the log
 * (registers, a backtrace with symbols from the image), stops the component's domain (callers get
 * COS_EREBOOT) and lets the rest run on.
 * Audience: everyone.
 *
 *	reboot.h	end the calling component, ask about others	everyone
 *	system.h	end the whole system				posix
 *	handler.h	exceptions					the kernel
 */
#ifndef INTERFACE_REBOOT_H
#define INTERFACE_REBOOT_H

#include "interface.h"

/* The caller gives itself up: failed assertion, panic. Does not return to it. */
COS_INTERFACE long reboot_panic(unsigned long ip, unsigned long bp);
/*
 * The caller ends in order, with a status of its own: one line in the log says so, and its callers
 * get COS_EREBOOT. Does not return to it.
 */
COS_INTERFACE long reboot_exit(long status);
/*
 * v0 = 1 if component comp is running, 0 if not, or COS_ENOENT. v1 = its generation: how often it
 * was started.
 */
COS_INTERFACE struct cos_pair reboot_status(long comp);

#endif

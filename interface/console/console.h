/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console: the system's log, and the streams of the program that `r2c run` runs. The log goes to
 * the first serial line as text. The streams go over the second one in frames (console/wire.h),
 * which r2c takes apart.
 * Audience: everyone.
 *
 *	console.h	write to the log			everyone
 *	log.h		read the log				framebuffer, posix
 *	program.h	the streams and the end of a program	posix
 *	control.h	the failure of the system		reboot, posix
 *	wire.h		frames on the second serial line	r2c
 */
#ifndef INTERFACE_CONSOLE_H
#define INTERFACE_CONSOLE_H

#include "interface.h"

/*
 * Up to 32 bytes of log text, packed low byte first. Complete lines of one caller are not mixed
 * with those of others.
 */
COS_INTERFACE long console_log(unsigned long len, unsigned long w0, unsigned long w1,
			       unsigned long w2, unsigned long w3);

#endif

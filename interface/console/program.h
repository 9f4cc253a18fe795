/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console: the streams of the program that r2c runs, and its end.
 * Audience: posix.
 */
#ifndef INTERFACE_CONSOLE_PROGRAM_H
#define INTERFACE_CONSOLE_PROGRAM_H

#include "interface.h"

#define CONSOLE_STDIN 0
#define CONSOLE_STDOUT 1
#define CONSOLE_STDERR 2
/* buf is in a shared buffer. The bytes written (all of them), or COS_EIO, COS_EINVAL. */
COS_INTERFACE long console_write(long stream, const void *buf, unsigned long len_bytes);
/* Block until there is input: bytes read, 0 at the end of input. buf is in a shared buffer. */
COS_INTERFACE long console_read(void *buf, unsigned long len_bytes);
/* Bytes that console_read would return without blocking; COS_EAGAIN: none yet; 0: end of input. */
COS_INTERFACE long console_ready(void);
/* Bit n: stream n is a terminal on the host; rows << 16 | columns above bit 32. */
COS_INTERFACE long console_tty(void);
/*
 * Block until the host sends the program a signal (Ctrl-C at r2c): its Linux number. COS_EIO: it
 * never will.
 */
COS_INTERFACE long console_signal(void);
/*
 * Tell r2c that the program ended: status 0..255 as from exit(3), or 256 + signal number. Returns
 * once it is sent.
 */
COS_INTERFACE long console_exit(long status);

#endif

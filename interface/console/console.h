/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console: the system's log, and the streams of the program that `r2c run` runs. The log goes to the
 * first serial line as text. The streams go over the second as frames (console/wire.h), where
 * r2c takes them apart.
 */
#ifndef INTERFACE_CONSOLE_H
#define INTERFACE_CONSOLE_H

#include "interface.h"

/* Up to 32 bytes of log text, packed low byte first. Complete lines of one caller are not mixed with others'. */
COS_INTERFACE long console_log(unsigned long len, unsigned long w0, unsigned long w1,
			       unsigned long w2, unsigned long w3);

/*
 * The log's text, the kernel's too, from a position: the n-th character since boot is at n. The last COS_LOG_BYTES (cos/abi.h)
 * are kept. v0 = bytes that are in buf, which is in a shared buffer, 0: there is none yet; v1 = where they begin, which is
 * later than position if what was in between is lost. COS_EINVAL: the log has not come so far.
 */
COS_INTERFACE struct cos_pair console_log_read(void *buf, unsigned long len_bytes,
					       unsigned long position);
/*
 * Blocks until there is text at position: 0, COS_EINVAL as above, or why no news comes. What the kernel itself
 * writes is news together with the next text of user level.
 */
COS_INTERFACE long console_log_wait(unsigned long position);

#define CONSOLE_STDIN 0
#define CONSOLE_STDOUT 1
#define CONSOLE_STDERR 2
/* buf is in a shared buffer. Bytes written (all of them), or COS_EIO, COS_EINVAL. */
COS_INTERFACE long console_write(long stream, const void *buf, unsigned long len_bytes);
/* Blocks until there is input: bytes read, 0 at the end of input. buf is in a shared buffer. */
COS_INTERFACE long console_read(void *buf, unsigned long len_bytes);
/* Bytes that console_read would return without blocking; -COS_EAGAIN: none yet; 0: the end of input. */
COS_INTERFACE long console_ready(void);
/* Bit n: stream n is a terminal on the host; rows << 16 | columns above bit 32. */
COS_INTERFACE long console_tty(void);
/* Blocks until the host sends the program a signal (Ctrl-C at r2c): its Linux number. COS_EIO: it never will. */
COS_INTERFACE long console_signal(void);
/* Tell r2c that the program ended: status 0..255 as from exit(3), or 256 + signal number. Returns when it is sent. */
COS_INTERFACE long console_exit(long status);
/*
 * Tell r2c that the system itself failed, and why: text packed as in console_log, in pieces of 32 bytes; a piece
 * that is shorter is the last.
 */
COS_INTERFACE long console_fail(unsigned long len, unsigned long w0, unsigned long w1,
				unsigned long w2, unsigned long w3);

#endif

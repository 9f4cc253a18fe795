/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console: the log's text, the kernel's included. The n-th character since boot is at position n;
 * the last COS_LOG_BYTES (cos/abi.h) are kept.
 * Audience: framebuffer, posix.
 */
#ifndef INTERFACE_CONSOLE_LOG_H
#define INTERFACE_CONSOLE_LOG_H

#include "interface.h"

/*
 * Text from position on. v0 = bytes put into buf, which is in a shared buffer, 0: none yet; v1 =
 * the position of the first, which is later than asked for if the text between is lost. COS_EINVAL:
 * the log has not come so far.
 */
COS_INTERFACE struct cos_pair console_log_read(void *buf, unsigned long len_bytes,
					       unsigned long position);
/*
 * Block until there is text at position: 0, COS_EINVAL as above, or the error because of which no
 * event will come. Text that the kernel itself writes becomes an event only with the next text from
 * user level.
 */
COS_INTERFACE long console_log_wait(unsigned long position);

#endif

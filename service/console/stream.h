/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's streams; see stream.c. */
#ifndef SERVICE_CONSOLE_STREAM_H
#define SERVICE_CONSOLE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Before anyone calls; have_line: the second serial line is there and its interrupts come. Sends
 * WIRE_HELLO. */
void stream_init(bool have_line);
/* What the serial line received. */
void stream_received(const uint8_t *bytes, size_t len_bytes);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's streams; see stream.c. */
#ifndef SERVICE_CONSOLE_STREAM_H
#define SERVICE_CONSOLE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Before the first call. have_line: the second serial line is there, and its interrupts come: then
 * WIRE_HELLO is sent.
 */
void stream_init(bool have_line);
/* The serial line has received these bytes. By the interrupt thread. */
void stream_received(const uint8_t *bytes, size_t len_bytes);

#endif

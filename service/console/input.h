/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Standard input between the serial line and its readers: a ring as large as the window that the
 * host may fill (console/wire.h). So a host that keeps to the protocol never finds it full. The
 * owner locks.
 */
#ifndef SERVICE_CONSOLE_INPUT_H
#define SERVICE_CONSOLE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <console/wire.h>

struct input {
	uint64_t put; /* bytes since the start; so are the next two */
	uint64_t got;
	uint64_t acknowledged;
	bool ended; /* no more input will come */
	uint8_t ring[WIRE_WINDOW];
};

/* Put bytes into the ring. False: there is no room for all of them, and none was taken. */
bool input_put(struct input *in, const uint8_t *bytes, size_t len_bytes);
/* The next bytes that lie in one piece, at *bytes: how many, at most len_bytes. */
size_t input_peek(const struct input *in, const uint8_t **bytes, size_t len_bytes);
/* These have been read. */
void input_consume(struct input *in, size_t len_bytes);
size_t input_pending(const struct input *in);
/*
 * The bytes to acknowledge now, 0: none yet. A frame is worth a quarter of the window, or any
 * number when the ring is empty: a host that waits for room does not wait for ever.
 */
uint32_t input_acknowledge(struct input *in);

#endif

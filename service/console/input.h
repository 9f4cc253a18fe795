/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Standard input between the line and who reads it: a ring as large as the window that the host may
 * fill (console/wire.h), so that a host that keeps to the protocol never finds it full. No locks:
 * the owner's.
 */
#ifndef SERVICE_CONSOLE_INPUT_H
#define SERVICE_CONSOLE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <console/wire.h>

struct input {
	uint64_t put; /* bytes ever */
	uint64_t got;
	uint64_t acknowledged;
	bool ended; /* nothing more will come */
	uint8_t ring[WIRE_WINDOW];
};

/* false: more than there is room for; nothing was taken. */
bool input_put(struct input *in, const uint8_t *bytes, size_t len_bytes);
/* The bytes to read next that lie together, at most len_bytes: how many, from *bytes. */
size_t input_peek(const struct input *in, const uint8_t **bytes, size_t len_bytes);
/* Those are read. */
void input_consume(struct input *in, size_t len_bytes);
size_t input_pending(const struct input *in);
/*
 * What to acknowledge now, 0: nothing yet. Worth a frame is a quarter of the window, or anything
 * when the ring is empty, so that a host that waits for room never waits for ever.
 */
uint32_t input_acknowledge(struct input *in);

#endif

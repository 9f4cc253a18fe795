/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames on the second serial line (interface/console/wire.h), put together and taken apart.
 */
#ifndef R2C_RUN_WIRE_FRAME_H
#define R2C_RUN_WIRE_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include "console/wire.h"
#include "pool.h"

#define FRAME_HEADER 4

struct frame {
	int type;
	uint16_t len;
	const uint8_t *payload;
};

/* Append a frame; len at most WIRE_PAYLOAD_MAX. */
void frame_put(struct buffer *out, int type, const void *payload, size_t len);

/*
 * Bytes that have arrived and are not taken apart yet. Before the first WIRE_HELLO all others are
 * skipped, since a firmware may have used the line.
 */
struct frame_reader {
	struct buffer bytes;
	size_t at;
	bool greeted;
};

enum frame_status { FRAME_NONE, FRAME_GOT, FRAME_GARBLED };

void frame_feed(struct frame_reader *reader, const void *bytes, size_t len);
/* The next whole frame; its payload is there until the next call. FRAME_NONE: more bytes are
 * needed. */
enum frame_status frame_next(struct frame_reader *reader, struct frame *frame);
/* The number in a payload of 4 bytes; `otherwise` if the payload has another length. */
uint32_t frame_u32(const struct frame *frame, uint32_t otherwise);

#endif

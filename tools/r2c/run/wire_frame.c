/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames of the second serial line: bytes in, frames out, and the reverse. */
#include <string.h>
#include "wire_frame.h"

void frame_put(struct buffer *out, int type, const void *payload, size_t len)
{
	uint8_t header[FRAME_HEADER] = {WIRE_MAGIC, (uint8_t)type, (uint8_t)len,
					(uint8_t)(len >> 8)};

	buffer_add(out, header, sizeof(header));
	buffer_add(out, payload, len);
}

void frame_feed(struct frame_reader *reader, const void *bytes, size_t len)
{
	struct buffer *b = &reader->bytes;

	if (reader->at) {
		memmove(b->data, b->data + reader->at, b->len - reader->at);
		b->len -= reader->at;
		reader->at = 0;
	}
	buffer_add(b, bytes, len);
}

static bool is_hello(const uint8_t *header)
{
	return header[0] == WIRE_MAGIC && header[1] == WIRE_HELLO && header[2] == 4 &&
	       header[3] == 0;
}

enum frame_status frame_next(struct frame_reader *reader, struct frame *frame)
{
	const uint8_t *b;

	for (;; reader->at++) {
		if (reader->bytes.len - reader->at < FRAME_HEADER)
			return FRAME_NONE;
		b = (const uint8_t *)reader->bytes.data + reader->at;
		if (reader->greeted || is_hello(b))
			break;
	}
	size_t len = b[2] | (size_t)b[3] << 8;
	if (b[0] != WIRE_MAGIC || len > WIRE_PAYLOAD_MAX)
		return FRAME_GARBLED;
	if (reader->bytes.len - reader->at < FRAME_HEADER + len)
		return FRAME_NONE;
	reader->greeted = true;
	*frame = (struct frame){b[1], (uint16_t)len, b + FRAME_HEADER};
	reader->at += FRAME_HEADER + len;
	return FRAME_GOT;
}

uint32_t frame_u32(const struct frame *frame, uint32_t otherwise)
{
	const uint8_t *p = frame->payload;

	if (frame->len != 4)
		return otherwise;
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

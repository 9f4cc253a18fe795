/* SPDX-License-Identifier: BSD-2-Clause */
/* Wire frames (wire_frame.h). */
#include <cos/bytes.h>
#include "wire_frame.h"

void wire_frame_header(uint8_t header[WIRE_FRAME_HEADER], unsigned type, size_t len_bytes)
{
	header[0] = WIRE_MAGIC;
	header[1] = type;
	header[2] = len_bytes;
	header[3] = len_bytes >> 8;
}

void wire_frame_parse(struct wire_frame_parser *p, const uint8_t *bytes, size_t len,
		      void (*done)(unsigned type, const uint8_t *payload, size_t len_bytes))
{
	for (size_t i = 0; i < len; i++) {
		size_t payload;

		if (p->have == 0 && bytes[i] != WIRE_MAGIC) {
			p->skipped++;
			continue;
		}
		p->bytes[p->have++] = bytes[i];
		if (p->have < WIRE_FRAME_HEADER)
			continue;
		payload = cos_le16(p->bytes + 2);
		if (payload > WIRE_PAYLOAD_MAX) {
			p->skipped += p->have;
			p->have = 0;
		} else if (p->have == WIRE_FRAME_HEADER + payload) {
			p->have = 0;
			done(p->bytes[1], p->bytes + WIRE_FRAME_HEADER, payload);
		}
	}
}

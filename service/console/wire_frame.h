/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wire frames of the second serial line (console/wire.h), taken apart as their bytes come in. The
 * line has no other error control: bytes that do not begin with the magic byte, or claim to be
 * longer than a frame may be, are skipped until the next magic byte.
 */
#ifndef SERVICE_CONSOLE_WIRE_FRAME_H
#define SERVICE_CONSOLE_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <console/wire.h>

#define WIRE_FRAME_HEADER 4

struct wire_frame_parser {
	size_t have;	  /* bytes of the frame so far, header included */
	uint64_t skipped; /* bytes that belonged to no frame */
	uint8_t bytes[WIRE_FRAME_HEADER + WIRE_PAYLOAD_MAX];
};

/* Call done for each frame that these bytes complete. */
void wire_frame_parse(struct wire_frame_parser *p, const uint8_t *bytes, size_t len,
		      void (*done)(unsigned type, const uint8_t *payload, size_t len_bytes));

/* Write a frame's header; len_bytes is that of the payload, at most WIRE_PAYLOAD_MAX. */
void wire_frame_header(uint8_t header[WIRE_FRAME_HEADER], unsigned type, size_t len_bytes);

#endif

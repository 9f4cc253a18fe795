/* SPDX-License-Identifier: BSD-2-Clause */
/* Wire frames of the second serial line: whole, in pieces, among noise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "service/console/wire_frame.h"

static struct wire_frame_parser parser;
static unsigned seen, seen_type;
static uint8_t seen_payload[WIRE_PAYLOAD_MAX];
static size_t seen_len;

static void frame_seen(unsigned type, const uint8_t *payload, size_t len)
{
	seen++;
	seen_type = type;
	seen_len = len;
	memcpy(seen_payload, payload, len);
}

static int setup(void **state)
{
	(void)state;
	memset(&parser, 0, sizeof(parser));
	seen = 0;
	return 0;
}

static size_t frame_make(uint8_t *at, unsigned type, const char *text)
{
	size_t len = strlen(text);

	wire_frame_header(at, type, len);
	memcpy(at + WIRE_FRAME_HEADER, text, len);
	return WIRE_FRAME_HEADER + len;
}

static void header_is_as_the_wire_has_it(void **state)
{
	uint8_t header[WIRE_FRAME_HEADER];
	const uint8_t want[] = {0xc5, WIRE_STDERR, 0x34, 0x0a};

	(void)state;
	wire_frame_header(header, WIRE_STDERR, 0xa34);
	assert_memory_equal(header, want, sizeof(want));
}

static void takes_frames_in_any_pieces(void **state)
{
	uint8_t bytes[64];
	size_t len = frame_make(bytes, WIRE_STDIN, "hello");

	len += frame_make(bytes + len, WIRE_STDIN, "");
	for (size_t cut = 0; cut <= len; cut++) {
		setup(state);
		wire_frame_parse(&parser, bytes, cut, frame_seen);
		wire_frame_parse(&parser, bytes + cut, len - cut, frame_seen);
		assert_int_equal(seen, 2);
		assert_int_equal(seen_type, WIRE_STDIN);
		assert_int_equal(seen_len, 0);
		assert_memory_equal(seen_payload, "hello", 5);
		assert_int_equal(parser.skipped, 0);
	}
}

static void takes_the_longest_frame(void **state)
{
	static uint8_t bytes[WIRE_FRAME_HEADER + WIRE_PAYLOAD_MAX];

	(void)state;
	memset(bytes, 0xc5, sizeof(bytes));
	wire_frame_header(bytes, WIRE_STDIN, WIRE_PAYLOAD_MAX);
	wire_frame_parse(&parser, bytes, sizeof(bytes), frame_seen);
	assert_int_equal(seen, 1);
	assert_int_equal(seen_len, WIRE_PAYLOAD_MAX);
	assert_int_equal(parser.have, 0);
}

static void skips_what_is_no_frame(void **state)
{
	uint8_t bytes[64];
	size_t len;

	(void)state;
	wire_frame_parse(&parser, (const uint8_t *)"noise", 5, frame_seen);
	wire_frame_header(bytes, WIRE_STDIN, 0);
	bytes[2] = 0x01;
	bytes[3] = 0x10; /* one longer than allowed */
	wire_frame_parse(&parser, bytes, WIRE_FRAME_HEADER, frame_seen);
	assert_int_equal(seen, 0);
	assert_int_equal(parser.skipped, 5 + WIRE_FRAME_HEADER);
	len = frame_make(bytes, WIRE_SIGNAL, "\2");
	wire_frame_parse(&parser, bytes, len, frame_seen);
	assert_int_equal(seen, 1);
	assert_int_equal(seen_type, WIRE_SIGNAL);
	assert_int_equal(seen_payload[0], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(header_is_as_the_wire_has_it, setup),
		cmocka_unit_test_setup(takes_frames_in_any_pieces, setup),
		cmocka_unit_test_setup(takes_the_longest_frame, setup),
		cmocka_unit_test_setup(skips_what_is_no_frame, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

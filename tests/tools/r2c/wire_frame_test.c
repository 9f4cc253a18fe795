/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames, however their bytes come in, and the streams that take what they bring. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "run/wire_frame.h"
#include "run/stream.h"

static const uint8_t hello[] = {WIRE_MAGIC, WIRE_HELLO, 4, 0, 1, 0, 0, 0};

static void taken_apart_byte_by_byte(void **state)
{
	struct frame_reader reader = {0};
	struct buffer wire = {0};
	struct frame frame;
	char big[WIRE_PAYLOAD_MAX];
	int got = 0;

	(void)state;
	memset(big, WIRE_MAGIC, sizeof(big));
	frame_put(&wire, WIRE_HELLO, hello + 4, 4);
	frame_put(&wire, WIRE_STDOUT, big, sizeof(big));
	frame_put(&wire, WIRE_STDERR, "", 0);
	frame_put(&wire, WIRE_EXIT, "\x09\x01\0\0", 4);
	assert_int_equal(wire.len, 8 + 4 + sizeof(big) + 4 + 8);
	for (size_t i = 0; i < wire.len; i++) {
		frame_feed(&reader, wire.data + i, 1);
		while (frame_next(&reader, &frame) == FRAME_GOT) {
			static const int types[] = {WIRE_HELLO, WIRE_STDOUT, WIRE_STDERR,
						    WIRE_EXIT};
			assert_true(got < 4);
			assert_int_equal(frame.type, types[got]);
			if (frame.type == WIRE_STDOUT) {
				assert_int_equal(frame.len, sizeof(big));
				assert_memory_equal(frame.payload, big, sizeof(big));
			}
			if (frame.type == WIRE_EXIT)
				assert_int_equal(frame_u32(&frame, 0), 256 + 9);
			got++;
		}
	}
	assert_int_equal(got, 4);
	buffer_free(&wire);
	buffer_free(&reader.bytes);
}

static void many_at_once(void **state)
{
	struct frame_reader reader = {0};
	struct buffer wire = {0};
	struct frame frame;

	(void)state;
	frame_put(&wire, WIRE_HELLO, hello + 4, 4);
	for (int i = 0; i < 100; i++)
		frame_put(&wire, WIRE_STDOUT, &i, sizeof(i));
	frame_feed(&reader, wire.data, wire.len);
	assert_int_equal(frame_next(&reader, &frame), FRAME_GOT);
	for (uint32_t i = 0; i < 100; i++) {
		assert_int_equal(frame_next(&reader, &frame), FRAME_GOT);
		assert_int_equal(frame_u32(&frame, 1000), i);
	}
	assert_int_equal(frame_next(&reader, &frame), FRAME_NONE);
	buffer_free(&wire);
	buffer_free(&reader.bytes);
}

static void skips_what_comes_before_hello(void **state)
{
	struct frame_reader reader = {0};
	struct frame frame;

	(void)state;
	frame_feed(&reader, "firmware \xc5\x01\x04", 12);
	assert_int_equal(frame_next(&reader, &frame), FRAME_NONE);
	frame_feed(&reader, "\xc5", 1);
	frame_feed(&reader, hello, sizeof(hello));
	assert_int_equal(frame_next(&reader, &frame), FRAME_GOT);
	assert_int_equal(frame.type, WIRE_HELLO);
	buffer_free(&reader.bytes);
}

static void garbled_after_hello(void **state)
{
	static const uint8_t too_long[] = {WIRE_MAGIC, WIRE_STDOUT, 1, 0x10};
	struct frame_reader reader = {0};
	struct frame frame;

	(void)state;
	frame_feed(&reader, hello, sizeof(hello));
	assert_int_equal(frame_next(&reader, &frame), FRAME_GOT);
	frame_feed(&reader, "t\2\1\0x", 5);
	assert_int_equal(frame_next(&reader, &frame), FRAME_GARBLED);
	buffer_free(&reader.bytes);
	reader = (struct frame_reader){.greeted = true};
	frame_feed(&reader, too_long, sizeof(too_long));
	assert_int_equal(frame_next(&reader, &frame), FRAME_GARBLED);
	buffer_free(&reader.bytes);
}

static void stream_keeps_order(void **state)
{
	struct stream stream = {0};
	char text[30000], got[30000];
	size_t n = 0;
	int fds[2];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7 + i / 256);
	assert_int_equal(pipe(fds), 0);
	stream.fd = fds[1];
	assert_false(stream_busy(&stream));
	stream_put(&stream, text, 10000);
	stream_put(&stream, text + 10000, 20000);
	while (stream_busy(&stream)) {
		assert_true(stream_flush(&stream));
		ssize_t part = read(fds[0], got + n, sizeof(got) - n);
		assert_true(part > 0);
		n += (size_t)part;
	}
	assert_int_equal(n, sizeof(text));
	assert_memory_equal(got, text, sizeof(text));
	close(fds[0]);
	stream_put(&stream, "x", 1);
	assert_false(stream_flush(&stream));
	assert_false(stream_busy(&stream));
	stream_put(&stream, "x", 1);
	assert_false(stream_busy(&stream));
	close(fds[1]);
	stream_free(&stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_apart_byte_by_byte),
		cmocka_unit_test(many_at_once),
		cmocka_unit_test(skips_what_comes_before_hello),
		cmocka_unit_test(garbled_after_hello),
		cmocka_unit_test(stream_keeps_order),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("tools/r2c/wire_frame", tests, NULL, NULL);
}

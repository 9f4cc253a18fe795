/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program's streams, with threads that write, read and wait at once. The test is the serial
 * line and the host. I1 and so on are those of service/console/stream.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <time.h>

#include <cos/abi.h>
#include <console/control.h>
#include <console/program.h>
#include "service/console/wire_frame.h"
#include "service/console/stream.h"
#include "service/console/uart.h"
#include "tests/rumpuser/cos/fake.h"

#define WRITERS 4
#define LINES 200
#define AREA 32768

static char *window;
static struct wire_frame_parser sent_parser;
static unsigned sent_hello, sent_frames;
static uint64_t sent_acknowledged;
static char sent_text[2][1 << 20]; /* stdout, stderr */
static size_t sent_len[2];
static uint8_t sent_last[16];
static unsigned sent_last_type;

static void sent_frame(unsigned type, const uint8_t *payload, size_t len)
{
	sent_frames++;
	sent_hello += type == WIRE_HELLO;
	if (type == WIRE_ACK)
		sent_acknowledged += payload[0] | payload[1] << 8 | (uint32_t)payload[2] << 16;
	if (type == WIRE_STDOUT || type == WIRE_STDERR) {
		memcpy(sent_text[type == WIRE_STDERR] + sent_len[type == WIRE_STDERR], payload,
		       len);
		sent_len[type == WIRE_STDERR] += len;
	} else {
		sent_last_type = type;
		memcpy(sent_last, payload, len < sizeof(sent_last) ? len : sizeof(sent_last));
	}
}

/* I1: two threads that send at once, or half a frame in between, would show as skipped bytes. */
void uart_send(const uint8_t *bytes, size_t len)
{
	wire_frame_parse(&sent_parser, bytes, len, sent_frame);
}

bool uart_idle(void)
{
	return true;
}

static void host_sends(unsigned type, const void *payload, size_t len)
{
	static uint8_t frame[WIRE_FRAME_HEADER + WIRE_PAYLOAD_MAX];

	wire_frame_header(frame, type, len);
	if (len > 0)
		memcpy(frame + WIRE_FRAME_HEADER, payload, len);
	stream_received(frame, WIRE_FRAME_HEADER + len);
}

static void says_hello(void **state)
{
	(void)state;
	window = fake_window_map((WRITERS + 2) * AREA);
	stream_init(true);
	assert_int_equal(sent_hello, 1);
	assert_int_equal(sent_last[0], 1);
}

static void writer(void *arg)
{
	long n = (long)arg;
	char *line = window + n * AREA;

	for (int i = 0; i < LINES; i++) {
		memset(line, 'a' + (int)n, 99);
		line[99] = '\n';
		assert_int_equal(console_write(n % 2 ? CONSOLE_STDERR : CONSOLE_STDOUT, line, 100),
				 100);
	}
}

static void writes_whole_frames(void **state)
{
	struct fake_visit *visits[WRITERS];

	(void)state;
	for (long n = 0; n < WRITERS; n++)
		visits[n] = fake_visit_start(10 + n, 3, writer, (void *)n);
	for (long n = 0; n < WRITERS; n++)
		fake_visit_join(visits[n]);
	assert_int_equal(sent_parser.skipped, 0);
	for (int stream = 0; stream < 2; stream++) {
		assert_int_equal(sent_len[stream], WRITERS / 2 * LINES * 100);
		for (size_t at = 0; at < sent_len[stream]; at++)
			assert_int_equal(sent_text[stream][at],
					 at % 100 == 99 ? '\n' : sent_text[stream][at / 100 * 100]);
	}
}

static void splits_long_writes(void **state)
{
	unsigned before = sent_frames;

	(void)state;
	sent_len[0] = 0;
	for (size_t i = 0; i < 10000; i++)
		window[i] = (char)(i * 13);
	assert_int_equal(console_write(CONSOLE_STDOUT, window, 10000), 10000);
	assert_int_equal(sent_frames - before, 3);
	assert_int_equal(sent_len[0], 10000);
	assert_memory_equal(sent_text[0], window, 10000);
	assert_int_equal(console_write(CONSOLE_STDOUT, window, 0), 0);
	assert_int_equal(console_write(CONSOLE_STDIN, window, 1), -COS_EINVAL);
	assert_int_equal(console_write(CONSOLE_STDOUT, &before, 4), -COS_EINVAL);
	assert_int_equal(console_write(CONSOLE_STDOUT, window, ~0ul), -COS_EINVAL);
}

static void terminals_are_what_the_host_says(void **state)
{
	(void)state;
	host_sends(WIRE_TTY, "\x03\x18\x00\x50\x00", 5);
	assert_int_equal(console_tty(), (24l << 16 | 80) << 32 | 3);
	host_sends(WIRE_TTY, "\x00", 1); /* too short to mean anything */
	assert_int_equal(console_tty(), (24l << 16 | 80) << 32 | 3);
}

static void read_all(void *arg)
{
	uint8_t *to = arg, next = 0;
	long n;

	while ((n = console_read(to, 1000)) > 0)
		for (long i = 0; i < n; i++)
			assert_int_equal(to[i], next++);
	assert_int_equal(n, 0);
	*to = next;
}

static void input_flows_within_the_window(void **state)
{
	uint8_t *to = (uint8_t *)window, bytes[1024], next = 0;
	struct fake_visit *reader;
	uint64_t sent = 0;

	(void)state;
	assert_int_equal(console_ready(), -COS_EAGAIN);
	reader = fake_visit_start(20, 3, read_all, to);
	while (sent < 1000000) {
		/* As the host: never more than the window beyond what was acknowledged. */
		while (sent + sizeof(bytes) >
		       __atomic_load_n(&sent_acknowledged, __ATOMIC_RELAXED) + WIRE_WINDOW)
			nanosleep(&(struct timespec){0, 100000}, NULL);
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = next++;
		host_sends(WIRE_STDIN, bytes, sizeof(bytes));
		sent += sizeof(bytes);
	}
	host_sends(WIRE_STDIN, NULL, 0);
	fake_visit_join(reader);
	assert_int_equal(sent_acknowledged, sent);
	assert_int_equal(console_ready(), 0);
	assert_int_equal(console_read(window, 10), 0);
	assert_int_equal(console_read(bytes, 10), -COS_EINVAL);
}

static void signal_wait(void *arg)
{
	*(long *)arg = console_signal();
}

static void signals_arrive(void **state)
{
	long number = 0;
	struct fake_visit *waiter = fake_visit_start(21, 3, signal_wait, &number);

	(void)state;
	host_sends(WIRE_SIGNAL, "\x41", 1); /* 65: there is none */
	host_sends(WIRE_SIGNAL, "\0", 1);
	host_sends(WIRE_SIGNAL, "\x02", 1);
	fake_visit_join(waiter);
	assert_int_equal(number, 2);
	host_sends(WIRE_SIGNAL, "\x40", 1);
	assert_int_equal(console_signal(), 64);
}

static void tells_the_end(void **state)
{
	unsigned long words[4];

	(void)state;
	assert_int_equal(console_exit(256 + 11), 0);
	assert_int_equal(sent_last_type, WIRE_EXIT);
	assert_int_equal(sent_last[0], 11);
	assert_int_equal(sent_last[1], 1);
	assert_int_equal(console_exit(-1), -COS_EINVAL);
	assert_int_equal(console_exit(1000), -COS_EINVAL);
	memcpy(words, "the reason is longer than 32 byt", 32);
	assert_int_equal(console_fail(32, words[0], words[1], words[2], words[3]), 0);
	assert_int_equal(sent_last_type, WIRE_EXIT);
	memcpy(words, "es", 2);
	assert_int_equal(console_fail(2, words[0], 0, 0, 0), 0);
	assert_int_equal(sent_last_type, WIRE_FAILED);
	assert_memory_equal(sent_last, "the reason is lo", 16);
	assert_int_equal(console_fail(33, 0, 0, 0, 0), -COS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_hello),
		cmocka_unit_test(writes_whole_frames),
		cmocka_unit_test(splits_long_writes),
		cmocka_unit_test(terminals_are_what_the_host_says),
		cmocka_unit_test(input_flows_within_the_window),
		cmocka_unit_test(signals_arrive),
		cmocka_unit_test(tells_the_end),
	};

	fake_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

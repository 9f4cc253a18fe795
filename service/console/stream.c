/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The streams of the program, as wire frames on the second serial line (console/wire.h).
 *
 * I1  Out: a frame is sent whole, under wire_frame_mutex, by the writer's own thread, which sleeps
 *     while the line is not ready. So a program that writes faster than the host reads is held
 *     back, and when console_write returns, the bytes are on the line.
 * I2  In: the interrupt thread puts what frames bring into the state below, under state_mutex.
 *     Readers wait on state_changed.
 * I3  The interrupt thread never sends, since it would wait for itself: readers send
 *     acknowledgements.
 * I4  wire_frame_mutex and state_mutex are never held together.
 *
 * Without a second serial line output goes to the log, and there is no input.
 */
#include <cos/abi.h>
#include <cos/bytes.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/user.h>
#include <console/control.h>
#include <console/program.h>
#include <sched/sched.h>

#include "wire_frame.h"
#include "input.h"
#include "stream.h"
#include "uart.h"
#include "words.h"

#define HELLO_VERSION 1
/*
 * The host may take so long to answer WIRE_HELLO before its streams count as files: r2c answers at
 * once, but it may be a busy machine.
 */
#define TTY_WAIT_NS (3 * COS_NS_PER_S)
/* No interrupt says that the last byte has left: look each millisecond, at most so often. */
#define IDLE_LOOKS 100 /* 16 bytes take 1.4 ms; a line that is held up for longer is given up */
#define TTY_PAYLOAD 5  /* bytes of WIRE_TTY */
#define SIGNAL_MAX 64  /* Linux has signals 1 to 64 */
#define FAIL_MAX 512   /* of a reason, the rest is cut off: reboot sends 200 bytes, posix a line */

static bool line;
static struct cos_mutex wire_frame_mutex;
static uint8_t wire_frame_bytes[WIRE_FRAME_HEADER + WIRE_PAYLOAD_MAX]; /* under wire_frame_mutex */

static struct cos_mutex state_mutex;
static struct cos_cond state_changed;
static struct input input;
static bool tty_known;
static uint64_t tty_deadline_ns;
static long tty;
static uint64_t signals; /* bit n - 1: signal n is pending */

static struct cos_mutex fail_mutex;
static char fail_text[FAIL_MAX];
static size_t fail_len;

static struct wire_frame_parser parser; /* the interrupt thread's */

/* The payload is in wire_frame_bytes already; wire_frame_mutex is held. */
static void wire_frame_send_held(unsigned type, size_t len_bytes)
{
	wire_frame_header(wire_frame_bytes, type, len_bytes);
	uart_send(wire_frame_bytes, WIRE_FRAME_HEADER + len_bytes);
}

static void wire_frame_send(unsigned type, const void *payload, size_t len_bytes)
{
	cos_mutex_lock(&wire_frame_mutex);
	memcpy(wire_frame_bytes + WIRE_FRAME_HEADER, payload, len_bytes);
	wire_frame_send_held(type, len_bytes);
	cos_mutex_unlock(&wire_frame_mutex);
}

static void wire_frame_send_u32(unsigned type, uint32_t value)
{
	const uint8_t payload[] = {value, value >> 8, value >> 16, value >> 24};

	wire_frame_send(type, payload, sizeof(payload));
}

static void tty_received(const uint8_t *payload)
{
	unsigned long rows = cos_le16(payload + 1), columns = cos_le16(payload + 3);

	tty = (long)((rows << 16 | columns) << 32 | payload[0]);
	tty_known = true;
}

/* One frame from the host; unknown types and lengths are ignored. */
static void wire_frame_received(unsigned type, const uint8_t *payload, size_t len_bytes)
{
	bool lost = false;

	cos_mutex_lock(&state_mutex);
	if (type == WIRE_STDIN && len_bytes == 0)
		input.ended = true;
	else if (type == WIRE_STDIN)
		lost = !input_put(&input, payload, len_bytes);
	else if (type == WIRE_TTY && len_bytes >= TTY_PAYLOAD)
		tty_received(payload);
	else if (type == WIRE_SIGNAL && len_bytes >= 1 && payload[0] - 1u < SIGNAL_MAX)
		signals |= 1ull << (payload[0] - 1);
	cos_cond_broadcast(&state_changed);
	cos_mutex_unlock(&state_mutex);
	if (lost)
		cos_log("console: host sent %zu bytes of input beyond the window\n", len_bytes);
}

void stream_received(const uint8_t *bytes, size_t len_bytes)
{
	wire_frame_parse(&parser, bytes, len_bytes, wire_frame_received);
}

void stream_init(bool have_line)
{
	line = have_line;
	if (!line) {
		input.ended = true;
		tty_known = true;
		return;
	}
	tty_deadline_ns = cos_now_ns() + TTY_WAIT_NS;
	wire_frame_send_u32(WIRE_HELLO, HELLO_VERSION);
}

long console_write(long stream, const void *buf, unsigned long len_bytes)
{
	const uint8_t *from = buf;
	long error = 0;

	if ((stream != CONSOLE_STDOUT && stream != CONSOLE_STDERR) || (long)len_bytes < 0 ||
	    !cos_user_range(buf, len_bytes))
		return -COS_EINVAL;
	for (unsigned long done = 0; done < len_bytes;) {
		unsigned long part = len_bytes - done;

		if (part > WIRE_PAYLOAD_MAX)
			part = WIRE_PAYLOAD_MAX;
		cos_mutex_lock(&wire_frame_mutex);
		error = cos_copy_user(wire_frame_bytes + WIRE_FRAME_HEADER, from + done, part);
		if (error == 0 && line)
			wire_frame_send_held(stream == CONSOLE_STDOUT ? WIRE_STDOUT : WIRE_STDERR,
					     part);
		else if (error == 0)
			cos_log_write((const char *)wire_frame_bytes + WIRE_FRAME_HEADER, part);
		cos_mutex_unlock(&wire_frame_mutex);
		if (error)
			return error;
		done += part;
	}
	return (long)len_bytes;
}

/* state_mutex is held. */
static long input_copy(uint8_t *buf, size_t len_bytes)
{
	size_t done = 0;

	while (done < len_bytes) {
		const uint8_t *bytes;
		size_t part = input_peek(&input, &bytes, len_bytes - done);
		long error;

		if (part == 0)
			break;
		error = cos_copy_user(buf + done, bytes, part);
		if (error)
			return done ? (long)done : error;
		input_consume(&input, part);
		done += part;
	}
	return (long)done;
}

long console_read(void *buf, unsigned long len_bytes)
{
	uint32_t acknowledge = 0;
	long result = 0;

	if ((long)len_bytes < 0 || !cos_user_range(buf, len_bytes))
		return -COS_EINVAL;
	if (len_bytes == 0)
		return 0;
	cos_mutex_lock(&state_mutex);
	while (input_pending(&input) == 0 && !input.ended)
		cos_cond_wait(&state_changed, &state_mutex);
	if (input_pending(&input) > 0) {
		result = input_copy(buf, len_bytes);
		acknowledge = input_acknowledge(&input);
	}
	cos_mutex_unlock(&state_mutex);
	if (acknowledge > 0)
		wire_frame_send_u32(WIRE_ACK, acknowledge);
	return result;
}

long console_ready(void)
{
	long result;

	cos_mutex_lock(&state_mutex);
	result = (long)input_pending(&input);
	if (result == 0 && !input.ended)
		result = -COS_EAGAIN;
	cos_mutex_unlock(&state_mutex);
	return result;
}

long console_tty(void)
{
	long result;

	cos_mutex_lock(&state_mutex);
	while (!tty_known)
		tty_known = cos_cond_timedwait(&state_changed, &state_mutex, tty_deadline_ns) ==
			    -COS_ETIMEDOUT;
	result = tty;
	cos_mutex_unlock(&state_mutex);
	return result;
}

long console_signal(void)
{
	long number;

	if (!line)
		return -COS_EIO;
	cos_mutex_lock(&state_mutex);
	while (signals == 0)
		cos_cond_wait(&state_changed, &state_mutex);
	number = __builtin_ctzll(signals);
	signals &= signals - 1;
	cos_mutex_unlock(&state_mutex);
	return number + 1;
}

static void line_drain(void)
{
	for (unsigned look = 0; look < IDLE_LOOKS && !uart_idle(); look++) {
		uint64_t until_ns = cos_now_ns() + COS_NS_PER_MS;

		while (cos_now_ns() < until_ns)
			sched_park(until_ns);
	}
}

long console_exit(long status)
{
	if (status < 0 || status > 256 + SIGNAL_MAX)
		return -COS_EINVAL;
	if (line) {
		wire_frame_send_u32(WIRE_EXIT, (uint32_t)status);
		line_drain();
	} else {
		cos_log("console: program ended with status %ld\n", status);
	}
	return 0;
}

long console_fail(unsigned long len, unsigned long w0, unsigned long w1, unsigned long w2,
		  unsigned long w3)
{
	const unsigned long words[] = {w0, w1, w2, w3};

	if (len > CONSOLE_WORDS_BYTES)
		return -COS_EINVAL;
	cos_mutex_lock(&fail_mutex);
	if (len > FAIL_MAX - fail_len)
		len = FAIL_MAX - fail_len;
	memcpy(fail_text + fail_len, words, len);
	fail_len += len;
	if (len < CONSOLE_WORDS_BYTES) {
		if (line) {
			wire_frame_send(WIRE_FAILED, fail_text, fail_len);
			line_drain();
		}
		fail_len = 0;
	}
	cos_mutex_unlock(&fail_mutex);
	return 0;
}

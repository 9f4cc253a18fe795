/* SPDX-License-Identifier: BSD-2-Clause */
/* The log: formatting, the ring, the serial line (log.h). */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "cos/abi.h"
#include "core.h"
#include "log.h"
#include "machine.h"

#define DIGITS_MAX 20	  /* of 2^64 - 1 */
#define LOG_WAIT 1000000  /* polls: about as long as a line takes at 115200 baud */
#define LOG_TSC (1 << 22) /* some ms: the line has emptied its FIFO */

/*
 * A core that has waited LOG_WAIT polls writes anyway: the other one may have died in the middle.
 */
static _Atomic bool log_busy;

static void log_begin(void)
{
	for (unsigned i = 0; i < LOG_WAIT && atomic_exchange(&log_busy, true); i++)
		__asm__ volatile("pause");
}

/*
 * The ring: the n-th character since boot is at n modulo its length. The line has got those before
 * log_sent.
 */
static char log_text[COS_LOG_BYTES];
static _Atomic uint64_t log_end, log_sent;
static bool log_waits = true;
_Atomic bool log_later;

static void log_put(char c)
{
	log_text[log_end % COS_LOG_BYTES] = c;
	log_end++;
}

/* Has the line got all, and room for more? */
static bool log_send(void)
{
	if (log_end - log_sent > COS_LOG_BYTES)
		log_sent = log_end - COS_LOG_BYTES;
	for (; log_waits || serial_room() > 1; log_sent++) {
		if (log_sent == log_end)
			return true;
		serial_put(log_text[log_sent % COS_LOG_BYTES]);
	}
	return false;
}

static void log_done(void)
{
	uint64_t soon = machine_tsc() + LOG_TSC;

	log_later = !log_send() && log_sent < log_end;
	/* Earlier than it need go off is no harm (core.h, D6). */
	if (log_later && soon < cpu()->armed_tsc)
		timer_arm(cpu()->armed_tsc = soon);
	log_busy = false;
}

void log_drain(void)
{
	/* A core that writes does it as well. */
	if (!atomic_exchange(&log_busy, true))
		log_done();
}

void log_wait(bool wait)
{
	log_begin();
	log_waits = wait;
	log_done();
}

int64_t log_read(uint64_t *position, char *text, size_t len)
{
	uint64_t end = log_end;
	size_t n;

	if (*position > end)
		return -COS_EINVAL;
	/* Another core may be writing the next character over the oldest one. */
	if (end - *position >= COS_LOG_BYTES)
		*position = end - COS_LOG_BYTES + 1;
	for (n = 0; n < len && *position + n < end; n++)
		text[n] = log_text[(*position + n) % COS_LOG_BYTES];
	return log_end - *position < COS_LOG_BYTES ? (int64_t)n : -COS_EAGAIN;
}

size_t log_write(const char *text, size_t len)
{
	size_t n;

	log_begin();
	for (n = 0; n < len && log_send(); n++)
		log_put(text[n]);
	log_done();
	return n;
}

static void log_number(uint64_t value, unsigned base)
{
	char digit[DIGITS_MAX];
	unsigned n = 0;

	do {
		digit[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		log_put(digit[--n]);
}

void log_print(const char *f, ...)
{
	va_list args;

	log_begin();
	va_start(args, f);
	for (; *f; f++) {
		bool wide = *f == '%' && f[1] == 'l';

		if (*f != '%') {
			log_put(*f);
			continue;
		}
		f += 1 + wide;
		if (*f == 's')
			for (const char *s = va_arg(args, const char *); *s; s++)
				log_put(*s);
		else
			log_number(wide ? va_arg(args, unsigned long) : va_arg(args, unsigned),
				   *f == 'x' ? 16 : 10);
	}
	va_end(args);
	log_done();
}

void log_halt(void)
{
	log_print("\n");
	machine_backtrace(__builtin_frame_address(0));
	machine_halt(COS_HALT_PANIC);
}

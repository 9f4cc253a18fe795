/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "cos/abi.h"
#include "log.h"
#include "machine.h"

#define DIGITS_MAX 20
#define LOG_WAIT 1000000

/* Of several cores one writes at a time; the others wait no longer than a line can take. */
static _Atomic bool log_busy;

static void log_begin(void)
{
	for (unsigned i = 0; i < LOG_WAIT && atomic_exchange(&log_busy, true); i++)
		__asm__ volatile("pause");
}

void log_write(const char *text, size_t len)
{
	log_begin();
	for (size_t i = 0; i < len; i++)
		serial_put(text[i]);
	log_busy = false;
}

static void log_string(const char *s)
{
	for (; *s; s++)
		serial_put(*s);
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
		serial_put(digit[--n]);
}

static void log_vprint(const char *f, va_list args)
{
	for (; *f; f++) {
		bool wide = *f == '%' && f[1] == 'l';

		if (*f != '%') {
			serial_put(*f);
			continue;
		}
		f += 1 + wide;
		if (*f == 's')
			log_string(va_arg(args, const char *));
		else
			log_number(wide ? va_arg(args, unsigned long) : va_arg(args, unsigned),
				   *f == 'x' ? 16 : 10);
	}
}

void log_print(const char *format, ...)
{
	va_list args;

	log_begin();
	va_start(args, format);
	log_vprint(format, args);
	va_end(args);
	log_busy = false;
}

void log_panic(const char *format, ...)
{
	va_list args;

	machine_panic();
	log_string("kernel panic: ");
	va_start(args, format);
	log_vprint(format, args);
	va_end(args);
	serial_put('\n');
	machine_backtrace(__builtin_frame_address(0));
	machine_halt(COS_HALT_PANIC);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatted text, for messages and names. A rump kernel has its own, since the hypercalls only
 * print.
 */
#include "kern/printf.h"

#include <stdbool.h>
#include <stdint.h>

#include "kern/string.h"

struct out {
	char *buf;
	size_t size, len;
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_number(struct out *o, uint64_t v, unsigned base, bool negative, int width,
		       bool zero)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v != 0);
	if (negative && zero)
		put(o, '-');
	for (int pad = width - n - negative; pad > 0; pad--)
		put(o, zero ? '0' : ' ');
	if (negative && !zero)
		put(o, '-');
	while (n > 0)
		put(o, digits[--n]);
}

int kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = {buf, size, 0};

	for (; *fmt != '\0'; fmt++) {
		bool zero = false;
		int width = 0, longs = 0;

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt++;
		if (*fmt == '0')
			zero = true;
		while (*fmt >= '0' && *fmt <= '9')
			width = width * 10 + (*fmt++ - '0');
		for (; *fmt == 'l' || *fmt == 'z'; fmt++)
			longs++;
		switch (*fmt) {
		case 'd':
		case 'i': {
			int64_t v = longs ? va_arg(ap, int64_t) : va_arg(ap, int);
			put_number(&o, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, v < 0, width, zero);
			break;
		}
		case 'u':
		case 'x': {
			uint64_t v = longs ? va_arg(ap, uint64_t) : va_arg(ap, unsigned);
			put_number(&o, v, *fmt == 'x' ? 16 : 10, false, width, zero);
			break;
		}
		case 'p':
			put(&o, '0');
			put(&o, 'x');
			put_number(&o, (uintptr_t)va_arg(ap, void *), 16, false, width, zero);
			break;
		case 's': {
			const char *s = va_arg(ap, const char *);
			for (s = s != NULL ? s : "(null)"; *s != '\0'; s++)
				put(&o, *s);
			break;
		}
		case 'c':
			put(&o, (char)va_arg(ap, int));
			break;
		case '\0':
			fmt--;
			break;
		default:
			put(&o, *fmt);
			break;
		}
	}
	if (size != 0)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return (int)o.len;
}

int ksnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = kvsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

void panic(const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	kvsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	kprintf("rump kernel panic: %s\n", msg);
	rumpuser_exit(RUMPUSER_PANIC);
}

size_t kstrlcpy(char *dst, const char *src, size_t size)
{
	size_t len = strlen(src), n = len;

	if (size != 0) {
		if (n >= size)
			n = size - 1;
		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return len;
}

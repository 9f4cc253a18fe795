/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console: standard output for the kernel's messages, standard error for its debugging output.
 */
#include "hyp.h"

#include <stdarg.h>

void rumpuser_putchar(int c)
{
	putchar(c);
	if (c == '\n')
		fflush(stdout);
}

void rumpuser_dprintf(const char *fmt, ...)
{
	va_list ap;

	/* Keeps the order where both lead to one place. */
	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

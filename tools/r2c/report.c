/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the user, on one stream. */
#include <stdarg.h>
#include "report.h"

static FILE *report_stream;

static void say(const char *format, va_list ap)
{
	FILE *stream = report_stream ? report_stream : stderr;

	vfprintf(stream, format, ap);
	fputc('\n', stream);
	fflush(stream);
}

void report(const char *format, ...)
{
	va_list ap;

	fputs("r2c: ", report_stream ? report_stream : stderr);
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void report_at(const char *file, int line, const char *format, ...)
{
	va_list ap;
	FILE *stream = report_stream ? report_stream : stderr;

	if (line)
		fprintf(stream, "%s:%d: ", file, line);
	else
		fprintf(stream, "%s: ", file);
	va_start(ap, format);
	say(format, ap);
	va_end(ap);
}

void report_to(FILE *stream)
{
	report_stream = stream;
}

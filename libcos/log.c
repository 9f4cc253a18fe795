/* SPDX-License-Identifier: BSD-2-Clause */
/* cos_log: formats a line and passes it to cos_log_write. */
#include <cos/log.h>

void cos_vlog(const char *format, va_list args)
{
	char text[COS_LOG_MAX];
	int len = cos_vsnprintf(text, sizeof(text), format, args);

	if (len >= (int)sizeof(text)) { /* cut; the line still ends */
		len = sizeof(text) - 1;
		text[len - 1] = '\n';
	}
	cos_log_write(text, (size_t)len);
}

void cos_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cos_vlog(format, args);
	va_end(args);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* cos_panic: the reason goes to the log; the exception that follows makes reboot report it. */
#include <cos/log.h>

_Noreturn void cos_panic(const char *format, ...)
{
	char text[COS_LOG_MAX - 16];
	va_list args;

	va_start(args, format);
	cos_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	cos_log("panic: %s\n", text);
	__builtin_trap();
}

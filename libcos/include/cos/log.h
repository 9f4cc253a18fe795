/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text for people: the log, and formatting. Formats are printf's (C17 7.21.6.1) without floating
 * point and wide characters.
 */
#ifndef COS_LOG_H
#define COS_LOG_H

#include <stdarg.h>
#include <stddef.h>

/* Log one line or a part of one, at most COS_LOG_MAX bytes: the rest is cut off. */
#define COS_LOG_MAX 512 /* it is on the stack of the caller: 16 KiB in mem and sched */
void cos_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cos_vlog(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* As C's: the length of the whole text. The text in buf is always terminated, unless size is 0. */
int cos_vsnprintf(char *buf, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
int cos_snprintf(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Where log text goes: to console. A component that console imports from (mem, sched, boot, dev)
 * defines this function itself, as cos_log_kernel(text, len).
 */
void cos_log_write(const char *text, size_t len);
/* To the kernel's log, through COS_CAP_HW with the right COS_HW_LOG. */
void cos_log_kernel(const char *text, size_t len);
/* The same through another capability. */
void cos_log_kernel_by(unsigned long cap, const char *text, size_t len);

/*
 * The component cannot go on: log the reason, then raise an exception (ud2), which reboot reports.
 */
_Noreturn void cos_panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Checked in every build. */
#define cos_assert(condition)                                                                     \
	((condition) ? (void)0                                                                    \
		     : cos_panic("%s:%d: %s: assertion failed: %s", __FILE__, __LINE__, __func__, \
				 #condition))

#endif

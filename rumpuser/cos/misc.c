/* SPDX-License-Identifier: BSD-2-Clause */
/* Console, exit, and becoming a daemon. */
#include <reboot/reboot.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

/*
 * LINE_MAX: a longer line is logged in parts. TEXT_MAX: a longer text is formatted in allocated
 * memory.
 */
#define LINE_MAX 128
#define TEXT_MAX 256

/* Weak: a small system may do without the service; an exit then looks like a failure. */
extern __typeof__(reboot_exit) reboot_exit __attribute__((weak));

static struct cos_mutex line_mutex;
static char line[LINE_MAX];
static size_t line_len;
static bool daemonizing;

/* Under line_mutex. */
static void line_end(void)
{
	if (line_len > 0)
		cos_log("%.*s", (int)line_len, line);
	line_len = 0;
}

/* Text goes to the log a line at a time, since each call of the log is an invocation. */
void rumpuser_putchar(int c)
{
	cos_mutex_lock(&line_mutex);
	line[line_len++] = (char)c;
	if (c == '\n' || line_len == sizeof(line))
		line_end();
	cos_mutex_unlock(&line_mutex);
}

/* Appends to what putchar has begun. */
static void text_write(const char *text, size_t len)
{
	cos_mutex_lock(&line_mutex);
	line_end();
	for (size_t part; len > 0; text += part, len -= part) {
		part = len < TEXT_MAX ? len : TEXT_MAX;
		cos_log("%.*s", (int)part, text);
	}
	cos_mutex_unlock(&line_mutex);
}

/*
 * A text that does not fit on the stack is formatted in allocated memory; without memory it is cut.
 */
void rumpuser_dprintf(const char *fmt, ...)
{
	char text[TEXT_MAX], *longer;
	size_t len;
	va_list args;

	va_start(args, fmt);
	len = (size_t)cos_vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	longer = len >= sizeof(text) ? arena_alloc(len + 1, 16) : NULL;
	if (!longer) {
		text_write(text, len < sizeof(text) ? len : sizeof(text) - 1);
		return;
	}
	va_start(args, fmt);
	cos_vsnprintf(longer, len + 1, fmt, args);
	va_end(args);
	text_write(longer, len);
	arena_free(longer, len + 1);
}

/*
 * The rump kernel ends, and the component with it: it cannot serve any more, and callers see
 * COS_EREBOOT. After a panic the fault handler reports where it happened.
 */
void rumpuser_exit(int value)
{
	cos_mutex_lock(&line_mutex);
	line_end();
	cos_mutex_unlock(&line_mutex);
	if (value == RUMPUSER_PANIC)
		cos_panic("rump kernel panicked in thread %ld (%s)", cos_tid(), hyp_thread_name());
	if (reboot_exit)
		reboot_exit(value);
	cos_panic("rump kernel exited with %d", value);
}

/*
 * Nothing waits for a component to go into the background, and it has no streams to detach from.
 * Only the order of the two calls is checked, and a failed start is logged.
 */
int rumpuser_daemonize_begin(void)
{
	return __atomic_exchange_n(&daemonizing, true, __ATOMIC_RELAXED) ? RUMP_EINPROGRESS : 0;
}

int rumpuser_daemonize_done(int error)
{
	if (!__atomic_load_n(&daemonizing, __ATOMIC_RELAXED))
		return RUMP_ENOENT;
	if (error)
		cos_log("rumpuser: the daemon did not start: error %d\n", error);
	return 0;
}

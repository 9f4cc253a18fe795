/* SPDX-License-Identifier: BSD-2-Clause */
/* Console, termination, and what a component has nothing to do it with. */
#include <rump/errno.h>

#include "hyp.h"

#define LINE_MAX 128

static struct cos_mutex line_mutex;
static char line[LINE_MAX];
static size_t line_len;

/* A line at a time: each piece for the log is an invocation. */
void rumpuser_putchar(int c)
{
	cos_mutex_lock(&line_mutex);
	line[line_len++] = (char)c;
	if (c == '\n' || line_len == sizeof(line)) {
		cos_log("%.*s", (int)line_len, line);
		line_len = 0;
	}
	cos_mutex_unlock(&line_mutex);
}

void rumpuser_dprintf(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	cos_vlog(fmt, args);
	va_end(args);
}

/*
 * The rump kernel ends, with or without a failure: the component cannot serve any more. Its handler
 * reports where it was, and callers see COS_EREBOOT.
 */
void rumpuser_exit(int value)
{
	if (line_len > 0)
		rumpuser_putchar('\n');
	if (value == RUMPUSER_PANIC)
		cos_panic("rump kernel panicked");
	cos_panic("rump kernel exited with %d", value);
}

/* Clients are in other components: a signal for one of their processes is theirs to make of an
 * errno. */
int rumpuser_kill(int64_t pid, int netbsd_signal)
{
	(void)pid;
	(void)netbsd_signal;
	return RUMP_ENOSYS;
}

/* For programs linked with the rump kernel, which a component is not: clients get their errno as a
 * result. */
void rumpuser_seterrno(int error)
{
	(void)error;
}

/* All of a component is linked before it runs: nothing to find. */
void rumpuser_dl_bootstrap(rump_modinit_fn modinit, rump_symload_fn symload,
			   rump_compload_fn compload)
{
	(void)modinit;
	(void)symload;
	(void)compload;
}

int rumpuser_daemonize_begin(void)
{
	return RUMP_ENOSYS;
}

int rumpuser_daemonize_done(int error)
{
	(void)error;
	return RUMP_ENOSYS;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of the process. */
#include "hyp.h"

#include <execinfo.h>
#include <unistd.h>

/* Deep enough for a panic in any call chain; the rest of the stack is in the coredump. */
#define FRAMES 64

/* A panic prints a backtrace, and leaves a coredump where the host keeps them. */
static void panic(void)
{
	static const char title[] = "rump kernel panic, called from:\n";
	void *frames[FRAMES];
	int n = backtrace(frames, FRAMES);

	fflush(NULL);
	if (write(STDERR_FILENO, title, sizeof(title) - 1) > 0 && n > 1)
		backtrace_symbols_fd(frames + 1, n - 1, STDERR_FILENO);
	abort();
}

void rumpuser_exit(int value)
{
	if (value == RUMPUSER_PANIC)
		panic();
	exit(value);
}

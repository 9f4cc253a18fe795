/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For programs that run on Linux and on posix, and must print the same. CALL(e) prints the text of
 * a call, its result and, if that is -1, errno. Programs work in the current directory, which is
 * empty at their start. They print nothing that may differ (times, addresses, inode numbers).
 */
#ifndef SHOW_H
#define SHOW_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void scratch_enter(void)
{
	const char *base = getenv("TMPDIR");
	char path[4096];

	snprintf(path, sizeof(path), "%s/show-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(path) || chdir(path) != 0) {
		perror(path);
		exit(99);
	}
}

static inline long show(const char *text, long value)
{
	if (value == -1)
		printf("%s = -1 errno %d\n", text, errno);
	else
		printf("%s = %ld\n", text, value);
	fflush(stdout);
	return value;
}

/* Print only whether it worked: for a result that may differ, such as a descriptor. */
static inline long show_ok(const char *text, long value)
{
	if (value == -1)
		printf("%s failed, errno %d\n", text, errno);
	else
		printf("%s ok\n", text);
	fflush(stdout);
	return value;
}

#define CALL(e) show(#e, (long)(e))
#define CALL_OK(e) show_ok(#e, (long)(e))
#define SAY(...) (printf(__VA_ARGS__), putchar('\n'), fflush(stdout))
#define CHECK(e) SAY("%s: %s", #e, (e) ? "yes" : "no")

#endif

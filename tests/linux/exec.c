/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that executes itself, by the names that it has in /proc. */
#include <fcntl.h>
#include <limits.h>
#include "show.h"

int main(int argc, char **argv)
{
	static const char *const names[] = {"/proc/self/exe", "/proc/self/exe", "/proc/self/fd/%d",
					    "/proc/self/exe"};
	int n = argc > 1 ? atoi(argv[1]) : 0, fd;
	char name[64], next[12], exe[PATH_MAX];
	char *const args[] = {argv[0], next, "and an argument", NULL};
	char *const env[] = {"TMPDIR=/tmp", NULL};
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	printf("%d: %s, %d arguments, the last %s\n", n, argv[0], argc,
	       argc > 1 ? argv[argc - 1] : "none");
	printf("executable %.*s\n", (int)len, exe);
	if (n == sizeof(names) / sizeof(names[0]))
		return 42;
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	show_ok("open", fd);
	snprintf(name, sizeof(name), names[n], fd);
	snprintf(next, sizeof(next), "%d", n + 1);
	fflush(stdout);
	show("execve", execve(name, args, env));
	return 1;
}

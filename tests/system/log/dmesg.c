/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the log as dmesg does, and clears it as dmesg -c does, by syslog(2). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/klog.h>

#define READ_ALL 3
#define READ_CLEAR 4
#define SIZE_BUFFER 10

static void refused(int action, char *buffer, int len)
{
	if (klogctl(action, buffer, len) != -1 || errno != EINVAL) {
		printf("action %d is not refused\n", action);
		exit(1);
	}
}

int main(void)
{
	int size = klogctl(SIZE_BUFFER, NULL, 0), n;
	char *buffer = malloc(size > 0 ? (size_t)size : 1), tail[11] = "";

	n = klogctl(READ_CLEAR, buffer, size);
	if (n < 100) {
		printf("READ_CLEAR: %d of %d\n", n, size);
		return 1;
	}
	printf("%.*scleared:\n", n, buffer);
	n = klogctl(READ_ALL, buffer, size);
	printf("%.*s", n, buffer);
	fflush(stdout);
	/* The last so many. */
	n = klogctl(READ_ALL, tail, 10);
	refused(READ_ALL, NULL, 10);
	refused(READ_ALL, buffer, -1);
	refused(11, buffer, 1);
	errno = 0;
	if (klogctl(READ_ALL, (char *)16, size) != (n ? -1 : 0) || errno != (n ? EFAULT : 0))
		return 2;
	return 0;
}

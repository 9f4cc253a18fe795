/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Standard input to standard output, and what the descriptors are.
 *
 * case: copy <build/linux/input
 * case: copy-empty </dev/null
 */
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	char buf[5000];
	ssize_t n;
	long total = 0;

	while ((n = read(0, buf, sizeof(buf))) > 0) {
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(1, buf + done, (size_t)(n - done))) < 0)
				return 2;
		total += n;
	}
	fprintf(stderr, "copied %ld, then %zd\n", total, n);
	return isatty(0) * 2 + isatty(1);
}

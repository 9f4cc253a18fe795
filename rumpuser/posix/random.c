/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <sys/random.h>

/* The host's generator, or its own sources (HARD). Waits only while the host has just booted. */
int rumpuser_getrandom(void *buf, size_t len_bytes, int flags, size_t *gotp)
{
	unsigned hostflags = (flags & RUMPUSER_RANDOM_HARD ? GRND_RANDOM : 0) |
			     (flags & RUMPUSER_RANDOM_NOWAIT ? GRND_NONBLOCK : 0);
	size_t got = 0;
	int nlocks, error = 0;

	hyp_leave(&nlocks, NULL);
	while (got < len_bytes) {
		ssize_t n = getrandom((char *)buf + got, len_bytes - got, hostflags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error = errno == EAGAIN ? 0 : errno_to_netbsd(errno);
			break;
		}
		got += (size_t)n;
	}
	hyp_return(nlocks, NULL);
	*gotp = got;
	return error;
}

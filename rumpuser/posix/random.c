/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers: the host's. */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <sys/random.h>

/* As many bytes as hostflags allow. An errno of the host; EAGAIN: more would need a wait. */
static int fill(char *buf, size_t len, unsigned hostflags, size_t *gotp)
{
	while (*gotp < len) {
		ssize_t n = getrandom(buf + *gotp, len - *gotp, hostflags);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		*gotp += (size_t)n;
	}
	return 0;
}

/*
 * The host's generator, or its entropy sources (HARD), which are only empty right after the host
 * has booted. The virtual CPU is given up only before a wait: a rump kernel seeds itself (NOWAIT)
 * before its scheduler runs.
 */
int rumpuser_getrandom(void *buf, size_t len_bytes, int flags, size_t *gotp)
{
	unsigned hostflags = flags & RUMPUSER_RANDOM_HARD ? GRND_RANDOM : 0;
	int nlocks, error;

	*gotp = 0;
	error = fill(buf, len_bytes, hostflags | GRND_NONBLOCK, gotp);
	if (error == EAGAIN && (flags & RUMPUSER_RANDOM_NOWAIT))
		return 0;
	if (error == EAGAIN) {
		hyp_leave(&nlocks, NULL);
		error = fill(buf, len_bytes, hostflags, gotp);
		hyp_return(nlocks, NULL);
	}
	return errno_to_netbsd(error);
}

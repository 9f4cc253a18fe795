/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters, console, random numbers, termination. */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

int rumpuser_getparam(const char *name, void *buf, size_t buflen)
{
	char own[256];
	const char *value = own;

	if (strcmp(name, RUMPUSER_PARAM_NCPU) == 0) {
		cpu_set_t set;

		value = getenv("RUMP_NCPU");
		if (value == NULL || strcmp(value, "host") == 0) {
			CPU_ZERO(&set);
			int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
			snprintf(own, sizeof(own), "%d", n);
			value = own;
		}
	} else if (strcmp(name, RUMPUSER_PARAM_HOSTNAME) == 0) {
		if (gethostname(own, sizeof(own)) != 0)
			return errno_to_netbsd(errno);
		own[sizeof(own) - 1] = '\0';
	} else if (name[0] == '_') {
		return RUMP_EINVAL; /* reserved for such as the two above */
	} else {
		value = getenv(name);
		if (value == NULL)
			return RUMP_ENOENT;
	}
	if (strlen(value) >= buflen)
		return RUMP_E2BIG;
	memcpy(buf, value, strlen(value) + 1);
	return 0;
}

void rumpuser_putchar(int c)
{
	putchar(c);
}

void rumpuser_dprintf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

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

/* NetBSD's signal numbers where they differ from the host's. */
static int signal_of_netbsd(int sig)
{
	switch (sig) {
	case 7: /* SIGEMT */
		return -1;
	case 10:
		return SIGBUS;
	case 12:
		return SIGSYS;
	case 16:
		return SIGURG;
	case 17:
		return SIGSTOP;
	case 18:
		return SIGTSTP;
	case 19:
		return SIGCONT;
	case 20:
		return SIGCHLD;
	case 23:
		return SIGIO;
	case 29: /* SIGINFO */
		return -1;
	case 30:
		return SIGUSR1;
	case 31:
		return SIGUSR2;
	case 32:
		return SIGPWR;
	default:
		return sig >= 0 && sig < 32 ? sig : -1;
	}
}

int rumpuser_kill(int64_t pid, int netbsd_signal)
{
	int sig = signal_of_netbsd(netbsd_signal);

	if (sig < 0)
		return RUMP_EINVAL;
	if (pid == RUMPUSER_PID_SELF)
		return raise(sig) == 0 ? 0 : RUMP_EINVAL;
	return kill((pid_t)pid, sig) == 0 ? 0 : errno_to_netbsd(errno);
}

void rumpuser_exit(int value)
{
	if (value == RUMPUSER_PANIC)
		abort();
	exit(value);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Becoming a daemon, and reporting to its starter whether it came up. A process with threads cannot
 * fork usefully, so begin forks before rump_init. The parent, which is the process that was
 * started, waits for the exit status that done writes into a pipe. If the daemon dies before that
 * the pipe is closed, which counts as a failure.
 */
#include "hyp.h"

#include <errno.h>
#include <fcntl.h>
#include <rump/errno.h>
#include <unistd.h>

static int outcome_fd = -1; /* the pipe's write end, from begin to done */

static void __attribute__((noreturn)) parent_wait(int fd)
{
	int error = ESRCH;
	ssize_t n;

	do {
		n = read(fd, &error, sizeof(error));
	} while (n < 0 && errno == EINTR);
	_exit(n == (ssize_t)sizeof(error) ? error : ESRCH);
}

int rumpuser_daemonize_begin(void)
{
	int fds[2], error;

	if (outcome_fd >= 0)
		return RUMP_EINPROGRESS;
	if (pipe2(fds, O_CLOEXEC) != 0)
		return errno_to_netbsd(errno);
	fflush(NULL); /* otherwise both processes would write buffered output */
	switch (fork()) {
	case -1:
		error = errno;
		close(fds[0]);
		close(fds[1]);
		return errno_to_netbsd(error);
	case 0:
		close(fds[0]);
		outcome_fd = fds[1];
		/* Cannot fail in a new process, which leads no group. */
		return setsid() >= 0 ? 0 : errno_to_netbsd(errno);
	default:
		close(fds[1]);
		parent_wait(fds[0]);
	}
}

/* A daemon has no terminal; one that failed keeps it, for its messages. */
static int detach(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	fflush(NULL);
	for (int std = STDIN_FILENO; std <= STDERR_FILENO; std++)
		if (dup2(fd, std) < 0)
			return errno;
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

int rumpuser_daemonize_done(int error)
{
	ssize_t n;

	if (outcome_fd < 0)
		return RUMP_ENOENT;
	if (error == 0)
		error = detach();
	do {
		n = write(outcome_fd, &error, sizeof(error));
	} while (n < 0 && errno == EINTR);
	close(outcome_fd);
	outcome_fd = -1;
	return n == (ssize_t)sizeof(error) ? 0 : RUMP_EPIPE;
}

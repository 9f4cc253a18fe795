/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes: data, end of file, EPIPE, O_NONBLOCK, capacity, poll. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "show.h"

static volatile sig_atomic_t piped;

static void on_pipe(int sig)
{
	piped = sig;
}

int main(void)
{
	int p[2];
	char buf[70000];
	struct stat st;
	int n = 0;

	CALL(pipe(p));
	CALL(write(p[1], "hello", 5));
	CALL(ioctl(p[0], FIONREAD, &n));
	SAY("n %d", n);
	CALL(read(p[0], buf, 3));
	CALL(read(p[0], buf, 3));
	CALL(read(p[1], buf, 3));
	CALL(write(p[0], buf, 3));
	CALL(lseek(p[0], 0, SEEK_SET));
	CALL(pread(p[0], buf, 1, 0));
	CALL(fcntl(p[0], F_SETFL, O_NONBLOCK));
	CALL(read(p[0], buf, 3));
	CALL(fcntl(p[0], F_GETFL) & O_NONBLOCK);
	CALL(fcntl(p[1], F_GETFL) & O_NONBLOCK);
	CALL(fcntl(p[1], F_SETFL, O_NONBLOCK));
	CALL(write(p[1], buf, 70000));
	CALL(write(p[1], buf, 1));
	struct pollfd fds[2] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}};
	CALL(poll(fds, 2, 0));
	SAY("%x %x", fds[0].revents, fds[1].revents);
	CALL(read(p[0], buf, 70000));
	CALL(poll(fds, 2, 0));
	SAY("%x %x", fds[0].revents, fds[1].revents);
	CALL(write(p[1], "last", 4));
	CALL(close(p[1]));
	fds[0].revents = 0;
	CALL(poll(fds, 1, -1));
	SAY("%x", fds[0].revents);
	CALL(read(p[0], buf, 70000));
	CALL(read(p[0], buf, 70000));
	CALL(poll(fds, 1, 0));
	SAY("%x", fds[0].revents);
	CALL(close(p[0]));

	CALL(pipe2(p, O_CLOEXEC));
	CALL(fcntl(p[0], F_GETFD));
	fstat(p[0], &st);
	CHECK(S_ISFIFO(st.st_mode));
	CALL(close(p[0]));
	signal(SIGPIPE, on_pipe);
	CALL(write(p[1], "x", 1));
	SAY("signal %d", (int)piped);
	fds[0] = (struct pollfd){p[1], POLLOUT, 0};
	CALL(poll(fds, 1, 0));
	SAY("%x", fds[0].revents);
	signal(SIGPIPE, SIG_IGN);
	CALL(write(p[1], "x", 1));
	CALL(pipe((int *)8));
	CALL(pipe2(p, 12345));
	return 0;
}

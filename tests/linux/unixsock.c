/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_UNIX: socketpair of every type, shutdown, EPIPE, passing a descriptor, bound paths, peers that
 * are missing. Holds net/unix_socket.h, X3 and X5.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "show.h"

static void pass_descriptor(int from, int to)
{
	char control[CMSG_SPACE(sizeof(int))] = {0}, byte = 'd', buf[8];
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int p[2], got = -1;

	CALL(pipe(p));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &p[1], sizeof(int));
	CALL(sendmsg(from, &msg, 0));
	CALL(close(p[1]));
	memset(control, 0, sizeof(control));
	msg.msg_controllen = sizeof(control);
	CALL(recvmsg(to, &msg, 0));
	c = CMSG_FIRSTHDR(&msg);
	if (!c) {
		SAY("no control message");
		return;
	}
	memcpy(&got, CMSG_DATA(c), sizeof(int));
	CALL(write(got, "through", 7));
	CALL(read(p[0], buf, 8));
	CALL(close(got));
	CALL(read(p[0], buf, 8));
}

/* Sending and receiving without a peer, or with one that is gone. */
static void alone(int type)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "alone"};
	struct sockaddr_un none = {.sun_family = AF_UNIX, .sun_path = "none"};
	int flags = type | SOCK_NONBLOCK, s[2], fd = socket(AF_UNIX, flags, 0);
	char buf[8];

	SAY("type %d", type);
	CALL(recv(fd, buf, 8, 0));
	CALL(send(fd, "x", 1, 0));
	CALL(bind(fd, (struct sockaddr *)&un, sizeof(un)));
	CALL(listen(fd, 1));
	CALL(recv(fd, buf, 8, 0));
	CALL(unlink("alone"));
	CALL(socketpair(AF_UNIX, flags, 0, s));
	CALL(sendto(s[0], "x", 1, 0, (struct sockaddr *)&none, sizeof(none)));
	CALL(recv(s[1], buf, 8, 0));
	CALL(shutdown(s[0], SHUT_WR));
	CALL(recv(s[1], buf, 8, 0));
	CALL(close(s[0]));
	CALL(poll(&(struct pollfd){s[1], POLLIN | POLLRDHUP, 0}, 1, 0));
	CALL(send(s[1], "x", 1, 0));
	CALL(send(s[1], "x", 1, 0));
	CALL(recv(s[1], buf, 8, 0));
}

int main(void)
{
	int s[2];
	char buf[64];
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "sock"};
	struct stat st;

	signal(SIGPIPE, SIG_IGN);
	CALL(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	CALL(write(s[0], "both", 4));
	CALL(write(s[1], "ways", 4));
	CALL(read(s[0], buf, 64));
	CALL(read(s[1], buf, 2));
	CALL(read(s[1], buf, 64));
	CALL(recv(s[1], buf, 64, MSG_DONTWAIT));
	pass_descriptor(s[0], s[1]);
	CALL(shutdown(s[0], SHUT_WR));
	CALL(write(s[0], "x", 1));
	CALL(read(s[1], buf, 64));
	CALL(write(s[1], "half", 4));
	CALL(read(s[0], buf, 64));
	CALL(close(s[0]));
	CALL(write(s[1], "x", 1));
	CALL(close(s[1]));
	CALL(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	CALL(write(s[0], "one", 3));
	CALL(write(s[0], "three", 5));
	CALL(read(s[1], buf, 2));
	CALL(read(s[1], buf, 64));
	CALL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, s));
	CALL(write(s[0], "one", 3));
	CALL(write(s[0], "three", 5));
	CALL(read(s[1], buf, 64));
	CALL(read(s[1], buf, 64));
	CALL(read(s[1], buf, 64));
	CALL(socketpair(AF_INET, SOCK_STREAM, 0, s));

	int listener = (int)CALL_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	int fd = (int)CALL_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	CALL(connect(fd, (struct sockaddr *)&un, sizeof(un)));
	CALL(bind(listener, (struct sockaddr *)&un, sizeof(un)));
	CALL(connect(fd, (struct sockaddr *)&un, sizeof(un)));
	CALL(listen(listener, 5));
	stat("sock", &st);
	CHECK(S_ISSOCK(st.st_mode));
	CALL(connect(fd, (struct sockaddr *)&un, sizeof(un)));
	int peer = (int)CALL_OK(accept(listener, 0, 0));
	CALL(write(peer, "by path", 7));
	CALL(read(fd, buf, 64));
	CALL(open("sock", O_RDWR));
	int other = (int)CALL_OK(socket(AF_UNIX, SOCK_STREAM, 0));
	CALL(bind(other, (struct sockaddr *)&un, sizeof(un)));
	CALL(unlink("sock"));
	CALL(connect(other, (struct sockaddr *)&un, sizeof(un)));
	alone(SOCK_STREAM);
	alone(SOCK_SEQPACKET);
	alone(SOCK_DGRAM);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP over loopback: datagram boundaries, truncation, connected sockets, refused. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "show.h"

int main(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
			   b = a, from;
	socklen_t len = sizeof(a);
	char buf[3000];

	int s = (int)CALL_OK(socket(AF_INET, SOCK_DGRAM, 0));
	int t = (int)CALL_OK(socket(AF_INET, SOCK_DGRAM, 0));
	CALL(bind(s, (struct sockaddr *)&a, sizeof(a)));
	CALL(bind(t, (struct sockaddr *)&b, sizeof(b)));
	CALL(getsockname(s, (struct sockaddr *)&a, &len));
	CALL(getsockname(t, (struct sockaddr *)&b, &len));
	CALL(recv(s, buf, 10, MSG_DONTWAIT));
	CALL(sendto(t, "first", 5, 0, (struct sockaddr *)&a, sizeof(a)));
	CALL(sendto(t, "", 0, 0, (struct sockaddr *)&a, sizeof(a)));
	CALL(sendto(t, "a longer one", 12, 0, (struct sockaddr *)&a, sizeof(a)));
	struct pollfd p = {s, POLLIN, 0};
	CALL(poll(&p, 1, 5000));
	CALL(recvfrom(s, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len));
	CHECK(from.sin_port == b.sin_port && from.sin_addr.s_addr == b.sin_addr.s_addr);
	CALL(recv(s, buf, sizeof(buf), 0));
	CALL(recv(s, buf, 4, MSG_TRUNC));
	SAY("%.4s", buf);
	CALL(sendto(t, "peer", 4, 0, (struct sockaddr *)&a, sizeof(a)));
	CALL(recv(s, buf, 9, MSG_PEEK));
	struct iovec iov[2] = {{buf, 1}, {buf + 100, 10}};
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = iov, .msg_iovlen = 2};
	CALL(recvmsg(s, &msg, 0));
	SAY("%.1s %.3s namelen %u flags %x", buf, buf + 100, msg.msg_namelen, msg.msg_flags);
	CALL(send(t, "x", 1, 0));
	CALL(connect(t, (struct sockaddr *)&a, sizeof(a)));
	CALL(send(t, "x", 1, 0));
	CALL(recv(s, buf, 9, 0));
	CALL(getpeername(t, (struct sockaddr *)&from, &len));
	CHECK(from.sin_port == a.sin_port);
	memset(buf, 'q', sizeof(buf));
	CALL(send(t, buf, 3000, 0));
	CALL(recv(s, buf, sizeof(buf), 0));
	CALL(sendto(t, buf, 70000 > sizeof(buf) ? sizeof(buf) : 1, 0, 0, 0));
	CALL(recv(s, buf, sizeof(buf), 0));
	CALL(close(s));
	CALL(close(t));
	CALL(listen(t, 1));
	s = socket(AF_INET, SOCK_DGRAM, 0);
	CALL(listen(s, 1));
	CALL(accept(s, 0, 0));
	return 0;
}

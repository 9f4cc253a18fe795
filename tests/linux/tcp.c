/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP over loopback, IPv4 and IPv6: the whole life of connections, options, and errno. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "show.h"

#define BULK 3000000

static void *echo(void *arg)
{
	int listener = *(int *)arg;
	char buf[20000];
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd = accept(listener, (struct sockaddr *)&peer, &len);
	ssize_t n;

	if (fd < 0)
		return "accept failed";
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = send(fd, buf + done, (size_t)(n - done), 0)) <= 0)
				return "send failed";
	close(fd);
	return n == 0 ? "end of stream" : "recv failed";
}

static void *pump(void *arg)
{
	int fd = *(int *)arg;
	char buf[5000];

	for (long sent = 0; sent < BULK;) {
		for (unsigned i = 0; i < sizeof(buf); i++)
			buf[i] = (char)((sent + i) * 7 % 251);
		size_t want = BULK - sent < (long)sizeof(buf) ? (size_t)(BULK - sent) : sizeof(buf);
		ssize_t n = send(fd, buf, want, 0);
		if (n <= 0)
			return "short";
		sent += n;
	}
	shutdown(fd, SHUT_WR);
	return "sent";
}

static void family(int af)
{
	struct sockaddr_storage any = {.ss_family = (sa_family_t)af}, addr, peer;
	socklen_t len = af == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	int one = 1, value = 0;
	char buf[10000];
	pthread_t thread, pumper;
	void *end;

	SAY("-- %s", af == AF_INET ? "IPv4" : "IPv6");
	if (af == AF_INET)
		((struct sockaddr_in *)&any)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&any)->sin6_addr = in6addr_loopback;
	int listener = (int)CALL_OK(socket(af, SOCK_STREAM, 0));
	CALL(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	CALL(bind(listener, (struct sockaddr *)&any, len));
	CALL(listen(listener, 5));
	socklen_t got = sizeof(addr);
	CALL(getsockname(listener, (struct sockaddr *)&addr, &got));
	SAY("length %u family %d, port given: %d", got, addr.ss_family,
	    ((struct sockaddr_in *)&addr)->sin_port != 0);
	int second = (int)CALL_OK(socket(af, SOCK_STREAM, 0));
	CALL(bind(second, (struct sockaddr *)&addr, len));
	CALL(getpeername(second, (struct sockaddr *)&peer, &got));
	CALL(send(second, "x", 1, MSG_NOSIGNAL));
	CALL(recv(second, buf, 1, 0));
	CALL(close(second));
	CALL(fcntl(listener, F_SETFL, O_NONBLOCK));
	CALL(accept(listener, 0, 0));
	CALL(fcntl(listener, F_SETFL, 0));

	pthread_create(&thread, 0, echo, &listener);
	int fd = (int)CALL_OK(socket(af, SOCK_STREAM | SOCK_CLOEXEC, 0));
	CALL(fcntl(fd, F_GETFD));
	CALL(connect(fd, (struct sockaddr *)&addr, len));
	CALL(connect(fd, (struct sockaddr *)&addr, len));
	got = sizeof(peer);
	CALL(getpeername(fd, (struct sockaddr *)&peer, &got));
	CHECK(memcmp(&peer, &addr, len) == 0);
	got = sizeof(value);
	CALL(getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &got));
	SAY("%d", value);
	CALL(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &got));
	SAY("%d", value);
	CALL(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)));
	CALL(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &got));
	CHECK(value != 0);
	CALL(setsockopt(fd, SOL_SOCKET, 9999, &one, sizeof(one)));
	CALL(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one)));
	CALL(recv(fd, buf, 1, MSG_DONTWAIT));
	CALL(send(fd, "ping", 4, 0));
	CALL(recv(fd, buf, 4, MSG_WAITALL | MSG_PEEK));
	CALL(recv(fd, buf, 4, MSG_WAITALL));
	SAY("%.4s", buf);
	pthread_create(&pumper, 0, pump, &fd);
	long total = 0, wrong = 0;
	for (ssize_t n; (n = recv(fd, buf, sizeof(buf), 0)) > 0; total += n)
		for (ssize_t i = 0; i < n; i++)
			wrong += buf[i] != (char)((total + i) % 5000 * 0 + (total + i) * 7 % 251);
	SAY("total %ld wrong %ld", total, wrong);
	pthread_join(pumper, &end);
	SAY("%s", (char *)end);
	pthread_join(thread, &end);
	SAY("%s", (char *)end);
	CALL(recv(fd, buf, 1, 0));
	CALL(shutdown(fd, SHUT_RDWR) == 0 || errno == ENOTCONN);
	CALL(close(fd));
	CALL(close(listener));
	fd = (int)CALL_OK(socket(af, SOCK_STREAM, 0));
	CALL(connect(fd, (struct sockaddr *)&addr, len));
	CALL(close(fd));

	/* Non-blocking connect to a port without a listener. */
	fd = (int)CALL_OK(socket(af, SOCK_STREAM | SOCK_NONBLOCK, 0));
	long r = connect(fd, (struct sockaddr *)&addr, len);
	CHECK(r == -1 && (errno == EINPROGRESS || errno == ECONNREFUSED));
	struct pollfd p = {fd, POLLOUT, 0};
	CALL(poll(&p, 1, 5000));
	CHECK((p.revents & POLLERR) != 0 || errno == ECONNREFUSED);
	CALL(close(fd));
}

int main(void)
{
	struct sockaddr_in sin = {.sin_family = AF_INET};

	family(AF_INET);
	family(AF_INET6);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CALL(bind(fd, (struct sockaddr *)&sin, 3));
	sin.sin_family = 77;
	CALL(bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = inet_addr("1.2.3.4");
	CALL(bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	return 0;
}

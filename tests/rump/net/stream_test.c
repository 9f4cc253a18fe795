/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP over the loopback: connections, data, ends, errors, readiness. */
#include "net_test.h"

static void test_echo(void **state)
{
	int sv[2];
	char buf[16];

	(void)state;
	pair_make(sv);
	assert_int_equal(rump_sys_write(sv[0], "hello", 5), 5);
	assert_int_equal(rump_sys_read(sv[1], buf, sizeof(buf)), 5);
	assert_memory_equal(buf, "hello", 5);
	assert_int_equal(rump_sys_sendto(sv[1], "back", 4, 0, NULL, 0), 4);
	assert_int_equal(rump_sys_recvfrom(sv[0], buf, sizeof(buf), 0, NULL, NULL), 4);
	assert_memory_equal(buf, "back", 4);
	assert_ok(rump_sys_close(sv[0]));
	assert_int_equal(rump_sys_read(sv[1], buf, sizeof(buf)), 0);
	assert_ok(rump_sys_close(sv[1]));
}

static void test_names(void **state)
{
	struct rump_sockaddr_in a, b, short_;
	rump_socklen_t len;
	int sv[2], port, l;

	(void)state;
	l = listen_make(1, &port);
	sv[0] = connect_make(port);
	len = sizeof(a);
	sv[1] = rump_sys_accept(l, SA(&a), &len);
	assert_ok(sv[1]);
	assert_int_equal(len, sizeof(a));
	assert_int_equal(a.sin_len, sizeof(a));
	assert_int_equal(a.sin_family, RUMP_AF_INET);
	assert_int_equal(a.sin_addr, inet_addr("127.0.0.1"));
	len = sizeof(b);
	assert_ok(rump_sys_getsockname(sv[0], SA(&b), &len));
	assert_memory_equal(&a, &b, sizeof(a));
	len = sizeof(b);
	assert_ok(rump_sys_getpeername(sv[1], SA(&b), &len));
	assert_memory_equal(&a, &b, sizeof(a));
	len = sizeof(b);
	assert_ok(rump_sys_getpeername(sv[0], SA(&b), &len));
	assert_int_equal(ntohs(b.sin_port), port);
	/* A short buffer gets what fits, and the full length. */
	memset(&short_, 0xee, sizeof(short_));
	len = 4;
	assert_ok(rump_sys_getpeername(sv[0], SA(&short_), &len));
	assert_int_equal(len, sizeof(b));
	assert_memory_equal(&short_, &b, 4);
	assert_int_equal(((unsigned char *)&short_)[4], 0xee);
	rump_sys_close(sv[0]);
	rump_sys_close(sv[1]);
	rump_sys_close(l);
}

static void test_socket_errors(void **state)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", 0), bad;
	struct rump_sockaddr_in6 sin6 = sin6_make("::1", 80);
	rump_socklen_t len = sizeof(sin);
	char c;
	int s, v = 0, pipefd[2];

	(void)state;
	assert_fails(EAFNOSUPPORT, rump_sys_socket(77, RUMP_SOCK_STREAM, 0));
	assert_fails(EPROTONOSUPPORT, rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 17));
	assert_fails(EPROTONOSUPPORT, rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_DGRAM, 6));
	assert_fails(ESOCKTNOSUPPORT, rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_SEQPACKET, 0));
	assert_fails(EBADF, rump_sys_listen(99, 1));
	assert_fails(EBADF, rump_sys_accept(-1, NULL, NULL));
	assert_ok(rump_sys_pipe2(pipefd, 0));
	assert_fails(ENOTSOCK, rump_sys_listen(pipefd[0], 1));
	assert_fails(ENOTSOCK, rump_sys_sendto(pipefd[1], "x", 1, 0, NULL, 0));
	rump_sys_close(pipefd[0]);
	rump_sys_close(pipefd[1]);

	s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);
	assert_ok(s);
	assert_fails(ENOTCONN, rump_sys_getpeername(s, SA(&sin), &len));
	assert_fails(ENOTCONN, rump_sys_recvfrom(s, &c, 1, 0, NULL, NULL));
	assert_fails(EPIPE, rump_sys_sendto(s, "x", 1, RUMP_MSG_NOSIGNAL, NULL, 0));
	assert_fails(ENOTCONN, rump_sys_shutdown(s, RUMP_SHUT_RDWR));
	assert_fails(EINVAL, rump_sys_accept(s, NULL, NULL));
	assert_fails(EAFNOSUPPORT, rump_sys_bind(s, SA(&sin6), sizeof(sin6)));
	assert_fails(EINVAL, rump_sys_bind(s, SA(&sin), 4));
	assert_fails(ESPIPE, rump_sys_lseek(s, 0, RUMP_SEEK_SET));
	bad = sin_make("192.0.2.77", 0);
	assert_fails(EADDRNOTAVAIL, rump_sys_bind(s, SA(&bad), sizeof(bad)));
	assert_ok(rump_sys_bind(s, SA(&sin), sizeof(sin)));
	assert_fails(EINVAL, rump_sys_bind(s, SA(&sin), sizeof(sin)));
	assert_fails(ENOPROTOOPT, rump_sys_setsockopt(s, RUMP_SOL_SOCKET, 0x7777, &v, sizeof(v)));
	assert_fails(EINVAL, rump_sys_setsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_REUSEADDR, &v, 1));
	assert_fails(ENOPROTOOPT, rump_sys_setsockopt(s, 99, 1, &v, sizeof(v)));
	/* A network without a route. */
	assert_ok(rump_sys_close(s));
	s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);
	bad = sin_make("192.0.2.77", 80);
	assert_fails(ENETUNREACH, rump_sys_connect(s, SA(&bad), sizeof(bad)));
	assert_ok(rump_sys_close(s));
}

static void test_bind_conflicts(void **state)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", 0), any;
	rump_socklen_t len = sizeof(sin);
	int a, b, one = 1;

	(void)state;
	a = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);
	b = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);
	assert_ok(rump_sys_bind(a, SA(&sin), sizeof(sin)));
	assert_ok(rump_sys_getsockname(a, SA(&sin), &len));
	any = sin_make("0.0.0.0", ntohs(sin.sin_port));
	assert_fails(EADDRINUSE, rump_sys_bind(b, SA(&sin), sizeof(sin)));
	assert_fails(EADDRINUSE, rump_sys_bind(b, SA(&any), sizeof(any)));
	/* SO_REUSEADDR on both sockets does not help against one that listens. */
	assert_ok(rump_sys_setsockopt(a, RUMP_SOL_SOCKET, RUMP_SO_REUSEADDR, &one, sizeof(one)));
	assert_ok(rump_sys_setsockopt(b, RUMP_SOL_SOCKET, RUMP_SO_REUSEADDR, &one, sizeof(one)));
	assert_ok(rump_sys_listen(a, 1));
	assert_fails(EADDRINUSE, rump_sys_bind(b, SA(&sin), sizeof(sin)));
	assert_ok(rump_sys_close(a));
	assert_ok(rump_sys_bind(b, SA(&sin), sizeof(sin)));
	assert_ok(rump_sys_close(b));
}

/* A server that stops and starts: connections in TIME-WAIT must not prevent that. */
static void test_reuse_after_close(void **state)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", 0);
	rump_socklen_t len = sizeof(sin);
	int l, s, c, port, one = 1;
	char b;

	(void)state;
	l = listen_make(1, &port);
	c = connect_make(port);
	s = rump_sys_accept(l, NULL, NULL);
	assert_ok(s);
	assert_ok(rump_sys_getsockname(s, SA(&sin), &len));
	assert_ok(rump_sys_close(s)); /* the server's end closes first: TIME-WAIT is here */
	assert_int_equal(rump_sys_read(c, &b, 1), 0);
	assert_ok(rump_sys_close(c));
	assert_ok(rump_sys_close(l));
	l = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);
	assert_fails(EADDRINUSE, rump_sys_bind(l, SA(&sin), sizeof(sin)));
	assert_ok(rump_sys_setsockopt(l, RUMP_SOL_SOCKET, RUMP_SO_REUSEADDR, &one, sizeof(one)));
	assert_ok(rump_sys_bind(l, SA(&sin), sizeof(sin)));
	assert_ok(rump_sys_listen(l, 1));
	c = connect_make(port);
	assert_ok(rump_sys_close(c));
	assert_ok(rump_sys_close(l));
}

static void test_refused(void **state)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", 9);
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0), v = -1;
	rump_socklen_t len = sizeof(v);
	struct rump_pollfd pfd;

	(void)state;
	assert_fails(ECONNREFUSED, rump_sys_connect(s, SA(&sin), sizeof(sin)));
	/* The error was reported and is cleared; another attempt is allowed. */
	assert_ok(rump_sys_getsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_ERROR, &v, &len));
	assert_int_equal(v, 0);
	assert_fails(ECONNREFUSED, rump_sys_connect(s, SA(&sin), sizeof(sin)));
	rump_sys_close(s);

	s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM | RUMP_SOCK_NONBLOCK, 0);
	assert_fails(EINPROGRESS, rump_sys_connect(s, SA(&sin), sizeof(sin)));
	pfd = (struct rump_pollfd){s, RUMP_POLLOUT, 0};
	assert_int_equal(rump_sys_poll(&pfd, 1, 10000), 1);
	assert_true((pfd.revents & RUMP_POLLERR) != 0);
	assert_ok(rump_sys_getsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_ERROR, &v, &len));
	assert_int_equal(v, 61); /* NetBSD's ECONNREFUSED */
	rump_sys_close(s);
}

static void test_nonblocking_connect(void **state)
{
	struct rump_sockaddr_in sin;
	int l, s, port, v = -1;
	rump_socklen_t len = sizeof(v);
	struct rump_pollfd pfd;

	(void)state;
	l = listen_make(1, &port);
	sin = sin_make("127.0.0.1", port);
	s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM | RUMP_SOCK_NONBLOCK, 0);
	assert_fails(EINPROGRESS, rump_sys_connect(s, SA(&sin), sizeof(sin)));
	pfd = (struct rump_pollfd){s, RUMP_POLLOUT, 0};
	assert_int_equal(rump_sys_poll(&pfd, 1, 10000), 1);
	assert_int_equal(pfd.revents, RUMP_POLLOUT);
	assert_ok(rump_sys_getsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_ERROR, &v, &len));
	assert_int_equal(v, 0);
	assert_ok(rump_sys_connect(s, SA(&sin), sizeof(sin)));
	assert_fails(EISCONN, rump_sys_connect(s, SA(&sin), sizeof(sin)));
	assert_fails(EISCONN, rump_sys_connect(l, SA(&sin), sizeof(sin)));
	rump_sys_close(s);
	rump_sys_close(l);
}

static void test_nonblocking_io(void **state)
{
	char buf[65536], c;
	int sv[2], v;
	size_t sent = 0, got = 0;
	rump_ssize_t n;

	(void)state;
	pair_make(sv);
	assert_ok(rump_sys_fcntl(sv[0], RUMP_F_SETFL, RUMP_O_NONBLOCK));
	assert_fails(EAGAIN, rump_sys_read(sv[0], &c, 1));
	assert_fails(EAGAIN, rump_sys_recvfrom(sv[1], &c, 1, RUMP_MSG_DONTWAIT, NULL, NULL));
	memset(buf, 'x', sizeof(buf));
	while ((n = rump_sys_write(sv[0], buf, sizeof(buf))) > 0)
		sent += (size_t)n;
	assert_int_equal(errno, RUMP_EAGAIN);
	assert_true(sent >= 256 * 1024);
	assert_true(sent < 16u << 20);
	assert_ok(rump_sys_ioctl(sv[1], RUMP_FIONREAD, &v));
	assert_true(v > 0);
	assert_ok(rump_sys_close(sv[0]));
	while ((n = rump_sys_read(sv[1], buf, sizeof(buf))) > 0)
		got += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(got, sent);
	rump_sys_close(sv[1]);
}

static void test_reset(void **state)
{
	struct rump_linger linger = {1, 0};
	char c;
	int sv[2];

	(void)state;
	pair_make(sv);
	assert_ok(rump_sys_setsockopt(sv[0], RUMP_SOL_SOCKET, RUMP_SO_LINGER, &linger,
				      sizeof(linger)));
	assert_int_equal(rump_sys_write(sv[0], "last", 4), 4);
	assert_ok(rump_sys_close(sv[0]));
	/* Data from before the reset can be read; then comes the error, once; then the end. */
	char buf[8];
	assert_int_equal(rump_sys_read(sv[1], buf, sizeof(buf)), 4);
	assert_fails(ECONNRESET, rump_sys_read(sv[1], &c, 1));
	assert_int_equal(rump_sys_read(sv[1], &c, 1), 0);
	assert_fails(EPIPE, rump_sys_write(sv[1], "x", 1));
	rump_sys_close(sv[1]);

	/* Closing with unread data is a reset as well. */
	pair_make(sv);
	assert_int_equal(rump_sys_write(sv[0], "unread", 6), 6);
	assert_ok(rump_sys_close(sv[1]));
	assert_fails(ECONNRESET, rump_sys_read(sv[0], &c, 1));
	rump_sys_close(sv[0]);

	/* Writing to a peer that has closed: accepted once, then refused. */
	pair_make(sv);
	assert_ok(rump_sys_close(sv[1]));
	assert_int_equal(rump_sys_write(sv[0], "x", 1), 1);
	assert_fails(EPIPE, rump_sys_write(sv[0], "x", 1));
	rump_sys_close(sv[0]);
}

static void test_shutdown(void **state)
{
	char buf[8];
	int sv[2];

	(void)state;
	pair_make(sv);
	assert_ok(rump_sys_shutdown(sv[0], RUMP_SHUT_WR));
	assert_fails(EPIPE, rump_sys_write(sv[0], "x", 1));
	assert_int_equal(rump_sys_read(sv[1], buf, 8), 0);
	assert_int_equal(rump_sys_read(sv[1], buf, 8), 0);
	/* The other direction still works. */
	assert_int_equal(rump_sys_write(sv[1], "more", 4), 4);
	assert_int_equal(rump_sys_read(sv[0], buf, 8), 4);
	assert_ok(rump_sys_shutdown(sv[1], RUMP_SHUT_WR));
	assert_int_equal(rump_sys_read(sv[0], buf, 8), 0);
	assert_ok(rump_sys_close(sv[0]));
	assert_ok(rump_sys_close(sv[1]));

	pair_make(sv);
	assert_ok(rump_sys_shutdown(sv[0], RUMP_SHUT_RD));
	assert_int_equal(rump_sys_read(sv[0], buf, 8), 0);
	assert_int_equal(rump_sys_write(sv[1], "lost", 4), 4);
	assert_int_equal(rump_sys_read(sv[0], buf, 8), 0);
	assert_ok(rump_sys_close(sv[0]));
	assert_ok(rump_sys_close(sv[1]));
}

static void test_peek_waitall(void **state)
{
	char buf[16];
	int sv[2];

	(void)state;
	pair_make(sv);
	assert_int_equal(rump_sys_write(sv[0], "abcdef", 6), 6);
	assert_int_equal(rump_sys_recvfrom(sv[1], buf, 3, RUMP_MSG_PEEK, NULL, NULL), 3);
	assert_memory_equal(buf, "abc", 3);
	assert_int_equal(rump_sys_recvfrom(sv[1], buf, 2, 0, NULL, NULL), 2);
	assert_int_equal(rump_sys_recvfrom(sv[1], buf, 16, RUMP_MSG_PEEK, NULL, NULL), 4);
	assert_memory_equal(buf, "cdef", 4);
	assert_int_equal(
		rump_sys_recvfrom(sv[1], buf, 16, RUMP_MSG_WAITALL | RUMP_MSG_DONTWAIT, NULL, NULL),
		4);
	assert_ok(rump_sys_write(sv[0], "gh", 2));
	assert_ok(rump_sys_close(sv[0]));
	assert_int_equal(rump_sys_recvfrom(sv[1], buf, 16, RUMP_MSG_WAITALL, NULL, NULL), 2);
	assert_memory_equal(buf, "gh", 2);
	rump_sys_close(sv[1]);
}

/* Many small writes: the receiver collects them in buffers; nothing is lost or reordered. */
static void test_small_segments(void **state)
{
	int sv[2], one = 1;
	unsigned char buf[512];
	uint64_t at = 0, i;
	rump_ssize_t n;

	(void)state;
	pair_make(sv);
	assert_ok(
		rump_sys_setsockopt(sv[0], RUMP_IPPROTO_TCP, RUMP_TCP_NODELAY, &one, sizeof(one)));
	for (i = 0; i < 20000; i++) {
		unsigned char c = pattern(i);

		assert_int_equal(rump_sys_write(sv[0], &c, 1), 1);
	}
	rump_sys_close(sv[0]);
	while ((n = rump_sys_read(sv[1], buf, sizeof(buf))) > 0) {
		for (rump_ssize_t k = 0; k < n; k++)
			assert_int_equal(buf[k], pattern(at + (uint64_t)k));
		at += (uint64_t)n;
	}
	assert_int_equal(at, i);
	rump_sys_close(sv[1]);
}

static void test_vectors(void **state)
{
	char a[5], b[100];
	struct rump_iovec out[] = {{"ab", 2}, {NULL, 0}, {"cdefgh", 6}}, in[] = {{a, 5}, {b, 100}};
	struct rump_msghdr msg = {.msg_iov = out, .msg_iovlen = 3};
	int sv[2];

	(void)state;
	pair_make(sv);
	assert_int_equal(rump_sys_sendmsg(sv[0], &msg, 0), 8);
	msg = (struct rump_msghdr){.msg_iov = in, .msg_iovlen = 2};
	assert_int_equal(rump_sys_recvmsg(sv[1], &msg, 0), 8);
	assert_memory_equal(a, "abcde", 5);
	assert_memory_equal(b, "fgh", 3);
	assert_int_equal(msg.msg_flags, 0);
	assert_int_equal(rump_sys_writev(sv[0], out, 3), 8);
	assert_int_equal(rump_sys_readv(sv[1], in, 2), 8);
	msg = (struct rump_msghdr){.msg_iov = in, .msg_iovlen = 5000};
	assert_fails(EMSGSIZE, rump_sys_sendmsg(sv[0], &msg, 0));
	rump_sys_close(sv[0]);
	rump_sys_close(sv[1]);
}

static void test_options(void **state)
{
	struct rump_timeval tv = {0, 20000}, tv2;
	struct rump_linger linger = {1, 7}, linger2;
	static const int names[][2] = {{RUMP_SOL_SOCKET, RUMP_SO_KEEPALIVE},
				       {RUMP_SOL_SOCKET, RUMP_SO_BROADCAST},
				       {RUMP_IPPROTO_TCP, RUMP_TCP_NODELAY}};
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0), v, sv[2];
	rump_socklen_t len;
	char c;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		for (int on = 1; on >= 0; on--) {
			assert_ok(
				rump_sys_setsockopt(s, names[i][0], names[i][1], &on, sizeof(on)));
			len = sizeof(v);
			assert_ok(rump_sys_getsockopt(s, names[i][0], names[i][1], &v, &len));
			assert_int_equal(v, on);
		}
	}
	v = 100;
	assert_ok(rump_sys_setsockopt(s, RUMP_IPPROTO_TCP, RUMP_TCP_KEEPIDLE, &v, sizeof(v)));
	assert_ok(rump_sys_setsockopt(s, RUMP_IPPROTO_IP, RUMP_IP_TTL, &v, sizeof(v)));
	v = 0;
	assert_ok(rump_sys_getsockopt(s, RUMP_IPPROTO_TCP, RUMP_TCP_KEEPIDLE, &v, &len));
	assert_int_equal(v, 100);
	assert_ok(rump_sys_getsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_TYPE, &v, &len));
	assert_int_equal(v, RUMP_SOCK_STREAM);
	assert_ok(rump_sys_getsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_ACCEPTCONN, &v, &len));
	assert_int_equal(v, 0);
	assert_ok(rump_sys_setsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_LINGER, &linger, sizeof(linger)));
	len = sizeof(linger2);
	assert_ok(rump_sys_getsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_LINGER, &linger2, &len));
	assert_memory_equal(&linger, &linger2, sizeof(linger));
	rump_sys_close(s);

	pair_make(sv);
	assert_ok(rump_sys_setsockopt(sv[0], RUMP_SOL_SOCKET, RUMP_SO_RCVTIMEO, &tv, sizeof(tv)));
	len = sizeof(tv2);
	assert_ok(rump_sys_getsockopt(sv[0], RUMP_SOL_SOCKET, RUMP_SO_RCVTIMEO, &tv2, &len));
	assert_int_equal(tv2.tv_sec, 0);
	assert_int_equal(tv2.tv_usec, 20000);
	assert_fails(EAGAIN, rump_sys_read(sv[0], &c, 1));
	rump_sys_close(sv[0]);
	rump_sys_close(sv[1]);
}

/* Readiness by poll and by an edge-triggered kqueue, anew at each arrival. */
static void test_kqueue_edges(void **state)
{
	struct rump_timespec zero = {0, 0}, long_ = {20, 0};
	struct rump_kevent ev;
	char buf[16];
	int sv[2], kq = rump_sys_kqueue();

	(void)state;
	pair_make(sv);
	ev = (struct rump_kevent){.ident = (uintptr_t)sv[1],
				  .filter = RUMP_EVFILT_READ,
				  .flags = RUMP_EV_ADD | RUMP_EV_CLEAR,
				  .udata = 77};
	assert_ok(rump_sys_kevent(kq, &ev, 1, NULL, 0, NULL));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 0);
	assert_ok(rump_sys_write(sv[0], "one", 3));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &long_), 1);
	assert_int_equal(ev.data, 3);
	assert_int_equal(ev.udata, 77);
	assert_false(ev.flags & RUMP_EV_EOF);
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 0);
	/* Unread data and a new arrival: a new edge. */
	assert_ok(rump_sys_write(sv[0], "two", 3));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &long_), 1);
	assert_int_equal(ev.data, 6);
	assert_int_equal(rump_sys_read(sv[1], buf, 16), 6);
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 0);
	assert_ok(rump_sys_close(sv[0]));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &long_), 1);
	assert_true(ev.flags & RUMP_EV_EOF);
	assert_int_equal(ev.data, 0);
	rump_sys_close(sv[1]);
	rump_sys_close(kq);
}

static void test_kqueue_write(void **state)
{
	struct rump_timespec zero = {0, 0}, long_ = {20, 0};
	struct rump_kevent ev;
	static char buf[65536];
	int sv[2], kq = rump_sys_kqueue();
	rump_ssize_t n;

	(void)state;
	pair_make(sv);
	assert_ok(rump_sys_fcntl(sv[0], RUMP_F_SETFL, RUMP_O_NONBLOCK));
	assert_ok(rump_sys_fcntl(sv[1], RUMP_F_SETFL, RUMP_O_NONBLOCK));
	ev = (struct rump_kevent){.ident = (uintptr_t)sv[0],
				  .filter = RUMP_EVFILT_WRITE,
				  .flags = RUMP_EV_ADD | RUMP_EV_CLEAR};
	assert_ok(rump_sys_kevent(kq, &ev, 1, NULL, 0, NULL));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 1);
	assert_true(ev.data > 0);
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 0);
	while (rump_sys_write(sv[0], buf, sizeof(buf)) > 0)
		;
	assert_int_equal(errno, RUMP_EAGAIN);
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 0);
	do
		n = rump_sys_read(sv[1], buf, sizeof(buf));
	while (n > 0);
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &long_), 1);
	rump_sys_close(sv[1]);
	rump_sys_close(sv[0]);
	rump_sys_close(kq);
}

static void test_listen_events(void **state)
{
	struct rump_timespec zero = {0, 0};
	struct rump_kevent ev;
	int l, port, kq = rump_sys_kqueue(), c[3], a;

	(void)state;
	l = listen_make(16, &port);
	assert_ok(rump_sys_fcntl(l, RUMP_F_SETFL, RUMP_O_NONBLOCK));
	ev = (struct rump_kevent){.ident = (uintptr_t)l,
				  .filter = RUMP_EVFILT_READ,
				  .flags = RUMP_EV_ADD | RUMP_EV_CLEAR};
	assert_ok(rump_sys_kevent(kq, &ev, 1, NULL, 0, NULL));
	assert_fails(EAGAIN, rump_sys_accept(l, NULL, NULL));
	for (int i = 0; i < 3; i++) {
		c[i] = connect_make(port);
		assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 1);
		assert_int_equal(ev.data, i + 1);
		assert_int_equal(rump_sys_kevent(kq, NULL, 0, &ev, 1, &zero), 0);
	}
	for (int i = 0; i < 3; i++) {
		a = rump_sys_paccept(l, NULL, NULL, NULL, RUMP_SOCK_NONBLOCK | RUMP_SOCK_CLOEXEC);
		assert_ok(a);
		assert_int_equal(rump_sys_fcntl(a, RUMP_F_GETFL, 0) & RUMP_O_NONBLOCK,
				 RUMP_O_NONBLOCK);
		assert_int_equal(rump_sys_fcntl(a, RUMP_F_GETFD, 0), RUMP_FD_CLOEXEC);
		rump_sys_close(a);
		rump_sys_close(c[i]);
	}
	assert_fails(EAGAIN, rump_sys_accept(l, NULL, NULL));
	/* Closing a listening socket resets connections that were not accepted. */
	c[0] = connect_make(port);
	assert_ok(rump_sys_close(l));
	char b;
	assert_fails(ECONNRESET, rump_sys_read(c[0], &b, 1));
	rump_sys_close(c[0]);
	rump_sys_close(kq);
}

static void test_poll(void **state)
{
	struct rump_pollfd pfd;
	int sv[2];

	(void)state;
	pair_make(sv);
	pfd = (struct rump_pollfd){sv[0], RUMP_POLLIN | RUMP_POLLOUT, 0};
	assert_int_equal(rump_sys_poll(&pfd, 1, 0), 1);
	assert_int_equal(pfd.revents, RUMP_POLLOUT);
	pfd.events = RUMP_POLLIN;
	assert_int_equal(rump_sys_poll(&pfd, 1, 0), 0);
	assert_ok(rump_sys_write(sv[1], "x", 1));
	assert_int_equal(rump_sys_poll(&pfd, 1, 20000), 1);
	assert_int_equal(pfd.revents, RUMP_POLLIN);
	assert_ok(rump_sys_shutdown(sv[0], RUMP_SHUT_WR));
	assert_ok(rump_sys_close(sv[1]));
	assert_int_equal(rump_sys_poll(&pfd, 1, 20000), 1);
	assert_true(pfd.revents & RUMP_POLLHUP);
	rump_sys_close(sv[0]);
}

static void test_ipv6(void **state)
{
	struct rump_sockaddr_in6 sin6 = sin6_make("::1", 0), peer;
	struct rump_sockaddr_in sin;
	rump_socklen_t len = sizeof(sin6);
	char buf[8];
	int l, c, a, v = 0;

	(void)state;
	l = rump_sys_socket(RUMP_AF_INET6, RUMP_SOCK_STREAM, 0);
	assert_ok(l);
	assert_ok(rump_sys_bind(l, SA(&sin6), sizeof(sin6)));
	assert_ok(rump_sys_listen(l, 1));
	assert_ok(rump_sys_getsockname(l, SA(&sin6), &len));
	c = rump_sys_socket(RUMP_AF_INET6, RUMP_SOCK_STREAM, 0);
	assert_ok(rump_sys_connect(c, SA(&sin6), sizeof(sin6)));
	len = sizeof(peer);
	a = rump_sys_accept(l, SA(&peer), &len);
	assert_ok(a);
	assert_int_equal(len, sizeof(peer));
	assert_memory_equal(peer.sin6_addr, sin6.sin6_addr, 16);
	assert_int_equal(rump_sys_write(c, "six", 3), 3);
	assert_int_equal(rump_sys_read(a, buf, 8), 3);
	rump_sys_close(a);
	rump_sys_close(c);
	rump_sys_close(l);

	/* One socket for both families: an IPv4 client appears as ::ffff:127.0.0.1. */
	l = rump_sys_socket(RUMP_AF_INET6, RUMP_SOCK_STREAM, 0);
	assert_ok(rump_sys_setsockopt(l, RUMP_IPPROTO_IPV6, RUMP_IPV6_V6ONLY, &v, sizeof(v)));
	sin6 = sin6_make("::", 0);
	assert_ok(rump_sys_bind(l, SA(&sin6), sizeof(sin6)));
	assert_fails(EINVAL,
		     rump_sys_setsockopt(l, RUMP_IPPROTO_IPV6, RUMP_IPV6_V6ONLY, &v, sizeof(v)));
	assert_ok(rump_sys_listen(l, 2));
	len = sizeof(sin6);
	assert_ok(rump_sys_getsockname(l, SA(&sin6), &len));
	c = connect_make(ntohs(sin6.sin6_port));
	len = sizeof(peer);
	a = rump_sys_accept(l, SA(&peer), &len);
	assert_ok(a);
	sin6 = sin6_make("::ffff:127.0.0.1", ntohs(peer.sin6_port));
	assert_memory_equal(peer.sin6_addr, sin6.sin6_addr, 16);
	len = sizeof(sin);
	assert_ok(rump_sys_getsockname(c, SA(&sin), &len));
	assert_int_equal(sin.sin_port, peer.sin6_port);
	rump_sys_close(a);
	rump_sys_close(c);
	/* IPv6 only by default: port 1 is unused, and mapped addresses are refused. */
	c = rump_sys_socket(RUMP_AF_INET6, RUMP_SOCK_STREAM, 0);
	assert_fails(EADDRNOTAVAIL, rump_sys_connect(c, SA(&sin6), sizeof(sin6)));
	rump_sys_close(c);
	rump_sys_close(l);
}

static void test_efault(void **state)
{
	int sv[2];

	(void)state;
	pair_make(sv);
	assert_fails(EFAULT, rump_sys_getpeername(sv[0], NULL, NULL));
	assert_fails(EFAULT, rump_sys_connect(sv[0], NULL, 16));
	rump_sys_close(sv[0]);
	rump_sys_close(sv[1]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_socket_errors),
		cmocka_unit_test(test_bind_conflicts),
		cmocka_unit_test(test_reuse_after_close),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_nonblocking_connect),
		cmocka_unit_test(test_nonblocking_io),
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_shutdown),
		cmocka_unit_test(test_peek_waitall),
		cmocka_unit_test(test_small_segments),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_kqueue_edges),
		cmocka_unit_test(test_kqueue_write),
		cmocka_unit_test(test_listen_events),
		cmocka_unit_test(test_poll),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_efault),
	};

	return cmocka_run_group_tests(tests, net_setup, NULL);
}

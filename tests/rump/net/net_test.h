/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the tests of sockets. */
#ifndef TESTS_RUMP_NET_NET_TEST_H
#define TESTS_RUMP_NET_NET_TEST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>

#include <rump/errno.h>
#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/socket.h>

/* The call fails with NetBSD's errno e. */
#define assert_fails(e, call)                      \
	do {                                       \
		errno = 0;                         \
		assert_int_equal((call), -1);      \
		assert_int_equal(errno, RUMP_##e); \
	} while (0)
/* The call succeeds; if not, cmocka shows the errno. */
#define assert_ok(call)                             \
	do {                                        \
		errno = 0;                          \
		long r_ = (long)(call);             \
		if (r_ < 0)                         \
			assert_int_equal(errno, 0); \
		assert_true(r_ >= 0);               \
	} while (0)

static inline struct rump_sockaddr_in sin_make(const char *addr, int port)
{
	struct rump_sockaddr_in sin = {.sin_len = sizeof(sin), .sin_family = RUMP_AF_INET};

	sin.sin_port = htons((uint16_t)port);
	sin.sin_addr = inet_addr(addr);
	return sin;
}

static inline struct rump_sockaddr_in6 sin6_make(const char *addr, int port)
{
	struct rump_sockaddr_in6 sin6 = {.sin6_len = sizeof(sin6), .sin6_family = RUMP_AF_INET6};

	sin6.sin6_port = htons((uint16_t)port);
	inet_pton(AF_INET6, addr, sin6.sin6_addr);
	return sin6;
}

#define SA(p) ((struct rump_sockaddr *)(p))

/* A listening socket on 127.0.0.1; its port in *port. */
static inline int listen_make(int backlog, int *port)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", 0);
	rump_socklen_t len = sizeof(sin);
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);

	assert_ok(s);
	assert_ok(rump_sys_bind(s, SA(&sin), sizeof(sin)));
	assert_ok(rump_sys_listen(s, backlog));
	assert_ok(rump_sys_getsockname(s, SA(&sin), &len));
	assert_int_equal(len, sizeof(sin));
	*port = ntohs(sin.sin_port);
	assert_int_not_equal(*port, 0);
	return s;
}

static inline int connect_make(int port)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", port);
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);

	assert_ok(s);
	assert_ok(rump_sys_connect(s, SA(&sin), sizeof(sin)));
	return s;
}

/* Two ends of one connection. */
static inline void pair_make(int sv[2])
{
	int port, l = listen_make(5, &port);

	sv[0] = connect_make(port);
	sv[1] = rump_sys_accept(l, NULL, NULL);
	assert_ok(sv[1]);
	assert_ok(rump_sys_close(l));
}

/* A byte of a stream as a function of its position: order and loss become visible. */
static inline unsigned char pattern(uint64_t i)
{
	return (unsigned char)(i * 2654435761u >> 13 ^ i >> 17);
}

/* Start the rump kernel once; the calling thread becomes an lwp of a new process. */
static inline int net_setup(void **state)
{
	(void)state;
	if (rump_init() != 0 || rump_pub_lwproc_rfork(RUMP_RFCFDG) != 0)
		return -1;
	return 0;
}

#endif

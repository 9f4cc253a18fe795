/* SPDX-License-Identifier: BSD-2-Clause */
/* UDP and raw sockets over the loopback. */
#include "net_test.h"

static int udp_make(struct rump_sockaddr_in *sin)
{
	rump_socklen_t len = sizeof(*sin);
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_DGRAM, 0);

	assert_ok(s);
	*sin = sin_make("127.0.0.1", 0);
	assert_ok(rump_sys_bind(s, SA(sin), sizeof(*sin)));
	assert_ok(rump_sys_getsockname(s, SA(sin), &len));
	return s;
}

static void test_datagrams(void **state)
{
	struct rump_sockaddr_in a, b, from;
	rump_socklen_t len = sizeof(from);
	char buf[100];
	struct rump_iovec iov = {buf, 4};
	struct rump_msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1};
	int s = udp_make(&a), t = udp_make(&b), v;

	(void)state;
	assert_int_equal(rump_sys_sendto(s, "first", 5, 0, SA(&b), sizeof(b)), 5);
	assert_int_equal(rump_sys_sendto(s, "", 0, 0, SA(&b), sizeof(b)), 0);
	assert_int_equal(rump_sys_sendto(s, "third", 5, 0, SA(&b), sizeof(b)), 5);
	assert_ok(rump_sys_ioctl(t, RUMP_FIONREAD, &v));
	assert_int_equal(v, 5);
	assert_int_equal(rump_sys_recvfrom(t, buf, 3, RUMP_MSG_PEEK, SA(&from), &len), 3);
	assert_int_equal(len, sizeof(from));
	assert_memory_equal(&from, &a, sizeof(a));
	assert_int_equal(rump_sys_recvfrom(t, buf, 100, 0, NULL, NULL), 5);
	assert_memory_equal(buf, "first", 5);
	assert_int_equal(rump_sys_recvfrom(t, buf, 100, 0, NULL, NULL), 0);
	/* A datagram that does not fit is cut, and flagged. */
	assert_int_equal(rump_sys_recvmsg(t, &msg, 0), 4);
	assert_int_equal(msg.msg_flags, RUMP_MSG_TRUNC);
	assert_int_equal(msg.msg_namelen, sizeof(from));
	assert_fails(EAGAIN, rump_sys_recvfrom(t, buf, 1, RUMP_MSG_DONTWAIT, NULL, NULL));
	rump_sys_close(s);
	rump_sys_close(t);
}

static void test_sizes(void **state)
{
	static unsigned char buf[65536], got[65536];
	struct rump_sockaddr_in a;
	int s = udp_make(&a);

	(void)state;
	for (unsigned i = 0; i < sizeof(buf); i++)
		buf[i] = pattern(i);
	assert_int_equal(rump_sys_sendto(s, buf, 65507, 0, SA(&a), sizeof(a)), 65507);
	assert_int_equal(rump_sys_recvfrom(s, got, sizeof(got), 0, NULL, NULL), 65507);
	assert_memory_equal(buf, got, 65507);
	assert_fails(EMSGSIZE, rump_sys_sendto(s, buf, 65508, 0, SA(&a), sizeof(a)));
	rump_sys_close(s);
}

static void test_connected(void **state)
{
	struct rump_sockaddr_in a, b, c, name, unspec = {.sin_family = RUMP_AF_UNSPEC};
	rump_socklen_t len = sizeof(name);
	char buf[8];
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_DGRAM, 0), t = udp_make(&b),
	    u = udp_make(&c);

	(void)state;
	assert_fails(EDESTADDRREQ, rump_sys_write(s, "x", 1));
	assert_fails(ENOTCONN, rump_sys_getpeername(s, SA(&name), &len));
	assert_ok(rump_sys_connect(s, SA(&b), sizeof(b)));
	assert_ok(rump_sys_getpeername(s, SA(&name), &len));
	assert_memory_equal(&name, &b, sizeof(b));
	assert_ok(rump_sys_getsockname(s, SA(&a), &len));
	assert_int_equal(a.sin_addr, inet_addr("127.0.0.1"));
	assert_int_equal(rump_sys_write(s, "hi", 2), 2);
	assert_int_equal(rump_sys_read(t, buf, 8), 2);
	/* Only datagrams of its peer are received. */
	assert_ok(rump_sys_sendto(u, "no", 2, 0, SA(&a), sizeof(a)));
	assert_ok(rump_sys_sendto(t, "yes", 3, 0, SA(&a), sizeof(a)));
	assert_int_equal(rump_sys_read(s, buf, 8), 3);
	assert_ok(rump_sys_connect(s, SA(&unspec), sizeof(unspec)));
	assert_fails(EDESTADDRREQ, rump_sys_write(s, "x", 1));
	rump_sys_close(s);
	rump_sys_close(t);
	rump_sys_close(u);
}

/* ICMP reports that the port is unused: the connected socket gets the error, once. */
static void test_refused(void **state)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", 9);
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_DGRAM, 0);
	char c;

	(void)state;
	assert_ok(rump_sys_connect(s, SA(&sin), sizeof(sin)));
	assert_int_equal(rump_sys_write(s, "x", 1), 1);
	assert_fails(ECONNREFUSED, rump_sys_read(s, &c, 1));
	assert_fails(EAGAIN, rump_sys_recvfrom(s, &c, 1, RUMP_MSG_DONTWAIT, NULL, NULL));
	rump_sys_close(s);
}

static void test_errors(void **state)
{
	struct rump_sockaddr_in sin = sin_make("192.0.2.1", 9), a;
	int s = udp_make(&a), t = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_DGRAM, 0);

	(void)state;
	assert_fails(EADDRINUSE, rump_sys_bind(t, SA(&a), sizeof(a)));
	assert_fails(EOPNOTSUPP, rump_sys_listen(t, 1));
	assert_fails(EOPNOTSUPP, rump_sys_accept(t, NULL, NULL));
	assert_fails(ENETUNREACH, rump_sys_sendto(t, "x", 1, 0, SA(&sin), sizeof(sin)));
	assert_fails(EINVAL, rump_sys_sendto(t, "x", 1, 0, SA(&a), 3));
	assert_fails(EFAULT, rump_sys_sendto(t, NULL, 10, 0, SA(&a), sizeof(a)));
	rump_sys_close(s);
	rump_sys_close(t);
}

/* Datagrams that do not fit into SO_RCVBUF are dropped; the others are whole. */
static void test_overflow(void **state)
{
	struct rump_sockaddr_in a;
	int s = udp_make(&a), size = 16384, n = 0;
	char buf[1000] = {0};

	(void)state;
	assert_ok(rump_sys_setsockopt(s, RUMP_SOL_SOCKET, RUMP_SO_RCVBUF, &size, sizeof(size)));
	for (int i = 0; i < 100; i++)
		assert_int_equal(rump_sys_sendto(s, buf, 1000, 0, SA(&a), sizeof(a)), 1000);
	while (rump_sys_recvfrom(s, buf, sizeof(buf), RUMP_MSG_DONTWAIT, NULL, NULL) == 1000)
		n++;
	assert_in_range(n, 8, 16);
	rump_sys_close(s);
}

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static void test_ping(void **state)
{
	struct rump_sockaddr_in sin = sin_make("127.0.0.1", 0);
	uint8_t out[16] = {8, 0, 0, 0, 0x12, 0x34, 0, 1, 'p', 'i', 'n', 'g'}, in[100];
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_RAW, RUMP_IPPROTO_ICMP);
	uint16_t sum = checksum(out, sizeof(out));
	rump_ssize_t n;

	(void)state;
	assert_ok(s);
	memcpy(out + 2, &sum, 2);
	assert_int_equal(rump_sys_sendto(s, out, sizeof(out), 0, SA(&sin), sizeof(sin)), 16);
	do {
		n = rump_sys_recvfrom(s, in, sizeof(in), 0, NULL, NULL);
		assert_int_equal(n, 36); /* with its IP header */
	} while (in[20] == 8);		 /* the request itself passes here as well */
	assert_int_equal(in[20], 0);	 /* echo reply */
	assert_memory_equal(in + 24, out + 4, 12);
	assert_int_equal(checksum(in + 20, 16), 0);
	rump_sys_close(s);
}

static void test_udp6(void **state)
{
	struct rump_sockaddr_in6 sin6 = sin6_make("::1", 0), from;
	rump_socklen_t len = sizeof(sin6);
	char buf[8];
	int s = rump_sys_socket(RUMP_AF_INET6, RUMP_SOCK_DGRAM, 0);

	(void)state;
	assert_ok(rump_sys_bind(s, SA(&sin6), sizeof(sin6)));
	assert_ok(rump_sys_getsockname(s, SA(&sin6), &len));
	assert_int_equal(rump_sys_sendto(s, "v6", 2, 0, SA(&sin6), sizeof(sin6)), 2);
	len = sizeof(from);
	assert_int_equal(rump_sys_recvfrom(s, buf, 8, 0, SA(&from), &len), 2);
	assert_int_equal(len, sizeof(from));
	assert_memory_equal(&from.sin6_addr, &sin6.sin6_addr, 16);
	assert_int_equal(from.sin6_port, sin6.sin6_port);
	rump_sys_close(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_datagrams), cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_connected), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_errors),	  cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_ping),	  cmocka_unit_test(test_udp6),
	};

	return cmocka_run_group_tests(tests, net_setup, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads, bulk, and a thousand connections, over the loopback. */
#include "net_test.h"

static rump_pid_t pid;

static void thread_enter(void)
{
	if (rump_pub_lwproc_newlwp(pid) != 0)
		abort();
}

static void thread_leave(void)
{
	rump_pub_lwproc_releaselwp();
}

struct sender {
	int fd;
	uint64_t bytes;
	size_t step;
};

static void *send_pattern(void *arg)
{
	struct sender *s = arg;
	static __thread unsigned char buf[70000];
	uint64_t at = 0;

	thread_enter();
	while (at < s->bytes) {
		size_t n = s->bytes - at < s->step ? s->bytes - at : s->step;
		rump_ssize_t w;

		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(at + i);
		w = rump_sys_write(s->fd, buf, n);
		if (w <= 0)
			abort();
		at += (uint64_t)w;
	}
	rump_sys_shutdown(s->fd, RUMP_SHUT_WR);
	thread_leave();
	return NULL;
}

static uint64_t receive_pattern(int fd, size_t step)
{
	static __thread unsigned char buf[70000];
	uint64_t at = 0;
	rump_ssize_t n;

	while ((n = rump_sys_read(fd, buf, step)) > 0) {
		for (rump_ssize_t i = 0; i < n; i++) {
			if (buf[i] != pattern(at + (uint64_t)i))
				return UINT64_MAX;
		}
		at += (uint64_t)n;
	}
	return n == 0 ? at : UINT64_MAX;
}

/* In both directions at once, in pieces of sizes that do not divide each other. */
static void test_bulk(void **state)
{
	enum { BYTES = 24 << 20 };
	struct sender a, b;
	int sv[2];
	pthread_t t[2];
	uint64_t got;

	(void)state;
	pair_make(sv);
	a = (struct sender){sv[0], BYTES, 70000};
	pthread_create(&t[0], NULL, send_pattern, &a);
	assert_int_equal(receive_pattern(sv[1], 12345), BYTES);
	pthread_join(t[0], NULL);
	b = (struct sender){sv[1], BYTES / 4, 777};
	pthread_create(&t[1], NULL, send_pattern, &b);
	got = receive_pattern(sv[0], 65536);
	assert_int_equal(got, BYTES / 4);
	pthread_join(t[1], NULL);
	rump_sys_close(sv[0]);
	rump_sys_close(sv[1]);
}

/* A receive buffer smaller than the window: nothing is lost, and the close is orderly. */
static void test_small_buffers(void **state)
{
	struct sender a;
	int sv[2], size = 8192, small = 3000;
	pthread_t t;

	(void)state;
	pair_make(sv);
	assert_ok(rump_sys_setsockopt(sv[1], RUMP_SOL_SOCKET, RUMP_SO_RCVBUF, &size, sizeof(size)));
	assert_ok(
		rump_sys_setsockopt(sv[0], RUMP_SOL_SOCKET, RUMP_SO_SNDBUF, &small, sizeof(small)));
	a = (struct sender){sv[0], 2 << 20, 5000};
	pthread_create(&t, NULL, send_pattern, &a);
	assert_int_equal(receive_pattern(sv[1], 4096), 2 << 20);
	pthread_join(t, NULL);
	assert_ok(rump_sys_close(sv[1]));
	char c;
	assert_int_equal(rump_sys_read(sv[0], &c, 1), 0); /* not reset */
	rump_sys_close(sv[0]);
}

#define CONNS 1000
static int server_port, server_fd;

static void *serve_all(void *arg)
{
	static int fds[CONNS];
	char c;

	(void)arg;
	thread_enter();
	for (int i = 0; i < CONNS; i++) {
		fds[i] = rump_sys_accept(server_fd, NULL, NULL);
		if (fds[i] < 0)
			abort();
	}
	for (int i = 0; i < CONNS; i++) {
		if (rump_sys_read(fds[i], &c, 1) != 1 || rump_sys_write(fds[i], &c, 1) != 1)
			abort();
	}
	for (int i = 0; i < CONNS; i++)
		rump_sys_close(fds[i]);
	thread_leave();
	return NULL;
}

static void test_thousand(void **state)
{
	struct rump_rlimit rl = {2 * CONNS + 100, 2 * CONNS + 100};
	static int fds[CONNS];
	pthread_t t;
	char c;

	(void)state;
	rump_sys_setrlimit(RUMP_RLIMIT_NOFILE, &rl);
	server_fd = listen_make(128, &server_port);
	pthread_create(&t, NULL, serve_all, NULL);
	for (int i = 0; i < CONNS; i++)
		fds[i] = connect_make(server_port);
	for (int i = 0; i < CONNS; i++) {
		c = (char)i;
		assert_int_equal(rump_sys_write(fds[i], &c, 1), 1);
	}
	for (int i = 0; i < CONNS; i++) {
		assert_int_equal(rump_sys_read(fds[i], &c, 1), 1);
		assert_int_equal(c, (char)i);
	}
	pthread_join(t, NULL);
	for (int i = 0; i < CONNS; i++) {
		assert_int_equal(rump_sys_read(fds[i], &c, 1), 0);
		rump_sys_close(fds[i]);
	}
	rump_sys_close(server_fd);
}

static void *connect_later(void *arg)
{
	thread_enter();
	*(int *)arg = connect_make(server_port);
	thread_leave();
	return NULL;
}

/* A full queue refuses no connection: the next is accepted when there is room. */
static void test_backlog(void **state)
{
	int a, b, c = -1, x;
	pthread_t t;
	struct rump_pollfd pfd;

	(void)state;
	server_fd = listen_make(1, &server_port);
	a = connect_make(server_port);
	b = connect_make(server_port);
	pthread_create(&t, NULL, connect_later, &c);
	for (int i = 0; i < 3; i++) {
		pfd = (struct rump_pollfd){server_fd, RUMP_POLLIN, 0};
		assert_int_equal(rump_sys_poll(&pfd, 1, 60000), 1);
		x = rump_sys_accept(server_fd, NULL, NULL);
		assert_ok(x);
		rump_sys_close(x);
	}
	pthread_join(t, NULL);
	rump_sys_close(a);
	rump_sys_close(b);
	rump_sys_close(c);
	rump_sys_close(server_fd);
}

static void *accept_one(void *arg)
{
	int *r = arg;

	thread_enter();
	*r = rump_sys_accept(server_fd, NULL, NULL);
	if (*r < 0)
		*r = -errno;
	thread_leave();
	return NULL;
}

/*
 * Several threads in accept: each connection goes to one of them. shutdown ends the others' wait.
 */
static void test_accept_threads(void **state)
{
	int got[4] = {0}, c[2], served = 0, away = 0;
	pthread_t t[4];

	(void)state;
	server_fd = listen_make(8, &server_port);
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, accept_one, &got[i]);
	c[0] = connect_make(server_port);
	c[1] = connect_make(server_port);
	char b;
	/* Both are served before the listening socket is closed. */
	struct rump_pollfd pfd = {server_fd, RUMP_POLLIN, 0};
	while (rump_sys_poll(&pfd, 1, 10) != 0)
		;
	assert_ok(rump_sys_shutdown(server_fd, RUMP_SHUT_RD));
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		served += got[i] > 0;
		away += got[i] == -RUMP_EINVAL;
		if (got[i] > 0)
			rump_sys_close(got[i]);
	}
	assert_int_equal(served, 2);
	assert_int_equal(away, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rump_sys_read(c[i], &b, 1), 0);
		rump_sys_close(c[i]);
	}
	rump_sys_close(server_fd);
}

static int setup(void **state)
{
	if (net_setup(state) != 0)
		return -1;
	pid = rump_sys_getpid();
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bulk),	       cmocka_unit_test(test_small_buffers),
		cmocka_unit_test(test_thousand),       cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_accept_threads),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server of the system-call proxy (sp_client.h, I1 to I5), with clients that keep to the
 * protocol (sp_proto.h) and clients that do not. The rump kernel is the conformance suite's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conf.h"
#include "proxy_client.h"

#define CLIENTS 40

/* System calls of this kernel. */
enum {
	CALL_ADD,    /* the arguments' sum, and the second one */
	CALL_FAIL,   /* EBUSY */
	CALL_COPYIN, /* 8 bytes from the first argument; their value */
	CALL_WAIT,   /* until the gate is open */
	CALL_END,    /* the kernel's end */
};

/* Errors of the protocol. */
enum { ERR_TRYAGAIN = 1, ERR_AUTH = 2, ERR_INVALID_PREFORK = 3, ERR_INEXEC = 5, ERR_MALFORMED = 7 };

static char dir[] = "/tmp/rumpspXXXXXX", path[64];
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_cv = PTHREAD_COND_INITIALIZER;
static bool gate_open;
static int gate_waiting;
static _Atomic int copy_error;

static void gate_wait(void)
{
	pthread_mutex_lock(&gate_lock);
	gate_waiting++;
	pthread_cond_broadcast(&gate_cv);
	while (!gate_open)
		pthread_cond_wait(&gate_cv, &gate_lock);
	gate_waiting--;
	pthread_cond_broadcast(&gate_cv);
	pthread_mutex_unlock(&gate_lock);
}

static void gate_set(bool open)
{
	pthread_mutex_lock(&gate_lock);
	gate_open = open;
	pthread_cond_broadcast(&gate_cv);
	pthread_mutex_unlock(&gate_lock);
}

/* Wait until that many calls are at the gate. */
static void gate_await(int waiting)
{
	pthread_mutex_lock(&gate_lock);
	while (gate_waiting != waiting)
		pthread_cond_wait(&gate_cv, &gate_lock);
	pthread_mutex_unlock(&gate_lock);
}

static int kernel(int num, void *args, long *retval)
{
	const int64_t *a = args;
	int64_t value = 0;

	switch (num) {
	case CALL_ADD:
		retval[0] = a[0] + a[1];
		retval[1] = a[1];
		return 0;
	case CALL_FAIL:
		return RUMP_EBUSY;
	case CALL_COPYIN:
		copy_error = rumpuser_sp_copyin(conf_last_client(), (void *)a[0], &value, 8);
		retval[0] = value;
		return copy_error;
	case CALL_WAIT:
		gate_wait();
		return 0;
	case CALL_END:
		rumpuser_sp_fini(conf_last_client());
		return RUMP_EIO; /* no client gets this */
	default:
		return RUMP_ENOSYS;
	}
}

static int group_setup(void **state)
{
	char url[128];

	(void)state;
	if (mkdtemp(dir) == NULL || conf_upcalls_init() != 0)
		return -1;
	conf_cpus(100);
	conf_on_syscall = kernel;
	snprintf(path, sizeof(path), "%s/socket", dir);
	snprintf(url, sizeof(url), "unix://%s", path);
	return rumpuser_sp_init(url, "NetBSD", "7.99.34", "amd64");
}

static int group_teardown(void **state)
{
	(void)state;
	rumpuser_sp_fini(NULL);
	return rmdir(dir); /* empty: the socket was removed */
}

static int setup(void **state)
{
	(void)state;
	conf_upcalls_reset();
	gate_set(false);
	return 0;
}

static struct proxy guest(void)
{
	struct proxy p = {0};

	/* The server may still be busy with clients of the previous test. */
	while (!proxy_connect(&p, path)) {
		proxy_close(&p);
		usleep(1000);
	}
	assert_int_equal(proxy_hello(&p, "guest"), 0);
	return p;
}

/* Processes that a test leaves without a child to take them. */
static int tickets_left;

/* Every lwp was released, and every upcall came from a permitted thread. */
static int teardown(void **state)
{
	const char *wrong;

	(void)state;
	/* A test that failed may have left connections open. */
	for (int i = 0; i < 30000; i++) {
		if (conf_calls.release == conf_calls.newlwp + conf_calls.rfork - tickets_left)
			break;
		usleep(1000);
	}
	if (conf_calls.release != conf_calls.newlwp + conf_calls.rfork - tickets_left)
		print_error("lwps: %d made, %d forked, %d released\n", conf_calls.newlwp,
			    conf_calls.rfork, conf_calls.release);
	tickets_left = 0;
	wrong = conf_wrong_take();
	if (wrong != NULL)
		print_error("upcalls: %s\n", wrong);
	return wrong == NULL ? 0 : -1;
}

/* The server closes the connection. */
static void assert_over(struct proxy *p)
{
	char c;

	while (recv(p->fd, &c, 1, 0) > 0)
		; /* what was on its way */
	proxy_close(p);
}

/* Wait for something that the server does in its own time. */
static void await_count(_Atomic int *count, int value)
{
	while (*count < value)
		usleep(1000);
	assert_int_equal(*count, value);
}

static void test_banner(void **state)
{
	struct proxy p = {0};

	(void)state;
	assert_true(proxy_connect(&p, path));
	assert_string_equal(p.banner, "RUMPSP-0.4-NetBSD-7.99.34/amd64\n");
	proxy_close(&p);
}

static void test_init_twice(void **state)
{
	(void)state;
	assert_int_equal(rumpuser_sp_init("unix:///tmp/other", "a", "b", "c"), RUMP_EBUSY);
}

static void test_syscalls(void **state)
{
	struct proxy p = guest();
	int64_t args[2] = {40, 2}, retval[2];

	(void)state;
	assert_int_equal(conf_calls.rfork, 1);
	assert_int_equal(proxy_syscall(&p, CALL_ADD, args, 2, retval), 0);
	assert_int_equal(retval[0], 42);
	assert_int_equal(retval[1], 2);
	assert_int_equal(proxy_syscall(&p, CALL_FAIL, NULL, 0, NULL), RUMP_EBUSY);
	assert_int_equal(proxy_syscall(&p, 12345, NULL, 0, NULL), RUMP_ENOSYS);
	/* A number that is negative as an int never reaches the kernel. */
	assert_int_equal(proxy_syscall(&p, 0x80000000u, NULL, 0, NULL), RUMP_ENOSYS);
	/* Arguments that were not sent are zero. */
	assert_int_equal(proxy_syscall(&p, CALL_ADD, args, 1, retval), 0);
	assert_int_equal(retval[0], 40);
	proxy_close(&p);
	/* Each call had an lwp of the process, and the process ends with the connection. */
	await_count(&conf_calls.release, 5 + 1);
	assert_int_equal(conf_calls.newlwp, 5);
	assert_int_equal(conf_calls.newlwp_pid, 2);
	assert_int_equal(conf_calls.lwpexit, 1);
}

static void test_not_known(void **state)
{
	struct proxy p = {0};
	int64_t args[2] = {1, 2};
	size_t len;

	(void)state;
	assert_true(proxy_connect(&p, path));
	assert_int_equal(proxy_ask(&p, TYPE_SYSCALL, CALL_ADD, args, 16, NULL, 0, &len),
			 CLASS_ERROR);
	assert_int_equal(p.error_code, ERR_AUTH);
	assert_over(&p);
	assert_int_equal(conf_calls.rfork, 0);
}

static void test_calls_together(void **state)
{
	struct proxy p = guest();
	char answer[64];
	size_t len;

	(void)state;
	for (uint64_t i = 0; i < 20; i++)
		assert_true(proxy_send(&p, CLASS_REQUEST, TYPE_SYSCALL, i, CALL_WAIT, NULL, 0));
	gate_await(20); /* all of them under way */
	gate_set(true);
	for (unsigned i = 0; i < 20; i++) {
		uint64_t header[3];

		assert_int_equal(recv(p.fd, header, 24, MSG_WAITALL), 24);
		assert_in_range(header[1], 0, 19);
		assert_int_equal(recv(p.fd, answer, header[0] - 24, MSG_WAITALL), 24);
	}
	(void)len;
	proxy_close(&p);
}

static void test_many_clients(void **state)
{
	static struct proxy p[CLIENTS];
	int64_t args[2], retval[2];

	(void)state;
	for (int64_t i = 0; i < CLIENTS; i++)
		p[i] = guest();
	for (int64_t i = 0; i < CLIENTS; i++) {
		args[0] = i;
		args[1] = 1000;
		assert_int_equal(proxy_syscall(&p[i], CALL_ADD, args, 2, retval), 0);
		assert_int_equal(retval[0], i + 1000);
	}
	for (int64_t i = 0; i < CLIENTS; i++)
		proxy_close(&p[i]);
	await_count(&conf_calls.release, 2 * CLIENTS);
}

static void test_copyin(void **state)
{
	static int64_t value = 0x123456789;
	struct proxy p = guest();
	int64_t args[1] = {(intptr_t)&value}, retval[2];

	(void)state;
	p.mem = (char *)&value;
	p.mem_len = sizeof(value);
	assert_int_equal(proxy_syscall(&p, CALL_COPYIN, args, 1, retval), 0);
	assert_int_equal(retval[0], 0x123456789);
	args[0]++;
	assert_int_equal(proxy_syscall(&p, CALL_COPYIN, args, 1, retval), RUMP_EFAULT);
	proxy_close(&p);
}

/* The server asks for memory. Returns the request's number. */
static uint64_t await_copyin(struct proxy *p)
{
	int64_t args[1] = {8};
	uint64_t frame[5];

	assert_true(proxy_send(p, CLASS_REQUEST, TYPE_SYSCALL, 1, CALL_COPYIN, args, sizeof(args)));
	assert_int_equal(recv(p->fd, frame, 40, MSG_WAITALL), 40);
	assert_int_equal(frame[0], 40);
	assert_int_equal(frame[3], 8);
	return frame[1];
}

static void test_gone_in_copyin(void **state)
{
	struct proxy p = guest();

	(void)state;
	copy_error = -1;
	await_copyin(&p);
	proxy_close(&p);
	await_count(&conf_calls.release, 2);
	assert_int_equal(copy_error, RUMP_EFAULT);
}

static void test_answer_too_long(void **state)
{
	struct proxy p = guest();
	char much[100] = "";
	uint64_t number;

	(void)state;
	copy_error = -1;
	number = await_copyin(&p);
	proxy_send(&p, CLASS_RESPONSE, TYPE_COPYIN, number, 0, much, sizeof(much));
	assert_over(&p);
	await_count(&conf_calls.release, 2);
	assert_int_equal(copy_error, RUMP_EFAULT);
}

static void test_answer_too_short(void **state)
{
	struct proxy p = guest();
	int64_t retval[3];
	size_t len;

	(void)state;
	copy_error = -1;
	assert_true(proxy_send(&p, CLASS_RESPONSE, TYPE_COPYIN, await_copyin(&p), 0, "123", 3));
	assert_int_equal(proxy_await(&p, 1, retval, sizeof(retval), &len), CLASS_RESPONSE);
	assert_int_equal(copy_error, RUMP_EFAULT);
	proxy_close(&p);
}

static void test_answer_unasked(void **state)
{
	struct proxy p = guest();

	(void)state;
	proxy_send(&p, CLASS_RESPONSE, TYPE_COPYIN, 77, 0, "12345678", 8);
	assert_over(&p);
	p = guest();
	/* The number that internally means "being read" is valid like any other. */
	proxy_send(&p, CLASS_RESPONSE, TYPE_COPYIN, UINT64_MAX, 0, "12345678", 8);
	assert_over(&p);
}

static void test_frame_too_short(void **state)
{
	struct proxy p = guest();
	uint64_t header[3] = {23, 1, 0};

	(void)state;
	assert_int_equal(send(p.fd, header, sizeof(header), MSG_NOSIGNAL), sizeof(header));
	assert_over(&p);
}

static void test_frame_too_long(void **state)
{
	struct proxy p = guest();
	uint64_t header[3] = {1ull << 62, 1, 0};

	(void)state;
	assert_int_equal(send(p.fd, header, sizeof(header), MSG_NOSIGNAL), sizeof(header));
	/* Reports the error, then closes. */
	assert_int_equal(recv(p.fd, header, sizeof(header), MSG_WAITALL), sizeof(header));
	assert_int_equal(header[2] >> 32, ERR_MALFORMED);
	assert_over(&p);
}

static void test_unknown_requests(void **state)
{
	struct proxy p = guest();
	int64_t args[2] = {1, 2}, retval[2];
	size_t len;

	(void)state;
	/* An unknown type is refused, and the connection continues. */
	assert_int_equal(proxy_ask(&p, 99, 0, NULL, 0, NULL, 0, &len), CLASS_ERROR);
	assert_int_equal(p.error_code, ERR_MALFORMED);
	assert_int_equal(proxy_syscall(&p, CALL_ADD, args, 2, retval), 0);
	/* Of an unknown class. */
	assert_true(proxy_send(&p, 99, TYPE_SYSCALL, 5, 0, NULL, 0));
	assert_int_equal(proxy_await(&p, 5, NULL, 0, &len), CLASS_ERROR);
	assert_over(&p);
	/* A second handshake as a guest. */
	p = guest();
	assert_int_equal(proxy_hello(&p, "again"), ERR_MALFORMED);
	assert_over(&p);
}

struct fork_request {
	uint32_t ticket[4];
	int32_t cancel;
};

static int fork_hello(struct proxy *p, const struct fork_request *f)
{
	int32_t error = -1;
	size_t len;

	assert_true(proxy_connect(p, path));
	return proxy_ask(p, TYPE_HANDSHAKE, HELLO_FORK, f, sizeof(*f), &error, sizeof(error), &len);
}

static struct fork_request prefork(struct proxy *p)
{
	struct fork_request f = {0};
	size_t len;

	assert_int_equal(proxy_ask(p, TYPE_PREFORK, 0, NULL, 0, f.ticket, sizeof(f.ticket), &len),
			 CLASS_RESPONSE);
	assert_int_equal(len, 16);
	return f;
}

static void test_fork(void **state)
{
	struct proxy p = guest(), child = {0}, thief = {0};
	int64_t args[2] = {3, 4}, retval[2];
	struct fork_request f = prefork(&p), g = prefork(&p);

	(void)state;
	assert_memory_not_equal(f.ticket, g.ticket, sizeof(f.ticket));
	assert_int_equal(conf_calls.rfork, 3);
	assert_int_equal(fork_hello(&child, &f), CLASS_RESPONSE);
	assert_int_equal(conf_calls.rfork, 4);
	assert_int_equal(proxy_syscall(&child, CALL_ADD, args, 2, retval), 0);
	/* A ticket can be used once. */
	assert_int_equal(fork_hello(&thief, &f), CLASS_ERROR);
	assert_int_equal(thief.error_code, ERR_INVALID_PREFORK);
	assert_over(&thief);
	/* The parent may be gone when its child comes (sp_client.h, I4). */
	proxy_close(&p);
	await_count(&conf_calls.lwpexit, 1);
	p = (struct proxy){0};
	assert_int_equal(fork_hello(&p, &g), CLASS_RESPONSE);
	assert_int_equal(proxy_syscall(&p, CALL_ADD, args, 2, retval), 0);
	proxy_close(&p);
	proxy_close(&child);
	/* Three clients, two processes that waited for them, two calls. */
	await_count(&conf_calls.release, 3 + 2 + 2);
}

static void test_fork_cancelled(void **state)
{
	struct proxy p = guest(), child = {0};
	struct fork_request f = prefork(&p);

	(void)state;
	f.cancel = 1;
	assert_int_equal(fork_hello(&child, &f), -1);
	assert_over(&child);
	await_count(&conf_calls.release, 1);
	assert_int_equal(conf_calls.rfork, 2);
	child = (struct proxy){0};
	assert_true(proxy_connect(&child, path));
	assert_true(proxy_send(&child, CLASS_REQUEST, TYPE_HANDSHAKE, 1, HELLO_FORK, &f, 5));
	proxy_close(&child);
	proxy_close(&p);
	await_count(&conf_calls.release, 2);
}

/* More tickets than there may be: those that have lost their parents make room. */
static void test_many_tickets(void **state)
{
	struct proxy p = guest(), child = {0};
	struct fork_request f;
	size_t len;
	int taken = 0;

	(void)state;
	f = prefork(&p);
	while (proxy_ask(&p, TYPE_PREFORK, 0, NULL, 0, &f, sizeof(f.ticket), &len) ==
	       CLASS_RESPONSE)
		taken++;
	assert_in_range(taken, 100, 1000);
	proxy_close(&p);
	await_count(&conf_calls.lwpexit, 1);
	p = guest();
	f = prefork(&p);
	assert_int_equal(fork_hello(&child, &f), CLASS_RESPONSE);
	proxy_close(&child);
	proxy_close(&p);
	/*
	 * Three clients; the process that found no room, the one that made room, and the one that
	 * was taken.
	 */
	await_count(&conf_calls.release, 6);
	tickets_left = conf_calls.newlwp + conf_calls.rfork - 6;
	assert_in_range(tickets_left, 100, 1000);
}

static int32_t exec_answer(struct proxy *p, uint64_t number)
{
	int32_t error = -1;
	size_t len;

	assert_int_equal(proxy_await(p, number, &error, sizeof(error), &len), CLASS_RESPONSE);
	return error;
}

static void test_exec(void **state)
{
	struct proxy p = guest();
	int64_t args[2] = {3, 4}, retval[2];

	(void)state;
	assert_true(proxy_send(&p, CLASS_REQUEST, TYPE_HANDSHAKE, 9, HELLO_EXEC, "new", 4));
	assert_int_equal(exec_answer(&p, 9), 0);
	assert_int_equal(conf_calls.lwpexit, 1);
	assert_int_equal(conf_calls.execnotify, 1);
	assert_int_equal(proxy_syscall(&p, CALL_ADD, args, 2, retval), 0);
	proxy_close(&p);
	await_count(&conf_calls.release, 2);
	assert_int_equal(conf_calls.lwpexit, 2);
}

static void test_exec_drains(void **state)
{
	struct proxy p = guest();
	char answer[24];
	size_t len;

	(void)state;
	assert_true(proxy_send(&p, CLASS_REQUEST, TYPE_SYSCALL, 8, CALL_WAIT, NULL, 0));
	gate_await(1);
	assert_true(proxy_send(&p, CLASS_REQUEST, TYPE_HANDSHAKE, 9, HELLO_EXEC, "new", 4));
	await_count(&conf_calls.lwpexit, 1);
	assert_int_equal(conf_calls.execnotify, 0); /* a call is still under way */
	gate_set(true);
	/* The answer of that call comes first. */
	assert_int_equal(proxy_await(&p, 8, answer, sizeof(answer), &len), CLASS_RESPONSE);
	assert_int_equal(exec_answer(&p, 9), 0);
	assert_int_equal(conf_calls.execnotify, 1);
	proxy_close(&p);
	await_count(&conf_calls.release, 2);
}

static void test_exec_alone(void **state)
{
	struct proxy p = guest();
	size_t len;

	(void)state;
	assert_true(proxy_send(&p, CLASS_REQUEST, TYPE_SYSCALL, 8, CALL_WAIT, NULL, 0));
	gate_await(1);
	assert_true(proxy_send(&p, CLASS_REQUEST, TYPE_HANDSHAKE, 9, HELLO_EXEC, "new", 4));
	/* No fork is possible in the middle of it. */
	assert_int_equal(proxy_ask(&p, TYPE_PREFORK, 0, NULL, 0, NULL, 0, &len), CLASS_ERROR);
	assert_int_equal(p.error_code, ERR_INEXEC);
	gate_set(true);
	await_count(&conf_calls.execnotify, 1);
	proxy_close(&p);
	await_count(&conf_calls.release, 2);
}

/* More clients than there may be: the surplus is disconnected at once, and room returns. */
static void test_too_many_clients(void **state)
{
	static struct proxy p[300];
	unsigned n = 0;

	(void)state;
	while (n < 300 && proxy_connect(&p[n], path))
		n++;
	assert_int_equal(n, 256);
	proxy_close(&p[n]);
	while (n > 0)
		proxy_close(&p[--n]);
	while (!proxy_connect(&p[0], path)) {
		proxy_close(&p[0]);
		usleep(1000);
	}
	assert_int_equal(proxy_hello(&p[0], "guest"), 0);
	proxy_close(&p[0]);
}

static void test_too_many_calls(void **state)
{
	struct proxy p = guest();
	uint64_t frame[6];
	int refused = 1;

	(void)state;
	for (uint64_t i = 0; i < 1100; i++)
		assert_true(proxy_send(&p, CLASS_REQUEST, TYPE_SYSCALL, i, CALL_WAIT, NULL, 0));
	/*
	 * The first answer is that the client should try again; others may follow until calls end.
	 */
	assert_int_equal(recv(p.fd, frame, 24, MSG_WAITALL), 24);
	assert_int_equal(frame[2] & 0xffff, CLASS_ERROR);
	assert_int_equal(frame[2] >> 32, ERR_TRYAGAIN);
	gate_set(true);
	for (unsigned i = 1; i < 1100; i++) {
		assert_int_equal(recv(p.fd, frame, 24, MSG_WAITALL), 24);
		if ((frame[2] & 0xffff) == CLASS_ERROR)
			refused++;
		else
			assert_int_equal(recv(p.fd, frame, 24, MSG_WAITALL), 24);
	}
	assert_in_range(refused, 1, 76);
	proxy_close(&p);
}

/* The last test: the server accepts no more clients after it. */
static void test_end(void **state)
{
	struct proxy p = guest(), late = {0};
	int64_t retval[2];

	(void)state;
	/* The client gets success, once, although the call never returns in a real kernel. */
	assert_int_equal(proxy_syscall(&p, CALL_END, NULL, 0, retval), 0);
	assert_int_equal(retval[0], 0);
	assert_int_equal(proxy_syscall(&p, CALL_FAIL, NULL, 0, NULL), RUMP_EBUSY);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_false(proxy_connect(&late, path));
	proxy_close(&late);
	proxy_close(&p);
	await_count(&conf_calls.release, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_banner, setup, teardown),
		cmocka_unit_test_setup_teardown(test_init_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_syscalls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_calls_together, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(test_copyin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gone_in_copyin, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answer_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answer_too_short, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answer_unasked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_frame_too_short, setup, teardown),
		cmocka_unit_test_setup_teardown(test_frame_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_requests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fork, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fork_cancelled, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_tickets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exec, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exec_drains, setup, teardown),
		cmocka_unit_test_setup_teardown(test_exec_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many_calls, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}

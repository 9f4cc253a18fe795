/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes, descriptors, pipes, poll, kqueue, timeouts, and a client with its memory elsewhere. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rump/errno.h>
#include <rump/rump.h>
#include <rump/rump_syscalls.h>
#include <rump/syscall.h>

#include "kern/callout.h"
#include "kern/lwp.h"
#include "kern/softint.h"
#include "kern/syscall.h"

#define assert_fails(call, error)                      \
	do {                                           \
		assert_int_equal((call), -1);          \
		assert_int_equal(errno, RUMP_##error); \
	} while (0)
#define assert_ok(call) assert_int_equal((call), 0)

static int setup(void **state)
{
	(void)state;
	return rump_init() | rump_pub_lwproc_rfork(RUMP_RFCFDG);
}

static int teardown(void **state)
{
	(void)state;
	rump_pub_lwproc_releaselwp();
	return 0;
}

static void test_processes(void **state)
{
	struct lwp *parent = rump_pub_lwproc_curlwp(), *child;
	int pid = rump_sys_getpid(), fds[2], fd;

	(void)state;
	assert_true(pid > 1);
	assert_ok(rump_sys_pipe(fds));
	assert_ok(rump_sys_fcntl(fds[1], RUMP_F_SETFD, (void *)RUMP_FD_CLOEXEC));
	assert_ok(rump_pub_lwproc_rfork(RUMP_RFFDG));
	child = rump_pub_lwproc_curlwp();
	assert_int_equal(rump_sys_getppid(), pid);
	assert_ok(rump_sys_close(fds[0])); /* closes only the copy */
	fd = rump_sys_dup2(fds[1], 1000);
	assert_int_equal(fd, 1000);
	rump_pub_lwproc_switch(parent);
	assert_int_equal(rump_sys_getpid(), pid);
	assert_int_equal(rump_sys_fcntl(fds[1], RUMP_F_GETFD), RUMP_FD_CLOEXEC);
	assert_fails(rump_sys_close(1000), EBADF);
	assert_ok(rump_sys_close(fds[1]));
	/* The child's copy keeps the writing side open. */
	assert_fails(rump_sys_fcntl(fds[0], RUMP_F_DUPFD, (void *)-1), EINVAL);
	assert_ok(rump_sys_fcntl(fds[0], RUMP_F_SETFL, (void *)RUMP_O_NONBLOCK));
	assert_fails(rump_sys_read(fds[0], &pid, 1), EAGAIN);
	rump_pub_lwproc_switch(child);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(parent);
	assert_int_equal(rump_sys_read(fds[0], &pid, 1), 0);
	assert_fails(rump_sys_setrlimit(99, NULL), EINVAL);
	assert_int_equal(rump_pub_lwproc_newlwp(12345), RUMP_ESRCH);
	assert_int_equal(rump_pub_lwproc_rfork(3), RUMP_EINVAL);
	assert_int_equal(rump_syscall(RUMP_SYS_ptrace, NULL, 0, (rump_register_t[2]){0}),
			 RUMP_ENOSYS);
}

static void test_fd_limit(void **state)
{
	struct rump_rlimit rl = {8, 8};
	int fd = -1;

	(void)state;
	assert_ok(rump_sys_setrlimit(RUMP_RLIMIT_NOFILE, &rl));
	for (int i = 0; i < 8; i++)
		fd = rump_sys_kqueue();
	assert_int_equal(fd, 7);
	assert_fails(rump_sys_kqueue(), EMFILE);
	assert_ok(rump_sys_close(3));
	assert_int_equal(rump_sys_dup(7), 3);
}

static int pipe_fds[2];
static int test_pid;
static struct lwp *_Atomic reader_lwp;

static void *reader_thread(void *arg)
{
	char buf[1000];
	long n, sum = 0;

	(void)arg;
	rump_pub_lwproc_newlwp(test_pid);
	reader_lwp = rump_pub_lwproc_curlwp();
	while ((n = rump_sys_read(pipe_fds[0], buf, sizeof(buf))) > 0)
		for (long i = 0; i < n; i++)
			sum += buf[i];
	if (n < 0)
		sum = -errno;
	rump_pub_lwproc_releaselwp();
	return (void *)(intptr_t)sum;
}

static void test_pipe(void **state)
{
	static char buf[300000];
	pthread_t thread;
	void *sum;

	(void)state;
	memset(buf, 1, sizeof(buf));
	assert_ok(rump_sys_pipe2(pipe_fds, 0));
	test_pid = rump_sys_getpid();
	assert_ok(pthread_create(&thread, NULL, reader_thread, NULL));
	assert_int_equal(rump_sys_write(pipe_fds[1], buf, sizeof(buf)), sizeof(buf));
	assert_ok(rump_sys_close(pipe_fds[1]));
	assert_ok(pthread_join(thread, &sum));
	assert_int_equal((intptr_t)sum, sizeof(buf));
	assert_ok(rump_sys_close(pipe_fds[0]));
	assert_ok(rump_sys_pipe2(pipe_fds, RUMP_O_NONBLOCK));
	assert_int_equal(rump_sys_write(pipe_fds[1], buf, sizeof(buf)), 65536);
	assert_fails(rump_sys_write(pipe_fds[1], buf, 1), EAGAIN);
	assert_ok(rump_sys_close(pipe_fds[0]));
	assert_fails(rump_sys_write(pipe_fds[1], buf, 1), EPIPE);
	assert_fails(rump_sys_lseek(pipe_fds[1], 0, RUMP_SEEK_SET), ESPIPE);
	assert_fails(rump_sys_pread(pipe_fds[1], buf, 1, 0), ESPIPE);
}

static void test_interrupt(void **state)
{
	pthread_t thread;
	void *sum;

	(void)state;
	assert_ok(rump_sys_pipe2(pipe_fds, 0));
	test_pid = rump_sys_getpid();
	reader_lwp = NULL;
	assert_ok(pthread_create(&thread, NULL, reader_thread, NULL));
	while (reader_lwp == NULL)
		rump_sys_nanosleep(&(struct rump_timespec){0, 1000000}, NULL);
	/*
	 * Whether the reader sleeps already or will: the interruption stays pending until a wait
	 * consumes it (kern/sleep.c, I1).
	 */
	rump_pub_lwproc_interrupt(reader_lwp);
	assert_ok(pthread_join(thread, &sum));
	assert_int_equal((intptr_t)sum, -RUMP_EINTR);
}

static void *poke_thread(void *arg)
{
	rump_pub_lwproc_newlwp(test_pid);
	rump_sys_write((int)(intptr_t)arg, "x", 1);
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void test_poll(void **state)
{
	struct rump_pollfd pfd[3];
	struct rump_timespec soon = {0, 20000000};
	rump_fd_set set = {{0}};
	struct rump_timeval tv = {0, 1000};
	pthread_t thread;
	int a[2], b[2];
	char c;

	(void)state;
	test_pid = rump_sys_getpid();
	assert_ok(rump_sys_pipe(a));
	assert_ok(rump_sys_pipe(b));
	pfd[0] = (struct rump_pollfd){a[0], RUMP_POLLIN, 0};
	pfd[1] = (struct rump_pollfd){b[0], RUMP_POLLIN, 0};
	pfd[2] = (struct rump_pollfd){-1, RUMP_POLLIN, 77};
	assert_int_equal(rump_sys_poll(pfd, 3, 0), 0);
	assert_int_equal(pfd[2].revents, 0);
	assert_int_equal(rump_sys_pollts(pfd, 2, &soon, NULL), 0);
	assert_ok(pthread_create(&thread, NULL, poke_thread, (void *)(intptr_t)b[1]));
	assert_int_equal(rump_sys_poll(pfd, 2, -1), 1);
	assert_int_equal(pfd[0].revents, 0);
	assert_int_equal(pfd[1].revents, RUMP_POLLIN);
	assert_ok(pthread_join(thread, NULL));
	set.fds_bits[0] = 1u << a[0] | 1u << b[0];
	assert_int_equal(rump_sys_select(b[1] + 1, &set, NULL, NULL, NULL), 1);
	assert_int_equal(set.fds_bits[0], 1u << b[0]);
	set.fds_bits[0] = 1u << a[0];
	assert_int_equal(rump_sys_select(b[1] + 1, &set, NULL, NULL, &tv), 0);
	assert_int_equal(set.fds_bits[0], 0);
	assert_int_equal(rump_sys_read(b[0], &c, 1), 1);
	assert_ok(rump_sys_close(b[1]));
	pfd[1].fd = 500;
	pfd[2].fd = b[0];
	assert_int_equal(rump_sys_poll(pfd, 3, -1), 2);
	assert_int_equal(pfd[1].revents, RUMP_POLLNVAL);
	assert_int_equal(pfd[2].revents & RUMP_POLLHUP, RUMP_POLLHUP);
}

static struct rump_kevent change(int fd, unsigned filter, unsigned flags, intptr_t udata)
{
	return (struct rump_kevent){
		.ident = (uintptr_t)fd, .filter = filter, .flags = flags, .udata = udata};
}

static int kev(int kq, struct rump_kevent ke)
{
	return rump_sys_kevent(kq, &ke, 1, NULL, 0, NULL);
}

static void test_kqueue(void **state)
{
	static const struct rump_timespec now = {0, 0};
	struct rump_kevent ev[4], ke;
	int kq = rump_sys_kqueue1(RUMP_O_CLOEXEC), p[2], copy, outer;
	pthread_t thread;
	char buf[8];

	(void)state;
	test_pid = rump_sys_getpid();
	assert_ok(rump_sys_pipe(p));
	assert_fails(kev(kq, change(p[0], RUMP_EVFILT_READ, RUMP_EV_DELETE, 0)), ENOENT);
	assert_fails(kev(kq, change(400, RUMP_EVFILT_READ, RUMP_EV_ADD, 0)), EBADF);
	assert_ok(kev(kq, change(p[0], RUMP_EVFILT_READ, RUMP_EV_ADD, 42)));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 0);
	assert_ok(pthread_create(&thread, NULL, poke_thread, (void *)(intptr_t)p[1]));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, NULL), 1);
	assert_ok(pthread_join(thread, NULL));
	assert_int_equal(ev[0].ident, p[0]);
	assert_int_equal(ev[0].data, 1);
	assert_int_equal(ev[0].udata, 42);
	/*
	 * Level-triggered: it comes again (kqueue.c, I5). Also through a kqueue that watches this
	 * one.
	 */
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 1);
	outer = rump_sys_kqueue();
	assert_ok(kev(outer, change(kq, RUMP_EVFILT_READ, RUMP_EV_ADD, 0)));
	assert_int_equal(rump_sys_kevent(outer, NULL, 0, ev, 4, &now), 1);
	/* Edge-triggered: it comes once for each arrival. */
	assert_ok(kev(kq, change(p[0], RUMP_EVFILT_READ, RUMP_EV_ADD | RUMP_EV_CLEAR, 0)));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 1);
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 0);
	assert_int_equal(rump_sys_write(p[1], "y", 1), 1);
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 1);
	assert_int_equal(ev[0].data, 2);
	/* Disabled, enabled, one shot. */
	assert_ok(kev(kq, change(p[0], RUMP_EVFILT_READ, RUMP_EV_DISABLE, 0)));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 0);
	assert_ok(kev(kq, change(p[0], RUMP_EVFILT_READ, RUMP_EV_ENABLE, 0)));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 1);
	assert_ok(kev(kq, change(p[1], RUMP_EVFILT_WRITE, RUMP_EV_ADD | RUMP_EV_ONESHOT, 0)));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 1);
	assert_int_equal(ev[0].filter, RUMP_EVFILT_WRITE);
	assert_fails(kev(kq, change(p[1], RUMP_EVFILT_WRITE, RUMP_EV_DELETE, 0)), ENOENT);
	/* An error becomes an event if there is room for it. */
	ke = change(400, RUMP_EVFILT_READ, RUMP_EV_ADD, 0);
	assert_int_equal(rump_sys_kevent(kq, &ke, 1, ev, 4, &now), 1);
	assert_int_equal(ev[0].flags, RUMP_EV_ERROR);
	assert_int_equal(ev[0].data, RUMP_EBADF);
	/*
	 * End of file; then the descriptor is closed and its event is gone, although a copy is
	 * open.
	 */
	assert_ok(rump_sys_close(p[1]));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 1);
	assert_true(ev[0].flags & RUMP_EV_EOF);
	assert_ok(kev(kq, change(p[0], RUMP_EVFILT_READ, RUMP_EV_ADD, 0)));
	copy = rump_sys_dup(p[0]);
	assert_ok(rump_sys_close(p[0]));
	assert_int_equal(rump_sys_kevent(kq, NULL, 0, ev, 4, &now), 0);
	assert_int_equal(rump_sys_read(copy, buf, 8), 2);
	/* A timer. */
	ke = (struct rump_kevent){
		.filter = RUMP_EVFILT_TIMER, .flags = RUMP_EV_ADD, .data = 2, .udata = 9};
	assert_int_equal(rump_sys_kevent(kq, &ke, 1, ev, 4, NULL), 1);
	assert_int_equal(ev[0].udata, 9);
	assert_true(ev[0].data >= 1);
	assert_ok(rump_sys_close(kq));
}

/*
 * A remote client: its addresses mean nothing here (kern/copy.h, I1); the copies below stand for a
 * transport.
 */

static char client_memory[256];
#define CLIENT ((void *)0xc11e47)
#define CLIENT_BASE ((char *)0x100000)

static char *client_at(const void *uaddr, size_t len)
{
	uintptr_t off = (uintptr_t)uaddr - (uintptr_t)CLIENT_BASE;

	return off <= sizeof(client_memory) && len <= sizeof(client_memory) - off
		       ? client_memory + off
		       : NULL;
}

int rumpuser_sp_copyin(void *client, const void *uaddr, void *kaddr, size_t len)
{
	char *at = client_at(uaddr, len);

	if (client != CLIENT || at == NULL)
		return RUMP_EFAULT;
	memcpy(kaddr, at, len);
	return 0;
}

int rumpuser_sp_copyout(void *client, const void *kaddr, void *uaddr, size_t len)
{
	char *at = client_at(uaddr, len);

	if (client != CLIENT || at == NULL)
		return RUMP_EFAULT;
	memcpy(at, kaddr, len);
	return 0;
}

static int client_call(int num, int64_t a, int64_t b, int64_t c, rump_register_t *retval)
{
	int64_t args[8] = {a, b, c};

	return rump_syscall(num, args, sizeof(args), retval);
}

static void test_remote_client(void **state)
{
	struct lwp *mine = rump_pub_lwproc_curlwp();
	rump_register_t rv[2], fds[2];

	(void)state;
	rump_schedule();
	assert_ok(lwproc_rfork(CLIENT, RUMP_RFCFDG, "client"));
	rump_unschedule();
	memcpy(client_memory, "payload", 7);
	assert_ok(client_call(RUMP_SYS_pipe, 0, 0, 0, fds));
	assert_ok(client_call(RUMP_SYS_write, fds[1], (intptr_t)CLIENT_BASE, 7, rv));
	assert_int_equal(rv[0], 7);
	assert_int_equal(client_call(RUMP_SYS_write, fds[1], (intptr_t)CLIENT_BASE + 250, 100, rv),
			 RUMP_EFAULT);
	assert_int_equal(client_call(RUMP_SYS_write, fds[1], (intptr_t)client_memory, 7, rv),
			 RUMP_EFAULT);
	assert_ok(client_call(RUMP_SYS_read, fds[0], (intptr_t)CLIENT_BASE + 100, 50, rv));
	assert_int_equal(rv[0], 7);
	assert_memory_equal(client_memory + 100, "payload", 7);
	rump_pub_lwproc_releaselwp();
	rump_pub_lwproc_switch(mine);
}

static _Atomic int ran;

static void count_run(void *arg)
{
	(void)arg;
	ran++;
}

static void test_callout_softint(void **state)
{
	struct callout co, late;
	struct softint *si;

	(void)state;
	rump_schedule();
	callout_init(&co, count_run, NULL);
	callout_init(&late, count_run, NULL);
	assert_ok(callout_schedule(&late, 3600 * NSEC_PER_SEC));
	assert_ok(callout_schedule(&co, 1000000));
	while (ran == 0)
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000);
	assert_true(callout_stop(&late));
	assert_false(callout_stop(&late));
	callout_halt(&co);
	ran = 0;
	si = softint_establish(count_run, NULL);
	softint_schedule(si);
	softint_disestablish(si); /* waits until it has run */
	assert_int_equal(ran, 1);
	rump_unschedule();
}

#define FLOODS 20000
static void flood(void *si)
{
	for (int i = 0; i < FLOODS; i++)
		softint_schedule(si);
}

/* From all virtual CPUs at once: the thread that runs soft interrupts needs one of these, too. */
static void test_softint_flood(void **state)
{
	void *thread[16];
	struct softint *si;

	(void)state;
	ran = 0;
	rump_schedule();
	si = softint_establish(count_run, NULL);
	for (size_t i = 0; i < sizeof(thread) / sizeof(thread[0]); i++)
		assert_ok(kthread_create(flood, si, "flood", &thread[i]));
	for (size_t i = 0; i < sizeof(thread) / sizeof(thread[0]); i++)
		assert_ok(kthread_join(thread[i]));
	softint_disestablish(si);
	rump_unschedule();
	assert_true(ran > 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_processes),     T(test_fd_limit),
		T(test_pipe),	       T(test_interrupt),
		T(test_poll),	       T(test_kqueue),
		T(test_remote_client), T(test_callout_softint),
		T(test_softint_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

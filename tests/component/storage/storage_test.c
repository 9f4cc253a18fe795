/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The component storage without drivers, over the fake COS: clients' system calls on files in
 * memory and on pipes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <time.h>

#include <cos/abi.h>
#include <rump/errno.h>
#include <rump/syscall.h>
#include <rump/types.h>
#include <storage/storage.h>
#include "fake.h"

#define CLIENT 3
#define VISITORS 6
#define ROUNDS 100
#define AREA 16384

static char *window; /* AREA bytes for each visitor */

long component_init(void);

static struct cos_pair call(long num, const void *a0, unsigned long a1, unsigned long a2)
{
	return storage_syscall(num, (unsigned long)a0, a1, a2, 0, 0);
}

static void visit(long tid, void (*fn)(void *), void *arg)
{
	fake_visit_join(fake_visit_start(tid, CLIENT, fn, arg));
}

static long ok(struct cos_pair r)
{
	assert_int_equal(r.v0, 0);
	return r.v1;
}

static void fails(struct cos_pair r, long error)
{
	assert_int_equal(r.v0, error);
}

static void starts(void **state)
{
	(void)state;
	fake_params = "RUMP_NCPU=2\0RUMP_MEMLIMIT=64M\0";
	assert_int_equal(component_init(), 0);
	window = fake_window_map(VISITORS * AREA);
}

static void directories_and_errors(void *arg)
{
	char local[] = "/local";

	(void)arg;
	strcpy(window, "/dir");
	ok(call(RUMP_SYS_mkdir, window, 0755, 0));
	fails(call(RUMP_SYS_mkdir, window, 0755, 0), RUMP_EEXIST);
	fails(call(RUMP_SYS_mkdir, local, 0755, 0), RUMP_EFAULT);
	strcpy(window, "/none/file");
	fails(call(RUMP_SYS_open, window, RUMP_O_RDONLY, 0), RUMP_ENOENT);
	fails(call(RUMP_SYS_close, (void *)77, 0, 0), RUMP_EBADF);
	fails(call(7777, 0, 0, 0), RUMP_ENOSYS);
}

static void calls_reach_the_file_system(void **state)
{
	(void)state;
	visit(10, directories_and_errors, NULL);
}

static void files(void *arg)
{
	long n = (long)arg;
	char *path = window + n * AREA, *data = path + 256, *back = data + 4096;

	for (long round = 0; round < ROUNDS; round++) {
		long fd;

		snprintf(path, 256, "/dir/file%ld.%ld", n, round);
		memset(data, (int)(n * ROUNDS + round), 4000);
		fd = ok(call(RUMP_SYS_open, path, RUMP_O_RDWR | RUMP_O_CREAT, 0644));
		assert_int_equal(ok(call(RUMP_SYS_write, (void *)fd, (unsigned long)data, 4000)),
				 4000);
		assert_int_equal(ok(storage_syscall(RUMP_SYS_pread, (unsigned long)fd,
						    (unsigned long)back, 4096, 0, 1000)),
				 3000);
		assert_memory_equal(back, data, 3000);
		fails(call(RUMP_SYS_write, (void *)fd, (unsigned long)&round, 8), RUMP_EFAULT);
		ok(call(RUMP_SYS_close, (void *)fd, 0, 0));
		ok(call(RUMP_SYS_unlink, path, 0, 0));
	}
}

static void many_visitors_at_once(void **state)
{
	struct fake_visit *visits[VISITORS];

	(void)state;
	for (long n = 0; n < VISITORS; n++)
		visits[n] = fake_visit_start(100 + n, CLIENT, files, (void *)n);
	for (long n = 0; n < VISITORS; n++)
		fake_visit_join(visits[n]);
}

static int pipe_fd[2];

static void pipe_make(void *arg)
{
	(void)arg;
	ok(call(RUMP_SYS_pipe2, window, 0, 0));
	memcpy(pipe_fd, window, sizeof(pipe_fd));
}

static void pipe_read_interrupted(void *arg)
{
	*(struct cos_pair *)arg =
		call(RUMP_SYS_read, (void *)(long)pipe_fd[0], (unsigned long)(window + AREA), 100);
}

/*
 * The reader may not sleep yet when it is interrupted: the interruption stays pending until it does
 * (kern/sleep.c, I1).
 */
static void a_sleeper_is_interrupted(void **state)
{
	struct cos_pair result = {-1, -1};
	struct fake_visit *reader;

	(void)state;
	visit(20, pipe_make, NULL);
	reader = fake_visit_start(21, CLIENT, pipe_read_interrupted, &result);
	fake_client_set(CLIENT);
	while (storage_interrupt(21) != 0)
		nanosleep(&(struct timespec){0, 1000000}, NULL);
	fake_visit_join(reader);
	assert_int_equal(result.v0, RUMP_EINTR);
	fake_client_set(0);
}

static void pipe_write(void *arg)
{
	(void)arg;
	strcpy(window, "through the pipe");
	assert_int_equal(
		ok(call(RUMP_SYS_write, (void *)(long)pipe_fd[1], (unsigned long)window, 17)), 17);
}

static void a_sleeper_is_woken_by_another_visitor(void **state)
{
	struct cos_pair result = {-1, -1};
	struct fake_visit *reader = fake_visit_start(22, CLIENT, pipe_read_interrupted, &result);

	(void)state;
	visit(23, pipe_write, NULL);
	fake_visit_join(reader);
	assert_int_equal(result.v0, 0);
	assert_int_equal(result.v1, 17);
	assert_string_equal(window + AREA, "through the pipe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts),
		cmocka_unit_test(calls_reach_the_file_system),
		cmocka_unit_test(many_visitors_at_once),
		cmocka_unit_test(a_sleeper_is_interrupted),
		cmocka_unit_test(a_sleeper_is_woken_by_another_visitor),
	};

	fake_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* What only the POSIX host has: how the process looks from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rump/errno.h>

#include "rumpuser.h"
#include "rumpuser_component.h"

/* A child; its two output streams come through *fd. */
static pid_t child_start(void (*fn)(void), int *fd)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct rlimit none = {0, 0};

		setrlimit(RLIMIT_CORE, &none);
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		fn();
		_exit(99);
	}
	close(fds[1]);
	*fd = fds[0];
	return pid;
}

static size_t read_end(int fd, char *buf, size_t max)
{
	size_t len = 0;
	ssize_t n;

	while (len < max - 1 && (n = read(fd, buf + len, max - 1 - len)) > 0)
		len += (size_t)n;
	buf[len] = '\0';
	close(fd);
	return len;
}

static int child_end(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void panics(void)
{
	signal(SIGABRT, SIG_DFL);
	rumpuser_putchar('!');
	rumpuser_exit(RUMPUSER_PANIC);
}

static void test_panic(void **state)
{
	static char out[16384];
	int fd, status;
	pid_t pid = child_start(panics, &fd);

	(void)state;
	read_end(fd, out, sizeof(out));
	status = child_end(pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	/* Earlier output is not lost; after it come the call chain's lines. */
	assert_int_equal(out[0], '!');
	assert_non_null(strstr(out, "rump kernel panic"));
	assert_non_null(strstr(out, program_invocation_name));
	assert_non_null(strstr(out, "__libc_start"));
}

static void exits(void)
{
	rumpuser_putchar('x');
	rumpuser_exit(42);
}

static void test_exit_flushes(void **state)
{
	char out[16];
	int fd;
	pid_t pid = child_start(exits, &fd);

	(void)state;
	assert_int_equal(read_end(fd, out, sizeof(out)), 1);
	assert_int_equal(WEXITSTATUS(child_end(pid)), 42);
}

static void waits_after_line(void)
{
	for (const char *s = "ready\nset"; *s != '\0'; s++)
		rumpuser_putchar(*s);
	pause();
}

/* A line is written when it ends, although standard output is a pipe. */
static void test_lines_come(void **state)
{
	char out[16] = "";
	int fd;
	pid_t pid = child_start(waits_after_line, &fd);

	(void)state;
	assert_int_equal(read(fd, out, sizeof(out)), 6);
	assert_string_equal(out, "ready\n");
	kill(pid, SIGKILL);
	close(fd);
	child_end(pid);
}

static int told_fd;

static void daemonizes(void)
{
	char line[256], std[3][64] = {{0}};

	if (rumpuser_daemonize_begin() != 0)
		_exit(10);
	printf("daemon\n");
	fflush(stdout);
	if (rumpuser_daemonize_done(0) != 0)
		_exit(11);
	for (int i = 0; i < 3; i++) {
		snprintf(line, sizeof(line), "/proc/self/fd/%d", i);
		if (readlink(line, std[i], sizeof(std[i]) - 1) < 0)
			_exit(12);
	}
	snprintf(line, sizeof(line), "%d %s %s %s\n", getsid(0) == getpid(), std[0], std[1],
		 std[2]);
	_exit(write(told_fd, line, strlen(line)) < 0);
}

static void test_daemon_detaches(void **state)
{
	char out[64], told[256];
	int fd, fds[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	told_fd = fds[1];
	pid = child_start(daemonizes, &fd);
	close(fds[1]);
	/* The pipe ends although the daemon lives: the daemon has closed it. */
	read_end(fd, out, sizeof(out));
	assert_string_equal(out, "daemon\n");
	assert_int_equal(WEXITSTATUS(child_end(pid)), 0);
	read_end(fds[0], told, sizeof(told));
	assert_string_equal(told, "1 /dev/null /dev/null /dev/null\n");
}

/* Symbols; some of this program's own begin with rump. */
static const Elf64_Sym *symtab;
static const char *strtab;
static uint64_t symtab_len, strtab_len;

static int symload(void *symbols, uint64_t size, char *names, uint64_t names_size)
{
	symtab = symbols;
	symtab_len = size;
	strtab = names;
	strtab_len = names_size;
	return 0;
}

static uintptr_t symbol(const char *name)
{
	for (uint64_t i = 0; i < symtab_len / sizeof(*symtab); i++)
		if (strcmp(strtab + symtab[i].st_name, name) == 0)
			return symtab[i].st_value;
	return 0;
}

static void test_symbols(void **state)
{
	(void)state;
	rumpuser_dl_bootstrap(NULL, symload, NULL);
	assert_non_null(symtab);
	assert_int_equal(symtab_len % sizeof(*symtab), 0);
	assert_int_equal(strtab[strtab_len - 1], '\0');
	for (uint64_t i = 0; i < symtab_len / sizeof(*symtab); i++) {
		assert_true(symtab[i].st_name < strtab_len);
		assert_true(strncmp(strtab + symtab[i].st_name, "rump", 4) == 0 ||
			    strncmp(strtab + symtab[i].st_name, "RUMP", 4) == 0);
	}
	assert_int_equal(symbol("rumpuser_dl_bootstrap"), (uintptr_t)rumpuser_dl_bootstrap);
	assert_int_equal(symbol("rumpuser_sp_init"), (uintptr_t)rumpuser_sp_init);
	assert_int_equal(symbol("rump_no_such_symbol"), 0);
	free((void *)(uintptr_t)symtab);
	free((void *)(uintptr_t)strtab);
}

static pthread_barrier_t named, looked;

static void *has_name(void *arg)
{
	char *name = arg;

	pthread_getname_np(pthread_self(), name, 64);
	pthread_barrier_wait(&named);
	pthread_barrier_wait(&looked);
	rumpuser_thread_exit();
}

static void name_check(const char *given, int mustjoin, const char *expected)
{
	char seen[64];
	void *cookie;

	assert_int_equal(rumpuser_thread_create(has_name, seen, given, mustjoin, -1, -1, &cookie),
			 0);
	pthread_barrier_wait(&named);
	assert_string_equal(seen, expected);
	pthread_barrier_wait(&looked);
	if (mustjoin)
		assert_int_equal(rumpuser_thread_join(cookie), 0);
}

static void test_thread_names(void **state)
{
	(void)state;
	pthread_barrier_init(&named, NULL, 2);
	pthread_barrier_init(&looked, NULL, 2);
	name_check("pagedaemon", 1, "pagedaemon");
	name_check("unjoined", 0, "unjoined");
	name_check("much longer than the host's limit", 1, "much longer tha");
	name_check(NULL, 1, program_invocation_short_name);
}

/* The errors that a host has in common with NetBSD's sys/errno.h. */
static void test_errors(void **state)
{
	static const struct {
		int host, netbsd;
	} list[] = {
		{0, 0},
		{EPERM, 1},
		{ENOENT, 2},
		{EIO, 5},
		{EAGAIN, 35},
		{EWOULDBLOCK, 35},
		{EDEADLK, 11},
		{ENOTEMPTY, 66},
		{ELOOP, 62},
		{ENAMETOOLONG, 63},
		{ENOSYS, 78},
		{EOVERFLOW, 84},
		{ETIMEDOUT, 60},
		{ECONNREFUSED, 61},
		{EADDRINUSE, 48},
		{EINPROGRESS, 36},
		{ENOTSOCK, 38},
		{EOPNOTSUPP, 45},
		{ENOBUFS, 55},
		{ECANCELED, 87},
		{EHWPOISON, 22 /* unknown to NetBSD */},
		{ERFKILL, 22},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		assert_int_equal(rumpuser_component_errtrans(list[i].host), list[i].netbsd);
}

static void test_signals_unknown(void **state)
{
	(void)state;
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, 7), RUMP_EINVAL);  /* EMT */
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, 29), RUMP_EINVAL); /* INFO */
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, 33), RUMP_EINVAL);
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, 0), RUMP_EINVAL);
}

static void test_parameters(void **state)
{
	char buf[320], prefix[32];

	(void)state;
	setenv("RUMP_NCPU", "5", 1);
	assert_int_equal(rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "5");
	setenv("RUMP_NCPU", "host", 1);
	assert_int_equal(rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)), 0);
	assert_in_range(atoi(buf), 1, sysconf(_SC_NPROCESSORS_CONF));
	/* Two rump kernels of a host have different names. */
	assert_int_equal(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, buf, sizeof(buf)), 0);
	snprintf(prefix, sizeof(prefix), "rump-%d.", getpid());
	assert_memory_equal(buf, prefix, strlen(prefix));
	assert_int_equal(rumpuser_getparam("_RUMPUSER_NONE", buf, sizeof(buf)), RUMP_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_panic),	   cmocka_unit_test(test_exit_flushes),
		cmocka_unit_test(test_lines_come), cmocka_unit_test(test_daemon_detaches),
		cmocka_unit_test(test_symbols),	   cmocka_unit_test(test_thread_names),
		cmocka_unit_test(test_errors),	   cmocka_unit_test(test_signals_unknown),
		cmocka_unit_test(test_parameters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

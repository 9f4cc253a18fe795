/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of a bus in shared memory (rumpcomp_shmif.h). */
#include "conf.h"
#include "rumpcomp_shmif.h"

#define WAITERS 4
#define MODE (RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE)

static bool bus_poke(int fd)
{
	struct rumpuser_iovec iov = {"x", 1};
	size_t done;

	return rumpuser_iovwrite(fd, &iov, 1, 4, &done) == 0 && done == 1;
}

static const char *memory(void)
{
	volatile char *a, *b;
	struct rumpuser_iovec iov;
	int fd_a, fd_b;
	char byte;
	size_t done;

	if (conf_host->bus[0] == NULL)
		SKIP("the host has no buses");
	CHECK(rumpuser_open(conf_host->bus[0], MODE, &fd_a) == 0);
	CHECK(rumpuser_open(conf_host->bus[0], MODE, &fd_b) == 0);
	CHECK(rumpcomp_shmif_mmap(fd_a, CONF_BUS_LEN, (void **)&a) == 0);
	CHECK(rumpcomp_shmif_mmap(fd_b, CONF_BUS_LEN / 4, (void **)&b) == 0);
	for (unsigned i = 0; i < CONF_BUS_LEN; i += 997)
		a[i] = (char)(i / 997);
	for (unsigned i = 0; i < CONF_BUS_LEN / 4; i += 997)
		CHECK(b[i] == (char)(i / 997));
	/* It works as a file, too: the least that a kernel writes is a notification. */
	CHECK(bus_poke(fd_b));
	CHECK(a[4] == 'x');
	a[5] = 'y';
	iov = (struct rumpuser_iovec){&byte, 1};
	CHECK(rumpuser_iovread(fd_b, &iov, 1, 5, &done) == 0 && done == 1 && byte == 'y');
	rumpuser_unmap((void *)b, CONF_BUS_LEN / 4);
	CHECK(a[5] == 'y');
	rumpuser_unmap((void *)a, CONF_BUS_LEN);
	CHECK(rumpcomp_shmif_mmap(-1, 4096, (void **)&a) == RUMP_EBADF);
	CHECK(rumpuser_close(fd_a) == 0 && rumpuser_close(fd_b) == 0);
	return NULL;
}

static const char *apart(void)
{
	volatile char *a, *b;
	int fd_a, fd_b;

	if (conf_host->bus[1] == NULL)
		SKIP("the host has no buses");
	CHECK(rumpuser_open(conf_host->bus[0], MODE, &fd_a) == 0);
	CHECK(rumpuser_open(conf_host->bus[1], MODE, &fd_b) == 0);
	CHECK(rumpcomp_shmif_mmap(fd_a, CONF_BUS_LEN, (void **)&a) == 0);
	CHECK(rumpcomp_shmif_mmap(fd_b, CONF_BUS_LEN, (void **)&b) == 0);
	a[100] = 'a';
	b[100] = 'b';
	CHECK(a[100] == 'a');
	rumpuser_unmap((void *)a, CONF_BUS_LEN);
	rumpuser_unmap((void *)b, CONF_BUS_LEN);
	CHECK(rumpuser_close(fd_a) == 0 && rumpuser_close(fd_b) == 0);
	return NULL;
}

static const char *before(void)
{
	int fd, second, watch = -1;

	if (conf_host->bus[1] == NULL)
		SKIP("the host has no buses");
	CHECK(rumpuser_open(conf_host->bus[0], MODE, &fd) == 0);
	CHECK(rumpuser_open(conf_host->bus[1], MODE, &second) == 0);
	CHECK(rumpcomp_shmif_watchsetup(&watch, fd) == 0);
	for (int i = 0; i < 50; i++) {
		CHECK(bus_poke(fd));
		CHECK(rumpcomp_shmif_watchwait(watch) == 0);
	}
	CHECK(rumpcomp_shmif_watchsetup(&watch, second) == 0);
	CHECK(bus_poke(second));
	CHECK(rumpcomp_shmif_watchwait(watch) == 0);
	CHECK(rumpuser_close(watch) == 0);
	CHECK(rumpuser_close(fd) == 0 && rumpuser_close(second) == 0);
	return NULL;
}

static const char *no_watch(void)
{
	int watch = -1;

	if (conf_host->bus[0] == NULL)
		SKIP("the host has no buses");
	CHECK(rumpcomp_shmif_watchsetup(&watch, 12345) == RUMP_EBADF);
	CHECK(watch == -1);
	CHECK(rumpcomp_shmif_watchwait(-1) == RUMP_EBADF);
	return NULL;
}

static int watch_fd[WAITERS];
static _Atomic int woken;

static void watches(void *arg)
{
	EXPECT(rumpcomp_shmif_watchwait(*(int *)arg) == 0);
	woken++;
}

/* With one virtual CPU: a waiter has given it up. A write to another bus wakes no waiter. */
static const char *waits(void)
{
	int fd, other;

	if (conf_host->bus[1] == NULL)
		SKIP("the host has no buses");
	CHECK(rumpuser_open(conf_host->bus[0], MODE, &fd) == 0);
	CHECK(rumpuser_open(conf_host->bus[1], MODE, &other) == 0);
	for (unsigned i = 0; i < WAITERS; i++) {
		watch_fd[i] = -1;
		CHECK(rumpcomp_shmif_watchsetup(&watch_fd[i], fd) == 0);
	}
	conf_cpus(1);
	for (int round = 0; round < 20; round++) {
		woken = 0;
		for (unsigned i = 0; i < WAITERS; i++)
			CHECK(conf_start(&conf_threads[i], watches, &watch_fd[i]) == 0);
		for (unsigned i = 0; i < WAITERS; i++)
			conf_leaves_wait(&conf_threads[i].lwp, 1);
		CHECK(bus_poke(other));
		conf_breathe();
		CHECK(woken == 0);
		CHECK(bus_poke(fd));
		for (unsigned i = 0; i < WAITERS; i++)
			CHECK(conf_join(&conf_threads[i]) == 0);
		CHECK(woken == WAITERS);
	}
	for (unsigned i = 0; i < WAITERS; i++)
		CHECK(rumpuser_close(watch_fd[i]) == 0);
	CHECK(rumpuser_close(fd) == 0 && rumpuser_close(other) == 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"a bus is the same memory for all that map it, and a file (Hypercalls of components)",
	 memory},
	{"buses of two names are two (Hypercalls of components)", apart},
	{"what was written before the wait counts, on each bus of a watch (Hypercalls of "
	 "components)",
	 before},
	{"no watch on what is no bus (Hypercalls of components)", no_watch},
	{"a write wakes all watches of its bus and of no other, which wait without a CPU "
	 "(Hypercalls of components)",
	 waits},
};
const struct conf_section conf_shmif = SECTION("shmif", checks);

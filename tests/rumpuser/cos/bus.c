/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One bus and several components, by the hypercalls and without a rump kernel. ROLE says what a
 * component is:
 *
 * left and right send each other frames of every length, each through a place of its own on the
 * bus, and check every byte. victim watches, with a thread that waits for another bus, and fails at
 * frame VICTIM_AT; the others continue. outsider does not see the bus, and cannot open it.
 *
 * left ends the system, with status 0 if all checks passed. With FATAL the victim shares its domain
 * with the component bus, which ends with it. left then finds that sending fails, and that a waiter
 * waits until its watch is closed (shmif.c, I3).
 */
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <mem/mem.h>
#include <reboot/system.h>
#include <rump/errno.h>

#include "no_kernel.h"
#include "rumpcomp_shmif.h"

#define LEN (64ul << 10)
#define FRAMES 600
#define FRAME_MAX 1514
#define VICTIM_AT 200
#define LIMIT_NS (100000 * COS_NS_PER_MS)
#define MODE (RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE)

/* The place of one frame at a time. */
struct place {
	unsigned number; /* number of the frame in it; written last */
	unsigned len_bytes;
	uint8_t bytes[FRAME_MAX];
};

struct bus {
	unsigned failures;
	struct place to_left, to_right;
};

static struct bus *bus;
static int bus_fd, watch = -1;
static _Atomic bool closing;

long component_init(void);

static void check(const char *what, long is, long wanted)
{
	if (is == wanted)
		return;
	cos_log("%s: %s: %ld, not %ld\n", cos_param("ROLE"), what, is, wanted);
	if (bus)
		__atomic_fetch_add(&bus->failures, 1, __ATOMIC_RELAXED);
}

static bool fatal(void)
{
	return cos_param("FATAL") != NULL;
}

static uint8_t pattern(unsigned number, unsigned at)
{
	return (uint8_t)(number * 13 + at * 7 + (at >> 8));
}

static int poke(void)
{
	static const uint32_t version = 3;
	struct rumpuser_iovec iov = {(void *)&version, sizeof(version)};
	size_t done;

	return rumpuser_iovwrite(bus_fd, &iov, 1, LEN - sizeof(version), &done);
}

static int send(struct place *to, unsigned number)
{
	to->len_bytes = number * 31 % FRAME_MAX;
	for (unsigned i = 0; i < to->len_bytes; i++)
		to->bytes[i] = pattern(number, i);
	__atomic_store_n(&to->number, number, __ATOMIC_RELEASE);
	return poke();
}

/* Wait for the frame with that number. */
static int receive(const struct place *from, unsigned number)
{
	int error;

	while (__atomic_load_n(&from->number, __ATOMIC_ACQUIRE) != number) {
		error = rumpcomp_shmif_watchwait(watch);
		if (error)
			return error;
	}
	check("length", from->len_bytes, number * 31 % FRAME_MAX);
	for (unsigned i = 0; i < from->len_bytes; i++)
		if (from->bytes[i] != pattern(number, i)) {
			check("a byte", from->bytes[i], pattern(number, i));
			break;
		}
	return 0;
}

static void join_bus(void)
{
	check("init", rumpuser_init(RUMPUSER_VERSION, &no_kernel), 0);
	check("open", rumpuser_open("bus:wire", MODE, &bus_fd), 0);
	check("map", rumpcomp_shmif_mmap(bus_fd, LEN, (void **)&bus), 0);
	check("watch", rumpcomp_shmif_watchsetup(&watch, bus_fd), 0);
}

static void start(void *(*fn)(void *))
{
	check("a thread", rumpuser_thread_create(fn, NULL, "bus", 0, -1, -1, NULL), 0);
}

static void *right(void *arg)
{
	int error = 0;

	(void)arg;
	for (unsigned i = 1; i <= FRAMES && error == 0; i++) {
		error = receive(&bus->to_right, i);
		if (error == 0)
			error = send(&bus->to_left, i);
	}
	if (!fatal())
		check("right", error, 0);
	rumpuser_thread_exit();
}

static void errors(void)
{
	int fd;
	void *mem;
	uint64_t size;

	check("no such bus", rumpuser_open("bus:none", RUMPUSER_OPEN_RDWR, &fd), RUMP_ENOENT);
	check("none can be made", rumpuser_open("bus:none", MODE, &fd), RUMP_EROFS);
	check("too long", rumpcomp_shmif_mmap(bus_fd, LEN + 1, &mem), RUMP_EFBIG);
	check("size", rumpuser_getfileinfo("bus:wire", &size, NULL), 0);
	check("its size", (long)size, LEN);
	check("a file", rumpuser_open("ram:file", MODE, &fd), 0);
	check("is no bus", rumpcomp_shmif_mmap(fd, LEN, &mem), RUMP_ENODEV);
	check("is not watched", rumpcomp_shmif_watchsetup(&watch, fd), RUMP_EOPNOTSUPP);
}

static struct cos_sem exchange_over;

/* FRAMES frames, or until the bus fails; then no waiter returns before its watch is closed. */
static void *exchange(void *arg)
{
	unsigned i = 0;
	int error = 0;

	(void)arg;
	while (error == 0 && i < FRAMES) {
		error = send(&bus->to_right, ++i);
		if (error == 0)
			error = receive(&bus->to_left, i);
	}
	cos_log("left: %u frames there and back, error %d\n", i, error);
	if (fatal()) {
		check("enough frames", i >= VICTIM_AT && i < FRAMES, 1);
		check("what the failure looks like", error, RUMP_EIO);
		if (!closing)
			check("the wait", rumpcomp_shmif_watchwait(watch), RUMP_EIO);
		check("it waited until the watch was closed", closing, 1);
	} else {
		check("frames", error, 0);
	}
	cos_sem_post(&exchange_over);
	rumpuser_thread_exit();
}

/* The component bus is going to fail; the memory remains. */
static void bus_outlive(void)
{
	static struct cos_sem never;
	int fd, other = -1, error;

	while ((error = poke()) == 0)
		cos_sem_wait(&never, cos_now_ns() + 5 * COS_NS_PER_MS);
	check("poke", error, RUMP_EIO);
	check("a new watch", rumpcomp_shmif_watchsetup(&other, bus_fd), RUMP_EIO);
	check("another bus", rumpuser_open("bus:other", MODE, &fd), RUMP_EIO);
	check("the exchange", cos_sem_wait(&exchange_over, cos_now_ns() + 100 * COS_NS_PER_MS),
	      -COS_ETIMEDOUT);
	closing = true;
	check("close", rumpuser_close(watch), 0);
}

static void *left(void *arg)
{
	(void)arg;
	errors();
	start(exchange);
	if (fatal())
		bus_outlive();
	check("the exchange ends", cos_sem_wait(&exchange_over, cos_now_ns() + LIMIT_NS), 0);
	cos_log("left: %u failures\n", bus->failures);
	reboot_system(bus->failures != 0);
	rumpuser_thread_exit();
}

static void *waits_elsewhere(void *arg)
{
	int fd, other = -1;

	(void)arg;
	check("open", rumpuser_open("bus:other", MODE, &fd), 0);
	check("watch", rumpcomp_shmif_watchsetup(&other, fd), 0);
	rumpcomp_shmif_watchwait(other);
	check("the victim's thread", 1, 0); /* nothing is written there */
	rumpuser_thread_exit();
}

static void *victim(void *arg)
{
	(void)arg;
	while (__atomic_load_n(&bus->to_right.number, __ATOMIC_ACQUIRE) < VICTIM_AT)
		check("wait", rumpcomp_shmif_watchwait(watch), 0);
	cos_log("victim: fails now\n");
	*(volatile char *)(uintptr_t)arg = 0;
	rumpuser_thread_exit();
}

long component_init(void)
{
	const char *role = cos_param("ROLE");
	int fd;

	if (strcmp(role, "outsider") == 0) {
		check("init", rumpuser_init(RUMPUSER_VERSION, &no_kernel), 0);
		check("open", rumpuser_open("bus:wire", MODE, &fd), RUMP_EACCES);
		cos_log("outsider: cannot open it\n");
		return 0;
	}
	join_bus();
	if (strcmp(role, "victim") == 0) {
		start(waits_elsewhere);
		start(victim);
	} else {
		start(strcmp(role, "left") == 0 ? left : right);
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network hypercalls of the POSIX host: virtual interfaces connected by sockets, and what files
 * as buses do beyond the checks of the conformance suite. The rump kernel is the conformance
 * suite's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf.h"
#include "rumpcomp_shmif.h"
#include "rumpcomp_virtif.h"

#define FRAMES 500

static char dir[] = "/tmp/rumpnetXXXXXX";
static struct lwp lwp;
static uint8_t enaddr[6];

/* What an interface has received. */
struct virtif_sc {
	pthread_mutex_t lock;
	pthread_cond_t came;
	int frames;
	size_t last_len;
	unsigned char last[9100];
};
static struct virtif_sc sc[2] = {
	{.lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER},
	{.lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER}};

void rump_virtif_virt_deliverpkt(struct virtif_sc *s, struct rumpuser_iovec *iov, size_t iovlen)
{
	EXPECT(rumpuser_curlwp() != NULL && rumpuser_curlwp()->scheduled);
	pthread_mutex_lock(&s->lock);
	s->last_len = 0;
	for (size_t i = 0; i < iovlen; i++) {
		memcpy(s->last + s->last_len, iov[i].iov_base, iov[i].iov_len);
		s->last_len += iov[i].iov_len;
	}
	s->frames++;
	pthread_cond_broadcast(&s->came);
	pthread_mutex_unlock(&s->lock);
}

static void await_frames(struct virtif_sc *s, int count)
{
	pthread_mutex_lock(&s->lock);
	while (s->frames < count)
		pthread_cond_wait(&s->came, &s->lock);
	assert_int_equal(s->frames, count);
	pthread_mutex_unlock(&s->lock);
}

static int group_setup(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || conf_upcalls_init() != 0)
		return -1;
	conf_cpus(4);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	return rmdir(dir); /* nothing is left in it */
}

static int setup(void **state)
{
	(void)state;
	conf_upcalls_reset();
	memset(&lwp, 0, sizeof(lwp));
	conf_lwp_bind(&lwp);
	conf_cpu_take();
	sc[0].frames = sc[1].frames = 0;
	return 0;
}

static int teardown(void **state)
{
	const char *wrong = conf_wrong_take();
	int bad = wrong != NULL || !lwp.scheduled || lwp.leaves != lwp.returns;

	(void)state;
	if (wrong != NULL)
		print_error("upcalls: %s\n", wrong);
	conf_cpu_drop();
	conf_lwp_unbind(&lwp);
	return bad ? -1 : 0;
}

static void wire_set(const char *name, const char *own, const char *peer)
{
	char value[256];

	snprintf(value, sizeof(value), "unix:%s/%s:%s/%s", dir, own, dir, peer);
	setenv(name, value, 1);
}

static void wire(struct virtif_user *viu[2])
{
	wire_set("RUMP_VIRT0", "a", "b");
	wire_set("RUMP_VIRT1", "b", "a");
	assert_int_equal(rumpcomp_virt_create("0", &sc[0], enaddr, &viu[0]), 0);
	assert_int_equal(rumpcomp_virt_create("1", &sc[1], enaddr, &viu[1]), 0);
}

static void unwire(struct virtif_user *viu)
{
	assert_int_equal(rumpcomp_virt_dying(viu), 0);
	rumpcomp_virt_destroy(viu);
}

static void test_frames(void **state)
{
	struct virtif_user *viu[2];
	char a[14] = "header", b[50] = "body";
	struct rumpuser_iovec iov[2] = {{a, sizeof(a)}, {b, sizeof(b)}};

	(void)state;
	wire(viu);
	for (int i = 1; i <= FRAMES; i++) {
		b[10] = (char)i;
		rumpcomp_virt_send(viu[i % 2], iov, 2);
		await_frames(&sc[1 - i % 2], (i + 1) / 2);
		assert_int_equal(sc[1 - i % 2].last_len, 64);
		assert_memory_equal(sc[1 - i % 2].last, a, 14);
		assert_memory_equal(sc[1 - i % 2].last + 14, b, 50);
	}
	unwire(viu[0]);
	unwire(viu[1]);
}

static void test_lengths(void **state)
{
	static char frame[9018];
	struct virtif_user *viu[2];
	struct rumpuser_iovec iov = {frame, 0};

	(void)state;
	wire(viu);
	for (int i = 1; i <= 20; i++) {
		iov.iov_len = i == 20 ? sizeof(frame) : (size_t)i * 76;
		memset(frame, i, sizeof(frame));
		rumpcomp_virt_send(viu[0], &iov, 1);
		await_frames(&sc[1], i);
		assert_int_equal(sc[1].last_len, iov.iov_len);
		assert_memory_equal(sc[1].last, frame, iov.iov_len);
	}
	unwire(viu[0]);
	unwire(viu[1]);
}

/* More than the host queues for a socket. */
static void test_burst(void **state)
{
	struct virtif_user *viu[2];
	char frame[1514] = "";
	struct rumpuser_iovec iov = {frame, sizeof(frame)};

	(void)state;
	wire(viu);
	for (int i = 0; i < FRAMES; i++)
		rumpcomp_virt_send(viu[0], &iov, 1);
	await_frames(&sc[1], FRAMES);
	unwire(viu[0]);
	unwire(viu[1]);
}

static void test_no_peer(void **state)
{
	char frame[60] = "";
	struct rumpuser_iovec iov = {frame, sizeof(frame)};
	struct virtif_user *viu;

	(void)state;
	wire_set("RUMP_VIRT0", "a", "b");
	assert_int_equal(rumpcomp_virt_create("0", &sc[0], enaddr, &viu), 0);
	for (int i = 0; i < 2000; i++)
		rumpcomp_virt_send(viu, &iov, 1);
	unwire(viu);
}

static void test_dying(void **state)
{
	char frame[60] = "";
	struct rumpuser_iovec iov = {frame, sizeof(frame)};
	struct virtif_user *viu[2];
	int frames;

	(void)state;
	wire(viu);
	rumpcomp_virt_send(viu[0], &iov, 1);
	await_frames(&sc[1], 1);
	unwire(viu[1]);
	frames = sc[1].frames;
	rumpcomp_virt_send(viu[0], &iov, 1);
	assert_int_equal(sc[1].frames, frames);
	/* Once more at the same place. */
	assert_int_equal(rumpcomp_virt_create("1", &sc[1], enaddr, &viu[1]), 0);
	rumpcomp_virt_send(viu[0], &iov, 1);
	await_frames(&sc[1], 2);
	unwire(viu[1]);
	unwire(viu[0]);
}

static void test_errors(void **state)
{
	static const char *const bad[] = {"",	     "unix:",	"unix:x",
					  "unix:x:", "unix::x", "carrier-pigeon:1"};
	struct virtif_user *viu;
	char long_path[300];

	(void)state;
	for (unsigned i = 0; i < 6; i++) {
		setenv("RUMP_VIRT7", bad[i], 1);
		assert_int_equal(rumpcomp_virt_create("7", &sc[0], enaddr, &viu), RUMP_EINVAL);
	}
	setenv("RUMP_VIRT7", "unix:/no/such/place:/no/such/peer", 1);
	assert_int_equal(rumpcomp_virt_create("7", &sc[0], enaddr, &viu), RUMP_ENOENT);
	memset(long_path, 'x', sizeof(long_path));
	memcpy(long_path, "tap:", 4);
	long_path[299] = '\0';
	setenv("RUMP_VIRT7", long_path, 1);
	assert_int_equal(rumpcomp_virt_create("7", &sc[0], enaddr, &viu), RUMP_ENAMETOOLONG);
}

static void test_tap(void **state)
{
	struct virtif_user *viu;
	char frame[60] = "";
	struct rumpuser_iovec iov = {frame, sizeof(frame)};
	int error;

	(void)state;
	setenv("RUMP_VIRT3", "tap:rump2cos-test", 1);
	error = rumpcomp_virt_create("3", &sc[0], enaddr, &viu);
	if (error == RUMP_ENOENT || error == RUMP_EPERM || error == RUMP_EACCES ||
	    error == RUMP_ENODEV || error == RUMP_ENXIO)
		skip(); /* this process may not have tap devices */
	assert_int_equal(error, 0);
	assert_int_equal(access("/sys/class/net/rump2cos-test", F_OK), 0);
	rumpcomp_virt_send(viu, &iov, 1); /* the device is down: lost */
	unwire(viu);
	assert_int_not_equal(access("/sys/class/net/rump2cos-test", F_OK), 0);
}

/* The bus. */

static int bus_open(const char *path)
{
	int fd = -1;

	assert_int_equal(rumpuser_open(path, RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE, &fd), 0);
	return fd;
}

/* A bus grows, and does not shrink. */
static void test_bus_length(void **state)
{
	char path[64];
	int a, b;
	void *mem_a, *mem_b;
	uint64_t size;

	(void)state;
	snprintf(path, sizeof(path), "%s/bus", dir);
	a = bus_open(path);
	b = bus_open(path);
	assert_int_equal(rumpcomp_shmif_mmap(a, 65536, &mem_a), 0);
	assert_int_equal(rumpcomp_shmif_mmap(b, 4096, &mem_b), 0);
	assert_int_equal(rumpuser_getfileinfo(path, &size, NULL), 0);
	assert_int_equal(size, 65536);
	rumpuser_unmap(mem_a, 65536);
	rumpuser_unmap(mem_b, 4096);
	rumpuser_close(a);
	rumpuser_close(b);
	unlink(path);
}

/* A bus still works when its file has lost its name. */
static void test_bus_nameless(void **state)
{
	struct rumpuser_iovec iov = {"x", 1};
	int fd, watch = -1;
	char path[64];
	size_t done;

	(void)state;
	snprintf(path, sizeof(path), "%s/bus", dir);
	fd = bus_open(path);
	unlink(path);
	assert_int_equal(rumpcomp_shmif_watchsetup(&watch, fd), 0);
	assert_int_equal(rumpuser_iovwrite(fd, &iov, 1, 0, &done), 0);
	assert_int_equal(rumpcomp_shmif_watchwait(watch), 0);
	rumpuser_close(fd);
	rumpuser_close(watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frames, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dying, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bus_length, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bus_nameless, setup, teardown),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}

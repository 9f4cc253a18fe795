/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the COS host, and the order of block I/O on them (bio.c, I1 to I5), over the fake COS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>

#include <cos/abi.h>
#include <block/block.h>
#include <rump/errno.h>
#include <rumpuser.h>
#include "fake.h"

#define SECTOR 512
#define DISK (1ul << 20)

static pthread_mutex_t cpu_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int lwps_made;
static _Thread_local bool have_cpu;

static void cpu_take(void)
{
	pthread_mutex_lock(&cpu_lock);
	have_cpu = true;
}

static void cpu_drop(void)
{
	assert_true(have_cpu);
	have_cpu = false;
	pthread_mutex_unlock(&cpu_lock);
}

static void up_unschedule(int nlocks, int *count, void *interlock)
{
	(void)nlocks, (void)interlock;
	*count = 0;
	cpu_drop();
}

static void up_schedule(int nlocks, void *interlock)
{
	(void)nlocks, (void)interlock;
	cpu_take();
}

static int up_newlwp(int32_t pid)
{
	assert_int_equal(pid, 0);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, (struct lwp *)(uintptr_t)(0x1000 + ++lwps_made));
	return 0;
}

static const struct rumpuser_hyperup upcalls = {
	.hyp_schedule = cpu_take,
	.hyp_unschedule = cpu_drop,
	.hyp_backend_unschedule = up_unschedule,
	.hyp_backend_schedule = up_schedule,
	.hyp_lwproc_newlwp = up_newlwp,
};

/* The outcome of a request. */
struct result {
	_Atomic int dones;
	size_t bytes;
	int error;
};

static void done(void *arg, size_t bytes, int error)
{
	struct result *r = arg;

	assert_true(have_cpu);
	assert_non_null(rumpuser_curlwp());
	r->bytes = bytes;
	r->error = error;
	r->dones++;
}

static void nap(void)
{
	rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000);
}

static void finish(struct result *r)
{
	while (r->dones == 0)
		nap();
	assert_int_equal(r->dones, 1);
}

static struct result bio(int fd, int op, void *data, size_t len, int64_t off)
{
	struct result r = {0};

	rumpuser_bio(fd, op, data, len, off, done, &r);
	finish(&r);
	return r;
}

static int setup(void **state)
{
	(void)state;
	cpu_take();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cpu_drop();
	return 0;
}

static void blobs_are_files(void **state)
{
	static char image[2048], buf[1024], more[1024];
	struct rumpuser_iovec iov[] = {{buf, 512}, {more, 1024}};
	struct result r;
	uint64_t size;
	int fd, ro, type;
	size_t got;

	(void)state;
	memset(image, 'i', sizeof(image));
	fake_blob = image;
	fake_blob_len = sizeof(image);
	assert_int_equal(rumpuser_getfileinfo("/disk", &size, &type), 0);
	assert_int_equal(size, 2048);
	assert_int_equal(type, RUMPUSER_FT_REG);
	assert_int_equal(rumpuser_getfileinfo("none", &size, NULL), RUMP_ENOENT);
	assert_int_equal(rumpuser_open("", RUMPUSER_OPEN_RDONLY, &fd), RUMP_ENOENT);
	assert_int_equal(rumpuser_open("none", RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE, &fd),
			 RUMP_EROFS);
	assert_int_equal(rumpuser_open("disk", RUMPUSER_OPEN_ACCMODE, &fd), RUMP_EINVAL);
	assert_int_equal(rumpuser_open("disk", 0x100, &fd), RUMP_EINVAL);
	assert_int_equal(
		rumpuser_open("disk",
			      RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE | RUMPUSER_OPEN_EXCL, &fd),
		RUMP_EEXIST);
	assert_int_equal(rumpuser_open("disk", RUMPUSER_OPEN_RDONLY, &ro), 0);
	assert_int_equal(rumpuser_open("disk", RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_BIO, &fd), 0);
	assert_int_not_equal(fd, ro);
	memset(buf, 'w', sizeof(buf));
	r = bio(fd, RUMPUSER_BIO_WRITE, buf, 512, 512);
	assert_int_equal(r.error, 0);
	assert_int_equal(r.bytes, 512);
	r = bio(fd, RUMPUSER_BIO_READ, more, 1024, 1536);
	assert_int_equal(r.error, 0);
	assert_int_equal(r.bytes, 512);
	assert_int_equal(bio(fd, RUMPUSER_BIO_WRITE, buf, 1024, 1536).error, RUMP_ENOSPC);
	assert_int_equal(bio(ro, RUMPUSER_BIO_WRITE, buf, 512, 0).error, RUMP_EBADF);
	assert_int_equal(bio(99, RUMPUSER_BIO_READ, buf, 512, 0).error, RUMP_EBADF);
	assert_int_equal(bio(fd, RUMPUSER_BIO_READ, buf, 512, -1).error, RUMP_EINVAL);
	assert_int_equal(bio(fd, 0, buf, 512, 0).error, RUMP_EINVAL);
	/* The image itself is unchanged; a reader by the other descriptor sees what was written. */
	assert_int_equal(image[512], 'i');
	assert_int_equal(rumpuser_iovread(ro, iov, 2, 0, &got), 0);
	assert_int_equal(got, 1536);
	assert_int_equal(buf[0], 'i');
	assert_int_equal(more[0], 'w');
	assert_int_equal(more[512], 'i');
	/* At the descriptor's own position, up to the end. */
	assert_int_equal(rumpuser_iovread(ro, iov, 2, RUMPUSER_IOV_NOSEEK, &got), 0);
	assert_int_equal(got, 1536);
	assert_int_equal(rumpuser_iovread(ro, iov, 2, RUMPUSER_IOV_NOSEEK, &got), 0);
	assert_int_equal(got, 512);
	assert_int_equal(rumpuser_iovread(ro, iov, 2, RUMPUSER_IOV_NOSEEK, &got), 0);
	assert_int_equal(got, 0);
	assert_int_equal(rumpuser_iovread(ro, iov, 2, -7, &got), RUMP_EINVAL);
	assert_int_equal(rumpuser_iovwrite(ro, iov, 1, 0, &got), RUMP_EBADF);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC, 0, 0),
			 0);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_READ, 0, 0), 0);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_SYNC, 0, 0), RUMP_EINVAL);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | 0x10, 0, 0), RUMP_EINVAL);
	assert_int_equal(rumpuser_syncfd(99, RUMPUSER_SYNCFD_WRITE, 0, 0), RUMP_EBADF);
	assert_int_equal(rumpuser_close(fd), 0);
	assert_int_equal(rumpuser_close(fd), RUMP_EBADF);
	assert_int_equal(rumpuser_close(ro), 0);
}

static void ram_disks_have_a_size(void **state)
{
	static uint8_t buf[4096], back[4096];
	uint64_t size;
	int fd, type;

	(void)state;
	fake_params = "RAM.scratch=3M\0RAM.wrong=3X\0RAM.large=16777216T\0";
	assert_int_equal(rumpuser_getfileinfo("ram:scratch", &size, &type), 0);
	assert_int_equal(size, 3 << 20);
	assert_int_equal(type, RUMPUSER_FT_BLK);
	assert_int_equal(rumpuser_getfileinfo("ram:wrong", &size, &type), RUMP_EINVAL);
	assert_int_equal(rumpuser_getfileinfo("ram:large", &size, &type), RUMP_EINVAL);
	assert_int_equal(rumpuser_open("ram:scratch", RUMPUSER_OPEN_RDWR, &fd), 0);
	memset(buf, 'x', sizeof(buf));
	/* Across the border of two pieces. */
	assert_int_equal(bio(fd, RUMPUSER_BIO_WRITE, buf, 4096, 65536 - 2048).bytes, 4096);
	assert_int_equal(bio(fd, RUMPUSER_BIO_READ, back, 4096, 65536 - 2048).bytes, 4096);
	assert_memory_equal(buf, back, 4096);
	assert_int_equal(bio(fd, RUMPUSER_BIO_READ, back, 4096, 65536 - 4096).bytes, 4096);
	assert_int_equal(back[2047], 0);
	assert_int_equal(back[2048], 'x');
	assert_int_equal(bio(fd, RUMPUSER_BIO_READ, back, 4096, (3 << 20) - 512).bytes, 512);
	assert_int_equal(back[511], 0);
	assert_int_equal(bio(fd, RUMPUSER_BIO_WRITE, buf, 512, 3 << 20).error, RUMP_ENOSPC);
	assert_int_equal(bio(fd, RUMPUSER_BIO_READ, back, 512, 1l << 40).bytes, 0);
	assert_int_equal(rumpuser_close(fd), 0);
}

static void ram_files_grow(void **state)
{
	static uint8_t buf[70000];
	struct rumpuser_iovec iov = {buf, 5};
	int fd, type, mode = RUMPUSER_OPEN_RDWR | RUMPUSER_OPEN_CREATE;
	uint64_t size;
	size_t got;

	(void)state;
	assert_int_equal(rumpuser_open("ram:notes", RUMPUSER_OPEN_RDWR, &fd), RUMP_ENOENT);
	assert_int_equal(rumpuser_open("ram:notes", mode | RUMPUSER_OPEN_EXCL, &fd), 0);
	assert_int_equal(rumpuser_open("ram:notes", mode | RUMPUSER_OPEN_EXCL, &fd), RUMP_EEXIST);
	memcpy(buf, "hello", 5);
	assert_int_equal(rumpuser_iovwrite(fd, &iov, 1, RUMPUSER_IOV_NOSEEK, &got), 0);
	assert_int_equal(rumpuser_iovwrite(fd, &iov, 1, RUMPUSER_IOV_NOSEEK, &got), 0);
	assert_int_equal(rumpuser_iovwrite(fd, &iov, 1, 3000000, &got), 0);
	assert_int_equal(rumpuser_getfileinfo("/ram:notes", &size, &type), 0);
	assert_int_equal(size, 3000005);
	assert_int_equal(type, RUMPUSER_FT_REG);
	iov.iov_len = sizeof(buf);
	assert_int_equal(rumpuser_iovread(fd, &iov, 1, 0, &got), 0);
	assert_int_equal(got, sizeof(buf));
	assert_memory_equal(buf, "hellohello\0", 11);
	assert_int_equal(rumpuser_iovread(fd, &iov, 1, 2999999, &got), 0);
	assert_int_equal(got, 6);
	assert_memory_equal(buf, "\0hello", 6);
	assert_int_equal(rumpuser_close(fd), 0);
}

static int disk_open(int mode)
{
	int fd;

	assert_int_equal(rumpuser_open("block:disk0", mode | RUMPUSER_OPEN_BIO, &fd), 0);
	fake_disk.nevents = 0;
	fake_disk.inside_max = 0;
	return fd;
}

static void disks_of_others_are_files(void **state)
{
	static uint8_t buf[300 * SECTOR], back[300 * SECTOR];
	struct rumpuser_iovec iov = {back, SECTOR};
	uint64_t size;
	int fd, type;
	struct result r;
	size_t got;

	(void)state;
	assert_int_equal(rumpuser_getfileinfo("block:none", NULL, NULL), RUMP_ENOENT);
	assert_int_equal(rumpuser_open("block:none", RUMPUSER_OPEN_CREATE, &fd), RUMP_EROFS);
	assert_int_equal(rumpuser_open("block:012345678901234567890123456789012", 0, &fd),
			 RUMP_ENAMETOOLONG);
	assert_int_equal(rumpuser_getfileinfo("block:disk0", &size, &type), 0);
	assert_int_equal(size, DISK);
	assert_int_equal(type, RUMPUSER_FT_BLK);
	fd = disk_open(RUMPUSER_OPEN_RDWR);
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i / SECTOR + i);
	/* More than fits into the shared buffer at once. */
	r = bio(fd, RUMPUSER_BIO_WRITE, buf, sizeof(buf), 7 * SECTOR);
	assert_int_equal(r.error, 0);
	assert_int_equal(r.bytes, sizeof(buf));
	assert_memory_equal(fake_disk.bytes + 7 * SECTOR, buf, sizeof(buf));
	r = bio(fd, RUMPUSER_BIO_READ, back, sizeof(back), 7 * SECTOR);
	assert_int_equal(r.bytes, sizeof(back));
	assert_memory_equal(back, buf, sizeof(buf));
	assert_int_equal(fake_disk.event[0].op, BLOCK_WRITE);
	fake_disk.nevents = 0;
	r = bio(fd, RUMPUSER_BIO_WRITE | RUMPUSER_BIO_SYNC, buf, SECTOR, 0);
	assert_int_equal(fake_disk.event[0].op, BLOCK_WRITE_STABLE);
	assert_int_equal(rumpuser_iovread(fd, &iov, 1, 8 * SECTOR, &got), 0);
	assert_memory_equal(back, buf + SECTOR, SECTOR);
	assert_int_equal(rumpuser_iovread(fd, &iov, 1, 100, &got), RUMP_EINVAL);
	r = bio(fd, RUMPUSER_BIO_READ, back, 2 * SECTOR, DISK - SECTOR);
	assert_int_equal(r.error, 0);
	assert_int_equal(r.bytes, SECTOR);
	r = bio(fd, RUMPUSER_BIO_WRITE, buf, 2 * SECTOR, DISK - SECTOR);
	assert_int_equal(r.error, RUMP_ENOSPC);
	assert_int_equal(r.bytes, SECTOR);
	rumpuser_close(fd);
}

static void errors_reach_the_caller(void **state)
{
	static uint8_t buf[SECTOR];
	int fd = disk_open(RUMPUSER_OPEN_RDWR);
	struct result r;

	(void)state;
	fake_disk.error = -COS_EIO;
	r = bio(fd, RUMPUSER_BIO_READ, buf, SECTOR, 0);
	assert_int_equal(r.error, RUMP_EIO);
	assert_int_equal(r.bytes, 0);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC, 0, 0),
			 RUMP_EIO);
	/* No one waits for this flush: the next call gets its error (I5). */
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE, 0, 0), 0);
	while (fake_disk.nevents < 3)
		nap();
	fake_disk.error = -COS_EPERM;
	assert_int_equal(bio(fd, RUMPUSER_BIO_WRITE, buf, SECTOR, 0).error, RUMP_EROFS);
	fake_disk.error = 0;
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC, 0, 0),
			 RUMP_EIO);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC, 0, 0),
			 0);
	rumpuser_close(fd);
}

/* Wait until that many calls are inside the disk. */
static void disk_wait(int inside)
{
	while (fake_disk_inside() < inside)
		nap();
}

static void many_requests_are_in_flight(void **state)
{
	static uint8_t buf[16][SECTOR];
	struct result r[16] = {0};
	int fd = disk_open(RUMPUSER_OPEN_RDWR);

	(void)state;
	fake_disk_pause(true);
	for (int i = 0; i < 16; i++)
		rumpuser_bio(fd, RUMPUSER_BIO_WRITE, buf[i], SECTOR, i * SECTOR, done, &r[i]);
	disk_wait(8); /* waits for ever if they are not in flight together */
	for (int i = 0; i < 16; i++)
		assert_int_equal(r[i].dones, 0);
	fake_disk_pause(false);
	for (int i = 0; i < 16; i++)
		finish(&r[i]);
	rumpuser_close(fd);
}

/* Requests on one sector are carried out in order, whatever others do (I2). */
static void overlapping_requests_keep_their_order(void **state)
{
	static uint8_t buf[8][SECTOR], back[SECTOR];
	struct result r[9] = {0};
	int fd = disk_open(RUMPUSER_OPEN_RDWR);

	(void)state;
	fake_disk_pause(true);
	for (int i = 0; i < 8; i++) {
		memset(buf[i], 'a' + i, SECTOR);
		rumpuser_bio(fd, RUMPUSER_BIO_WRITE, buf[i], SECTOR, 3 * SECTOR, done, &r[i]);
	}
	rumpuser_bio(fd, RUMPUSER_BIO_READ, back, SECTOR, 3 * SECTOR, done, &r[8]);
	disk_wait(1);
	for (int i = 0; i < 5; i++)
		nap();
	assert_int_equal(fake_disk.inside_max, 1);
	fake_disk_pause(false);
	for (int i = 0; i < 9; i++)
		finish(&r[i]);
	assert_int_equal(back[0], 'h');
	assert_int_equal(fake_disk.bytes[3 * SECTOR], 'h');
	rumpuser_close(fd);
}

static size_t event_find(int op, unsigned long off)
{
	for (size_t i = 0; i < fake_disk.nevents; i++)
		if (fake_disk.event[i].op == op &&
		    (op == FAKE_FLUSH || fake_disk.event[i].off == off))
			return i;
	fail();
	return 0;
}

static void barriers_divide(void **state)
{
	static uint8_t buf[SECTOR];
	struct result r[4] = {0};
	int fd = disk_open(RUMPUSER_OPEN_RDWR);

	(void)state;
	fake_disk_pause(true);
	rumpuser_bio(fd, RUMPUSER_BIO_WRITE, buf, SECTOR, 0, done, &r[0]);
	rumpuser_bio(fd, RUMPUSER_BIO_WRITE, buf, SECTOR, SECTOR, done, &r[1]);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_BARRIER, 0, 0),
			 0);
	rumpuser_bio(fd, RUMPUSER_BIO_WRITE, buf, SECTOR, 2 * SECTOR, done, &r[2]);
	rumpuser_bio(fd, RUMPUSER_BIO_READ, buf, SECTOR, 3 * SECTOR, done, &r[3]);
	disk_wait(2);
	for (int i = 0; i < 5; i++)
		nap();
	assert_int_equal(fake_disk.inside_max, 2); /* those before the barrier */
	fake_disk_pause(false);
	for (int i = 0; i < 4; i++)
		finish(&r[i]);
	assert_true(event_find(FAKE_FLUSH, 0) > event_find(BLOCK_WRITE, 0));
	assert_true(event_find(FAKE_FLUSH, 0) > event_find(BLOCK_WRITE, SECTOR));
	assert_true(event_find(FAKE_FLUSH, 0) < event_find(BLOCK_WRITE, 2 * SECTOR));
	assert_true(event_find(FAKE_FLUSH, 0) < event_find(BLOCK_READ, 3 * SECTOR));
	rumpuser_close(fd);
}

/* SYNC waits for earlier writes to its range, and for nothing elsewhere (I2). */
static void sync_waits_for_writes(void **state)
{
	static uint8_t buf[SECTOR];
	struct result r[2] = {0};
	int fd = disk_open(RUMPUSER_OPEN_RDWR);

	(void)state;
	rumpuser_bio(fd, RUMPUSER_BIO_WRITE, buf, SECTOR, 0, done, &r[0]);
	rumpuser_bio(fd, RUMPUSER_BIO_WRITE, buf, SECTOR, SECTOR, done, &r[1]);
	assert_int_equal(rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC, 0, 0),
			 0);
	assert_int_equal(r[0].dones, 1);
	assert_int_equal(r[1].dones, 1);
	assert_int_equal(fake_disk.event[fake_disk.nevents - 1].op, FAKE_FLUSH);
	rumpuser_close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(blobs_are_files, setup, teardown),
		cmocka_unit_test_setup_teardown(ram_disks_have_a_size, setup, teardown),
		cmocka_unit_test_setup_teardown(ram_files_grow, setup, teardown),
		cmocka_unit_test_setup_teardown(disks_of_others_are_files, setup, teardown),
		cmocka_unit_test_setup_teardown(errors_reach_the_caller, setup, teardown),
		cmocka_unit_test_setup_teardown(many_requests_are_in_flight, setup, teardown),
		cmocka_unit_test_setup_teardown(overlapping_requests_keep_their_order, setup,
						teardown),
		cmocka_unit_test_setup_teardown(barriers_divide, setup, teardown),
		cmocka_unit_test_setup_teardown(sync_waits_for_writes, setup, teardown),
	};

	fake_init();
	fake_disk.len_bytes = DISK;
	fake_disk.bytes = calloc(1, DISK);
	rumpuser_init(RUMPUSER_VERSION, &upcalls);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

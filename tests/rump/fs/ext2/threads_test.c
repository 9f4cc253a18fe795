/* SPDX-License-Identifier: BSD-2-Clause */
/* Several threads at once: each in files of its own, and all in one directory and on two names. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "image.h"

#define THREADS 6
#define ROUNDS 60

static _Atomic int failures;

#define check(e)                                                                    \
	do {                                                                        \
		if (!(e)) {                                                         \
			fprintf(stderr, "line %d: %s (%d)\n", __LINE__, #e, errno); \
			failures++;                                                 \
		}                                                                   \
	} while (0)

static void *worker(void *arg)
{
	unsigned id = (unsigned)(uintptr_t)arg;
	static _Thread_local uint8_t buf[5000], back[5000];
	char name[64], other[64];
	uint64_t seed = id;

	check(rump_pub_lwproc_rfork(RUMP_RFCFDG) == 0);
	for (unsigned r = 0; r < ROUNDS; r++) {
		unsigned blocks = rnd(&seed) % 60;
		int fd;

		snprintf(name, sizeof(name), "/m/common/t%u-%u", id, r);
		snprintf(other, sizeof(other), "/m/common/dir%u-%u", id, r);
		fd = rump_sys_open(name, RUMP_O_CREAT | RUMP_O_RDWR, 0600);
		check(fd >= 0);
		for (unsigned i = 0; i < blocks; i++) {
			pattern(buf, sizeof(buf), i * sizeof(buf), id + r);
			check(rump_sys_write(fd, buf, sizeof(buf)) == sizeof(buf));
		}
		if (r % 8 == 0)
			check(rump_sys_fsync(fd) == 0);
		for (unsigned i = 0; i < blocks; i++) {
			pattern(buf, sizeof(buf), i * sizeof(buf), id + r);
			check(rump_sys_pread(fd, back, sizeof(back), i * sizeof(buf)) ==
			      sizeof(back));
			check(memcmp(buf, back, sizeof(buf)) == 0);
		}
		check(rump_sys_ftruncate(fd, rnd(&seed) % 100000) == 0);
		check(rump_sys_close(fd) == 0);
		check(rump_sys_mkdir(other, 0700) == 0);
		if (r % 2 == 0)
			check(rump_sys_unlink(name) == 0);
		if (r % 3 == 0)
			check(rump_sys_rmdir(other) == 0);
		if (r % 10 == 9)
			rump_sys_sync();
		/* All threads on the same two names. */
		fd = rump_sys_open("/m/shared", RUMP_O_CREAT | RUMP_O_RDWR | RUMP_O_APPEND, 0666);
		check(fd >= 0);
		check(rump_sys_write(fd, "0123456789", 10) == 10);
		check(rump_sys_close(fd) == 0);
		if (rump_sys_rename("/m/shared", "/m/moved") != 0)
			check(errno == RUMP_ENOENT);
		if (rump_sys_link("/m/moved", name) == 0 && r % 2 != 0)
			check(r % 2 == 0); /* its name was taken already */
		if (rump_sys_unlink("/m/moved") != 0)
			check(errno == RUMP_ENOENT);
	}
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void run(const char *size, const char *args)
{
	pthread_t threads[THREADS];

	image_make(size, args);
	assert_ok(image_mount(0));
	assert_ok(rump_sys_mkdir("/m/common", 0777));
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_ok(pthread_create(&threads[i], NULL, worker, (void *)i));
	for (unsigned i = 0; i < THREADS; i++)
		assert_ok(pthread_join(threads[i], NULL));
	assert_int_equal(failures, 0);
	assert_ok(image_unmount());
	image_fsck();
}

static void test_threads(void **state)
{
	(void)state;
	run("64M", "-b 1024 -I 256");
	run("128M", "-b 4096");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_threads, image_teardown),
	};

	return cmocka_run_group_tests(tests, image_group_start, image_group_end);
}

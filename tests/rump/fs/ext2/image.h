/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ext2 images for tests: made by mke2fs, mounted at /m (the current directory while a test runs),
 * checked by e2fsck -fn, read by debugfs. Everything asserts success unless it says otherwise.
 */
#ifndef EXT2_TEST_IMAGE_H
#define EXT2_TEST_IMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <rump/errno.h>
#include <rump/rump.h>
#include <rump/rump_syscalls.h>

extern char image_path[], image_dir[]; /* the image; a scratch directory of the host */

/* Run a command in the shell; returns its exit status. */
int shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int image_start(void); /* rump_init, a process, the scratch directory; 0 or -1 */
void image_end(void);
void image_clean(void); /* after a test, failed or not: nothing open, nothing mounted */
/* These as cmocka's fixtures. */
int image_group_start(void **state);
int image_group_end(void **state);
int image_teardown(void **state);
/* mke2fs -t ext2 with these further arguments, and of this size ("8M"). */
void image_make(const char *size, const char *args);
/* 0 or the errno of mount(2). */
int image_mount(int flags);
int image_update(int flags);
int image_unmount(void);
void image_fsck(void);
/* Unmount, check, mount again. */
void image_cycle(void);

/* Bytes of a pattern that depends on seed and offset. */
void pattern(void *buf, size_t len, uint64_t off, unsigned seed);
void write_pattern(int fd, int64_t off, size_t len, unsigned seed);
void check_pattern(int fd, int64_t off, size_t len, unsigned seed);
void check_zeros(int fd, int64_t off, size_t len);
int make_file(const char *path);
void put_file(const char *path, const char *text);
/* A random number generator with a sequence that repeats. */
uint32_t rnd(uint64_t *state);

#define assert_fails(call, error)                      \
	do {                                           \
		assert_int_equal((call), -1);          \
		assert_int_equal(errno, RUMP_##error); \
	} while (0)
#define assert_ok(call) assert_int_equal((call), 0)

#endif

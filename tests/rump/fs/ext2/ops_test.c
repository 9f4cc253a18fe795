/* SPDX-License-Identifier: BSD-2-Clause */
/* Every operation, for each block size; e2fsck and debugfs check what is on the disk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

static const char *const formats[] = {"-b 1024 -I 128", "-b 2048 -I 256", "-b 4096 -I 256",
				      "-b 1024 -r 0", "-b 4096 -I 128 -O ^dir_index,^resize_inode"};
#define NFORMATS (sizeof(formats) / sizeof(formats[0]))
static const unsigned bsizes[NFORMATS] = {1024, 2048, 4096, 1024, 4096};

static void test_names(void **state)
{
	char name[300], target[1100], back[1100];
	struct rump_stat st, st2;

	(void)state;
	for (unsigned f = 0; f < NFORMATS; f++) {
		image_make("16M", formats[f]);
		assert_ok(image_mount(0));
		put_file("a", "hello");
		assert_ok(rump_sys_mkdir("d", 0755));
		assert_ok(rump_sys_mkdir("d/e", 0750));
		assert_ok(rump_sys_stat("d", &st));
		assert_int_equal(st.st_nlink, 3);
		assert_fails(rump_sys_rmdir("d"), ENOTEMPTY);
		assert_fails(rump_sys_mkdir("d", 0755), EEXIST);
		assert_fails(rump_sys_open("none", RUMP_O_RDONLY), ENOENT);
		assert_ok(rump_sys_link("a", "d/b"));
		assert_ok(rump_sys_stat("a", &st));
		assert_int_equal(st.st_nlink, 2);
		assert_ok(rump_sys_unlink("a"));
		assert_ok(rump_sys_stat("d/b", &st2));
		assert_int_equal(st.st_ino, st2.st_ino);
		assert_int_equal(st2.st_nlink, 1);
		/* rename: files, directories across parents, onto others */
		assert_ok(rump_sys_rename("d/b", "c"));
		assert_fails(rump_sys_stat("d/b", &st), ENOENT);
		put_file("x", "x");
		assert_ok(rump_sys_rename("c", "x"));
		assert_ok(rump_sys_stat("x", &st));
		assert_int_equal(st.st_size, 5);
		assert_ok(rump_sys_mkdir("d2", 0755));
		assert_ok(rump_sys_rename("d/e", "d2/e"));
		assert_ok(rump_sys_stat("d2/e/..", &st));
		assert_ok(rump_sys_stat("d2", &st2));
		assert_int_equal(st.st_ino, st2.st_ino);
		assert_int_equal(st2.st_nlink, 3);
		assert_ok(rump_sys_stat("d", &st));
		assert_int_equal(st.st_nlink, 2);
		assert_fails(rump_sys_rename("d2", "d2/e/f"), EINVAL);
		assert_fails(rump_sys_rename("d", "d2"), ENOTEMPTY);
		assert_ok(rump_sys_rename("d2/e", "d"));
		assert_ok(rump_sys_rename("d", "d"));
		/* symbolic links, short and long */
		for (unsigned len = 1; len < 1023; len = len < 58 ? len + 19 : len * 2 - 55) {
			memset(target, 'a' + len % 26, len);
			target[len] = '\0';
			snprintf(name, sizeof(name), "link%u", len);
			assert_ok(rump_sys_symlink(target, name));
			assert_int_equal(rump_sys_readlink(name, back, sizeof(back)), len);
			assert_memory_equal(back, target, len);
			assert_ok(rump_sys_lstat(name, &st));
			assert_int_equal(st.st_size, len);
		}
		/* names up to the limit */
		memset(name, 'n', 255);
		name[255] = '\0';
		put_file(name, "long");
		name[255] = 'n';
		name[256] = '\0';
		assert_fails(rump_sys_open(name, RUMP_O_CREAT | RUMP_O_RDWR, 0600), ENAMETOOLONG);
		assert_ok(rump_sys_mkfifo("fifo", 0600));
		assert_ok(rump_sys_mknod("null", RUMP_S_IFCHR | 0666, RUMP_MAKEDEV(1, 3)));
		assert_ok(rump_sys_mknod("big", RUMP_S_IFBLK | 0600, RUMP_MAKEDEV(259, 70000)));
		assert_ok(rump_sys_chown("x", 70000, 80000));
		assert_ok(rump_sys_chmod("x", 04711));
		image_cycle();
		assert_ok(rump_sys_stat("x", &st));
		assert_int_equal(st.st_mode, RUMP_S_IFREG | 04711);
		assert_int_equal(st.st_uid, 70000);
		assert_int_equal(st.st_gid, 80000);
		assert_ok(rump_sys_stat("null", &st));
		assert_int_equal(st.st_rdev, RUMP_MAKEDEV(1, 3));
		assert_ok(rump_sys_stat("big", &st));
		assert_int_equal(st.st_rdev, RUMP_MAKEDEV(259, 70000));
		assert_int_equal(rump_sys_readlink("link58", back, sizeof(back)), 58);
		assert_ok(rump_sys_unlink("link58"));
		assert_ok(rump_sys_rmdir("d"));
		assert_ok(rump_sys_rmdir("d2"));
		assert_ok(image_unmount());
		image_fsck();
	}
}

/* A few bytes at each place where a level of indirection begins or ends. */
static void test_boundaries(void **state)
{
	static const unsigned extra[] = {0, 1};

	(void)state;
	for (unsigned f = 0; f < NFORMATS; f++) {
		int64_t bs = bsizes[f], p = bs / 4, at[16], max;
		struct rump_stat st;
		unsigned n = 0;
		int fd;

		max = f == 3 ? INT32_MAX : f == 0 ? (INT64_C(1) << 34) : (INT64_C(1) << 37);
		at[n++] = 0;
		at[n++] = 11 * bs;
		at[n++] = 12 * bs;
		at[n++] = (12 + p - 1) * bs;
		at[n++] = (12 + p) * bs;
		at[n++] = (12 + p + p * p - 1) * bs;
		at[n++] = (12 + p + p * p) * bs;
		at[n++] = (12 + p + p * p + p) * bs;
		at[n++] = (INT64_C(1) << 32) + 12345;
		if (at[8] < at[5]) { /* keep them in order */
			memmove(&at[6], &at[5], 3 * sizeof(at[0]));
			at[5] = (INT64_C(1) << 32) + 12345;
		}
		image_make("16M", formats[f]);
		assert_ok(image_mount(0));
		fd = make_file("sparse");
		for (unsigned i = 0; i < n; i++)
			if (at[i] + 3 * bs <= max)
				write_pattern(fd, at[i], (size_t)bs + 700, 7);
		for (unsigned e = 0; e < 2; e++) {
			for (unsigned i = 0; i < n; i++)
				if (at[i] + 3 * bs <= max)
					check_pattern(fd, at[i], (size_t)bs + 700, 7);
			check_zeros(fd, 20 * bs, (size_t)bs * (3 + extra[e]));
			assert_ok(rump_sys_close(fd));
			image_cycle();
			fd = rump_sys_open("sparse", RUMP_O_RDWR);
		}
		if (max > INT32_MAX) {
			assert_int_equal(rump_sys_lseek(fd, (100 + p) * bs, RUMP_SEEK_DATA),
					 at[5] / bs * bs);
		} else {
			assert_int_equal(rump_sys_pwrite(fd, "x", 1, INT32_MAX), -1);
			assert_int_equal(errno, RUMP_EFBIG);
		}
		assert_int_equal(rump_sys_lseek(fd, 0, RUMP_SEEK_HOLE), 2 * bs);
		/* cut it at every boundary, from the end */
		for (unsigned i = n; i-- > 0;) {
			if (at[i] + 3 * bs > max)
				continue;
			assert_ok(rump_sys_ftruncate(fd, at[i] + 100));
			assert_ok(rump_sys_ftruncate(fd, at[i] + 5000));
			check_pattern(fd, at[i], 100, 7);
			check_zeros(fd, at[i] + 100, 4900);
			rump_sys_sync();
			image_fsck();
		}
		assert_ok(rump_sys_ftruncate(fd, 0));
		assert_ok(rump_sys_fstat(fd, &st));
		assert_int_equal(st.st_blocks, 0);
		assert_ok(rump_sys_close(fd));
		assert_ok(image_unmount());
		image_fsck();
	}
}

static void test_full(void **state)
{
	struct rump_statvfs before, after;
	char buf[20000], name[32];
	rump_ssize_t n;
	int fd;

	(void)state;
	for (unsigned f = 0; f < 3; f++) {
		image_make("4M", formats[f]);
		assert_ok(image_mount(0));
		assert_ok(rump_sys_statvfs1("/m", &before, RUMP_ST_WAIT));
		fd = make_file("fill");
		memset(buf, 'f', sizeof(buf));
		do {
			n = rump_sys_write(fd, buf, sizeof(buf));
		} while (n == sizeof(buf));
		if (n > 0)
			n = rump_sys_write(fd, buf, sizeof(buf));
		assert_int_equal(n, -1);
		assert_int_equal(errno, RUMP_ENOSPC);
		assert_ok(rump_sys_statvfs1("/m", &after, RUMP_ST_WAIT));
		assert_int_equal(after.f_bavail, 0);
		assert_true(after.f_bfree < 8);
		assert_fails(rump_sys_mkdir("d", 0755), ENOSPC);
		for (unsigned i = 0;; i++) { /* the last inodes */
			snprintf(name, sizeof(name), "file%u", i);
			fd = rump_sys_open(name, RUMP_O_CREAT | RUMP_O_RDWR, 0600);
			if (fd < 0)
				break;
			assert_ok(rump_sys_close(fd));
		}
		assert_int_equal(errno, RUMP_ENOSPC);
		rump_sys_fcntl(0, RUMP_F_CLOSEM, NULL);
		image_cycle();
		for (unsigned i = 0;; i++) {
			snprintf(name, sizeof(name), "file%u", i);
			if (rump_sys_unlink(name) != 0)
				break;
		}
		assert_ok(rump_sys_unlink("fill"));
		assert_ok(rump_sys_statvfs1("/m", &after, RUMP_ST_WAIT));
		assert_true(before.f_bfree - after.f_bfree < 200); /* the root has grown */
		assert_int_equal(before.f_ffree, after.f_ffree);
		assert_ok(image_unmount());
		image_fsck();
	}
}

static void test_many(void **state)
{
	char name[64], buf[4096];
	struct rump_stat st;
	unsigned seen = 0;
	int fd;

	(void)state;
	image_make("64M", "-b 1024 -N 20000");
	assert_ok(image_mount(0));
	assert_ok(rump_sys_mkdir("many", 0755));
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "many/a file with number %u", i);
		assert_ok(rump_sys_close(make_file(name)));
	}
	for (unsigned i = 0; i < 10000; i += 3) {
		snprintf(name, sizeof(name), "many/a file with number %u", i);
		assert_ok(rump_sys_unlink(name));
	}
	image_cycle();
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "many/a file with number %u", i);
		assert_int_equal(rump_sys_stat(name, &st), i % 3 == 0 ? -1 : 0);
	}
	fd = rump_sys_open("many", RUMP_O_RDONLY);
	for (;;) {
		int n = rump_sys_getdents(fd, buf, sizeof(buf));

		assert_true(n >= 0);
		if (n == 0)
			break;
		for (int at = 0; at < n;) {
			struct rump_dirent *d = (struct rump_dirent *)(buf + at);

			at += d->d_reclen;
			seen++;
		}
	}
	assert_ok(rump_sys_close(fd));
	assert_int_equal(seen, 10000 - 3334 + 2);
	assert_ok(image_unmount());
	image_fsck();
}

static void test_unlinked_open(void **state)
{
	struct rump_statvfs before, after;
	int fd;

	(void)state;
	image_make("8M", "-b 1024");
	assert_ok(image_mount(0));
	assert_ok(rump_sys_statvfs1("/m", &before, RUMP_ST_WAIT));
	fd = make_file("f");
	write_pattern(fd, 0, 1000000, 3);
	assert_ok(rump_sys_unlink("f"));
	write_pattern(fd, 1000000, 1000000, 3);
	check_pattern(fd, 0, 2000000, 3);
	assert_int_equal(image_update(RUMP_MNT_RDONLY), RUMP_EBUSY);
	assert_ok(rump_sys_close(fd));
	assert_ok(rump_sys_statvfs1("/m", &after, RUMP_ST_WAIT));
	assert_int_equal(before.f_bfree, after.f_bfree);
	assert_int_equal(before.f_ffree, after.f_ffree);
	assert_ok(image_unmount());
	image_fsck();
}

static int state_of(void)
{
	unsigned char b[2];
	FILE *fp = fopen(image_path, "rb");

	assert_non_null(fp);
	fseek(fp, 1024 + 58, SEEK_SET);
	assert_int_equal(fread(b, 1, 2, fp), 2);
	fclose(fp);
	return b[0];
}

static void test_mount_flags(void **state)
{
	struct rump_stat st;
	int fd;

	(void)state;
	image_make("8M", "-b 4096");
	assert_ok(image_mount(0));
	assert_int_equal(state_of() & 1, 0);
	put_file("f", "data");
	assert_ok(image_update(RUMP_MNT_RDONLY));
	assert_int_equal(state_of() & 1, 1);
	image_fsck();
	assert_fails(rump_sys_open("g", RUMP_O_CREAT | RUMP_O_RDWR, 0600), EROFS);
	assert_fails(rump_sys_unlink("f"), EROFS);
	assert_fails(rump_sys_chmod("f", 0600), EROFS);
	assert_fails(rump_sys_rename("f", "g"), EROFS);
	assert_fails(rump_sys_truncate("f", 0), EROFS);
	assert_ok(image_update(0));
	assert_ok(rump_sys_rename("f", "g"));
	assert_ok(image_unmount());
	image_fsck();
	assert_ok(image_mount(RUMP_MNT_RDONLY));
	assert_ok(rump_sys_stat("g", &st));
	assert_fails(rump_sys_open("g", RUMP_O_RDWR), EROFS);
	assert_ok(image_unmount());
	/* After a sync everything but the clean mark is on the disk (super.c, I1). */
	assert_ok(image_mount(0));
	fd = make_file("synced");
	write_pattern(fd, 0, 300000, 9);
	assert_ok(rump_sys_fsync(fd));
	rump_sys_sync();
	image_fsck();
	assert_ok(rump_sys_close(fd));
	assert_ok(image_unmount());
	/* A file system that was not clean does not become clean (super.c, I2). */
	assert_ok(shell("/sbin/debugfs -w -R 'set_super_value state 0' '%s' 2>/dev/null",
			image_path));
	assert_ok(image_mount(0));
	assert_ok(image_unmount());
	assert_int_equal(state_of() & 1, 0);
}

static void test_features(void **state)
{
	(void)state;
	image_make("16M", "-O extents,64bit,metadata_csum");
	assert_int_equal(image_mount(0), RUMP_EINVAL);
	assert_int_equal(image_mount(RUMP_MNT_RDONLY), RUMP_EINVAL);
	image_make("16M", "-O has_journal -J size=4 -b 4096");
	assert_ok(image_mount(0));
	put_file("f", "x");
	assert_ok(image_unmount());
	image_fsck();
	assert_ok(shell("/sbin/debugfs -w -R 'feature needs_recovery' '%s' >/dev/null 2>&1",
			image_path));
	assert_int_equal(image_mount(0), RUMP_EINVAL);
	image_make("16M", "-O huge_file");
	assert_int_equal(image_mount(0), RUMP_EROFS);
	assert_ok(image_mount(RUMP_MNT_RDONLY));
	assert_int_equal(image_update(0), RUMP_EROFS);
	assert_ok(image_unmount());
	assert_ok(shell("head -c 1M /dev/zero >'%s'", image_path));
	assert_int_equal(image_mount(0), RUMP_EINVAL);
	image_make("16M", "-b 1024");
	assert_ok(shell("truncate -s 1M '%s'", image_path));
	assert_int_equal(image_mount(0), RUMP_EINVAL);
}

static void test_times(void **state)
{
	struct rump_timespec ts[2] = {{5000000000, 123456789}, {-5, 7}}, now[2];
	struct rump_stat st;

	(void)state;
	for (unsigned f = 0; f < 2; f++) {
		image_make("8M", formats[f]);
		assert_ok(image_mount(0));
		put_file("f", "x");
		assert_ok(rump_sys_utimensat(RUMP_AT_FDCWD, "f", ts, 0));
		image_cycle();
		assert_ok(rump_sys_stat("f", &st));
		assert_int_equal(st.st_atim.tv_sec, f == 0 ? INT32_MAX : 5000000000);
		assert_int_equal(st.st_atim.tv_nsec, f == 0 ? 0 : 123456789);
		assert_int_equal(st.st_mtim.tv_sec, -5);
		assert_int_equal(st.st_mtim.tv_nsec, f == 0 ? 0 : 7);
		rump_sys_clock_gettime(RUMP_CLOCK_REALTIME, &now[0]);
		put_file("f", "more");
		rump_sys_clock_gettime(RUMP_CLOCK_REALTIME, &now[1]);
		assert_ok(rump_sys_stat("f", &st));
		assert_true(st.st_mtim.tv_sec >= now[0].tv_sec &&
			    st.st_mtim.tv_sec <= now[1].tv_sec);
		assert_ok(image_unmount());
		image_fsck();
	}
}

/*
 * Attribute blocks, shared or not, are freed with their file. An indexed directory becomes linear
 * (dir.c, I3).
 */
static void test_foreign(void **state)
{
	char name[64];

	(void)state;
	assert_ok(shell("rm -rf '%s/src' && mkdir -p '%s/src/dir' && cd '%s/src' && "
			"for i in $(seq 1 2000); do : > dir/name-$i; done; echo data > f",
			image_dir, image_dir, image_dir));
	snprintf(name, sizeof(name), "-b 1024 -I 128 -N 4000 -d src");
	assert_ok(shell("cd '%s' && /sbin/mke2fs -q -F -t ext2 %s image 16M", image_dir, name));
	shell("/sbin/e2fsck -fyD '%s' >/dev/null 2>&1", image_path);
	assert_ok(shell("head -c 200 /dev/zero | tr '\\0' a > '%s/v' && "
			"/sbin/debugfs -w -R 'ea_set -f %s/v f user.test' '%s' 2>/dev/null",
			image_dir, image_dir, image_path));
	assert_ok(shell("/sbin/debugfs -R 'stat dir' '%s' 2>/dev/null | grep -q 'Flags: 0x1000'",
			image_path));
	image_fsck();
	assert_ok(image_mount(0));
	for (unsigned i = 1; i <= 2000; i += 2) {
		snprintf(name, sizeof(name), "dir/name-%u", i);
		assert_ok(rump_sys_unlink(name));
	}
	image_cycle();
	for (unsigned i = 1; i <= 1000; i++) {
		snprintf(name, sizeof(name), "dir/new-%u", i);
		assert_ok(rump_sys_close(make_file(name)));
	}
	assert_ok(rump_sys_unlink("f"));
	assert_ok(image_unmount());
	image_fsck();
}

static void test_links_limit(void **state)
{
	struct rump_stat st;
	char name[32];

	(void)state;
	image_make("64M", "-b 4096 -N 40000");
	assert_ok(image_mount(0));
	put_file("f", "x");
	for (unsigned i = 1; i < 32000; i++) {
		snprintf(name, sizeof(name), "l%u", i);
		assert_ok(rump_sys_link("f", name));
	}
	assert_fails(rump_sys_link("f", "more"), EMLINK);
	assert_ok(rump_sys_stat("f", &st));
	assert_int_equal(st.st_nlink, 32000);
	assert_ok(image_unmount());
	image_fsck();
}

/* Files written at the same time do not interleave (balloc.c, I1). */
static void test_contiguous(void **state)
{
	unsigned last, breaks = 0, n = 0, blk;
	char path[400];
	FILE *fp;
	int a, b;

	(void)state;
	image_make("64M", "-b 1024");
	assert_ok(image_mount(0));
	a = make_file("a");
	b = make_file("b");
	for (unsigned i = 0; i < 4000; i++) {
		write_pattern(a, i * 1024, 1024, 1);
		write_pattern(b, i * 1024, 1024, 2);
	}
	assert_ok(rump_sys_close(a));
	assert_ok(rump_sys_close(b));
	assert_ok(image_unmount());
	image_fsck();
	assert_ok(shell("/sbin/debugfs -R 'blocks a' '%s' 2>/dev/null >'%s/blocks'", image_path,
			image_dir));
	snprintf(path, sizeof(path), "%s/blocks", image_dir);
	fp = fopen(path, "r");
	assert_non_null(fp);
	for (last = 0; fscanf(fp, "%u", &blk) == 1; last = blk, n++)
		breaks += last != 0 && blk != last + 1;
	fclose(fp);
	assert_true(n >= 4000);
	assert_true(breaks < 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_names, image_teardown),
		cmocka_unit_test_teardown(test_boundaries, image_teardown),
		cmocka_unit_test_teardown(test_full, image_teardown),
		cmocka_unit_test_teardown(test_many, image_teardown),
		cmocka_unit_test_teardown(test_unlinked_open, image_teardown),
		cmocka_unit_test_teardown(test_mount_flags, image_teardown),
		cmocka_unit_test_teardown(test_features, image_teardown),
		cmocka_unit_test_teardown(test_times, image_teardown),
		cmocka_unit_test_teardown(test_foreign, image_teardown),
		cmocka_unit_test_teardown(test_links_limit, image_teardown),
		cmocka_unit_test_teardown(test_contiguous, image_teardown),
	};

	return cmocka_run_group_tests(tests, image_group_start, image_group_end);
}

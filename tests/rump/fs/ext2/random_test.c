/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations, the same on ext2 here and on the host's file system, must have the same
 * results. In between and at the end the tree is unmounted, checked by e2fsck, extracted from the
 * image by debugfs, and compared with the host's byte by byte.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

static char host_dir[300];
static uint64_t seed;

static int host_error(void)
{
	switch (errno) {
	case ENOTEMPTY:
		return RUMP_ENOTEMPTY;
	case ENAMETOOLONG:
		return RUMP_ENAMETOOLONG;
	case ELOOP:
		return RUMP_ELOOP;
	default:
		return errno; /* the low numbers are the same */
	}
}

/* A path of up to three short names; there are few, so that operations meet. */
static void make_name(char *name, size_t size)
{
	unsigned depth = 1 + rnd(&seed) % 3;
	size_t at = 0;

	for (unsigned i = 0; i < depth; i++) {
		unsigned n = rnd(&seed) % 8;

		at += (size_t)snprintf(name + at, size - at, "%s%c%.*s", i ? "/" : "", 'a' + n,
				       (int)(n * 7),
				       "-with-a-longer-name-to-make-blocks-fill-earlier");
	}
}

static void compare(const char *what, const char *a, const char *b, int host, int here)
{
	/* Both names may be wrong; which is reported first differs between systems. */
	if (host != here && (host == 0 || here == 0 || b[0] == '\0'))
		fail_msg("%s(%s, %s): the host says %d, ext2 %d", what, a, b, host, here);
}

#define MAXOP 40000
static uint8_t data[MAXOP], back[MAXOP];

static void do_write(const char *name, const char *hname)
{
	int64_t off = rnd(&seed) % 4 == 0 ? (int64_t)rnd(&seed) % 3000000 : rnd(&seed) % 30000;
	size_t len = rnd(&seed) % MAXOP;
	int hfd = open(hname, O_CREAT | O_RDWR, 0644), herr = hfd < 0 ? host_error() : 0;
	int fd = rump_sys_open(name, RUMP_O_CREAT | RUMP_O_RDWR, 0644);

	compare("open", name, "", herr, fd < 0 ? errno : 0);
	if (fd < 0)
		return;
	pattern(data, len, (uint64_t)off, rnd(&seed));
	assert_int_equal(pwrite(hfd, data, len, off), len);
	assert_int_equal(rump_sys_pwrite(fd, data, len, off), len);
	off = rnd(&seed) % 100000;
	assert_int_equal(pread(hfd, data, MAXOP, off), rump_sys_pread(fd, back, MAXOP, off));
	close(hfd);
	assert_ok(rump_sys_close(fd));
}

static void one(void)
{
	char a[300], b[300], ha[700], hb[700];
	struct rump_stat st;
	struct stat hst;
	int h, r;

	make_name(a, sizeof(a));
	make_name(b, sizeof(b));
	snprintf(ha, sizeof(ha), "%s/%s", host_dir, a);
	snprintf(hb, sizeof(hb), "%s/%s", host_dir, b);
#define BOTH(what, hostcall, herecall)                  \
	do {                                            \
		h = (hostcall) != 0 ? host_error() : 0; \
		r = (herecall) != 0 ? errno : 0;        \
		compare(what, a, b, h, r);              \
	} while (0)
	switch (rnd(&seed) % 16) {
	case 0:
	case 1:
	case 2:
	case 3:
		do_write(a, ha);
		break;
	case 4:
	case 5:
		BOTH("mkdir", mkdir(ha, 0755), rump_sys_mkdir(a, 0755));
		break;
	case 6:
		BOTH("rmdir", rmdir(ha), rump_sys_rmdir(a));
		break;
	case 7:
		h = unlink(ha) != 0 ? host_error() : 0;
		r = rump_sys_unlink(a) != 0 ? errno : 0;
		if (h == RUMP_EISDIR)
			h = RUMP_EPERM; /* of a directory: as on NetBSD */
		compare("unlink", a, "", h, r);
		break;
	case 8:
	case 9:
	case 10:
		BOTH("rename", rename(ha, hb), rump_sys_rename(a, b));
		break;
	case 11:
		BOTH("link", link(ha, hb), rump_sys_linkat(RUMP_AT_FDCWD, a, RUMP_AT_FDCWD, b, 0));
		break;
	case 12:
		h = (int)(rnd(&seed) % 100);
		memset(data, 's', 100);
		data[h + 1] = '\0';
		BOTH("symlink", symlink((char *)data, hb), rump_sys_symlink((char *)data, b));
		break;
	case 13: {
		int64_t size = rnd(&seed) % 2 ? rnd(&seed) % 50000 : rnd(&seed) % 3000000;

		BOTH("truncate", truncate(ha, size), rump_sys_truncate(a, size));
		break;
	}
	case 14:
		BOTH("chmod", chmod(ha, rnd(&seed) % 512), rump_sys_chmod(a, rnd(&seed) % 512));
		/* The two random modes differ: make them equal. */
		(void)!chmod(ha, 0700);
		rump_sys_chmod(a, 0700);
		break;
	default:
		BOTH("stat", lstat(ha, &hst), rump_sys_lstat(a, &st));
		if (h == 0) {
			assert_int_equal(hst.st_mode, st.st_mode);
			if (!S_ISDIR(hst.st_mode)) {
				assert_int_equal(hst.st_size, st.st_size);
				assert_int_equal(hst.st_nlink, st.st_nlink);
			}
		}
	}
}

/* The image has what the host has. */
static void check_tree(void)
{
	assert_ok(image_unmount());
	image_fsck();
	shell("rm -rf '%s/out' && mkdir '%s/out' && /sbin/debugfs -R 'rdump / %s/out' '%s' "
	      ">/dev/null 2>&1; rmdir '%s/out/lost+found'",
	      image_dir, image_dir, image_dir, image_path, image_dir);
	assert_ok(shell("diff -r --no-dereference '%s' '%s/out'", host_dir, image_dir));
	assert_ok(image_mount(0));
}

static void run(const char *args, unsigned seeds, unsigned ops)
{
	for (unsigned s = 1; s <= seeds; s++) {
		seed = s * 1000003u;
		snprintf(host_dir, sizeof(host_dir), "%s/host", image_dir);
		assert_ok(shell("rm -rf '%s' && mkdir '%s'", host_dir, host_dir));
		image_make("64M", args);
		assert_ok(image_mount(0));
		for (unsigned i = 0; i < ops; i++) {
			one();
			if (i % 1000 == 999)
				check_tree();
		}
		check_tree();
		assert_ok(image_unmount());
	}
}

static void test_random_1k(void **state)
{
	(void)state;
	run("-b 1024 -I 128", 3, 2500);
}

static void test_random_2k(void **state)
{
	(void)state;
	run("-b 2048", 2, 2500);
}

static void test_random_4k(void **state)
{
	(void)state;
	run("-b 4096", 3, 2500);
}

/* Files that mke2fs -d put there are read whole. */
static void test_populated(void **state)
{
	static const char *const formats[] = {"-b 1024", "-b 2048", "-b 4096"};

	(void)state;
	for (unsigned f = 0; f < 3; f++) {
		uint8_t *buf = malloc(3000000);
		char path[700], name[64];
		int sizes[] = {0, 1, 1023, 12288, 12289, 70000, 300000, 2900000};

		assert_non_null(buf);
		assert_ok(shell("rm -rf '%s/src' && mkdir -p '%s/src/a b/\xc3\xa9'", image_dir,
				image_dir));
		for (unsigned i = 0; i < 8; i++) {
			FILE *fp;

			snprintf(path, sizeof(path), "%s/src/a b/\xc3\xa9/f%u", image_dir, i);
			fp = fopen(path, "wb");
			pattern(buf, (size_t)sizes[i], 0, i);
			assert_int_equal(fwrite(buf, 1, (size_t)sizes[i], fp), sizes[i]);
			fclose(fp);
		}
		snprintf(path, sizeof(path), "%s -d '%s/src'", formats[f], image_dir);
		image_make("32M", path);
		assert_ok(image_mount(RUMP_MNT_RDONLY));
		for (unsigned i = 0; i < 8; i++) {
			struct rump_stat st;
			int fd;

			snprintf(name, sizeof(name), "a b/\xc3\xa9/f%u", i);
			fd = rump_sys_open(name, RUMP_O_RDONLY);
			assert_true(fd >= 0);
			assert_ok(rump_sys_fstat(fd, &st));
			assert_int_equal(st.st_size, sizes[i]);
			check_pattern(fd, 0, (size_t)sizes[i], i);
			assert_ok(rump_sys_close(fd));
		}
		assert_ok(image_unmount());
		free(buf);
	}
}

static int group_start(void **state)
{
	(void)state;
	umask(0);
	if (image_start() != 0)
		return -1;
	rump_sys_umask(0);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_random_1k, image_teardown),
		cmocka_unit_test_teardown(test_random_2k, image_teardown),
		cmocka_unit_test_teardown(test_random_4k, image_teardown),
		cmocka_unit_test_teardown(test_populated, image_teardown),
	};

	return cmocka_run_group_tests(tests, group_start, image_group_end);
}

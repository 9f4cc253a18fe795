/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer cache (buf.h, I4 to I6) over a device that counts requests, and fails on demand; the
 * RAM disk; etfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <rump/errno.h>
#include <rump/rump.h>
#include <rump/rump_syscalls.h>

#include "dev/md/md.h"
#include "kern/copy.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "vfs/buf.h"

#define BSIZE 4096
#define BLOCKS 4096 /* 16 MiB, more than the cache */

#define assert_ok(call) assert_int_equal((call), 0)
#define assert_fails(call, error)                      \
	do {                                           \
		assert_int_equal((call), -1);          \
		assert_int_equal(errno, RUMP_##error); \
	} while (0)

static char *disk;
static _Atomic unsigned bios, fail;

static void disk_strategy(struct bdev *bd, struct bio *bio)
{
	char *at = disk + bio->b_off;

	(void)bd;
	bios++;
	for (unsigned i = 0; i < bio->b_nvec; i++) {
		if (bio->b_op == BIO_READ)
			memcpy(bio->b_vec[i].bv_base, at, bio->b_vec[i].bv_len);
		else if (!fail)
			memcpy(at, bio->b_vec[i].bv_base, bio->b_vec[i].bv_len);
		at += bio->b_vec[i].bv_len;
	}
	bio_done(bio, fail ? RUMP_EIO : 0);
}

static const struct bdev_ops disk_ops = {.bd_strategy = disk_strategy};
static struct bdev dev = {.bd_name = "test0",
			  .bd_ops = &disk_ops,
			  .bd_size = (uint64_t)BSIZE * BLOCKS,
			  .bd_sector = 512};

static int setup(void **state)
{
	(void)state;
	setenv("RUMP_MEMLIMIT", "8m", 1);
	disk = calloc(BLOCKS, BSIZE);
	if (disk == NULL || rump_init() != 0)
		return -1;
	rump_schedule();
	bdev_attach(&dev);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	bdev_detach(&dev);
	rump_unschedule();
	free(disk);
	return 0;
}

static void test_read_write(void **state)
{
	struct bufobj bo;
	struct buf *bp;

	(void)state;
	bufobj_init(&bo, &dev, BSIZE, NULL, NULL);
	memset(disk + 5 * BSIZE, 'd', BSIZE);
	assert_null(bincore(&bo, 5));
	assert_ok(bread(&bo, 5, &bp));
	assert_int_equal(*(char *)bp->b_data, 'd');
	brelse(bp);
	bios = 0;
	bp = bincore(&bo, 5);
	assert_non_null(bp);
	assert_int_equal(bios, 0);
	memset(bp->b_data, 'e', BSIZE);
	bdwrite(bp);
	assert_true(bufobj_isdirty(&bo));
	assert_int_equal(disk[5 * BSIZE], 'd');
	assert_ok(bufobj_sync(&bo, true));
	assert_int_equal(disk[5 * BSIZE], 'e');
	assert_false(bufobj_isdirty(&bo));
	/* Discarded while dirty: never written. */
	assert_ok(getblk(&bo, 6, &bp));
	memset(bp->b_data, 'x', BSIZE);
	bdwrite(bp);
	bufobj_truncate(&bo, 6);
	assert_ok(bufobj_sync(&bo, true));
	assert_int_equal(disk[6 * BSIZE], 0);
	bufobj_destroy(&bo);
}

static void test_clusters(void **state)
{
	struct bufobj bo;
	struct buf *bp;

	(void)state;
	bufobj_init(&bo, &dev, BSIZE, NULL, NULL);
	/* Made dirty backwards, with a gap: two runs, so two writes. */
	for (int i = 99; i >= 0; i--) {
		if (i == 50)
			continue;
		assert_ok(getblk(&bo, i, &bp));
		memset(bp->b_data, i, BSIZE);
		bdwrite(bp);
	}
	bios = 0;
	assert_ok(bufobj_sync(&bo, true));
	assert_int_equal(bios, 2);
	for (int i = 0; i < 100; i++)
		assert_int_equal(disk[(size_t)i * BSIZE], i == 50 ? 0 : i);
	bufobj_destroy(&bo);
}

static void test_write_error(void **state)
{
	struct bufobj bo;
	struct buf *bp;

	(void)state;
	bufobj_init(&bo, &dev, BSIZE, NULL, NULL);
	assert_ok(getblk(&bo, 1, &bp));
	memset(bp->b_data, 1, BSIZE);
	bdwrite(bp);
	fail = 1;
	assert_int_equal(bufobj_sync(&bo, true), RUMP_EIO);
	assert_int_equal(bread(&bo, 2, &bp), RUMP_EIO);
	fail = 0;
	assert_ok(bufobj_sync(&bo, true)); /* reported once (I5) */
	assert_ok(bread(&bo, 2, &bp));
	brelse(bp);
	assert_int_equal(bread(&bo, BLOCKS, &bp), RUMP_ENXIO);
	bufobj_destroy(&bo);
}

/* A "file" that consists of every block, for the functions on contents. */
static int map_all(struct bufobj *bo, int64_t lbn, int64_t *pblkp, uint32_t *runp)
{
	(void)bo;
	*pblkp = lbn;
	*runp = (uint32_t)(BLOCKS - lbn);
	return 0;
}

static bool allocated[BLOCKS];

static int alloc_all(struct bufobj *bo, int64_t lbn, int64_t *pblkp, bool *newp)
{
	(void)bo;
	if (lbn >= BLOCKS)
		return RUMP_ENOSPC;
	*pblkp = lbn;
	*newp = !allocated[lbn];
	allocated[lbn] = true;
	return 0;
}

static const struct bufobj_ops file_ops = {.bo_bmap = map_all, .bo_balloc = alloc_all};

static void test_contents_beyond_cache(void **state)
{
	size_t total = (size_t)BSIZE * BLOCKS, chunk = 100000;
	char *buf = malloc(chunk);
	struct rump_iovec iov;
	struct bufobj bo;
	struct uio uio;
	int64_t size = 0;

	(void)state;
	bufobj_init(&bo, &dev, BSIZE, &file_ops, NULL);
	for (size_t off = 0; off < total; off += chunk) {
		size_t n = total - off < chunk ? total - off : chunk;

		for (size_t i = 0; i < n; i++)
			buf[i] = (char)((off + i) * 2654435761u >> 13);
		uio_kernel(&uio, &iov, buf, n, (int64_t)off, UIO_WRITE);
		assert_ok(bufobj_write(&bo, &uio, &size));
	}
	assert_int_equal(size, total);
	uio_kernel(&uio, &iov, buf, 1, size, UIO_WRITE);
	assert_int_equal(bufobj_write(&bo, &uio, &size), RUMP_ENOSPC);
	assert_ok(bufobj_sync(&bo, true));
	assert_true(buf_stats.bytes <= buf_stats.limit_bytes + BSIZE);
	assert_true(buf_stats.evictions > 0);
	for (size_t i = 0; i < total; i++)
		if (disk[i] != (char)(i * 2654435761u >> 13))
			fail_msg("byte %zu", i);
	/* Read it all: in clusters, and correctly. */
	bios = 0;
	for (size_t off = 0; off < total; off += chunk) {
		size_t n = total - off < chunk ? total - off : chunk;

		uio_kernel(&uio, &iov, buf, chunk, (int64_t)off, UIO_READ);
		assert_ok(bufobj_read(&bo, &uio, size));
		assert_int_equal(chunk - uio.uio_resid, n);
		assert_memory_equal(buf, disk + off, n);
	}
	assert_true(bios < BLOCKS / 16);
	free(buf);
	bufobj_destroy(&bo);
}

static void test_md(void **state)
{
	static char image[8192];
	char buf[1024];
	struct rump_stat st;
	int fd;

	(void)state;
	image[1000] = 'i';
	assert_ok(rump_md_attach(3, image, sizeof(image)));
	assert_int_equal(rump_md_attach(3, NULL, 512), RUMP_EEXIST);
	assert_int_equal(rump_md_attach(4, NULL, 100), RUMP_EINVAL);
	fd = rump_sys_open("/dev/md3", RUMP_O_RDWR);
	assert_true(fd >= 0);
	assert_ok(rump_sys_fstat(fd, &st));
	assert_int_equal(st.st_mode & RUMP_S_IFMT, RUMP_S_IFBLK);
	assert_int_equal(rump_sys_pread(fd, buf, 10, 995), 10);
	assert_int_equal(buf[5], 'i');
	assert_int_equal(rump_sys_pwrite(fd, "across", 6, 509), 6);
	assert_memory_equal(image + 509, "across", 6);
	assert_int_equal(rump_sys_pwrite(fd, buf, 1024, 8000), 192);
	assert_fails(rump_sys_pwrite(fd, buf, 1, 8192), ENOSPC);
	assert_int_equal(rump_sys_lseek(fd, 0, RUMP_SEEK_END), 8192);
	assert_ok(rump_sys_close(fd));
	assert_ok(rump_md_detach(3));
	assert_int_equal(rump_md_detach(3), RUMP_ENXIO);
	assert_fails(rump_sys_open("/dev/md3", RUMP_O_RDWR), ENOENT);
}

static void test_etfs(void **state)
{
	char host[] = "/tmp/etfsXXXXXX", buf[16] = {0};
	int hostfd = mkstemp(host), fd;

	(void)state;
	assert_true(hostfd >= 0);
	assert_ok(ftruncate(hostfd, 1 << 20));
	assert_int_equal(rump_pub_etfs_register("/disks/a", "/nonexistent", RUMP_ETFS_BLK),
			 RUMP_ENOENT);
	assert_int_equal(rump_pub_etfs_register("/disks/a", host, RUMP_ETFS_DIR), RUMP_EOPNOTSUPP);
	assert_ok(rump_pub_etfs_register_withsize("/disks/a", host, RUMP_ETFS_BLK, 4096, 8192));
	fd = rump_sys_open("/disks/a", RUMP_O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(rump_sys_pwrite(fd, "on the host", 11, 100), 11);
	assert_int_equal(rump_pub_etfs_remove("/disks/a"), RUMP_EBUSY);
	assert_ok(rump_sys_close(fd));
	assert_int_equal(pread(hostfd, buf, 11, 4196), 11);
	assert_string_equal(buf, "on the host");
	assert_ok(rump_pub_etfs_remove("/disks/a"));
	assert_int_equal(rump_pub_etfs_remove("/disks/a"), RUMP_ENOENT);
	close(hostfd);
	unlink(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_write),
		cmocka_unit_test(test_clusters),
		cmocka_unit_test(test_write_error),
		cmocka_unit_test(test_contents_beyond_cache),
	};
	const struct CMUnitTest outside[] = {
		cmocka_unit_test(test_md),
		cmocka_unit_test(test_etfs),
	};
	int failed = cmocka_run_group_tests(tests, setup, teardown);

	return failed + cmocka_run_group_tests(outside, NULL, NULL);
}

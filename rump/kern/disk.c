/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block devices, served to others by the host (rump/disk.h). A disk's number is its minor number.
 */
#include <rump/disk.h>

#include <rump/errno.h>
#include <rump/rump.h>

#include "kern/bdev.h"

/* Called with a virtual CPU. The caller releases the bdev. */
static struct bdev *disk_get(int number)
{
	return number < 0 ? NULL
			  : bdev_find_dev(RUMP_MAKEDEV(BDEV_MAJOR, (uint64_t)(unsigned)number));
}

int rump_pub_disk_find(const char *name, int *number)
{
	struct bdev *bd;

	rump_schedule();
	bd = bdev_find(name);
	if (bd != NULL) {
		*number = (int)RUMP_MINOR(bd->bd_dev);
		bdev_release(bd);
	}
	rump_unschedule();
	return bd != NULL ? 0 : RUMP_ENOENT;
}

int rump_pub_disk_size(int number, uint64_t *size_bytes, uint32_t *sector_bytes)
{
	struct bdev *bd;

	rump_schedule();
	bd = disk_get(number);
	if (bd != NULL) {
		*size_bytes = bd->bd_size;
		*sector_bytes = bd->bd_sector;
		bdev_release(bd);
	}
	rump_unschedule();
	return bd != NULL ? 0 : RUMP_ENOENT;
}

static int disk_rw(int number, enum bio_op op, uint64_t off, void *buf, size_t len)
{
	int error = RUMP_ENOENT;
	struct bdev *bd;

	rump_schedule();
	bd = disk_get(number);
	if (bd != NULL) {
		error = op == BIO_FLUSH ? bdev_flush(bd) : bdev_rw(bd, op, off, buf, len);
		bdev_release(bd);
	}
	rump_unschedule();
	return error;
}

int rump_pub_disk_read(int number, uint64_t off_bytes, void *buf, size_t len_bytes)
{
	return disk_rw(number, BIO_READ, off_bytes, buf, len_bytes);
}

int rump_pub_disk_write(int number, uint64_t off_bytes, const void *buf, size_t len_bytes)
{
	return disk_rw(number, BIO_WRITE, off_bytes, (void *)(uintptr_t)buf, len_bytes);
}

int rump_pub_disk_flush(int number)
{
	return disk_rw(number, BIO_FLUSH, 0, NULL, 0);
}

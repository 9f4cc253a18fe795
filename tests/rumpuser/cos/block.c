/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of the component disk, by host files of rumpuser/cos. It reads a whole virtio disk, and
 * writes to the disk and its partitions with many requests in flight. Sector n of the disk begins
 * with its number as text, except for the partition table (block.sh).
 */
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <reboot/system.h>
#include <rump/errno.h>

#include "no_kernel.h"

#define SECTOR 512l
#define SECTORS 4096l
#define PART 65536l
#define MANY 32

static struct cos_sem finished;
static long failures;

long component_init(void);

static void check(const char *what, long is, long wanted)
{
	if (is == wanted)
		return;
	cos_log("block: %s: %ld, not %ld\n", what, is, wanted);
	__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

static void done(void *arg, size_t bytes, int error)
{
	check("error of a request", error, 0);
	check("length of a request", (long)bytes, (long)arg);
	cos_sem_post(&finished);
}

/* One request, as long as possible. */
static void whole_read(int fd, long sectors, long first)
{
	static char data[2 * PART], want[32];

	for (long at = 0; at < sectors; at += sizeof(data) / SECTOR) {
		long count = sectors - at < (long)sizeof(data) / SECTOR
				     ? sectors - at
				     : (long)sizeof(data) / SECTOR;

		rumpuser_bio(fd, RUMPUSER_BIO_READ, data, (size_t)(count * SECTOR), at * SECTOR,
			     done, (void *)(count * SECTOR));
		cos_sem_wait(&finished, 0);
		for (long s = 0; s < count; s++) {
			cos_snprintf(want, sizeof(want), "sector %ld\n", first + at + s);
			if (memcmp(data + s * SECTOR, want, strlen(want)) != 0)
				check("contents of sector", first + at + s, -1);
		}
	}
}

/* Every fourth sector from 0 on: all in flight at once, the last ones to stable storage. */
static void many_write(int fd, const char *word)
{
	static char data[MANY][SECTOR];

	for (long i = 0; i < MANY; i++) {
		memset(data[i], '.', SECTOR);
		cos_snprintf(data[i], SECTOR, "%s %ld\n", word, i);
		rumpuser_bio(fd, RUMPUSER_BIO_WRITE | (i >= MANY / 2 ? RUMPUSER_BIO_SYNC : 0),
			     data[i], SECTOR, 4 * i * SECTOR, done, (void *)SECTOR);
		if (i == MANY / 4)
			check("barrier",
			      rumpuser_syncfd(fd, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_BARRIER,
					      0, 0),
			      0);
	}
	for (long i = 0; i < MANY; i++)
		cos_sem_wait(&finished, 0);
}

static int opened(const char *path, int mode, long sectors)
{
	uint64_t size = 0;
	int fd = -1, type = -1;

	check(path, rumpuser_getfileinfo(path, &size, &type), 0);
	check("size in sectors", (long)size / SECTOR, sectors);
	check("type", type, RUMPUSER_FT_BLK);
	check("open", rumpuser_open(path, mode | RUMPUSER_OPEN_BIO, &fd), 0);
	return fd;
}

static void errors(int fd)
{
	static char data[2 * SECTOR];
	struct rumpuser_iovec iov = {data, SECTOR};
	size_t got;
	int none;

	check("no such disk", rumpuser_open("block:ld9", RUMPUSER_OPEN_RDWR, &none), RUMP_ENOENT);
	check("no such partition", rumpuser_open("block:ld0p3", RUMPUSER_OPEN_RDWR, &none),
	      RUMP_ENOENT);
	check("unaligned", rumpuser_iovread(fd, &iov, 1, 1, &got), RUMP_EINVAL);
	check("at the end", rumpuser_iovread(fd, &iov, 1, SECTORS * SECTOR, &got), 0);
	check("nothing read", (long)got, 0);
	check("write at the end", rumpuser_iovwrite(fd, &iov, 1, SECTORS * SECTOR, &got),
	      RUMP_ENOSPC);
}

long component_init(void)
{
	int disk, first, logical, readonly;

	check("init", rumpuser_init(RUMPUSER_VERSION, &no_kernel), 0);
	disk = opened("block:ld0", RUMPUSER_OPEN_RDWR, SECTORS);
	first = opened("block:ld0p1", RUMPUSER_OPEN_RDWR, 1024);
	logical = opened("block:ld0p5", RUMPUSER_OPEN_RDWR, 500);
	readonly = opened("block:ld1", RUMPUSER_OPEN_RDWR, 2048);
	whole_read(first, 1024, 64);
	whole_read(logical, 500, 2100);
	errors(disk);
	many_write(first, "FIRST");
	many_write(logical, "LOGICAL");
	check("sync", rumpuser_syncfd(disk, RUMPUSER_SYNCFD_WRITE | RUMPUSER_SYNCFD_SYNC, 0, 0), 0);
	{
		static char data[SECTOR];
		struct rumpuser_iovec iov = {data, SECTOR};
		size_t got;

		check("read of the other", rumpuser_iovread(readonly, &iov, 1, 0, &got), 0);
		check("write to a read-only disk", rumpuser_iovwrite(readonly, &iov, 1, 0, &got),
		      RUMP_EROFS);
	}
	cos_log("block: %ld failures\n", failures);
	return reboot_system(failures != 0);
}

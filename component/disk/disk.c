/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The component disk: interface/block over the disks of a rump kernel that consists of drivers.
 *
 * Supported: reads, writes, writes to stable storage and flushes of whole sectors, of disks and of
 * the partitions on them. Not supported: discarding blocks, and disks that come or go while the
 * system runs.
 *
 * I1 A client's thread enters the rump kernel with a temporary lwp for the time of its request; as
 *    many requests are in flight as threads have come.
 * I2 The client may take its buffer away at any time. A device therefore transfers from and to
 *    memory of this component, and the copy between the two recovers from faults.
 */
#include <block/block.h>
#include <cos/layout.h>
#include <cos/string.h>
#include <cos/user.h>
#include <rump/disk.h>
#include <rump/errno.h>
#include <rump/rump.h>

#include "alloc.h"
#include "component/sysproxy/server.h"

/*
 * A request's data passes through one piece of memory, this long at most, so that a client's long
 * request does not take memory of that length here.
 */
#define PIECE_BYTES (128ul << 10)

static long error_of(int error)
{
	switch (error) {
	case 0:
		return 0;
	case RUMP_ENOENT:
		return -COS_ENOENT;
	case RUMP_EINVAL:
	case RUMP_ENXIO:
		return -COS_EINVAL;
	case RUMP_EROFS:
		return -COS_EPERM;
	case RUMP_ENOMEM:
		return -COS_ENOMEM;
	default:
		return -COS_EIO;
	}
}

long block_find(unsigned long name0, unsigned long name1, unsigned long name2, unsigned long name3)
{
	unsigned long words[] = {name0, name1, name2, name3};
	char name[BLOCK_NAME_MAX];
	int number = 0, error;

	if (!server_ready())
		return -COS_EAGAIN;
	memcpy(name, words, sizeof(name));
	if (name[sizeof(name) - 1] != '\0')
		return -COS_ENOENT;
	error = rump_pub_disk_find(name, &number);
	return error ? error_of(error) : number;
}

static bool is_number(long disk)
{
	return disk >= 0 && disk <= INT32_MAX;
}

struct cos_pair block_size(long disk)
{
	uint64_t size_bytes = 0;
	uint32_t sector_bytes = 0;
	int error;

	if (!server_ready())
		return (struct cos_pair){-COS_EAGAIN, 0};
	error = is_number(disk) ? rump_pub_disk_size((int)disk, &size_bytes, &sector_bytes)
				: RUMP_ENOENT;
	if (error)
		return (struct cos_pair){error_of(error), 0};
	return (struct cos_pair){(long)size_bytes, sector_bytes};
}

static long piece_transfer(int disk, bool write, void *buffer, void *piece, size_t len,
			   uint64_t off)
{
	long error = write ? cos_copy_user(piece, buffer, len) : 0;

	if (error)
		return error;
	error = error_of(write ? rump_pub_disk_write(disk, off, piece, len)
			       : rump_pub_disk_read(disk, off, piece, len));
	return error || write ? error : cos_copy_user(buffer, piece, len);
}

long block_transfer(long disk, long op, unsigned long buffer, unsigned long len_bytes,
		    unsigned long off_bytes)
{
	size_t size = len_bytes < PIECE_BYTES ? len_bytes : PIECE_BYTES, done = 0;
	struct cos_pair has = block_size(disk);
	bool write = op == BLOCK_WRITE || op == BLOCK_WRITE_STABLE;
	long error = 0;
	void *piece;

	if (has.v0 < 0)
		return has.v0;
	if ((!write && op != BLOCK_READ) || len_bytes == 0 ||
	    (len_bytes | off_bytes) % (unsigned long)has.v1 != 0 ||
	    off_bytes > (unsigned long)has.v0 || len_bytes > (unsigned long)has.v0 - off_bytes)
		return -COS_EINVAL;
	if (!cos_user_range_shared((void *)buffer, len_bytes))
		return -COS_EFAULT;
	piece = arena_alloc(size, COS_PAGE_SIZE);
	if (!piece)
		return -COS_ENOMEM;
	for (size_t part; done < len_bytes && error == 0; done += part) {
		part = len_bytes - done < size ? len_bytes - done : size;
		error = piece_transfer((int)disk, write, (void *)(buffer + done), piece, part,
				       off_bytes + done);
	}
	arena_free(piece, size);
	if (error == 0 && op == BLOCK_WRITE_STABLE)
		error = block_flush(disk);
	return error;
}

long block_flush(long disk)
{
	if (!server_ready())
		return -COS_EAGAIN;
	return error_of(is_number(disk) ? rump_pub_disk_flush((int)disk) : RUMP_ENOENT);
}

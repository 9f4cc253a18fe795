/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Host files that are disks of another component, through interface/block.
 *
 * Supported: reads and writes of whole sectors, flushes, writes to stable storage, partitions. Not
 * supported: parts of sectors (EINVAL, as with a raw device) and growing.
 *
 * Data passes through buffers that are shared with the other component. A transfer takes a buffer
 * from the pool or makes one, so there are as many as were ever in use at once; they are kept for
 * later transfers.
 *
 * In a component that imports no disk these files do not exist (ENOENT).
 */
#include <block/block.h>
#include <mem/mem.h>
#include <cos/string.h>
#include <rump/errno.h>

#include "alloc.h"
#include "file.h"
#include "hyp.h"

/*
 * A transfer passes through a buffer of this length: the piece of the other side (component/disk).
 */
#define BUFFER_BYTES (128ul << 10)

__typeof__(block_find) block_find __attribute__((weak));
__typeof__(block_size) block_size __attribute__((weak));
__typeof__(block_transfer) block_transfer __attribute__((weak));
__typeof__(block_flush) block_flush __attribute__((weak));

struct block_file {
	struct file file;
	long disk;
	uint64_t len_bytes;
	uint64_t sector_bytes;
};

struct buffer {
	struct buffer *next;
	uint8_t *bytes;
};

static struct cos_mutex pool_mutex;
static struct buffer *pool;

static struct buffer *buffer_take(void)
{
	struct buffer *b;
	long va;

	cos_mutex_lock(&pool_mutex);
	b = pool;
	if (b)
		pool = b->next;
	cos_mutex_unlock(&pool_mutex);
	if (b)
		return b;
	b = arena_alloc(sizeof(*b), 16);
	if (!b)
		return NULL;
	va = mem_shm_create(BUFFER_BYTES);
	if (va < 0) {
		arena_free(b, sizeof(*b));
		return NULL;
	}
	b->bytes = (uint8_t *)va;
	return b;
}

static void buffer_give(struct buffer *b)
{
	cos_mutex_lock(&pool_mutex);
	b->next = pool;
	pool = b;
	cos_mutex_unlock(&pool_mutex);
}

static int block_errno(long error)
{
	return error == -COS_EPERM ? RUMP_EROFS : hyp_errno(error);
}

/* len_bytes of whole sectors, within the disk. */
static int sectors_transfer(const struct block_file *b, bool write, uint8_t *data, size_t len_bytes,
			    uint64_t off, bool stable, size_t *donep)
{
	long op = !write ? BLOCK_READ : stable ? BLOCK_WRITE_STABLE : BLOCK_WRITE;
	struct buffer *buffer = buffer_take();
	long error = 0;

	if (!buffer)
		return RUMP_ENOMEM;
	while (*donep < len_bytes) {
		size_t part = len_bytes - *donep < BUFFER_BYTES ? len_bytes - *donep : BUFFER_BYTES;

		if (write)
			memcpy(buffer->bytes, data + *donep, part);
		error = block_transfer(b->disk, op, (unsigned long)buffer->bytes, part,
				       off + *donep);
		if (error)
			break;
		if (!write)
			memcpy(data + *donep, buffer->bytes, part);
		*donep += part;
	}
	buffer_give(buffer);
	return block_errno(error);
}

/* A transfer that is not whole sectors is EINVAL, as with a disk's raw device. */
static int block_file_transfer(struct file *f, bool write, void *data, size_t len_bytes,
			       uint64_t off, bool stable, size_t *donep)
{
	const struct block_file *b = (struct block_file *)f;
	uint64_t have = off < b->len_bytes ? b->len_bytes - off : 0;
	size_t len = len_bytes < have ? len_bytes : (size_t)have;
	int error;

	*donep = 0;
	if ((off | len_bytes) % b->sector_bytes != 0)
		return RUMP_EINVAL;
	error = sectors_transfer(b, write, data, len, off, stable, donep);
	return error == 0 && write && len < len_bytes ? RUMP_ENOSPC : error;
}

static int block_file_flush(struct file *f)
{
	return block_errno(block_flush(((struct block_file *)f)->disk));
}

static uint64_t block_file_size(struct file *f)
{
	return ((struct block_file *)f)->len_bytes;
}

int block_file_open(const char *name, bool create, struct file **made)
{
	static const struct file_ops ops = {block_file_transfer, block_file_flush, block_file_size,
					    NULL};
	unsigned long words[BLOCK_NAME_MAX / sizeof(unsigned long)] = {0};
	struct block_file *b;
	struct cos_pair size;
	long disk;

	if (!block_find || !block_size || !block_transfer || !block_flush)
		return create ? RUMP_EROFS : RUMP_ENOENT;
	if (strlcpy((char *)words, name, sizeof(words)) >= sizeof(words))
		return RUMP_ENAMETOOLONG;
	disk = block_find(words[0], words[1], words[2], words[3]);
	if (disk < 0)
		return disk == -COS_ENOENT && create ? RUMP_EROFS : hyp_errno(disk);
	size = block_size(disk);
	if (size.v0 < 0)
		return hyp_errno(size.v0);
	b = arena_alloc(sizeof(*b), 16);
	if (!b)
		return RUMP_ENOMEM;
	*b = (struct block_file){.file = {.ops = &ops, .type = RUMPUSER_FT_BLK},
				 .disk = disk,
				 .len_bytes = (uint64_t)size.v0,
				 .sector_bytes = (uint64_t)size.v1};
	*made = &b->file;
	return 0;
}

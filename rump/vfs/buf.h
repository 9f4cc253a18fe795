/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer cache: blocks of files and of devices, read ahead and written back.
 *
 * A bufobj is something that has blocks: a regular file or directory (logical blocks, placed on the
 * device by bo_bmap/bo_balloc), or a device itself for a file system's metadata (logical =
 * physical). A buffer is found by (bufobj, lbn) in one hash lookup. A block is in one bufobj only:
 * a file's data in the file's, inodes, bitmaps and indirect blocks in the device's.
 *
 * States. A buffer returned by getblk or bread is owned exclusively by its caller until brelse,
 * bdwrite or bwrite. While it is written back the cache owns it. Valid: its data is the truth.
 * Dirty: the disk does not have it yet; after bdwrite the data is on disk within BUF_AGE_NS, at the
 * next sync, or when a fourth of the cache is dirty. Write-back clusters blocks that follow each
 * other on the device.
 *
 * Who may own several buffers at once: in the order file before device, ascending lbn, or with a
 * lock that excludes others; write-back itself never waits for one buffer while it owns another.
 *
 * Errors. A failed read returns EIO from bread, and the buffer is not valid. A failed write-back
 * drops the dirty mark and is remembered in the bufobj: the next bufobj_sync returns it, once.
 *
 * Memory. Buffers take what there is up to a share of kmem_limit (all of it but a quarter) and
 * shrink when other allocations need it; clean ones go in order of last use.
 */
#ifndef RUMP_VFS_BUF_H
#define RUMP_VFS_BUF_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kern/bdev.h"
#include "kern/list.h"
#include "kern/sync.h"

struct bufobj;
struct uio;

struct bufobj_ops {
	/*
	 * Where block lbn is: *pblkp its device block (in bo_bsize), -1 a hole; *runp how many
	 * blocks from lbn on follow each other there (at least 1; a smaller number than the truth
	 * is fine). Called with the file's lock held in some mode and no buffer of this bufobj
	 * owned.
	 */
	int (*bo_bmap)(struct bufobj *bo, int64_t lbn, int64_t *pblkp, uint32_t *runp);
	/* Allocate lbn if it is a hole; *newp: it was. Vnode locked for writing. ENOSPC, EFBIG. */
	int (*bo_balloc)(struct bufobj *bo, int64_t lbn, int64_t *pblkp, bool *newp);
};

struct bufobj {
	struct bdev *bo_dev;
	const struct bufobj_ops *bo_ops; /* NULL: a device, identity */
	uint32_t bo_bsize;		 /* bytes, a power of two from 512 to 65536 */
	void *bo_owner;			 /* the vnode, or the file system's */
	/* private */
	struct kmutex bo_lock;
	struct kcv bo_cv;
	struct list bo_bufs;  /* all, b_objnode */
	struct list bo_dirty; /* b_dirtynode */
	struct list bo_node;  /* of the bufobjs that have dirty buffers */
	uint64_t bo_ndirty;
	unsigned bo_writing; /* buffers being written */
	int bo_error;
	int64_t bo_dirtied_ns;	 /* when it became dirty */
	_Atomic int64_t bo_next; /* lbn that continues a sequential read */
	uint32_t bo_window;	 /* blocks to read ahead */
	unsigned bo_flushing;	 /* flushers at work on it; the dirty list's lock */
};

struct buf {
	void *b_data;
	struct bufobj *b_obj;
	int64_t b_lbn;
	int64_t b_pblk; /* device block, -1: not placed yet */
	uint32_t b_size;
	_Atomic unsigned b_flags;
	int b_error;
	/* private */
	struct list b_hash;
	struct list b_lru;
	struct list b_objnode;
	struct list b_dirtynode;
};
#define B_BUSY 0x01
#define B_VALID 0x02
#define B_DIRTY 0x04
#define B_WRITING 0x08
#define B_INVAL 0x10 /* to be thrown away at brelse */

void bufobj_init(struct bufobj *bo, struct bdev *dev, uint32_t bsize, const struct bufobj_ops *ops,
		 void *owner);
/* Throws away what is left, dirty or not, and waits for writes under way. */
void bufobj_destroy(struct bufobj *bo);

/* Owned buffer of lbn, valid or not (then to be filled whole by the caller). ENOMEM. */
int getblk(struct bufobj *bo, int64_t lbn, struct buf **bpp);
/* Owned and valid. A hole reads as zeros and has b_pblk -1: allocate before writing. EIO, ENOMEM.
 */
int bread(struct bufobj *bo, int64_t lbn, struct buf **bpp);
/* Owned if it is cached and valid and nobody owns it, else NULL; never sleeps on I/O. */
struct buf *bincore(struct bufobj *bo, int64_t lbn);
void brelse(struct buf *bp);   /* unchanged */
void bdwrite(struct buf *bp);  /* changed: write back later; b_pblk is set */
int bwrite(struct buf *bp);    /* changed: on the device before it returns (not flushed). EIO */
void bdiscard(struct buf *bp); /* owned; forget it, dirty or not: its block was freed */

/* Write all dirty buffers; wait: until they are on the device, and return a remembered error. */
int bufobj_sync(struct bufobj *bo, bool wait);
/* Forget cached blocks from lbn on, dirty or not (truncation). */
void bufobj_truncate(struct bufobj *bo, int64_t lbn);
bool bufobj_isdirty(struct bufobj *bo);

/*
 * File contents through the cache, for read and write of a file system. size is the file's. read
 * stops at size. write allocates by bo_balloc and, when the file grows, leaves the new size in
 * *sizep even on error (what was written counts); a partly written new block is zeroed first. The
 * caller holds the vnode's lock (any mode to read, exclusive to write), sets times and marks the
 * inode.
 */
int bufobj_read(struct bufobj *bo, struct uio *uio, int64_t size);
int bufobj_write(struct bufobj *bo, struct uio *uio, int64_t *sizep);
/* Zero the rest of the block that size falls into, if it exists (truncation). */
int bufobj_zerotail(struct bufobj *bo, int64_t size);

#define BUF_AGE_NS (5 * NSEC_PER_SEC)
void buf_bootstrap(void);
/* Start write-back of what is older than age_ns. */
void buf_flush_aged(int64_t age_ns);

struct buf_stats {
	_Atomic uint64_t hits, misses, reads, writes, readahead_blocks, evictions;
	_Atomic uint64_t bytes, dirty_bytes;
	uint64_t limit_bytes;
};
extern struct buf_stats buf_stats;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer cache: blocks of files and of devices, with read-ahead and write-back.
 *
 * Definitions. A bufobj is something that has blocks: a regular file or directory (logical blocks,
 * which bo_bmap and bo_balloc place on the device), or a device itself for a file system's metadata
 * (logical = physical). A buffer holds one block and is found by (bufobj, lbn). Valid: its data is
 * the block's current contents. Dirty: the device does not have that data yet. Owned (B_BUSY):
 * reserved to one lwp, or to a write-back.
 *
 * I1 A block is in one bufobj only: file data in the file's, inodes, bitmaps and indirect blocks in
 *    the device's.
 * I2 getblk and bread return a buffer that only the caller owns, until brelse, bdwrite or bwrite. A
 *    write-back owns the buffers that it writes.
 * I3 An lwp may own several buffers only in the order file before device and ascending lbn, or
 *    under a lock that excludes others. A write-back never waits for a buffer while it owns
 *    another.
 * I4 After bdwrite the data is on the device within BUF_AGE_NS, at the next sync, or when a fourth
 *    of the cache is dirty, whichever is first. Nothing orders the write-backs of two buffers: a
 *    file system that needs an order calls bwrite for the first.
 * I5 A failed read returns EIO from bread, and the buffer is not valid. A failed write-back clears
 *    the dirty mark and is recorded in the bufobj; the next bufobj_sync returns the error, once.
 * I6 A dirty or owned buffer is never evicted. Clean ones are evicted in order of last use.
 *
 * Memory. The cache may grow to three quarters of kmem_limit, and shrinks when other allocations
 * need memory. Write-back combines blocks that are adjacent on the device.
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
	 * Where block lbn is: *pblkp is its device block (in bo_bsize), or -1 for a hole; *runp is
	 * how many blocks from lbn on are adjacent there (at least 1; fewer than there are is
	 * correct). Called with the file's lock held in some mode, and no buffer of this bufobj
	 * owned.
	 */
	int (*bo_bmap)(struct bufobj *bo, int64_t lbn, int64_t *pblkp, uint32_t *runp);
	/*
	 * Allocate lbn if it is a hole, then *newp. The vnode is locked for writing. ENOSPC, EFBIG.
	 */
	int (*bo_balloc)(struct bufobj *bo, int64_t lbn, int64_t *pblkp, bool *newp);
};

struct bufobj {
	struct bdev *bo_dev;
	const struct bufobj_ops *bo_ops; /* NULL: a device, where lbn is the device block */
	uint32_t bo_bsize;		 /* bytes, a power of two from 512 to 65536 */
	void *bo_owner;			 /* the vnode, or the file system's */
	/* Private to the cache. */
	struct kmutex bo_lock;
	struct kcv bo_cv;
	struct list bo_bufs;  /* all, b_objnode */
	struct list bo_dirty; /* b_dirtynode */
	struct list bo_node;  /* in the list of bufobjs with dirty buffers */
	uint64_t bo_ndirty;
	unsigned bo_writing; /* buffers being written */
	int bo_error;
	int64_t bo_dirtied_ns;	 /* when it ceased to be clean */
	_Atomic int64_t bo_next; /* the lbn that would continue a sequential read */
	uint32_t bo_window;	 /* blocks to read ahead */
	unsigned bo_flushing;	 /* flushers at work on it; dirty_lock guards it */
};

struct buf {
	void *b_data;
	struct bufobj *b_obj;
	int64_t b_lbn;
	int64_t b_pblk; /* device block; -1: not allocated yet */
	uint32_t b_size;
	_Atomic unsigned b_flags;
	int b_error;
	/* Private to the cache. */
	struct list b_hash;
	struct list b_lru;
	struct list b_objnode;
	struct list b_dirtynode;
};
#define B_BUSY 0x01
#define B_VALID 0x02
#define B_DIRTY 0x04
#define B_WRITING 0x08
#define B_INVAL 0x10 /* brelse frees it */

void bufobj_init(struct bufobj *bo, struct bdev *dev, uint32_t bsize, const struct bufobj_ops *ops,
		 void *owner);
/* Discards the remaining buffers, dirty or not, after waiting for writes under way. */
void bufobj_destroy(struct bufobj *bo);

/* The buffer of lbn, owned; the caller fills it whole if it is not valid. ENOMEM. */
int getblk(struct bufobj *bo, int64_t lbn, struct buf **bpp);
/*
 * The buffer of lbn, owned and valid. A hole reads as zeros and has b_pblk -1: allocate before
 * writing. EIO, ENOMEM.
 */
int bread(struct bufobj *bo, int64_t lbn, struct buf **bpp);
/*
 * The buffer of lbn, owned, if it is cached, valid and free; otherwise NULL. Never waits for I/O.
 */
struct buf *bincore(struct bufobj *bo, int64_t lbn);
void brelse(struct buf *bp);   /* not changed */
void bdwrite(struct buf *bp);  /* changed; written back later. b_pblk is set */
int bwrite(struct buf *bp);    /* changed; on the device when it returns (not flushed). EIO */
void bdiscard(struct buf *bp); /* discard an owned buffer, dirty or not: its block was freed */

/* Write all dirty buffers. wait: return when they are on the device, with a recorded error (I5). */
int bufobj_sync(struct bufobj *bo, bool wait);
/* Discard the cached blocks from lbn on, dirty or not (truncation). */
void bufobj_truncate(struct bufobj *bo, int64_t lbn);
bool bufobj_isdirty(struct bufobj *bo);

/*
 * File contents through the cache, for a file system's read and write. size is the file's. read
 * stops at size. write allocates by bo_balloc. When the file grows, *sizep becomes the new size,
 * also on error: bytes written count. A new block that is written in part is zeroed first. The
 * caller holds the vnode's lock (any mode to read, exclusive to write), sets the times and marks
 * the inode.
 */
int bufobj_read(struct bufobj *bo, struct uio *uio, int64_t size);
int bufobj_write(struct bufobj *bo, struct uio *uio, int64_t *sizep);
/* Zero the rest of the block that contains size, if that block exists (truncation). */
int bufobj_zerotail(struct bufobj *bo, int64_t size);

/* The age at which dirty data is written: a crash loses a few seconds, as on other systems. */
#define BUF_AGE_NS (5 * NSEC_PER_SEC)
void buf_bootstrap(void);
/* Start write-back of buffers that have been dirty for longer than age_ns. */
void buf_flush_aged(int64_t age_ns);

struct buf_stats {
	_Atomic uint64_t hits, misses, reads, writes, readahead_blocks, evictions;
	_Atomic uint64_t bytes, dirty_bytes;
	uint64_t limit_bytes;
};
extern struct buf_stats buf_stats;

#endif

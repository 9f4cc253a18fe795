/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer cache's traffic with the device: clustered reads, write-back, and file contents.
 *
 * A cluster is a run of owned buffers in one bio; their blocks are adjacent on the device. A
 * write-back lists the dirty blocks and sorts them by device block. While it owns nothing else, it
 * takes the first buffer of a cluster, and waits for it if the caller wants all written. It takes
 * the others only if they are free. That keeps I3 of buf.h: write-back never waits for one buffer
 * while it owns another.
 */
#include <rump/errno.h>

#include "kern/copy.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/buf.h"
#include "vfs/buf_private.h"

/*
 * Limits of one transfer: a cluster of 1 MiB takes long enough that more would gain little.
 * Read-ahead starts at READAHEAD_MIN blocks and doubles up to 256 KiB.
 */
#define CLUSTER_BYTES (UINT32_C(1) << 20)
#define READAHEAD_MIN 4
#define READAHEAD_BYTES (UINT32_C(256) << 10)

struct cluster {
	struct bio bio;
	struct bufobj *bo;
	unsigned n, room;
	struct buf **bufs;
	struct bio_vec *vec;
};

static unsigned cluster_max(const struct bufobj *bo)
{
	uint32_t bytes = bo->bo_dev->bd_maxio, n;

	if (bytes == 0 || bytes > CLUSTER_BYTES)
		bytes = CLUSTER_BYTES;
	n = bytes / bo->bo_bsize;
	if (bo->bo_dev->bd_maxvec != 0 && n > bo->bo_dev->bd_maxvec)
		n = bo->bo_dev->bd_maxvec;
	return n != 0 ? n : 1;
}

static size_t cluster_size(unsigned room)
{
	return sizeof(struct cluster) + room * (sizeof(struct buf *) + sizeof(struct bio_vec));
}

static struct cluster *cluster_alloc(struct bufobj *bo, unsigned room)
{
	struct cluster *c = kmem_alloc(cluster_size(room));

	if (c == NULL)
		return NULL;
	*c = (struct cluster){.bo = bo, .room = room};
	c->bufs = (struct buf **)(c + 1);
	c->vec = (struct bio_vec *)(c->bufs + room);
	return c;
}

static void cluster_free(struct cluster *c)
{
	kmem_free(c, cluster_size(c->room));
}

static void cluster_add(struct cluster *c, struct buf *bp)
{
	c->vec[c->n] = (struct bio_vec){bp->b_data, bp->b_size};
	c->bufs[c->n++] = bp;
}

static void cluster_setup(struct cluster *c, enum bio_op op)
{
	c->bio = (struct bio){
		.b_op = op,
		.b_dev = c->bo->bo_dev,
		.b_off = (uint64_t)c->bufs[0]->b_pblk * c->bo->bo_bsize,
		.b_vec = c->vec,
		.b_nvec = c->n,
		.b_arg = c,
	};
}

/* Reading. */

static int fill_one(struct buf *bp)
{
	struct bufobj *bo = bp->b_obj;
	int error = bdev_rw(bo->bo_dev, BIO_READ, (uint64_t)bp->b_pblk * bo->bo_bsize, bp->b_data,
			    bp->b_size);

	if (error == 0)
		bp->b_flags |= B_VALID;
	return error;
}

int buf_fill(struct buf *bp, uint32_t ahead)
{
	struct bufobj *bo = bp->b_obj;
	unsigned room = cluster_max(bo);
	struct cluster *c;
	int error;

	atomic_fetch_add_explicit(&buf_stats.reads, 1, memory_order_relaxed);
	if (room > ahead + 1)
		room = ahead + 1;
	if (room == 1 || (c = cluster_alloc(bo, room)) == NULL)
		return fill_one(bp);
	cluster_add(c, bp);
	while (c->n < room) {
		struct buf *next = buf_create(bo, bp->b_lbn + c->n);

		if (next == NULL)
			break;
		next->b_pblk = bp->b_pblk + c->n;
		cluster_add(c, next);
	}
	cluster_setup(c, BIO_READ);
	error = bio_wait(&c->bio);
	for (unsigned i = 0; i < c->n; i++)
		if (error == 0)
			c->bufs[i]->b_flags |= B_VALID;
	for (unsigned i = 1; i < c->n; i++)
		brelse(c->bufs[i]);
	atomic_fetch_add_explicit(&buf_stats.readahead_blocks, c->n - 1, memory_order_relaxed);
	if (error != 0 && c->n > 1) /* a later block of the cluster may be the bad one */
		error = fill_one(bp);
	cluster_free(c);
	return error;
}

/* bread, which reads up to ahead blocks more if it has to go to the device. */
static int bread_ahead(struct bufobj *bo, int64_t lbn, uint32_t ahead, struct buf **bpp)
{
	uint32_t run = UINT32_MAX;
	struct buf *bp;
	int error = getblk(bo, lbn, &bp);

	if (error != 0)
		return error;
	if (bp->b_flags & B_VALID) {
		atomic_fetch_add_explicit(&buf_stats.hits, 1, memory_order_relaxed);
		*bpp = bp;
		return 0;
	}
	atomic_fetch_add_explicit(&buf_stats.misses, 1, memory_order_relaxed);
	if (bo->bo_ops != NULL)
		error = bo->bo_ops->bo_bmap(bo, lbn, &bp->b_pblk, &run);
	if (error == 0 && bp->b_pblk < 0) {
		memset(bp->b_data, 0, bp->b_size);
		bp->b_flags |= B_VALID;
	} else if (error == 0) {
		error = buf_fill(bp, ahead < run - 1 ? ahead : run - 1);
	}
	if (error != 0) {
		brelse(bp);
		return error;
	}
	*bpp = bp;
	return 0;
}

int bread(struct bufobj *bo, int64_t lbn, struct buf **bpp)
{
	return bread_ahead(bo, lbn, 0, bpp);
}

/* Writing. */

/* The write of these owned buffers has ended. */
static void write_done(struct bufobj *bo, struct buf **bufs, unsigned n, int error)
{
	for (unsigned i = 0; i < n; i++)
		brelse(bufs[i]);
	mutex_enter(&bo->bo_lock);
	if (error != 0 && bo->bo_error == 0)
		bo->bo_error = error;
	bo->bo_writing -= n;
	cv_broadcast(&bo->bo_cv);
	mutex_exit(&bo->bo_lock);
}

static void cluster_written(struct bio *bio)
{
	struct cluster *c = bio->b_arg;

	write_done(c->bo, c->bufs, c->n, bio->b_error);
	cluster_free(c);
}

/* An owned dirty buffer is about to be written: it counts as being written from now on. */
static void write_begin(struct buf *bp)
{
	struct bufobj *bo = bp->b_obj;

	bp->b_flags |= B_WRITING;
	mutex_enter(&bo->bo_lock);
	bo->bo_writing++;
	mutex_exit(&bo->bo_lock);
	buf_clean(bp);
	atomic_fetch_add_explicit(&buf_stats.writes, 1, memory_order_relaxed);
}

int bwrite(struct buf *bp)
{
	struct bufobj *bo = bp->b_obj;
	int error;

	KASSERT(bp->b_pblk >= 0);
	bp->b_flags |= B_VALID;
	write_begin(bp);
	error = bdev_rw(bo->bo_dev, BIO_WRITE, (uint64_t)bp->b_pblk * bo->bo_bsize, bp->b_data,
			bp->b_size);
	write_done(bo, &bp, 1, 0); /* the caller gets the error, so the next sync does not */
	return error;
}

struct dirtyblk {
	int64_t pblk, lbn;
};

/* Heap sort by device block: needs no memory and has no bad case. */
static void sort_blocks(struct dirtyblk *d, size_t n)
{
	for (size_t start = n / 2, end = n; end > 1;) {
		size_t root;
		struct dirtyblk v;

		if (start > 0) {
			v = d[--start];
		} else {
			v = d[--end];
			d[end] = d[0];
		}
		for (root = start;;) {
			size_t child = 2 * root + 1;

			if (child >= end)
				break;
			if (child + 1 < end && d[child + 1].pblk > d[child].pblk)
				child++;
			if (d[child].pblk <= v.pblk)
				break;
			d[root] = d[child];
			root = child;
		}
		d[root] = v;
	}
}

/* List up to room dirty blocks; returns how many there are. */
static size_t list_dirty(struct bufobj *bo, struct dirtyblk *d, size_t room)
{
	struct list *node;
	size_t n = 0;

	mutex_enter(&bo->bo_lock);
	list_foreach(node, &bo->bo_dirty) {
		struct buf *bp = list_entry(node, struct buf, b_dirtynode);

		if (n == room)
			break;
		d[n++] = (struct dirtyblk){bp->b_pblk, bp->b_lbn};
	}
	mutex_exit(&bo->bo_lock);
	return n;
}

/* Write the cluster that begins with block d[0]. Returns how many of the n blocks were handled. */
static size_t write_cluster(struct bufobj *bo, const struct dirtyblk *d, size_t n, bool wait)
{
	unsigned room = cluster_max(bo), want = 1;
	struct cluster *c;
	struct buf *bp = wait ? buf_own(bo, d[0].lbn) : buf_tryown_dirty(bo, d[0].lbn);
	size_t used = 1;

	if (bp == NULL)
		return 1;
	if ((bp->b_flags & B_DIRTY) == 0) { /* written in the meantime */
		brelse(bp);
		return 1;
	}
	while (want < room && want < n && d[want].pblk == d[0].pblk + want)
		want++;
	c = cluster_alloc(bo, want);
	if (c == NULL) {
		int error = bwrite(bp);

		if (error != 0) {
			mutex_enter(&bo->bo_lock);
			bo->bo_error = error;
			mutex_exit(&bo->bo_lock);
		}
		return 1;
	}
	write_begin(bp);
	cluster_add(c, bp);
	while (c->n < want) {
		bp = buf_tryown_dirty(bo, d[used].lbn);
		if (bp == NULL)
			break;
		if (bp->b_pblk != c->bufs[0]->b_pblk + c->n) {
			brelse(bp);
			break;
		}
		write_begin(bp);
		cluster_add(c, bp);
		used++;
	}
	cluster_setup(c, BIO_WRITE);
	c->bio.b_done = cluster_written;
	bio_submit(&c->bio);
	return used;
}

/* Enough for a pass when there is no memory for a list. */
#define DIRTY_ONSTACK 32

void bufobj_writeback(struct bufobj *bo, bool wait)
{
	struct dirtyblk small[DIRTY_ONSTACK], *d = small;
	size_t room, n, done;

	mutex_enter(&bo->bo_lock);
	room = bo->bo_ndirty;
	mutex_exit(&bo->bo_lock);
	if (room > DIRTY_ONSTACK)
		d = kmem_alloc(room * sizeof(*d));
	do {
		struct dirtyblk *list = d != NULL ? d : small;
		size_t listed = d != NULL && d != small ? room : DIRTY_ONSTACK;

		n = list_dirty(bo, list, listed);
		sort_blocks(list, n);
		for (done = 0; done < n;)
			done += write_cluster(bo, list + done, n - done, wait);
		/*
		 * Without memory for the whole list: in pieces, as long as there are dirty blocks.
		 */
	} while (wait && d == NULL && n == DIRTY_ONSTACK);
	if (d != NULL && d != small)
		kmem_free(d, room * sizeof(*d));
}

int bufobj_sync(struct bufobj *bo, bool wait)
{
	int error = 0;

	bufobj_writeback(bo, wait);
	if (!wait)
		return 0;
	mutex_enter(&bo->bo_lock);
	while (bo->bo_writing != 0)
		cv_wait(&bo->bo_cv, &bo->bo_lock);
	error = bo->bo_error;
	bo->bo_error = 0;
	mutex_exit(&bo->bo_lock);
	return error;
}

/* File contents. */

/*
 * How many blocks to read ahead at lbn: none if access is random, more and more if it is
 * sequential.
 */
static uint32_t readahead(struct bufobj *bo, int64_t lbn, int64_t last)
{
	uint32_t max = READAHEAD_BYTES / bo->bo_bsize, window;

	mutex_enter(&bo->bo_lock);
	if (lbn == bo->bo_next || lbn == bo->bo_next - 1)
		window = bo->bo_window * 2 > max ? max : bo->bo_window * 2;
	else
		window = lbn == 0 ? READAHEAD_MIN : 0;
	bo->bo_window = window < READAHEAD_MIN ? READAHEAD_MIN / 2 : window;
	bo->bo_next = lbn + 1;
	mutex_exit(&bo->bo_lock);
	return (int64_t)window > last - lbn ? (uint32_t)(last - lbn) : window;
}

int bufobj_read(struct bufobj *bo, struct uio *uio, int64_t size)
{
	int64_t mask = (int64_t)bo->bo_bsize - 1;
	int error = 0;

	if (uio->uio_offset < 0)
		return RUMP_EINVAL;
	while (error == 0 && uio->uio_resid != 0 && uio->uio_offset < size) {
		int64_t lbn = uio->uio_offset / bo->bo_bsize;
		size_t in = (size_t)(uio->uio_offset & mask), n = bo->bo_bsize - in;
		struct buf *bp = bincore(bo, lbn);

		if (bp == NULL)
			error = bread_ahead(bo, lbn, readahead(bo, lbn, (size - 1) / bo->bo_bsize),
					    &bp);
		else
			atomic_fetch_add_explicit(&buf_stats.hits, 1, memory_order_relaxed);
		if (error != 0)
			break;
		if ((int64_t)n > size - uio->uio_offset)
			n = (size_t)(size - uio->uio_offset);
		error = uiomove((char *)bp->b_data + in, n, uio);
		if (uio->uio_offset / bo->bo_bsize != lbn)
			atomic_store_explicit(&bo->bo_next, lbn + 1, memory_order_relaxed);
		brelse(bp);
	}
	return error;
}

/*
 * The owned buffer of lbn, allocated, ready to be overwritten from an offset on. whole: every byte
 * that counts will be overwritten.
 */
static int write_prepare(struct bufobj *bo, int64_t lbn, bool whole, bool *newp, struct buf **bpp)
{
	struct buf *bp;
	int64_t pblk;
	int error;

	*newp = false;
	error = bo->bo_ops->bo_balloc(bo, lbn, &pblk, newp);
	if (error != 0)
		return error;
	error = getblk(bo, lbn, &bp);
	if (error == 0) {
		bp->b_pblk = pblk;
		if (*newp) {
			memset(bp->b_data, 0, bp->b_size);
			bp->b_flags |= B_VALID;
		} else if ((bp->b_flags & B_VALID) == 0 && !whole) {
			error = buf_fill(bp, 0);
			if (error != 0)
				brelse(bp);
		}
	}
	*bpp = bp;
	return error;
}

int bufobj_write(struct bufobj *bo, struct uio *uio, int64_t *sizep)
{
	int64_t mask = (int64_t)bo->bo_bsize - 1;
	int error = 0;

	if (uio->uio_offset < 0)
		return RUMP_EINVAL;
	if (uio->uio_offset > *sizep) {
		error = bufobj_zerotail(bo, *sizep);
		if (error != 0)
			return error;
	}
	while (error == 0 && uio->uio_resid != 0) {
		size_t in = (size_t)(uio->uio_offset & mask), n = bo->bo_bsize - in;
		bool whole, new;
		struct buf *bp;

		if (n > uio->uio_resid)
			n = uio->uio_resid;
		whole = n == bo->bo_bsize;
		error = write_prepare(bo, uio->uio_offset / bo->bo_bsize, whole, &new, &bp);
		if (error != 0)
			break;
		error = uiomove((char *)bp->b_data + in, n, uio);
		if (error != 0 && (bp->b_flags & B_VALID) == 0) {
			/*
			 * part of a block that was to be overwritten whole: the device has the old
			 * data
			 */
			brelse(bp);
			uio->uio_resid += (size_t)(uio->uio_offset & mask);
			uio->uio_offset &= ~mask;
			break;
		}
		bdwrite(bp);
		if (uio->uio_offset > *sizep)
			*sizep = uio->uio_offset;
	}
	return error;
}

int bufobj_zerotail(struct bufobj *bo, int64_t size)
{
	size_t in = (size_t)(size & ((int64_t)bo->bo_bsize - 1));
	struct buf *bp;
	int error;

	if (in == 0)
		return 0;
	error = bread(bo, size / bo->bo_bsize, &bp);
	if (error != 0)
		return error;
	memset((char *)bp->b_data + in, 0, bo->bo_bsize - in);
	if (bp->b_pblk < 0)
		brelse(bp);
	else
		bdwrite(bp);
	return 0;
}

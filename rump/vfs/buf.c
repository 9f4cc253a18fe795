/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buffer cache: finding, owning, evicting. The rules of use and the invariants are in buf.h.
 *
 * The cache is divided into stripes by the hash of (bufobj, lbn), so that lwps on different CPUs
 * seldom meet. A stripe has a lock, a hash table of its buffers, an LRU list of clean, free
 * buffers, and a condition for waiters for an owned buffer. A hit is: lock, find, remove from the
 * LRU list, unlock. Order of locks: stripe, bo_lock, dirty_lock.
 *
 * States of a buffer, the list that it is on, and what moves it there:
 *	owned (B_BUSY)       none; bo_dirty if dirty         getblk, bread
 *	free, clean          its stripe's LRU list           brelse, bwrite
 *	free, dirty          bo_dirty                        bdwrite
 *	being written        none (B_BUSY and B_WRITING)     write_begin, until write_done
 *	gone                 freed                           brelse with B_INVAL, evict_from
 */
#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/hash.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/softint.h"
#include "kern/string.h"
#include "vfs/buf.h"
#include "vfs/buf_private.h"

/*
 * NSTRIPES: more than there are virtual CPUs in practice. FIRST_BUCKETS: 1,024 buffers in all
 * before a table grows.
 */
#define NSTRIPES 16
#define FIRST_BUCKETS 64
#define UNLIMITED_BYTES (UINT64_C(1) << 30) /* the limit of the cache if memory has none */

struct stripe {
	struct kmutex lock;
	struct kcv cv;
	struct list lru;
	struct hash bufs; /* by b_hash */
	size_t nbufs;
};

struct buf_stats buf_stats;
static struct stripe stripes[NSTRIPES];
static struct kmutex dirty_lock;
static struct kcv dirty_cv;
static struct list dirty_objs = LIST_INIT(dirty_objs);
static struct softint *flush_softint;
static _Atomic unsigned evict_next;

static uint64_t hash_of(const struct bufobj *bo, int64_t lbn)
{
	uint64_t h = ((uintptr_t)bo >> 4) * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)lbn;

	h *= UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

static struct stripe *stripe_of(const struct bufobj *bo, int64_t lbn)
{
	return &stripes[hash_of(bo, lbn) % NSTRIPES];
}

static uint64_t bucket_key(const struct bufobj *bo, int64_t lbn)
{
	return hash_of(bo, lbn) / NSTRIPES;
}

static struct buf *find(struct stripe *s, const struct bufobj *bo, int64_t lbn)
{
	struct list *n, *head = hash_head(&s->bufs, bucket_key(bo, lbn));

	list_foreach(n, head) {
		struct buf *bp = list_entry(n, struct buf, b_hash);

		if (bp->b_obj == bo && bp->b_lbn == lbn)
			return bp;
	}
	return NULL;
}

static void unhash(struct stripe *s, struct buf *bp)
{
	list_remove(&bp->b_hash);
	s->nbufs--;
	mutex_enter(&bp->b_obj->bo_lock);
	list_remove(&bp->b_objnode);
	mutex_exit(&bp->b_obj->bo_lock);
}

static void buf_free(struct buf *bp)
{
	atomic_fetch_sub(&buf_stats.bytes, bp->b_size);
	kmem_free(bp->b_data, bp->b_size);
	kmem_free(bp, sizeof(*bp));
}

/* Free the least recently used clean buffer of a stripe. Returns its size, or 0. */
static size_t evict_from(struct stripe *s)
{
	struct buf *bp = NULL;
	size_t size = 0;

	mutex_enter(&s->lock);
	if (!list_empty(&s->lru)) {
		bp = list_entry(s->lru.next, struct buf, b_lru);
		list_remove(&bp->b_lru);
		unhash(s, bp);
		size = bp->b_size;
	}
	mutex_exit(&s->lock);
	if (bp != NULL) {
		buf_free(bp);
		atomic_fetch_add_explicit(&buf_stats.evictions, 1, memory_order_relaxed);
	}
	return size;
}

static size_t reclaim(size_t want)
{
	size_t got = 0;
	unsigned misses = 0;

	while (got < want && misses < NSTRIPES) {
		size_t n = evict_from(&stripes[evict_next++ % NSTRIPES]);

		got += n;
		misses = n != 0 ? 0 : misses + 1;
	}
	return got;
}

static struct buf *buf_alloc(struct bufobj *bo, int64_t lbn)
{
	uint32_t size = bo->bo_bsize;
	struct buf *bp;

	if (buf_stats.bytes + size > buf_stats.limit_bytes)
		reclaim(size);
	bp = kmem_zalloc(sizeof(*bp));
	if (bp == NULL)
		return NULL;
	bp->b_data = kmem_alloc_aligned(size, size < 4096 ? size : 4096);
	if (bp->b_data == NULL) {
		kmem_free(bp, sizeof(*bp));
		return NULL;
	}
	atomic_fetch_add(&buf_stats.bytes, size);
	bp->b_obj = bo;
	bp->b_lbn = lbn;
	bp->b_pblk = bo->bo_ops == NULL ? lbn : -1;
	bp->b_size = size;
	bp->b_flags = B_BUSY;
	list_init(&bp->b_hash);
	list_init(&bp->b_lru);
	list_init(&bp->b_objnode);
	list_init(&bp->b_dirtynode);
	return bp;
}

/* true: the table has become too short, see stripe_grow. */
static bool insert(struct stripe *s, struct buf *bp)
{
	list_insert_head(hash_head(&s->bufs, bucket_key(bp->b_obj, bp->b_lbn)), &bp->b_hash);
	s->nbufs++;
	mutex_enter(&bp->b_obj->bo_lock);
	list_insert_tail(&bp->b_obj->bo_bufs, &bp->b_objnode);
	mutex_exit(&bp->b_obj->bo_lock);
	return s->nbufs > s->bufs.nheads;
}

static uint64_t buf_key(const struct list *node)
{
	const struct buf *bp = list_entry(node, const struct buf, b_hash);

	return bucket_key(bp->b_obj, bp->b_lbn);
}

/* To be called after an insertion, with the stripe not locked. */
static void stripe_grow(struct stripe *s)
{
	hash_grow(&s->bufs, &s->lock, &s->nbufs, buf_key);
}

/* The block's buffer, owned by the caller now, or NULL. The stripe is locked. */
static struct buf *own_locked(struct stripe *s, struct bufobj *bo, int64_t lbn)
{
	struct buf *bp;

	while ((bp = find(s, bo, lbn)) != NULL && bp->b_flags & B_BUSY)
		cv_wait(&s->cv, &s->lock);
	if (bp != NULL) {
		bp->b_flags |= B_BUSY;
		list_remove(&bp->b_lru);
	}
	return bp;
}

struct buf *buf_own(struct bufobj *bo, int64_t lbn)
{
	struct stripe *s = stripe_of(bo, lbn);
	struct buf *bp;

	mutex_enter(&s->lock);
	bp = own_locked(s, bo, lbn);
	mutex_exit(&s->lock);
	return bp;
}

static struct buf *tryown(struct bufobj *bo, int64_t lbn, unsigned need)
{
	struct stripe *s = stripe_of(bo, lbn);
	struct buf *bp;

	mutex_enter(&s->lock);
	bp = find(s, bo, lbn);
	if (bp != NULL && (bp->b_flags & B_BUSY || (bp->b_flags & need) != need))
		bp = NULL;
	if (bp != NULL) {
		bp->b_flags |= B_BUSY;
		list_remove(&bp->b_lru);
	}
	mutex_exit(&s->lock);
	return bp;
}

struct buf *buf_tryown_dirty(struct bufobj *bo, int64_t lbn)
{
	return tryown(bo, lbn, B_DIRTY);
}

struct buf *bincore(struct bufobj *bo, int64_t lbn)
{
	return tryown(bo, lbn, B_VALID);
}

struct buf *buf_create(struct bufobj *bo, int64_t lbn)
{
	struct stripe *s = stripe_of(bo, lbn);
	struct buf *bp;
	bool exists, full = false;

	mutex_enter(&s->lock);
	exists = find(s, bo, lbn) != NULL;
	mutex_exit(&s->lock);
	if (exists || (bp = buf_alloc(bo, lbn)) == NULL)
		return NULL;
	mutex_enter(&s->lock);
	exists = find(s, bo, lbn) != NULL;
	if (!exists)
		full = insert(s, bp);
	mutex_exit(&s->lock);
	if (exists) {
		buf_free(bp);
		return NULL;
	}
	if (full)
		stripe_grow(s);
	return bp;
}

int getblk(struct bufobj *bo, int64_t lbn, struct buf **bpp)
{
	struct stripe *s = stripe_of(bo, lbn);
	struct buf *bp, *fresh;
	bool full = false;

	mutex_enter(&s->lock);
	bp = own_locked(s, bo, lbn);
	mutex_exit(&s->lock);
	if (bp == NULL) {
		fresh = buf_alloc(bo, lbn);
		if (fresh == NULL)
			return RUMP_ENOMEM;
		mutex_enter(&s->lock);
		bp = own_locked(s, bo, lbn);
		if (bp == NULL) {
			full = insert(s, fresh);
			bp = fresh;
			fresh = NULL;
		}
		mutex_exit(&s->lock);
		if (fresh != NULL)
			buf_free(fresh);
		if (full)
			stripe_grow(s);
	}
	*bpp = bp;
	return 0;
}

void brelse(struct buf *bp)
{
	struct stripe *s = stripe_of(bp->b_obj, bp->b_lbn);
	bool gone = (bp->b_flags & B_DIRTY) == 0 && (bp->b_flags & (B_VALID | B_INVAL)) != B_VALID;

	mutex_enter(&s->lock);
	KASSERT(bp->b_flags & B_BUSY);
	if (gone)
		unhash(s, bp);
	else if ((bp->b_flags & B_DIRTY) == 0)
		list_insert_tail(&s->lru, &bp->b_lru);
	bp->b_flags &= ~(unsigned)(B_BUSY | B_WRITING);
	cv_broadcast(&s->cv);
	mutex_exit(&s->lock);
	if (gone)
		buf_free(bp);
}

/* Mark an owned buffer dirty. */
static void buf_dirty(struct buf *bp)
{
	struct bufobj *bo = bp->b_obj;

	KASSERT(bp->b_pblk >= 0);
	bp->b_flags |= B_VALID;
	if (bp->b_flags & B_DIRTY)
		return;
	bp->b_flags |= B_DIRTY;
	atomic_fetch_add(&buf_stats.dirty_bytes, bp->b_size);
	mutex_enter(&bo->bo_lock);
	list_insert_tail(&bo->bo_dirty, &bp->b_dirtynode);
	if (bo->bo_ndirty++ == 0) {
		bo->bo_dirtied_ns = clock_monotonic_ns();
		mutex_enter(&dirty_lock);
		list_insert_tail(&dirty_objs, &bo->bo_node);
		mutex_exit(&dirty_lock);
	}
	mutex_exit(&bo->bo_lock);
}

void buf_clean(struct buf *bp)
{
	struct bufobj *bo = bp->b_obj;

	if ((bp->b_flags & B_DIRTY) == 0)
		return;
	bp->b_flags &= ~(unsigned)B_DIRTY;
	atomic_fetch_sub(&buf_stats.dirty_bytes, bp->b_size);
	mutex_enter(&bo->bo_lock);
	list_remove(&bp->b_dirtynode);
	if (--bo->bo_ndirty == 0) {
		mutex_enter(&dirty_lock);
		list_remove(&bo->bo_node);
		mutex_exit(&dirty_lock);
	}
	mutex_exit(&bo->bo_lock);
}

/*
 * When a fourth of the cache is dirty the flusher starts; when half is, the writer writes back
 * itself.
 */
void bdwrite(struct buf *bp)
{
	struct bufobj *bo = bp->b_obj;

	buf_dirty(bp);
	brelse(bp);
	if (buf_stats.dirty_bytes > buf_stats.limit_bytes / 4)
		softint_schedule(flush_softint);
	if (buf_stats.dirty_bytes > buf_stats.limit_bytes / 2)
		bufobj_writeback(bo, false);
}

void bdiscard(struct buf *bp)
{
	buf_clean(bp);
	bp->b_flags |= B_INVAL;
	brelse(bp);
}

void bufobj_init(struct bufobj *bo, struct bdev *dev, uint32_t bsize, const struct bufobj_ops *ops,
		 void *owner)
{
	*bo = (struct bufobj){
		.bo_dev = dev, .bo_ops = ops, .bo_bsize = bsize, .bo_owner = owner, .bo_next = -1};
	mutex_init(&bo->bo_lock);
	cv_init(&bo->bo_cv);
	list_init(&bo->bo_bufs);
	list_init(&bo->bo_dirty);
	list_init(&bo->bo_node);
}

/* Buffers found in one pass with the lock held. */
#define TRUNCATE_BATCH 64

void bufobj_truncate(struct bufobj *bo, int64_t lbn)
{
	int64_t batch[TRUNCATE_BATCH];
	unsigned n;

	do {
		struct list *node;

		n = 0;
		mutex_enter(&bo->bo_lock);
		list_foreach(node, &bo->bo_bufs) {
			struct buf *bp = list_entry(node, struct buf, b_objnode);

			if (bp->b_lbn >= lbn)
				batch[n++] = bp->b_lbn;
			if (n == TRUNCATE_BATCH)
				break;
		}
		mutex_exit(&bo->bo_lock);
		for (unsigned i = 0; i < n; i++) {
			struct buf *bp = buf_own(bo, batch[i]);

			if (bp != NULL)
				bdiscard(bp);
		}
	} while (n != 0);
}

void bufobj_destroy(struct bufobj *bo)
{
	bufobj_truncate(bo, INT64_MIN);
	mutex_enter(&dirty_lock);
	while (bo->bo_flushing != 0)
		cv_wait(&dirty_cv, &dirty_lock);
	mutex_exit(&dirty_lock);
	mutex_enter(&bo->bo_lock);
	while (bo->bo_writing != 0)
		cv_wait(&bo->bo_cv, &bo->bo_lock);
	mutex_exit(&bo->bo_lock);
	cv_destroy(&bo->bo_cv);
	mutex_destroy(&bo->bo_lock);
}

bool bufobj_isdirty(struct bufobj *bo)
{
	bool dirty;

	mutex_enter(&bo->bo_lock);
	dirty = bo->bo_ndirty != 0 || bo->bo_writing != 0;
	mutex_exit(&bo->bo_lock);
	return dirty;
}

void buf_flush_aged(int64_t age_ns)
{
	int64_t limit = clock_monotonic_ns() - age_ns;
	struct list *n;
	size_t count = 0;

	mutex_enter(&dirty_lock);
	list_foreach(n, &dirty_objs)
		count++;
	/*
	 * Each bufobj once: it moves to the end of the list, and leaves the list when it becomes
	 * clean.
	 */
	for (; count > 0 && !list_empty(&dirty_objs); count--) {
		struct bufobj *bo = list_entry(dirty_objs.next, struct bufobj, bo_node);

		list_remove(&bo->bo_node);
		list_insert_tail(&dirty_objs, &bo->bo_node);
		if (bo->bo_dirtied_ns > limit)
			continue;
		bo->bo_flushing++;
		mutex_exit(&dirty_lock);
		bufobj_writeback(bo, false);
		mutex_enter(&dirty_lock);
		if (--bo->bo_flushing == 0)
			cv_broadcast(&dirty_cv);
	}
	mutex_exit(&dirty_lock);
}

static void flush_pressure(void *arg)
{
	(void)arg;
	buf_flush_aged(0);
}

void buf_bootstrap(void)
{
	static struct kmem_reclaimer reclaimer = {.kr_reclaim = reclaim};
	uint64_t limit = kmem_limit();

	buf_stats.limit_bytes = limit == UINT64_MAX ? UNLIMITED_BYTES : limit / 4 * 3;
	for (unsigned i = 0; i < NSTRIPES; i++) {
		struct stripe *s = &stripes[i];

		mutex_init(&s->lock);
		cv_init(&s->cv);
		list_init(&s->lru);
		hash_init(&s->bufs, FIRST_BUCKETS);
	}
	mutex_init(&dirty_lock);
	cv_init(&dirty_cv);
	flush_softint = softint_establish(flush_pressure, NULL);
	if (flush_softint == NULL)
		panic("no memory for the buffer cache");
	kmem_reclaimer_add(&reclaimer);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio block devices (virtio 1.2, 5.2): ld0, ld1 and so on.
 *
 * Supported: reads, writes, FLUSH; the features SIZE_MAX, SEG_MAX, RO, BLK_SIZE, FLUSH. Not
 * supported: several queues (MQ), DISCARD and WRITE_ZEROES, reported topology, a change of the
 * capacity while the device runs, lifetime and secure erase. Nothing above asks for these.
 *
 * Limits: QUEUE_MAX descriptors, which is 85 requests of one segment. IO_MAX bytes in a request: it
 * bounds the bounce buffers, and the cache's clusters are no longer (vfs/bufio.c).
 *
 * I1 A bio becomes one request: header, data, status. As many requests are in flight as there are
 *    descriptors for; other bios wait, in order.
 * I2 Memory that the device cannot reach, or that is in more pieces than it accepts, is transferred
 *    through a bounce buffer.
 * I3 bio_done is called with bk_lock released, by the interrupt's thread.
 * I4 A device that fails is reset first, so that it no longer writes to memory. Then all requests
 *    in flight and all waiting bios end with EIO, and so does every later one.
 *
 * States of a bio: waiting (bk_waiting); in flight (request_start); ended (request_end).
 */
#include <stdatomic.h>

#include "kern/bdev.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "kern/sync.h"

#include "dev/virtio/virtio.h"

/* 5.2.3 */
#define VIRTIO_BLK_F_SIZE_MAX 1
#define VIRTIO_BLK_F_SEG_MAX 2
#define VIRTIO_BLK_F_RO 5
#define VIRTIO_BLK_F_BLK_SIZE 6
#define VIRTIO_BLK_F_FLUSH 9
/* 5.2.4: struct virtio_blk_config */
#define CONFIG_CAPACITY 0
#define CONFIG_SIZE_MAX 8
#define CONFIG_SEG_MAX 12
#define CONFIG_BLK_SIZE 20
/* 5.2.6 */
#define T_IN 0u
#define T_OUT 1u
#define T_FLUSH 4u
#define S_OK 0
#define SECTOR 512u /* unit of the capacity and of requests, whatever the block size */

#define QUEUE_MAX 256u
#define IO_MAX (1024u * 1024)

/* The parts of a request that the device reads and writes, in DMA memory. */
struct blk_wire {
	uint32_t bw_type;
	uint32_t bw_reserved;
	uint64_t bw_sector;
	uint8_t bw_status;
	uint8_t bw_pad[47];
};
_Static_assert(sizeof(struct blk_wire) == 64, "a line of its own each");
#define WIRE_HEADER 16

struct blk_req {
	struct list br_node;
	struct blk_wire *br_wire;
	unsigned long br_pa;
	struct bio *br_bio;
	void *br_bounce;
	size_t br_len;
};

struct blk {
	struct virtio_dev *bk_vd;
	struct virtq bk_vq;
	struct kmutex bk_lock;	/* guards all of it */
	struct list bk_waiting; /* bios */
	struct list bk_free;	/* requests */
	struct blk_req *bk_reqs;
	struct virtio_seg *bk_segs;
	unsigned bk_nreqs, bk_maxsegs;
	uint32_t bk_segsize;
	bool bk_flush;
	struct bdev bk_bdev;
};

static _Atomic unsigned blk_units;

static size_t bio_length(const struct bio *bio)
{
	size_t len = 0;

	for (unsigned i = 0; i < bio->b_nvec; i++)
		len += bio->b_vec[i].bv_len;
	return len;
}

static void bio_gather(const struct bio *bio, char *to)
{
	for (unsigned i = 0; i < bio->b_nvec; to += bio->b_vec[i++].bv_len)
		memcpy(to, bio->b_vec[i].bv_base, bio->b_vec[i].bv_len);
}

static void bio_scatter(const struct bio *bio, const char *from)
{
	for (unsigned i = 0; i < bio->b_nvec; from += bio->b_vec[i++].bv_len)
		memcpy(bio->b_vec[i].bv_base, from, bio->b_vec[i].bv_len);
}

/* The bio's memory as segments. Returns their number, 0 if it has to be copied. */
static unsigned bio_map(struct blk *bk, const struct bio *bio, struct virtio_seg *seg)
{
	unsigned n = 0, k;

	for (unsigned i = 0; i < bio->b_nvec; i++) {
		k = virtio_dma_map(bio->b_vec[i].bv_base, bio->b_vec[i].bv_len, seg + n,
				   bk->bk_maxsegs - n, bk->bk_segsize);
		if (k == 0)
			return 0;
		n += k;
	}
	return n;
}

/* Fill in the data segments of a request, with a bounce buffer if needed. ENOMEM, EIO. */
static int request_map(struct blk *bk, struct blk_req *br, struct virtio_seg *seg, unsigned *np)
{
	struct bio *bio = br->br_bio;
	unsigned n = bio_map(bk, bio, seg);

	if (n == 0) {
		br->br_bounce = kmem_alloc_aligned(br->br_len, 4096);
		if (br->br_bounce == NULL)
			return RUMP_ENOMEM;
		n = virtio_dma_map(br->br_bounce, br->br_len, seg, bk->bk_maxsegs, bk->bk_segsize);
		if (n == 0)
			return RUMP_EIO;
		if (bio->b_op == BIO_WRITE)
			bio_gather(bio, br->br_bounce);
	}
	*np = n;
	return 0;
}

static void request_release(struct blk *bk, struct blk_req *br)
{
	if (br->br_bounce != NULL)
		kmem_free(br->br_bounce, br->br_len);
	br->br_bounce = NULL;
	br->br_bio = NULL;
	list_insert_head(&bk->bk_free, &br->br_node);
}

/*
 * Queue one bio. ENOBUFS: try again when others have ended; any other error is the bio's. Lock
 * held.
 */
static int request_start(struct blk *bk, struct bio *bio)
{
	struct blk_req *br = list_first(&bk->bk_free, struct blk_req, br_node);
	struct virtio_seg *seg = bk->bk_segs;
	unsigned n = 0, nout, nin;
	bool read = bio->b_op == BIO_READ;
	int error = 0;

	if (br == NULL)
		return RUMP_ENOBUFS;
	list_remove(&br->br_node);
	br->br_bio = bio;
	br->br_len = bio->b_op == BIO_FLUSH ? 0 : bio_length(bio);
	memset(br->br_wire, 0, sizeof(*br->br_wire));
	br->br_wire->bw_type = bio->b_op == BIO_FLUSH ? T_FLUSH : read ? T_IN : T_OUT;
	br->br_wire->bw_sector = bio->b_op == BIO_FLUSH ? 0 : bio->b_off / SECTOR;
	br->br_wire->bw_status = 0xff;
	if (br->br_len != 0)
		error = request_map(bk, br, seg + 1, &n);
	if (error == 0) {
		seg[0] = (struct virtio_seg){br->br_pa, WIRE_HEADER};
		seg[n + 1] =
			(struct virtio_seg){br->br_pa + offsetof(struct blk_wire, bw_status), 1};
		nout = read ? 1 : n + 1;
		nin = read ? n + 1 : 1;
		error = virtq_add(&bk->bk_vq, seg, nout, nin, br);
	}
	if (error != 0)
		request_release(bk, br);
	return error;
}

/* Start waiting bios; those that fail at once go to the list done. Lock held. */
static void queue_run(struct blk *bk, struct list *done)
{
	struct bio *bio;
	int error;

	while ((bio = list_first(&bk->bk_waiting, struct bio, b_node)) != NULL) {
		error = bk->bk_vd->vd_failed ? RUMP_EIO : request_start(bk, bio);
		if (error == RUMP_ENOBUFS)
			break;
		list_remove(&bio->b_node);
		if (error != 0) {
			bio->b_error = error;
			list_insert_tail(done, &bio->b_node);
		}
	}
	virtq_kick(&bk->bk_vq);
}

/* A request has ended with len bytes written, or (failed) will never end. Lock held. */
static void request_end(struct blk *bk, struct blk_req *br, uint32_t len, bool failed,
			struct list *done)
{
	struct bio *bio = br->br_bio;
	bool ok = !failed && len >= 1 && br->br_wire->bw_status == S_OK;

	if (bio->b_op == BIO_READ && len != br->br_len + 1)
		/* 5.2.6: a request has succeeded only if all data and the status came */
		ok = false;
	if (ok && br->br_bounce != NULL && bio->b_op == BIO_READ)
		bio_scatter(bio, br->br_bounce);
	bio->b_error = ok ? 0 : RUMP_EIO;
	list_insert_tail(done, &bio->b_node);
	request_release(bk, br);
}

static void done_run(struct list *done)
{
	struct bio *bio;

	while ((bio = list_first(done, struct bio, b_node)) != NULL) {
		list_remove(&bio->b_node);
		bio_done(bio, bio->b_error);
	}
}

static void blk_interrupt(struct virtq *vq)
{
	struct blk *bk = vq->vq_arg;
	struct list done = LIST_INIT(done);
	struct blk_req *br;
	uint32_t len;

	mutex_enter(&bk->bk_lock);
	do {
		while ((br = virtq_get(vq, &len)) != NULL)
			request_end(bk, br, len, false, &done);
	} while (virtq_intr_next(vq));
	if (bk->bk_vd->vd_failed) {
		while ((br = virtq_drain(vq)) != NULL)
			request_end(bk, br, 0, true, &done);
	}
	queue_run(bk, &done);
	mutex_exit(&bk->bk_lock);
	done_run(&done);
}

static void blk_strategy(struct bdev *bd, struct bio *bio)
{
	struct blk *bk = bd->bd_softc;
	struct list done = LIST_INIT(done);

	if (bio->b_op == BIO_FLUSH && !bk->bk_flush) {
		bio_done(bio, 0); /* 5.2.6.2: without the feature a completed write is stable */
		return;
	}
	mutex_enter(&bk->bk_lock);
	list_insert_tail(&bk->bk_waiting, &bio->b_node);
	queue_run(bk, &done);
	mutex_exit(&bk->bk_lock);
	done_run(&done);
}

static const struct bdev_ops blk_ops = {.bd_strategy = blk_strategy};

/* The sizes that the device reports, which may have any value. */
static int blk_configure(struct blk *bk)
{
	struct virtio_dev *vd = bk->bk_vd;
	struct bdev *bd = &bk->bk_bdev;
	uint32_t block = SECTOR, segs = QUEUE_MAX, size = UINT32_MAX;
	uint64_t sectors, max;

	virtio_config_read(vd, CONFIG_CAPACITY, &sectors, sizeof(sectors));
	if (sectors > INT64_MAX / SECTOR)
		return RUMP_ENODEV;
	if (virtio_has(vd, VIRTIO_BLK_F_BLK_SIZE))
		virtio_config_read(vd, CONFIG_BLK_SIZE, &block, sizeof(block));
	if (block < SECTOR || block > 65536 || (block & (block - 1)) != 0)
		return RUMP_ENODEV;
	if (virtio_has(vd, VIRTIO_BLK_F_SEG_MAX))
		virtio_config_read(vd, CONFIG_SEG_MAX, &segs, sizeof(segs));
	if (virtio_has(vd, VIRTIO_BLK_F_SIZE_MAX))
		virtio_config_read(vd, CONFIG_SIZE_MAX, &size, sizeof(size));
	if (segs == 0)
		segs = 1;
	if (segs > bk->bk_vq.vq_size - 2u)
		segs = bk->bk_vq.vq_size - 2u;
	if (size < 4096)
		return RUMP_ENODEV; /* less than a page in a segment */
	bk->bk_maxsegs = segs;
	bk->bk_segsize = size;
	bk->bk_flush = virtio_has(vd, VIRTIO_BLK_F_FLUSH);
	/*
	 * As much as fits into contiguous pages of a bounce buffer, however scattered the bio's
	 * memory is.
	 */
	max = (uint64_t)segs * (size & ~4095u);
	bd->bd_size = sectors * SECTOR;
	bd->bd_sector = block;
	bd->bd_maxio = max < IO_MAX ? (uint32_t)max : IO_MAX;
	bd->bd_maxio &= ~(block - 1);
	bd->bd_readonly = virtio_has(vd, VIRTIO_BLK_F_RO);
	return bd->bd_maxio != 0 ? 0 : RUMP_ENODEV;
}

static int blk_requests(struct blk *bk)
{
	unsigned n = bk->bk_vq.vq_size / 2;
	unsigned long pa, cookie;
	struct blk_wire *wire;

	bk->bk_nreqs = n;
	bk->bk_reqs = kmem_zalloc(sizeof(*bk->bk_reqs) * n);
	bk->bk_segs = kmem_alloc(sizeof(*bk->bk_segs) * (bk->bk_maxsegs + 2u));
	wire = virtio_dma_alloc(sizeof(*wire) * n, &pa, &cookie);
	if (bk->bk_reqs == NULL || bk->bk_segs == NULL || wire == NULL) {
		kmem_free(bk->bk_reqs, sizeof(*bk->bk_reqs) * n);
		kmem_free(bk->bk_segs, sizeof(*bk->bk_segs) * (bk->bk_maxsegs + 2u));
		if (wire != NULL)
			virtio_dma_free(cookie, sizeof(*wire) * n);
		return RUMP_ENOMEM;
	}
	for (unsigned i = 0; i < n; i++) {
		bk->bk_reqs[i].br_wire = &wire[i];
		bk->bk_reqs[i].br_pa = pa + i * sizeof(*wire);
		list_insert_tail(&bk->bk_free, &bk->bk_reqs[i].br_node);
	}
	return 0;
}

static int blk_attach(struct virtio_dev *vd)
{
	struct blk *bk = kmem_zalloc(sizeof(*bk));
	struct bdev *bd;
	int error;

	if (bk == NULL)
		return RUMP_ENOMEM;
	bd = &bk->bk_bdev;
	bk->bk_vd = vd;
	mutex_init(&bk->bk_lock);
	list_init(&bk->bk_waiting);
	list_init(&bk->bk_free);
	error = virtio_negotiate(
		vd, VIRTIO_BIT(VIRTIO_BLK_F_SIZE_MAX) | VIRTIO_BIT(VIRTIO_BLK_F_SEG_MAX) |
			    VIRTIO_BIT(VIRTIO_BLK_F_RO) | VIRTIO_BIT(VIRTIO_BLK_F_BLK_SIZE) |
			    VIRTIO_BIT(VIRTIO_BLK_F_FLUSH));
	if (error == 0)
		error = virtq_init(&bk->bk_vq, vd, 0, QUEUE_MAX, blk_interrupt, bk);
	if (error == 0 && bk->bk_vq.vq_size < 4)
		error = RUMP_ENODEV;
	if (error == 0)
		error = blk_configure(bk);
	if (error == 0)
		error = blk_requests(bk);
	if (error == 0)
		error = virtio_start(vd);
	if (error != 0) {
		virtio_stop(vd);
		virtq_fini(&bk->bk_vq);
		mutex_destroy(&bk->bk_lock);
		kmem_free(bk, sizeof(*bk));
		return error;
	}
	ksnprintf(bd->bd_name, sizeof(bd->bd_name), "ld%u", atomic_fetch_add(&blk_units, 1));
	bd->bd_ops = &blk_ops;
	bd->bd_softc = bk;
	kprintf("%s: %s, %llu KiB, sector %u%s\n", bd->bd_name, vd->vd_name,
		(unsigned long long)(bd->bd_size / 1024), bd->bd_sector,
		bd->bd_readonly ? ", read-only" : "");
	return bdev_attach(bd);
}

static const struct virtio_driver blk_driver = {VIRTIO_TYPE_BLOCK, "blk", blk_attach};
VIRTIO_DRIVER(blk_driver);

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block devices. A driver registers a bdev; file systems and the buffer cache send it bios.
 *
 * I1 bd_strategy takes the bio and returns at once. The driver calls bio_done exactly once, from
 *    any thread that has an lwp: an interrupt's, a host I/O thread's, or the caller's before
 *    bd_strategy returns.
 * I2 Several bios may be in flight, and complete in any order. A submitter that needs an order
 *    waits for the first bio before it submits the second.
 * I3 A FLUSH covers the writes that had completed when it was submitted, and no others.
 * I4 bio_done may block briefly on a kmutex. It does no I/O and waits for none.
 * I5 The memory of a bio's vectors belongs to the driver from bd_strategy to bio_done.
 */
#ifndef RUMP_KERN_BDEV_H
#define RUMP_KERN_BDEV_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rump/types.h>

#include "kern/list.h"

enum bio_op { BIO_READ, BIO_WRITE, BIO_FLUSH };

struct bio_vec {
	void *bv_base; /* kernel memory; the submitter keeps it until bio_done */
	size_t bv_len; /* a multiple of the sector size */
};

struct bdev;
struct bio {
	enum bio_op b_op;
	struct bdev *b_dev;
	uint64_t b_off; /* bytes, a multiple of the sector size */
	struct bio_vec *b_vec;
	unsigned b_nvec;
	int b_error; /* set by bio_done. Not 0: no byte can be relied on */
	void (*b_done)(struct bio *bio);
	void *b_arg;
	struct list b_node; /* the driver's while it has the bio */
	void *b_drv;
};

struct bdev_ops {
	void (*bd_strategy)(struct bdev *bd, struct bio *bio);
	/* Optional. data as in fo_ioctl. */
	int (*bd_ioctl)(struct bdev *bd, unsigned long req, void *data);
	/* Called when the last reference is dropped after bdev_detach: free bd. */
	void (*bd_free)(struct bdev *bd);
};

struct bdev {
	/* Set by the driver. */
	char bd_name[32]; /* "ld0", "md0": becomes /dev/NAME */
	const struct bdev_ops *bd_ops;
	void *bd_softc;
	uint64_t bd_size;   /* bytes */
	uint32_t bd_sector; /* bytes, a power of two, 512 or more */
	uint32_t bd_maxio;  /* bytes in one bio, 0: any */
	uint32_t bd_maxvec; /* vectors in one bio, 0: any */
	bool bd_readonly;
	/* Private to bdev.c. */
	rump_dev_t bd_dev;
	_Atomic unsigned bd_refs;
	bool bd_gone;
	_Atomic unsigned bd_excl; /* mounted */
	struct list bd_node;
};

/* Name it, number it, and make /dev/NAME if there is a vfs. EEXIST: the name is taken. */
int bdev_attach(struct bdev *bd);
/* From now on I/O fails with ENXIO; bd_free follows the last reference. EBUSY while mounted. */
int bdev_detach(struct bdev *bd);
struct bdev *bdev_find(const char *name); /* referenced, or NULL */
struct bdev *bdev_find_dev(rump_dev_t dev);
void bdev_release(struct bdev *bd);
bool bdev_list_get(unsigned index, struct bdev **bdp); /* the index-th of all, referenced */
int bdev_claim(struct bdev *bd);		       /* for mounting: EBUSY, ENXIO */
void bdev_unclaim(struct bdev *bd);

void bio_submit(struct bio *bio); /* checks range and direction, then bd_strategy */
void bio_done(struct bio *bio, int error);
int bio_wait(struct bio *bio);	 /* submit and wait: b_done and b_arg are used by it */
int bdev_flush(struct bdev *bd); /* a FLUSH, waited for */
/* Synchronous, for superblocks and tests; off and len are multiples of the sector size. */
int bdev_rw(struct bdev *bd, enum bio_op op, uint64_t off, void *buf, size_t len);

/* Set by vfs: make or remove the node of a device. */
extern void (*bdev_attach_hook)(struct bdev *bd);
extern void (*bdev_detach_hook)(struct bdev *bd);

/* The major number of all block devices here; a disk's number is the minor one. */
#define BDEV_MAJOR 200

#endif

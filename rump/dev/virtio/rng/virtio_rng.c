/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio entropy devices (virtio 1.2, 5.4): one queue of buffers that the device fills.
 *
 * Supported: the first device found, for one reader at a time. Not supported: further devices; one
 * is enough for seeds.
 *
 * Limits: BUFFER bytes a request, more than a reader asks for at a time; the rest is discarded.
 * QUEUE_MAX 2: one buffer is in flight at a time.
 */
#include <rump/entropy.h>

#include <rump/errno.h>
#include <rump/rump.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "kern/sync.h"

#include "dev/virtio/virtio.h"

#define VIRTIO_TYPE_ENTROPY 4u
#define QUEUE_MAX 2u
#define BUFFER 64u

struct rng {
	struct virtio_dev *rn_vd;
	struct virtq rn_vq;
	struct kmutex rn_reader; /* one reader at a time */
	struct kmutex rn_lock;	 /* guards the queue and the members below */
	struct kcv rn_cv;
	uint8_t *rn_buffer;
	unsigned long rn_pa;
	uint32_t rn_len; /* how many bytes the device gave */
	bool rn_waiting;
};

static struct rng *the_rng;

static void rng_interrupt(struct virtq *vq)
{
	struct rng *rn = vq->vq_arg;
	uint32_t len;

	mutex_enter(&rn->rn_lock);
	do {
		while (virtq_get(vq, &len) != NULL) {
			rn->rn_len = len < BUFFER ? len : BUFFER;
			rn->rn_waiting = false;
		}
	} while (virtq_intr_next(vq));
	if (rn->rn_vd->vd_failed)
		rn->rn_waiting = false;
	cv_broadcast(&rn->rn_cv);
	mutex_exit(&rn->rn_lock);
}

/*
 * Have the buffer filled once. Returns how many bytes came, 0 if the device failed. rn_reader is
 * held.
 */
static uint32_t rng_fill(struct rng *rn)
{
	struct virtio_seg seg = {rn->rn_pa, BUFFER};
	uint32_t len = 0;

	mutex_enter(&rn->rn_lock);
	rn->rn_len = 0;
	if (!rn->rn_vd->vd_failed && virtq_add(&rn->rn_vq, &seg, 0, 1, rn) == 0) {
		rn->rn_waiting = true;
		virtq_kick(&rn->rn_vq);
		while (rn->rn_waiting)
			cv_wait(&rn->rn_cv, &rn->rn_lock);
		len = rn->rn_len;
	}
	mutex_exit(&rn->rn_lock);
	return len;
}

static int rng_read(uint8_t *buf, size_t len)
{
	struct rng *rn = the_rng;
	int error = 0;

	if (rn == NULL)
		return RUMP_ENXIO;
	mutex_enter(&rn->rn_reader);
	while (len > 0 && error == 0) {
		uint32_t part = rng_fill(rn);

		if (part > len)
			part = (uint32_t)len;
		if (part == 0)
			error = RUMP_EIO;
		memcpy(buf, rn->rn_buffer, part);
		memset(rn->rn_buffer, 0, BUFFER);
		buf += part;
		len -= part;
	}
	mutex_exit(&rn->rn_reader);
	return error;
}

int rump_pub_entropy_read(void *buf, size_t len_bytes)
{
	int error;

	rump_schedule();
	error = rng_read(buf, len_bytes);
	rump_unschedule();
	return error;
}

static int rng_attach(struct virtio_dev *vd)
{
	struct rng *rn = kmem_zalloc(sizeof(*rn));
	unsigned long cookie = 0;
	int error;

	if (rn == NULL)
		return RUMP_ENOMEM;
	rn->rn_vd = vd;
	mutex_init(&rn->rn_reader);
	mutex_init(&rn->rn_lock);
	cv_init(&rn->rn_cv);
	error = virtio_negotiate(vd, 0);
	if (error == 0)
		error = virtq_init(&rn->rn_vq, vd, 0, QUEUE_MAX, rng_interrupt, rn);
	if (error == 0) {
		rn->rn_buffer = virtio_dma_alloc(BUFFER, &rn->rn_pa, &cookie);
		error = rn->rn_buffer == NULL ? RUMP_ENOMEM : virtio_start(vd);
	}
	if (error == 0) {
		mutex_enter(&rn->rn_lock);
		virtq_intr_next(&rn->rn_vq);
		mutex_exit(&rn->rn_lock);
		kprintf("rng: %s\n", vd->vd_name);
		if (the_rng == NULL)
			the_rng = rn;
		return 0;
	}
	virtio_stop(vd);
	if (rn->rn_buffer != NULL)
		virtio_dma_free(cookie, BUFFER);
	virtq_fini(&rn->rn_vq);
	cv_destroy(&rn->rn_cv);
	mutex_destroy(&rn->rn_lock);
	mutex_destroy(&rn->rn_reader);
	kmem_free(rn, sizeof(*rn));
	return error;
}

static const struct virtio_driver rng_driver = {VIRTIO_TYPE_ENTROPY, "rng", rng_attach};
VIRTIO_DRIVER(rng_driver);

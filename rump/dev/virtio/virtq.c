/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Split virtqueues (virtio 1.2, 2.7). A queue is one piece of DMA memory: descriptors, available
 * ring, used ring. After the available ring the driver says at which used entry it wants an
 * interrupt; after the used ring the device says at which available entry it wants a notification
 * (2.7.7, 2.7.10).
 *
 * I1 An entry is written before the index that publishes it (release); the device's index is read
 *    before its entries (acquire).
 * I2 A full barrier stands between publishing an index and reading the other side's event index
 *    (virtq_kick), and between setting an event index and reading the other side's index
 *    (virtq_intr_next). So either the other side sees the change, or this side does, and no
 *    notification or interrupt is lost.
 * I3 A field that the device can write is read once: the value that was checked is the value that
 *    is used.
 */
#include <stdatomic.h>

#include "kern/kmem.h"
#include "kern/string.h"

#include "dev/virtio/virtio.h"

struct virtq_desc {
	uint64_t vd_addr;
	uint32_t vd_len;
	uint16_t vd_flags;
	uint16_t vd_next;
};
#define DESC_F_NEXT 1
#define DESC_F_WRITE 2

struct virtq_avail {
	uint16_t va_flags;
	_Atomic uint16_t va_idx;
	uint16_t va_ring[];
	/* uint16_t used_event */
};
#define AVAIL_F_NO_INTERRUPT 1

struct virtq_used {
	_Atomic uint16_t vu_flags;
	_Atomic uint16_t vu_idx;
	struct virtq_used_elem {
		uint32_t ue_id;
		uint32_t ue_len;
	} vu_ring[];
	/* uint16_t avail_event */
};
#define USED_F_NO_NOTIFY 1

static _Atomic uint16_t *used_event(struct virtq *vq)
{
	return (_Atomic uint16_t *)&vq->vq_avail->va_ring[vq->vq_size];
}

static _Atomic uint16_t *avail_event(struct virtq *vq)
{
	return (_Atomic uint16_t *)&vq->vq_used->vu_ring[vq->vq_size];
}

int virtq_init(struct virtq *vq, struct virtio_dev *vd, unsigned index, unsigned max,
	       void (*intr)(struct virtq *vq), void *arg)
{
	size_t avail, used;
	char *mem;
	int error;

	memset(vq, 0, sizeof(*vq));
	vq->vq_dev = vd;
	vq->vq_index = (uint16_t)index;
	vq->vq_intr = intr;
	vq->vq_arg = arg;
	error = virtio_queue_setup(vd, vq, max);
	if (error != 0)
		return error;
	avail = sizeof(struct virtq_desc) * vq->vq_size;
	used = avail + sizeof(struct virtq_avail) + sizeof(uint16_t) * (vq->vq_size + 1u);
	used = (used + 3) & ~(size_t)3;
	vq->vq_bytes = used + sizeof(struct virtq_used) +
		       sizeof(struct virtq_used_elem) * vq->vq_size + sizeof(uint16_t);
	vq->vq_slots = kmem_zalloc(sizeof(*vq->vq_slots) * vq->vq_size);
	mem = vq->vq_slots != NULL ? virtio_dma_alloc(vq->vq_bytes, &vq->vq_pa, &vq->vq_cookie)
				   : NULL;
	if (mem == NULL) {
		kmem_free(vq->vq_slots, sizeof(*vq->vq_slots) * vq->vq_size);
		vq->vq_slots = NULL;
		return RUMP_ENOMEM;
	}
	vq->vq_desc = (void *)mem;
	vq->vq_avail = (void *)(mem + avail);
	vq->vq_used = (void *)(mem + used);
	vq->vq_nfree = vq->vq_size;
	for (unsigned i = 0; i < vq->vq_size; i++)
		vq->vq_slots[i].vs_next = (uint16_t)(i + 1);
	error = virtio_queue_enable(vd, vq, vq->vq_pa, vq->vq_pa + avail, vq->vq_pa + used);
	if (error != 0)
		virtq_fini(vq);
	return error;
}

void virtq_fini(struct virtq *vq)
{
	if (vq->vq_slots == NULL)
		return;
	virtio_dma_free(vq->vq_cookie, vq->vq_bytes);
	kmem_free(vq->vq_slots, sizeof(*vq->vq_slots) * vq->vq_size);
	vq->vq_slots = NULL;
}

int virtq_add(struct virtq *vq, const struct virtio_seg *seg, unsigned nout, unsigned nin,
	      void *cookie)
{
	unsigned total = nout + nin, i;
	uint16_t head = vq->vq_free, at = head;
	struct virtq_slot *slot = &vq->vq_slots[head];
	uint32_t in_len = 0;

	if (total > vq->vq_nfree || total == 0)
		return RUMP_ENOBUFS;
	for (i = 0; i < total; i++) {
		struct virtq_desc *d = &vq->vq_desc[at];

		d->vd_addr = seg[i].vs_pa;
		d->vd_len = seg[i].vs_len;
		d->vd_flags = (uint16_t)((i + 1 < total ? DESC_F_NEXT : 0) |
					 (i >= nout ? DESC_F_WRITE : 0));
		d->vd_next = i + 1 < total ? vq->vq_slots[at].vs_next : 0;
		if (i >= nout)
			in_len += seg[i].vs_len;
		at = vq->vq_slots[at].vs_next;
	}
	vq->vq_free = at;
	vq->vq_nfree = (uint16_t)(vq->vq_nfree - total);
	slot->vs_cookie = cookie;
	slot->vs_count = (uint16_t)total;
	slot->vs_in_len = in_len;
	vq->vq_avail->va_ring[vq->vq_avail_idx & (vq->vq_size - 1)] = head;
	vq->vq_avail_idx++;
	atomic_store_explicit(&vq->vq_avail->va_idx, vq->vq_avail_idx, memory_order_release);
	return 0;
}

void virtq_kick(struct virtq *vq)
{
	uint16_t event, was = vq->vq_kicked_idx, now = vq->vq_avail_idx;
	bool needed;

	if (was == now || vq->vq_dev->vd_failed)
		return;
	vq->vq_kicked_idx = now;
	atomic_thread_fence(memory_order_seq_cst);
	if (virtio_has(vq->vq_dev, VIRTIO_F_RING_EVENT_IDX)) {
		event = atomic_load_explicit(avail_event(vq), memory_order_relaxed);
		needed = (uint16_t)(now - event - 1) < (uint16_t)(now - was); /* 2.7.10.1 */
	} else
		needed = (atomic_load(&vq->vq_used->vu_flags) & USED_F_NO_NOTIFY) == 0;
	if (needed)
		virtio_mmio_write16(vq->vq_notify, vq->vq_index);
}

bool virtq_more(const struct virtq *vq)
{
	return !vq->vq_dev->vd_failed &&
	       atomic_load_explicit(&vq->vq_used->vu_idx, memory_order_acquire) != vq->vq_used_idx;
}

/* Return a chain's descriptors to the free list. */
static void *chain_free(struct virtq *vq, uint16_t head)
{
	struct virtq_slot *slot = &vq->vq_slots[head];
	void *cookie = slot->vs_cookie;
	uint16_t last = head;

	for (unsigned i = 1; i < slot->vs_count; i++)
		last = vq->vq_slots[last].vs_next;
	vq->vq_slots[last].vs_next = vq->vq_free;
	vq->vq_free = head;
	vq->vq_nfree = (uint16_t)(vq->vq_nfree + slot->vs_count);
	slot->vs_cookie = NULL;
	slot->vs_count = 0;
	return cookie;
}

void *virtq_get(struct virtq *vq, uint32_t *len)
{
	const volatile struct virtq_used_elem *ue;
	uint32_t id, used_len;

	if (!virtq_more(vq))
		return NULL;
	ue = &vq->vq_used->vu_ring[vq->vq_used_idx & (vq->vq_size - 1)];
	id = ue->ue_id; /* read once (I3) */
	used_len = ue->ue_len;
	if (id >= vq->vq_size || vq->vq_slots[id].vs_cookie == NULL) {
		virtio_fail(vq->vq_dev, "gave back what it was not given");
		return NULL;
	}
	if (used_len > vq->vq_slots[id].vs_in_len) {
		virtio_fail(vq->vq_dev, "claims to have written more than there was room for");
		return NULL;
	}
	vq->vq_used_idx++;
	*len = used_len;
	return chain_free(vq, (uint16_t)id);
}

bool virtq_intr_next(struct virtq *vq)
{
	if (virtio_has(vq->vq_dev, VIRTIO_F_RING_EVENT_IDX))
		atomic_store_explicit(used_event(vq), vq->vq_used_idx, memory_order_relaxed);
	else
		vq->vq_avail->va_flags = 0;
	atomic_thread_fence(memory_order_seq_cst);
	return virtq_more(vq);
}

bool virtq_intr_last(struct virtq *vq)
{
	if (virtio_has(vq->vq_dev, VIRTIO_F_RING_EVENT_IDX))
		atomic_store_explicit(used_event(vq), (uint16_t)(vq->vq_avail_idx - 1),
				      memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	return vq->vq_used_idx != vq->vq_avail_idx &&
	       atomic_load_explicit(&vq->vq_used->vu_idx, memory_order_acquire) == vq->vq_avail_idx;
}

void virtq_intr_off(struct virtq *vq)
{
	/* With event indices an old one stays behind: no interrupt comes until a new one is set. */
	if (!virtio_has(vq->vq_dev, VIRTIO_F_RING_EVENT_IDX))
		vq->vq_avail->va_flags = AVAIL_F_NO_INTERRUPT;
}

void *virtq_drain(struct virtq *vq)
{
	while (vq->vq_drain < vq->vq_size) {
		if (vq->vq_slots[vq->vq_drain].vs_cookie != NULL)
			return chain_free(vq, vq->vq_drain);
		vq->vq_drain++;
	}
	return NULL;
}

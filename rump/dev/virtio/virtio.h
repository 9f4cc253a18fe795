/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio 1.2: devices on the modern PCI transport and their split virtqueues.
 *
 * A driver registers itself by link set with the device type it is for. The probe finds the
 * devices this rump kernel was given, resets each and calls vd_attach, which
 *   1. virtio_negotiate	agrees on features (from then on configuration may be read),
 *   2. virtq_init		sets up its queues,
 *   3. virtio_start		connects interrupts and lets the device run.
 * Anything that fails leaves the device reset (virtio_stop).
 *
 * The device is not trusted: what it writes (used rings, lengths, configuration) is checked, the
 * descriptors' own state is kept in memory that it does not see. A device that breaks the rules is
 * reset for good (virtio_fail); the driver then takes back what it had queued by virtq_drain.
 *
 * A queue is protected by a lock of its driver's. No function here sleeps.
 */
#ifndef RUMP_DEV_VIRTIO_VIRTIO_H
#define RUMP_DEV_VIRTIO_VIRTIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rump/errno.h>

#include "kern/component.h"

/* Device types (5) and features of all (6). */
#define VIRTIO_TYPE_NET 1u
#define VIRTIO_TYPE_BLOCK 2u
#define VIRTIO_F_RING_EVENT_IDX 29
#define VIRTIO_F_VERSION_1 32
#define VIRTIO_F_ACCESS_PLATFORM 33
#define VIRTIO_BIT(f) (UINT64_C(1) << (f))

struct virtio_dev;
struct virtio_driver {
	unsigned vr_type;
	const char *vr_name;
	int (*vr_attach)(struct virtio_dev *vd); /* 0, or an errno: said on the console */
};
#define VIRTIO_DRIVER(sym) LINK_SET_ADD(virtio_drivers, sym)

struct virtio_region {
	volatile uint8_t *vr_base;
	uint32_t vr_len;
};

struct virtq;
struct virtio_dev {
	unsigned vd_bus, vd_slot, vd_func;
	unsigned vd_type;
	char vd_name[32]; /* for messages: "virtio2 at pci 0:3.0" */
	struct virtio_region vd_common, vd_notify, vd_config;
	uint32_t vd_notify_mult;
	void *vd_bar[6];
	unsigned long vd_bar_len[6];
	uint64_t vd_features; /* negotiated */
	bool vd_failed;
	/* the driver's, before virtio_start */
	void *vd_softc;
	void (*vd_config_changed)(struct virtio_dev *vd); /* may be NULL */
	struct virtq *vd_queues[4];
	unsigned vd_nqueues;
};

/* Agree on what the device offers of want. ENODEV: it is no virtio 1 device or refuses. */
int virtio_negotiate(struct virtio_dev *vd, uint64_t want);
static inline bool virtio_has(const struct virtio_dev *vd, unsigned feature)
{
	return (vd->vd_features & VIRTIO_BIT(feature)) != 0;
}
/* Bytes of the device's configuration, of one moment; beyond its end: zeros. */
void virtio_config_read(struct virtio_dev *vd, unsigned off, void *buf, unsigned len);
/* Interrupts and DRIVER_OK. ENOMEM, ENODEV. */
int virtio_start(struct virtio_dev *vd);
/* Reset: it no longer touches memory when this returns. */
void virtio_stop(struct virtio_dev *vd);
/* The device did what it must not: say so, reset it, use it no more. */
void virtio_fail(struct virtio_dev *vd, const char *what);

/* One piece of memory as the device sees it. */
struct virtio_seg {
	unsigned long vs_pa;
	uint32_t vs_len;
};

/* Private state of a descriptor: what the device could overwrite is not believed. */
struct virtq_slot {
	void *vs_cookie; /* of the head of a chain in use */
	uint32_t vs_in_len;
	uint16_t vs_next;
	uint16_t vs_count;
};

struct virtq_desc;
struct virtq_avail;
struct virtq_used;

struct virtq {
	struct virtio_dev *vq_dev;
	uint16_t vq_index, vq_size;
	uint16_t vq_free, vq_nfree; /* list of descriptors not in use */
	uint16_t vq_avail_idx;	    /* entries made available */
	uint16_t vq_kicked_idx;	    /* up to which the device was told */
	uint16_t vq_used_idx;	    /* entries taken back */
	uint16_t vq_drain;
	struct virtq_desc *vq_desc;
	struct virtq_avail *vq_avail;
	struct virtq_used *vq_used;
	struct virtq_slot *vq_slots;
	volatile uint16_t *vq_notify;
	unsigned long vq_pa, vq_cookie;
	size_t vq_bytes;
	void (*vq_intr)(struct virtq *vq); /* in the interrupt's thread */
	void *vq_arg;
};

/* Queue number index with at most max descriptors (a power of two). ENODEV: there is none, ENOMEM.
 */
int virtq_init(struct virtq *vq, struct virtio_dev *vd, unsigned index, unsigned max,
	       void (*intr)(struct virtq *vq), void *arg);
void virtq_fini(struct virtq *vq); /* the device has been stopped */
/*
 * Make a chain available: nout segments that the device reads, then nin that it writes. ENOBUFS:
 * not so many descriptors are free. cookie is not NULL.
 */
int virtq_add(struct virtq *vq, const struct virtio_seg *seg, unsigned nout, unsigned nin,
	      void *cookie);
/* Tell the device of what was added, if it wants to be told. */
void virtq_kick(struct virtq *vq);
/* A chain that the device is done with, and how many bytes it wrote. NULL: none, or it failed. */
void *virtq_get(struct virtq *vq, uint32_t *len);
bool virtq_more(const struct virtq *vq);
/* Interrupt at the next used chain; true: there is one already, and no interrupt may come. */
bool virtq_intr_next(struct virtq *vq);
/* Interrupt when all that is available now has been used; true: it has, and none may come. */
bool virtq_intr_last(struct virtq *vq);
void virtq_intr_off(struct virtq *vq);
/* After virtio_stop or virtio_fail: the next chain never given back, or NULL. */
void *virtq_drain(struct virtq *vq);

/* transport.c, for virtq.c */
int virtio_queue_setup(struct virtio_dev *vd, struct virtq *vq, unsigned max);
int virtio_queue_enable(struct virtio_dev *vd, struct virtq *vq, unsigned long desc,
			unsigned long avail, unsigned long used);

/* Device registers, one access each; little-endian as the machine. */
uint8_t virtio_mmio_read8(const volatile void *addr);
uint16_t virtio_mmio_read16(const volatile void *addr);
uint32_t virtio_mmio_read32(const volatile void *addr);
void virtio_mmio_write8(volatile void *addr, uint8_t v);
void virtio_mmio_write16(volatile void *addr, uint16_t v);
void virtio_mmio_write32(volatile void *addr, uint32_t v);

/* Zeroed DMA memory with its machine address; cookie is for virtio_dma_free. NULL: none. */
void *virtio_dma_alloc(size_t len, unsigned long *pa, unsigned long *cookie);
void virtio_dma_free(unsigned long cookie, size_t len);
/*
 * Kernel memory in at most max segments no longer than seg_max bytes; the number, or 0 when it
 * cannot be reached by a device or is in too many pieces.
 */
unsigned virtio_dma_map(void *mem, size_t len, struct virtio_seg *seg, unsigned max,
			uint32_t seg_max);

#endif

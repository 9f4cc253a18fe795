/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio 1.2: devices on the modern PCI transport, and their split virtqueues.
 *
 * A driver registers by link set, with the device type that it is for. The probe finds the devices
 * that this rump kernel was given, resets each and calls vr_attach, which calls in this order:
 *	1. virtio_negotiate	agrees on features; from then on the configuration may be read
 *	2. virtq_init		sets up its queues
 *	3. virtio_start		connects interrupts and lets the device run
 * If anything fails the device is left reset (virtio_stop).
 *
 * I1 The device is not trusted. What it writes (used rings, lengths, configuration) is checked, and
 *    the state of descriptors is kept in memory that it cannot access.
 * I2 A device that breaks the rules is reset for good (virtio_fail). The driver then takes back
 *    what it had queued (virtq_drain).
 * I3 A driver's lock guards its queues. No function here sleeps.
 * I4 Memory of a chain belongs to the device from virtq_add until virtq_get or virtq_drain returns
 *    its cookie.
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
	int (*vr_attach)(struct virtio_dev *vd); /* 0, or an errno, which is logged */
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
	/* Set by the driver before virtio_start. */
	void *vd_softc;
	void (*vd_config_changed)(struct virtio_dev *vd); /* may be NULL */
	struct virtq *vd_queues[4];
	unsigned vd_nqueues;
};

/*
 * Agree on those features of want that the device offers. ENODEV: not a virtio 1 device, or it
 * refuses.
 */
int virtio_negotiate(struct virtio_dev *vd, uint64_t want);
static inline bool virtio_has(const struct virtio_dev *vd, unsigned feature)
{
	return (vd->vd_features & VIRTIO_BIT(feature)) != 0;
}
/* Bytes of the device's configuration as of one moment; zeros beyond its end. */
void virtio_config_read(struct virtio_dev *vd, unsigned off, void *buf, unsigned len);
/* Connect interrupts and set DRIVER_OK. ENOMEM, ENODEV. */
int virtio_start(struct virtio_dev *vd);
/* Reset the device: it does not access memory any more when this returns. */
void virtio_stop(struct virtio_dev *vd);
/* The device broke a rule: log it, reset the device, and never use it again. */
void virtio_fail(struct virtio_dev *vd, const char *what);

/* One piece of memory as the device sees it. */
struct virtio_seg {
	unsigned long vs_pa;
	uint32_t vs_len;
};

/* The state of a descriptor, where the device cannot overwrite it (I1). */
struct virtq_slot {
	void *vs_cookie; /* of the chain that begins here */
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
	uint16_t vq_free, vq_nfree; /* list of the free descriptors */
	uint16_t vq_avail_idx;	    /* entries made available */
	uint16_t vq_kicked_idx;	    /* the device was notified up to here */
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

/*
 * Set up queue index with at most max descriptors (a power of two). ENODEV: no such queue; ENOMEM.
 */
int virtq_init(struct virtq *vq, struct virtio_dev *vd, unsigned index, unsigned max,
	       void (*intr)(struct virtq *vq), void *arg);
void virtq_fini(struct virtq *vq); /* called when the device has been stopped */
/*
 * Make a chain available: nout segments that the device reads, then nin that it writes. cookie is
 * not NULL. ENOBUFS: too few descriptors are free.
 */
int virtq_add(struct virtq *vq, const struct virtio_seg *seg, unsigned nout, unsigned nin,
	      void *cookie);
/* Notify the device of what was added, if it asked for that. */
void virtq_kick(struct virtq *vq);
/*
 * The cookie of a chain that the device has finished, and how many bytes it wrote. NULL: none, or
 * the device failed.
 */
void *virtq_get(struct virtq *vq, uint32_t *len);
bool virtq_more(const struct virtq *vq);
/*
 * Request an interrupt at the next used chain. true: there is one already, and the interrupt may
 * not come.
 */
bool virtq_intr_next(struct virtq *vq);
/*
 * Request an interrupt when all that is available now has been used. true: it has been, and the
 * interrupt may not come.
 */
bool virtq_intr_last(struct virtq *vq);
void virtq_intr_off(struct virtq *vq);
/* After virtio_stop or virtio_fail: a chain that was not returned, one at each call; then NULL. */
void *virtq_drain(struct virtq *vq);

/* In transport.c, for virtq.c. */
int virtio_queue_setup(struct virtio_dev *vd, struct virtq *vq, unsigned max);
int virtio_queue_enable(struct virtio_dev *vd, struct virtq *vq, unsigned long desc,
			unsigned long avail, unsigned long used);

/* Access to device registers: one access a call, little-endian as the machine. */
uint8_t virtio_mmio_read8(const volatile void *addr);
uint16_t virtio_mmio_read16(const volatile void *addr);
uint32_t virtio_mmio_read32(const volatile void *addr);
void virtio_mmio_write8(volatile void *addr, uint8_t v);
void virtio_mmio_write16(volatile void *addr, uint16_t v);
void virtio_mmio_write32(volatile void *addr, uint32_t v);

/* Zeroed DMA memory with its machine address; cookie is for virtio_dma_free. NULL: no memory. */
void *virtio_dma_alloc(size_t len, unsigned long *pa, unsigned long *cookie);
void virtio_dma_free(unsigned long cookie, size_t len);
/*
 * Kernel memory as at most max segments of at most seg_max bytes. Returns their number; 0: a device
 * cannot reach the memory, or it is in too many pieces.
 */
unsigned virtio_dma_map(void *mem, size_t len, struct virtio_seg *seg, unsigned max,
			uint32_t seg_max);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The modern PCI transport (virtio 1.2, 4.1): capabilities, status, features, interrupts.
 *
 * Supported: the common, notification and device structures in memory BARs; a vector for each queue
 * and one for the configuration, or one for all. Not supported: the legacy interface, the ISR
 * structure and interrupt lines, since vectors do without them, and notification data. CAPS_MAX
 * bounds a list of capabilities that may be a cycle.
 */
#include "kern/printf.h"
#include "kern/string.h"

#include "dev/virtio/transport.h"
#include "dev/virtio/virtio.h"
#include "rumpcomp_pci.h"

/* 2.1 */
#define STATUS_ACKNOWLEDGE 1
#define STATUS_DRIVER 2
#define STATUS_DRIVER_OK 4
#define STATUS_FEATURES_OK 8
#define STATUS_FAILED 128
/* 4.1.4.3: struct virtio_pci_common_cfg */
#define COMMON_DEVICE_FEATURE_SELECT 0
#define COMMON_DEVICE_FEATURE 4
#define COMMON_DRIVER_FEATURE_SELECT 8
#define COMMON_DRIVER_FEATURE 12
#define COMMON_CONFIG_MSIX_VECTOR 16
#define COMMON_NUM_QUEUES 18
#define COMMON_STATUS 20
#define COMMON_CONFIG_GENERATION 21
#define COMMON_QUEUE_SELECT 22
#define COMMON_QUEUE_SIZE 24
#define COMMON_QUEUE_MSIX_VECTOR 26
#define COMMON_QUEUE_ENABLE 28
#define COMMON_QUEUE_NOTIFY_OFF 30
#define COMMON_QUEUE_DESC 32
#define COMMON_QUEUE_DRIVER 40
#define COMMON_QUEUE_DEVICE 48
#define COMMON_SIZE 56
#define NO_VECTOR 0xffff
/* 4.1.4: struct virtio_pci_cap */
#define CAP_VENDOR 0x09
#define CFG_COMMON 1
#define CFG_NOTIFY 2
#define CFG_DEVICE 4
/* PCI 3.0, 6.1 and 6.7 */
#define PCI_COMMAND 0x04
#define PCI_COMMAND_MEMORY 0x2u
#define PCI_COMMAND_MASTER 0x4u
#define PCI_STATUS_CAPLIST (0x10u << 16)
#define PCI_CAPPTR 0x34
/* As many as fit behind the header, 192 bytes in units of 4: a list that is longer is a circle. */
#define CAPS_MAX 48

#define C(vd, off) ((vd)->vd_common.vr_base + (off))

static uint32_t conf_read(struct virtio_dev *vd, int reg)
{
	unsigned v = 0xffffffff;

	if (rumpcomp_pci_confread(vd->vd_bus, vd->vd_slot, vd->vd_func, reg, &v) != 0)
		return 0xffffffff;
	return v;
}

/* The region that a capability describes; false: it is not inside a BAR of the device. */
static bool region_map(struct virtio_dev *vd, unsigned bar, uint32_t off, uint32_t len,
		       struct virtio_region *r)
{
	if (bar > 5)
		return false;
	if (vd->vd_bar[bar] == NULL &&
	    rumpcomp_pci_map_bar(vd->vd_bus, vd->vd_slot, vd->vd_func, bar, &vd->vd_bar[bar],
				 &vd->vd_bar_len[bar]) != 0)
		return false;
	if ((uint64_t)off + len > vd->vd_bar_len[bar] || (off & 3) != 0)
		return false;
	r->vr_base = (volatile uint8_t *)vd->vd_bar[bar] + off;
	r->vr_len = len;
	return true;
}

static void cap_take(struct virtio_dev *vd, int pos)
{
	uint32_t head = conf_read(vd, pos), bar = conf_read(vd, pos + 4) & 0xff;
	uint32_t off = conf_read(vd, pos + 8), len = conf_read(vd, pos + 12);
	struct virtio_region *r;

	switch (head >> 24) {
	case CFG_COMMON:
		r = &vd->vd_common;
		break;
	case CFG_NOTIFY:
		r = &vd->vd_notify;
		break;
	case CFG_DEVICE:
		r = &vd->vd_config;
		break;
	default:
		return;
	}
	/* 4.1.4: the first of a kind that can be used is preferred. */
	if (r->vr_base == NULL && region_map(vd, bar, off, len, r) && r == &vd->vd_notify)
		vd->vd_notify_mult = conf_read(vd, pos + 16);
}

int virtio_pci_find(struct virtio_dev *vd)
{
	uint32_t cmd = conf_read(vd, PCI_COMMAND);
	int pos = (int)(conf_read(vd, PCI_CAPPTR) & 0xfc);

	if ((cmd & PCI_STATUS_CAPLIST) == 0)
		return RUMP_ENODEV;
	for (int i = 0; i < CAPS_MAX && pos >= 0x40 && pos <= 0xfc; i++) {
		uint32_t head = conf_read(vd, pos);

		if ((head & 0xff) == CAP_VENDOR && pos + 20 <= 0x100)
			cap_take(vd, pos);
		pos = (int)(head >> 8 & 0xfc);
	}
	if (vd->vd_common.vr_base == NULL || vd->vd_common.vr_len < COMMON_SIZE ||
	    vd->vd_notify.vr_base == NULL)
		return RUMP_ENODEV;
	if ((cmd & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)) !=
	    (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)) {
		cmd = (cmd & 0xffff) | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
		if (rumpcomp_pci_confwrite(vd->vd_bus, vd->vd_slot, vd->vd_func, PCI_COMMAND,
					   cmd) != 0)
			return RUMP_EIO;
	}
	return 0;
}

static void status_add(struct virtio_dev *vd, uint8_t bits)
{
	virtio_mmio_write8(C(vd, COMMON_STATUS), virtio_mmio_read8(C(vd, COMMON_STATUS)) | bits);
}

/*
 * 4.1.4.3.2: the driver waits until the status reads zero. A device in software has finished its
 * reset when the write returns. One that needs more reads than this is considered broken.
 */
#define RESET_READS 1000000

void virtio_stop(struct virtio_dev *vd)
{
	unsigned n = 0;

	virtio_mmio_write8(C(vd, COMMON_STATUS), 0);
	while (virtio_mmio_read8(C(vd, COMMON_STATUS)) != 0) {
		if (++n == RESET_READS)
			panic("%s: does not reset; it could write to memory", vd->vd_name);
	}
}

void virtio_fail(struct virtio_dev *vd, const char *what)
{
	if (vd->vd_failed)
		return;
	vd->vd_failed = true;
	kprintf("%s: %s: device stopped\n", vd->vd_name, what);
	virtio_stop(vd);
	status_add(vd, STATUS_FAILED);
}

static uint64_t features_offered(struct virtio_dev *vd)
{
	uint64_t f;

	virtio_mmio_write32(C(vd, COMMON_DEVICE_FEATURE_SELECT), 0);
	f = virtio_mmio_read32(C(vd, COMMON_DEVICE_FEATURE));
	virtio_mmio_write32(C(vd, COMMON_DEVICE_FEATURE_SELECT), 1);
	return f | (uint64_t)virtio_mmio_read32(C(vd, COMMON_DEVICE_FEATURE)) << 32;
}

int virtio_negotiate(struct virtio_dev *vd, uint64_t want)
{
	uint64_t offered;

	/* 3.1.1 */
	virtio_stop(vd);
	status_add(vd, STATUS_ACKNOWLEDGE);
	status_add(vd, STATUS_DRIVER);
	offered = features_offered(vd);
	if ((offered & VIRTIO_BIT(VIRTIO_F_VERSION_1)) == 0)
		return RUMP_ENODEV;
	/* 6.3: addresses are always those that the host gave for this device. */
	want |= VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_F_RING_EVENT_IDX) |
		VIRTIO_BIT(VIRTIO_F_ACCESS_PLATFORM);
	vd->vd_features = offered & want;
	virtio_mmio_write32(C(vd, COMMON_DRIVER_FEATURE_SELECT), 0);
	virtio_mmio_write32(C(vd, COMMON_DRIVER_FEATURE), (uint32_t)vd->vd_features);
	virtio_mmio_write32(C(vd, COMMON_DRIVER_FEATURE_SELECT), 1);
	virtio_mmio_write32(C(vd, COMMON_DRIVER_FEATURE), (uint32_t)(vd->vd_features >> 32));
	status_add(vd, STATUS_FEATURES_OK);
	if ((virtio_mmio_read8(C(vd, COMMON_STATUS)) & STATUS_FEATURES_OK) == 0) {
		virtio_stop(vd);
		return RUMP_ENODEV;
	}
	return 0;
}

void virtio_config_read(struct virtio_dev *vd, unsigned off, void *buf, unsigned len)
{
	uint8_t *p = buf, before, after;
	unsigned tries = 0;

	/* 2.4.1: read again until the generation did not change in between. */
	do {
		before = virtio_mmio_read8(C(vd, COMMON_CONFIG_GENERATION));
		for (unsigned i = 0; i < len; i++)
			p[i] = vd->vd_config.vr_base != NULL && off + i < vd->vd_config.vr_len
				       ? virtio_mmio_read8(vd->vd_config.vr_base + off + i)
				       : 0;
		after = virtio_mmio_read8(C(vd, COMMON_CONFIG_GENERATION));
	} while (before != after && ++tries < 100);
}

int virtio_queue_setup(struct virtio_dev *vd, struct virtq *vq, unsigned max)
{
	uint32_t off;
	uint16_t size;

	if (vq->vq_index >= virtio_mmio_read16(C(vd, COMMON_NUM_QUEUES)))
		return RUMP_ENODEV;
	virtio_mmio_write16(C(vd, COMMON_QUEUE_SELECT), vq->vq_index);
	size = virtio_mmio_read16(C(vd, COMMON_QUEUE_SIZE));
	if (size == 0 || (size & (size - 1)) != 0 || size > 32768)
		return RUMP_ENODEV; /* 2.7: a power of two, at most 32768 */
	if (size > max) {
		size = (uint16_t)max;
		virtio_mmio_write16(C(vd, COMMON_QUEUE_SIZE), size);
	}
	vq->vq_size = size;
	/* 4.1.4.4 */
	if (__builtin_mul_overflow((uint32_t)virtio_mmio_read16(C(vd, COMMON_QUEUE_NOTIFY_OFF)),
				   vd->vd_notify_mult, &off) ||
	    (uint64_t)off + 2 > vd->vd_notify.vr_len || (off & 1) != 0)
		return RUMP_ENODEV;
	vq->vq_notify = (volatile uint16_t *)(vd->vd_notify.vr_base + off);
	return 0;
}

static void write64(volatile uint8_t *reg, unsigned long v)
{
	virtio_mmio_write32(reg, (uint32_t)v);
	virtio_mmio_write32(reg + 4, (uint32_t)(v >> 32));
}

int virtio_queue_enable(struct virtio_dev *vd, struct virtq *vq, unsigned long desc,
			unsigned long avail, unsigned long used)
{
	if (vd->vd_nqueues == sizeof(vd->vd_queues) / sizeof(vd->vd_queues[0]))
		return RUMP_ENODEV;
	virtio_mmio_write16(C(vd, COMMON_QUEUE_SELECT), vq->vq_index);
	write64(C(vd, COMMON_QUEUE_DESC), desc);
	write64(C(vd, COMMON_QUEUE_DRIVER), avail);
	write64(C(vd, COMMON_QUEUE_DEVICE), used);
	vd->vd_queues[vd->vd_nqueues++] = vq;
	return 0;
}

static int config_interrupt(void *arg)
{
	struct virtio_dev *vd = arg;

	if (!vd->vd_failed && vd->vd_config_changed != NULL)
		vd->vd_config_changed(vd);
	return 1;
}

static int queue_interrupt(void *arg)
{
	struct virtq *vq = arg;

	vq->vq_intr(vq);
	return 1;
}

/* With too few vectors for all queues, one message may mean any of them. */
static int shared_interrupt(void *arg)
{
	struct virtio_dev *vd = arg;

	for (unsigned i = 0; i < vd->vd_nqueues; i++)
		vd->vd_queues[i]->vq_intr(vd->vd_queues[i]);
	return config_interrupt(vd);
}

static int vector_connect(struct virtio_dev *vd, unsigned vector, int (*fn)(void *), void *arg)
{
	static unsigned last_cookie;
	unsigned cookie = ++last_cookie;
	int error;

	error = rumpcomp_pci_msix_map(vd->vd_bus, vd->vd_slot, vd->vd_func, vector, cookie);
	if (error != 0)
		return error;
	return rumpcomp_pci_irq_establish(cookie, fn, arg) != NULL ? 0 : RUMP_ENOMEM;
}

/* 4.1.5.1.2: a device that has no room for the mapping reads back NO_VECTOR. */
static int vector_assign(struct virtio_dev *vd, unsigned reg, unsigned vector)
{
	virtio_mmio_write16(C(vd, reg), (uint16_t)vector);
	return virtio_mmio_read16(C(vd, reg)) == vector ? 0 : RUMP_ENODEV;
}

int virtio_start(struct virtio_dev *vd)
{
	unsigned count = rumpcomp_pci_msix_count(vd->vd_bus, vd->vd_slot, vd->vd_func);
	bool shared = count < vd->vd_nqueues + 1;
	int error;

	if (count == 0)
		return RUMP_ENODEV;
	error = vector_connect(vd, 0, shared ? shared_interrupt : config_interrupt, vd);
	if (error == 0)
		error = vector_assign(vd, COMMON_CONFIG_MSIX_VECTOR, 0);
	for (unsigned i = 0; error == 0 && i < vd->vd_nqueues; i++) {
		struct virtq *vq = vd->vd_queues[i];

		if (!shared)
			error = vector_connect(vd, i + 1, queue_interrupt, vq);
		virtio_mmio_write16(C(vd, COMMON_QUEUE_SELECT), vq->vq_index);
		if (error == 0)
			error = vector_assign(vd, COMMON_QUEUE_MSIX_VECTOR, shared ? 0 : i + 1);
		if (error == 0)
			virtio_mmio_write16(C(vd, COMMON_QUEUE_ENABLE), 1);
	}
	if (error == 0)
		status_add(vd, STATUS_DRIVER_OK);
	return error;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the virtio devices of this rump kernel that a linked driver is for. */
#include "kern/kmem.h"
#include "kern/printf.h"

#include "dev/virtio/transport.h"
#include "rumpcomp_pci.h"

LINK_SET_DECLARE(virtio_drivers, struct virtio_driver);

#define PCI_VENDOR_VIRTIO 0x1af4
/* virtio 1.2, 4.1.2: 0x1040 + type; transitional devices have their type in the subsystem ID. */
#define PCI_DEVICE_MODERN 0x1040
#define PCI_DEVICE_TRANSITIONAL 0x1000
#define PCI_ID 0x00
#define PCI_SUBSYSTEM 0x2c

static unsigned device_type(unsigned bus, unsigned slot, unsigned func)
{
	unsigned id, sub, device;

	if (rumpcomp_pci_confread(bus, slot, func, PCI_ID, &id) != 0 ||
	    (id & 0xffff) != PCI_VENDOR_VIRTIO)
		return 0;
	device = id >> 16;
	if (device >= PCI_DEVICE_MODERN && device < PCI_DEVICE_MODERN + 0x40)
		return device - PCI_DEVICE_MODERN;
	if (device < PCI_DEVICE_TRANSITIONAL || device >= PCI_DEVICE_MODERN ||
	    rumpcomp_pci_confread(bus, slot, func, PCI_SUBSYSTEM, &sub) != 0)
		return 0;
	return sub >> 16;
}

static const struct virtio_driver *driver_find(unsigned type)
{
	const struct virtio_driver *const *dr;

	LINK_SET_FOREACH(dr, virtio_drivers)
	{
		if ((*dr)->vr_type == type)
			return *dr;
	}
	return NULL;
}

static void device_attach(unsigned bus, unsigned slot, unsigned func)
{
	unsigned type = device_type(bus, slot, func);
	const struct virtio_driver *dr = type != 0 ? driver_find(type) : NULL;
	struct virtio_dev *vd;
	int error;

	if (dr == NULL)
		return;
	vd = kmem_zalloc(sizeof(*vd));
	if (vd == NULL)
		panic("virtio: no memory");
	vd->vd_bus = bus;
	vd->vd_slot = slot;
	vd->vd_func = func;
	vd->vd_type = type;
	ksnprintf(vd->vd_name, sizeof(vd->vd_name), "virtio-%s at pci %u:%u.%u", dr->vr_name, bus,
		  slot, func);
	error = virtio_pci_find(vd);
	if (error == 0) {
		error = dr->vr_attach(vd);
		if (error == 0)
			return; /* stays as long as the kernel runs */
		virtio_stop(vd);
	}
	kprintf("%s: cannot be used: error %d\n", vd->vd_name, error);
	kmem_free(vd, sizeof(*vd));
}

RUMP_COMPONENT(RUMP_COMPONENT_DEV, virtio)
{
	unsigned bus, slot, func;

	for (unsigned n = 0; rumpcomp_pci_enum(n, &bus, &slot, &func) == 0; n++)
		device_attach(bus, slot, func);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI devices of this process, by Linux's VFIO (Documentation/driver-api/vfio.rst): between the
 * files that make the PCI hypercalls. They are claimed once, before the first thread of the rump
 * kernel, and kept to the end of the process, which resets them.
 */
#ifndef RUMPUSER_POSIX_VFIO_H
#define RUMPUSER_POSIX_VFIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VFIO_NBARS 6

struct vfio_bar {
	uint64_t base;	    /* machine address or port, without the flags; 0: none */
	uint64_t len_bytes; /* 0: none, or the upper half of the one before */
	uint64_t offset;    /* of the device's descriptor */
	bool io, mappable;
	void *va; /* NULL: not mapped yet */
};

struct vfio_device {
	char name[16]; /* as sysfs has it, "0000:00:04.0" */
	unsigned bus, dev, fun;
	int fd;
	uint64_t conf_offset;
	unsigned msi, msix; /* where these capabilities are; 0: none */
	unsigned nlines, nmessages;
	unsigned nenabled; /* messages that the host has given so far (pci_irq.c) */
	struct vfio_bar bar[VFIO_NBARS];
};

/* Claim what RUMP_PCI says (pci_claim.c). 0 or a host errno, after a message that says what to do.
 */
int pci_claim(void);

/* The n-th, from 0, in the order of bus, device, function; NULL: no more. */
struct vfio_device *vfio_device_get(unsigned n);
struct vfio_device *vfio_device_find(unsigned bus, unsigned dev, unsigned fun);
/* Open the device of that name and group, and put it at the end. 0 or a host errno, after a
 * message.
 */
int vfio_device_open(const char *name, unsigned group);

/* 32 bits of configuration space. 0 or a host errno. */
int vfio_conf_read(const struct vfio_device *d, unsigned reg, uint32_t *value);
int vfio_conf_write(const struct vfio_device *d, unsigned reg, uint32_t value);

/* Is there an IOMMU? Otherwise machine addresses are the machine's (physical.c). */
bool vfio_translates(void);
/* The addresses that devices can be given, below 4 GiB: some take no others. */
void vfio_dma_window(uint64_t *first, uint64_t *end);
/* Wire that memory and let all devices see it at address. 0 or a host errno. */
int vfio_dma_map(void *va, uint64_t address, size_t len_bytes);
void vfio_dma_unmap(uint64_t address, size_t len_bytes);

/*
 * Memory where there is no IOMMU, in one piece for the process and the machine. 0 or a host errno:
 * ENOMEM when there are no huge pages (any more), ENOSPC for more than can be looked for, EPERM for
 * who may not know machine addresses.
 */
int physical_get(size_t len_bytes, void **vap, uint64_t *address);
void physical_put(void *va, size_t len_bytes);

/* How messages about a device begin. */
void vfio_say(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

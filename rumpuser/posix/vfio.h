/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI devices of this process, by Linux's VFIO (Documentation/driver-api/vfio.rst); shared by
 * the files of the PCI hypercalls. Devices are claimed once, before the rump kernel's first thread,
 * and kept until the process ends, which resets them.
 */
#ifndef RUMPUSER_POSIX_VFIO_H
#define RUMPUSER_POSIX_VFIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VFIO_NBARS 6

struct vfio_bar {
	uint64_t base;	    /* machine address or port, without the flags; 0: none */
	uint64_t len_bytes; /* 0: none, or the upper half of the previous BAR */
	uint64_t offset;    /* in the device's descriptor */
	bool io, mappable;
	void *va; /* NULL: not mapped yet */
};

struct vfio_device {
	char name[16]; /* as in sysfs, "0000:00:04.0" */
	unsigned bus, dev, fun;
	int fd;
	uint64_t conf_offset;
	unsigned msi, msix; /* offsets of these capabilities; 0: none */
	unsigned nlines, nmessages;
	unsigned nenabled; /* messages that the host has allocated so far (pci_irq.c) */
	struct vfio_bar bar[VFIO_NBARS];
};

/*
 * Claim the devices of RUMP_PCI (pci_claim.c). 0 or a host errno, after a message that says what to
 * do.
 */
int pci_claim(void);

/* The n-th, from 0, in the order of bus, device, function; NULL: no more. */
struct vfio_device *vfio_device_get(unsigned n);
struct vfio_device *vfio_device_find(unsigned bus, unsigned dev, unsigned fun);
/* Open the device of that name and group, and append it. 0 or a host errno, after a message. */
int vfio_device_open(const char *name, unsigned group);

/* 32 bits of configuration space. 0 or a host errno. */
int vfio_conf_read(const struct vfio_device *d, unsigned reg, uint32_t *value);
int vfio_conf_write(const struct vfio_device *d, unsigned reg, uint32_t value);

/* Whether there is an IOMMU. Without one, addresses are the machine's (physical.c). */
bool vfio_translates(void);
/* The addresses that devices can be given, below 4 GiB: some devices accept no others. */
void vfio_dma_window(uint64_t *first, uint64_t *end);
/* Wire that memory, and map it at address for all devices. 0 or a host errno. */
int vfio_dma_map(void *va, uint64_t address, size_t len_bytes);
void vfio_dma_unmap(uint64_t address, size_t len_bytes);

/*
 * Memory without an IOMMU, contiguous for the process and the machine. 0 or a host errno: ENOMEM:
 * no huge pages are left; ENOSPC: more than can be searched for; EPERM: machine addresses are
 * hidden from this process.
 */
int physical_get(size_t len_bytes, void **vap, uint64_t *address);
void physical_put(void *va, size_t len_bytes);

/* Prints the beginning of a message about a device, then the message. */
void vfio_say(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

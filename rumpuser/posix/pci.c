/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI hypercalls (rumpcomp_pci.h) on Linux: devices, configuration space, BARs, memory. VFIO
 * gives each device a configuration space of its own, where the size of a BAR can be read as usual;
 * the machine addresses in it are the device's real ones.
 */
#include "hyp.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <rump/errno.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc.h"
#include "rumpcomp_pci.h"
#include "vfio.h"

#define MSI_END 24  /* from its capability on: the longest form (PCI 3.0, 6.8.1) */
#define MSIX_END 12 /* 6.8.2 */

static pthread_mutex_t bars_lock = PTHREAD_MUTEX_INITIALIZER; /* guards the va of all BARs */

int rumpcomp_pci_enum(unsigned n, unsigned *bus, unsigned *dev, unsigned *fun)
{
	const struct vfio_device *d = vfio_device_get(n);

	if (d == NULL)
		return RUMP_ENOENT;
	*bus = d->bus;
	*dev = d->dev;
	*fun = d->fun;
	return 0;
}

static bool register_ok(int reg)
{
	return reg >= 0 && reg < PCI_CFG_SPACE_SIZE && reg % 4 == 0;
}

int rumpcomp_pci_confread(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int *value)
{
	const struct vfio_device *d = vfio_device_find(bus, dev, fun);

	*value = ~0u;
	if (d == NULL)
		return RUMP_ENODEV;
	if (!register_ok(reg))
		return RUMP_EINVAL;
	return errno_to_netbsd(vfio_conf_read(d, (unsigned)reg, value));
}

static bool within(unsigned reg, unsigned first, unsigned end)
{
	return reg + 4 > first && reg < end;
}

/* A driver may write all ones to a BAR, to learn its size, and restore its address. */
static bool bar_may_write(const struct vfio_device *d, unsigned reg, unsigned value)
{
	unsigned n = (reg - PCI_BASE_ADDRESS_0) / 4;
	const struct vfio_bar *bar = &d->bar[n];
	bool upper = bar->len_bytes == 0 && n > 0;
	uint64_t base = upper ? d->bar[n - 1].base >> 32 : bar->base & ~0u;

	return value == ~0u || (upper ? value : value & (bar->io ? ~3u : ~0xfu)) == base;
}

static bool may_write(const struct vfio_device *d, unsigned reg, unsigned value)
{
	if (within(reg, PCI_BASE_ADDRESS_0, PCI_BASE_ADDRESS_5 + 4))
		return bar_may_write(d, reg, value);
	return !within(reg, PCI_ROM_ADDRESS, PCI_ROM_ADDRESS + 4) &&
	       !within(reg, PCI_INTERRUPT_LINE, PCI_INTERRUPT_LINE + 1) &&
	       (d->msi == 0 || !within(reg, d->msi + PCI_MSI_FLAGS, d->msi + MSI_END)) &&
	       (d->msix == 0 || !within(reg, d->msix + PCI_MSIX_FLAGS, d->msix + MSIX_END));
}

int rumpcomp_pci_confwrite(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int value)
{
	const struct vfio_device *d = vfio_device_find(bus, dev, fun);

	if (d == NULL)
		return RUMP_ENODEV;
	if (!register_ok(reg))
		return RUMP_EINVAL;
	if (!may_write(d, (unsigned)reg, value))
		return RUMP_EPERM;
	return errno_to_netbsd(vfio_conf_write(d, (unsigned)reg, value));
}

/* 0 or a host errno. */
static int bar_map(struct vfio_device *d, struct vfio_bar *bar)
{
	void *va;
	int error = 0;

	if (!bar->mappable)
		return ENODEV;
	MUST(pthread_mutex_lock(&bars_lock));
	if (bar->va == NULL) {
		va = mmap(NULL, bar->len_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd,
			  (off_t)bar->offset);
		if (va == MAP_FAILED)
			error = errno;
		else
			bar->va = va;
	}
	MUST(pthread_mutex_unlock(&bars_lock));
	return error;
}

int rumpcomp_pci_map_bar(unsigned bus, unsigned dev, unsigned fun, unsigned bar, void **vap,
			 unsigned long *len_bytes)
{
	struct vfio_device *d = vfio_device_find(bus, dev, fun);
	int error;

	if (d == NULL)
		return RUMP_ENODEV;
	if (bar >= VFIO_NBARS || d->bar[bar].len_bytes == 0 || d->bar[bar].io)
		return RUMP_EINVAL;
	error = bar_map(d, &d->bar[bar]);
	if (error != 0)
		return errno_to_netbsd(error);
	*vap = d->bar[bar].va;
	*len_bytes = d->bar[bar].len_bytes;
	return 0;
}

void *rumpcomp_pci_map(unsigned long addr, unsigned long len_bytes)
{
	struct vfio_device *d;

	for (unsigned n = 0; (d = vfio_device_get(n)) != NULL; n++)
		for (struct vfio_bar *bar = d->bar; bar < d->bar + VFIO_NBARS; bar++) {
			uint64_t at = addr - bar->base;

			if (!bar->io && addr >= bar->base && at < bar->len_bytes &&
			    len_bytes <= bar->len_bytes - at && bar_map(d, bar) == 0)
				return (char *)bar->va + at;
		}
	return NULL;
}

int rumpcomp_pci_dmalloc(size_t len_bytes, size_t align, unsigned long *pap, unsigned long *vap)
{
	void *mem;

	if (len_bytes == 0 || (align & (align - 1)) != 0)
		return RUMP_EINVAL;
	if (!chunk_is_dma())
		return RUMP_ENODEV;
	mem = arena_alloc(len_bytes, align != 0 ? align : 1);
	if (mem == NULL)
		return RUMP_ENOMEM;
	*pap = arena_paddr(mem);
	*vap = (unsigned long)mem;
	memset(mem, 0, len_bytes);
	return 0;
}

unsigned long rumpcomp_pci_virt_to_mach(void *va)
{
	return arena_paddr(va);
}

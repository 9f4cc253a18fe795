/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI hypercalls (rumpcomp_pci.h) through the service dev, which numbers a component's devices
 * from 0. Drivers name them by bus, device and function; pci_device_find translates. Interrupts are
 * in pci_irq.c.
 *
 * Supported: 256 bytes of configuration space, memory BARs of 32 and 64 bits, I/O BARs through dev.
 * Not supported: extended configuration space.
 */
#include <cos/string.h>
#include <rump/errno.h>

#include "alloc.h"
#include "devices.h"
#include "hyp.h"
#include "pci.h"
#include "rumpcomp_pci.h"

#define CONF_SIZE 256
#define REG_BAR(n) (0x10 + 4 * (n))
#define BARS 6
#define BAR_IO 1u
#define BAR_MEM64 4u
#define BAR_TYPE 6u
#define BAR_FLAGS 0xfu

/* Encoded as in v1 of dev_id. */
#define BDF(bus, dev, fun) ((long)((bus) << 8 | (dev) << 3 | (fun)))

long pci_device_find(unsigned bus, unsigned dev, unsigned fun)
{
	long count = devices_count();

	for (long n = 0; n < count; n++)
		if (dev_id(n).v1 == BDF(bus, dev, fun))
			return n;
	return -COS_ENODEV;
}

int rumpcomp_pci_enum(unsigned n, unsigned *bus, unsigned *dev, unsigned *fun)
{
	struct cos_pair id = {-COS_ENODEV, 0};

	if ((long)n < devices_count())
		id = dev_id(n);
	if (id.v0 < 0)
		return RUMP_ENOENT;
	*bus = (unsigned)id.v1 >> 8;
	*dev = (unsigned)id.v1 >> 3 & 31;
	*fun = (unsigned)id.v1 & 7;
	return 0;
}

int rumpcomp_pci_confread(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int *value)
{
	long n = pci_device_find(bus, dev, fun), result;

	*value = ~0u;
	if (n < 0)
		return RUMP_ENODEV;
	result = dev_conf_read(n, (unsigned long)reg, sizeof(*value));
	if (result < 0)
		return hyp_errno(result);
	*value = (unsigned)result;
	return 0;
}

int rumpcomp_pci_confwrite(unsigned bus, unsigned dev, unsigned fun, int reg, unsigned int value)
{
	long n = pci_device_find(bus, dev, fun);

	if (n < 0)
		return RUMP_ENODEV;
	return hyp_errno(dev_conf_write(n, (unsigned long)reg, sizeof(value), value));
}

int rumpcomp_pci_map_bar(unsigned bus, unsigned dev, unsigned fun, unsigned bar, void **vap,
			 unsigned long *len_bytes)
{
	long n = pci_device_find(bus, dev, fun);
	struct cos_pair mapped;

	if (n < 0)
		return RUMP_ENODEV;
	mapped = dev_bar_map(n, bar);
	if (mapped.v0 < 0)
		return hyp_errno(mapped.v0);
	*vap = (void *)mapped.v0;
	*len_bytes = (unsigned long)mapped.v1;
	return 0;
}

/*
 * The machine address in a memory BAR, 0 if it is not one. *registers: how many registers it takes.
 */
static uint64_t bar_base(long n, unsigned bar, unsigned *registers)
{
	long low = dev_conf_read(n, REG_BAR(bar), 4), high = 0;

	*registers = 1;
	if (low < 0 || low & BAR_IO)
		return 0;
	if ((low & BAR_TYPE) == BAR_MEM64) {
		*registers = 2;
		high = dev_conf_read(n, REG_BAR(bar + 1), 4);
	}
	return (uint64_t)high << 32 | ((uint64_t)low & ~(uint64_t)BAR_FLAGS);
}

void *rumpcomp_pci_map(unsigned long addr, unsigned long len_bytes)
{
	long count = devices_count();
	unsigned registers;

	for (long n = 0; n < count; n++)
		for (unsigned bar = 0; bar < BARS; bar += registers) {
			uint64_t base = bar_base(n, bar, &registers);
			struct cos_pair mapped;

			if (base == 0 || base > addr)
				continue;
			mapped = dev_bar_map(n, bar);
			if (mapped.v0 > 0 && addr - base < (uint64_t)mapped.v1 &&
			    len_bytes <= (uint64_t)mapped.v1 - (addr - base))
				return (uint8_t *)mapped.v0 + (addr - base);
		}
	return NULL;
}

/* Always 0: dev carries out the I/O instructions of drivers (service/reboot/portio.h). */
int rumpcomp_pci_iospace_init(void)
{
	return 0;
}

/* Memory outside the arena, such as buffers of local code that are given to raw devices. */
static unsigned long other_paddr(const void *va)
{
	struct cos_pair p = {-COS_ENODEV, 0};

	if (devices_count() > 0)
		p = dev_dma_addr((unsigned long)va);
	return p.v0 == 0 ? (unsigned long)p.v1 : 0;
}

int rumpcomp_pci_dmalloc(size_t len_bytes, size_t align, unsigned long *pap, unsigned long *vap)
{
	void *mem;

	if (len_bytes == 0 || align & (align - 1))
		return RUMP_EINVAL;
	mem = arena_alloc(len_bytes, align ? align : 1);
	if (!mem)
		return RUMP_ENOMEM;
	*pap = arena_paddr(mem);
	*vap = (unsigned long)mem;
	if (*pap == 0 || *pap & (align ? align - 1 : 0)) {
		arena_free(mem, len_bytes);
		return *pap == 0 ? RUMP_ENODEV : RUMP_EINVAL;
	}
	memset(mem, 0, len_bytes);
	return 0;
}

unsigned long rumpcomp_pci_virt_to_mach(void *va)
{
	unsigned long paddr = arena_paddr(va);

	return paddr ? paddr : other_paddr(va);
}

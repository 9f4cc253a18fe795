/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base address registers (pci.h): how long each is (PCI 3.0, 6.2.5.1: write ones, see which bits
 * stay 0), and an address for those that firmware gave none. The address is below 4 GiB, in the
 * window of the bridge that the device is behind. On the root bus it is in the window that the
 * platform leaves to PCI.
 */
#include "pci.h"

#define BAR_IO (1u << 0)
#define BAR_TYPE_64 (2u << 1)
#define BAR_TYPE_MASK (3u << 1)
#define BAR_MEM_FLAGS 0xfu
#define BAR_IO_FLAGS 0x3u

static uint32_t bar_read(const struct pci_bus *bus, const struct pci_device *d, unsigned n)
{
	return bus->conf.read(bus->conf.arg, d->bdf, PCI_REG_BAR(n), 4);
}

static void bar_write(const struct pci_bus *bus, const struct pci_device *d, unsigned n,
		      uint32_t value)
{
	bus->conf.write(bus->conf.arg, d->bdf, PCI_REG_BAR(n), 4, value);
}

/* The bits of BAR n that can be written; its value is put back. */
static uint32_t bar_probe(const struct pci_bus *bus, const struct pci_device *d, unsigned n)
{
	uint32_t value = bar_read(bus, d, n), mask;

	bar_write(bus, d, n, ~0u);
	mask = bar_read(bus, d, n);
	bar_write(bus, d, n, value);
	return mask;
}

/* Size BAR n: the number of registers that it takes. */
static unsigned bar_size(const struct pci_bus *bus, struct pci_device *d, unsigned n,
			 unsigned nbars)
{
	struct pci_bar *bar = &d->bar[n];
	uint32_t value = bar_read(bus, d, n), mask = bar_probe(bus, d, n);
	uint64_t wide;

	if (mask == 0)
		return 1;
	if (mask & BAR_IO) {
		bar->kind = PCI_BAR_IO;
		bar->base = value & ~BAR_IO_FLAGS;
		/* The upper half may be hardwired to 0: I/O addresses are 16 bits on a PC. */
		bar->len_bytes = (uint16_t)(~(mask & ~BAR_IO_FLAGS) + 1);
		return 1;
	}
	wide = 0xffffffff00000000 | (mask & ~BAR_MEM_FLAGS);
	bar->kind = PCI_BAR_MEM32;
	bar->base = value & ~BAR_MEM_FLAGS;
	if ((mask & BAR_TYPE_MASK) == BAR_TYPE_64 && n + 1 < nbars) {
		bar->kind = PCI_BAR_MEM64;
		bar->base |= (uint64_t)bar_read(bus, d, n + 1) << 32;
		wide = (uint64_t)bar_probe(bus, d, n + 1) << 32 | (mask & ~BAR_MEM_FLAGS);
		d->bar[n + 1].kind = PCI_BAR_UPPER;
	}
	bar->len_bytes = ~wide + 1;
	return bar->kind == PCI_BAR_MEM64 ? 2 : 1;
}

void pci_bars_size(const struct pci_bus *bus, struct pci_device *d)
{
	unsigned nbars = d->is_bridge ? 2 : PCI_NBARS;
	uint32_t command = bus->conf.read(bus->conf.arg, d->bdf, PCI_REG_COMMAND, 2);

	bus->conf.write(bus->conf.arg, d->bdf, PCI_REG_COMMAND, 2,
			command & ~(uint32_t)(PCI_COMMAND_IO | PCI_COMMAND_MEM));
	for (unsigned n = 0; n < nbars;)
		n += bar_size(bus, d, n, nbars);
	bus->conf.write(bus->conf.arg, d->bdf, PCI_REG_COMMAND, 2, command);
}

bool pci_bar_driver_write(const struct pci_bus *bus, struct pci_device *d, unsigned n,
			  uint32_t value)
{
	if (value != ~0u && value != bar_read(bus, d, n))
		return false;
	d->bar[n].sizing = value == ~0u;
	return true;
}

uint32_t pci_bar_driver_read(const struct pci_bus *bus, const struct pci_device *d, unsigned n)
{
	uint32_t value = bar_read(bus, d, n);

	if (!d->bar[n].sizing)
		return value;
	switch (d->bar[n].kind) {
	case PCI_BAR_IO:
		return (uint32_t) ~(d->bar[n].len_bytes - 1) | (value & BAR_IO_FLAGS);
	case PCI_BAR_MEM32:
	case PCI_BAR_MEM64:
		return (uint32_t) ~(d->bar[n].len_bytes - 1) | (value & BAR_MEM_FLAGS);
	case PCI_BAR_UPPER:
		return (uint32_t)(~(d->bar[n - 1].len_bytes - 1) >> 32);
	default:
		return 0;
	}
}

static bool bar_is_memory(const struct pci_bar *bar)
{
	return (bar->kind == PCI_BAR_MEM32 || bar->kind == PCI_BAR_MEM64) && bar->len_bytes != 0;
}

/* The end of something that overlaps [start, start + len); start: the range is free. */
static uint64_t range_conflict(const struct pci_bus *bus, const struct pci_device *parent,
			       uint64_t start, uint64_t len)
{
	for (const struct pci_device *d = bus->first; d; d = d->next) {
		if (d->is_bridge && d->bridge == parent && d->window_start < d->window_end &&
		    d->window_start < start + len && start < d->window_end)
			return d->window_end;
		for (unsigned n = 0; n < PCI_NBARS; n++) {
			const struct pci_bar *bar = &d->bar[n];

			if (bar_is_memory(bar) && bar->base != 0 && bar->base < start + len &&
			    start < bar->base + bar->len_bytes)
				return bar->base + bar->len_bytes;
		}
	}
	return start;
}

static bool bar_assign(struct pci_bus *bus, struct pci_device *d, unsigned n)
{
	struct pci_bar *bar = &d->bar[n];
	uint64_t at = d->bridge ? d->bridge->window_start : bus->window_start;
	uint64_t end = d->bridge ? d->bridge->window_end : bus->window_end;
	/* A BAR smaller than a page gets a page of its own, since only whole pages are mapped. */
	uint64_t align = bar->len_bytes < 4096 ? 4096 : bar->len_bytes;

	for (;;) {
		uint64_t next;

		at = (at + align - 1) & ~(align - 1);
		if (at == 0 || at >= end || end - at < align)
			return false;
		next = range_conflict(bus, d->bridge, at, align);
		if (next == at)
			break;
		at = next;
	}
	bar->base = at;
	bar_write(bus, d, n, (uint32_t)at);
	if (bar->kind == PCI_BAR_MEM64)
		bar_write(bus, d, n + 1, (uint32_t)(at >> 32));
	return true;
}

unsigned pci_bars_assign(struct pci_bus *bus)
{
	unsigned without = 0;

	for (struct pci_device *d = bus->first; d; d = d->next)
		for (unsigned n = 0; n < PCI_NBARS; n++)
			if (bar_is_memory(&d->bar[n]) && d->bar[n].base == 0)
				without += !bar_assign(bus, d, n);
	return without;
}

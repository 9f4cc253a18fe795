/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enumeration (pci.h): depth first from bus 0, each bridge's secondary bus once. Hardware is not
 * trusted: a capability list that loops, and bridges that lead in a circle, end after a bounded
 * number of steps.
 */
#include <cos/abi.h>

#include "pci.h"

#define PCI_DEVICES 32
#define PCI_FUNCTIONS 8
#define PCI_HEADER_MULTIFUNCTION 0x80
#define PCI_HEADER_TYPE 0x7f
#define PCI_HEADER_BRIDGE 1
#define PCI_VENDOR_NONE 0xffff
/* Capabilities start at 0x40 and have at least 4 bytes. */
#define PCI_CAPS_MAX ((PCI_CONF_SIZE - 0x40) / 4)

struct scan {
	struct pci_bus *bus;
	uint64_t seen[4]; /* bit map of buses */
};

static uint32_t conf_read(const struct pci_bus *bus, uint16_t bdf, unsigned reg, unsigned width)
{
	return bus->conf.read(bus->conf.arg, bdf, reg, width);
}

struct pci_device *pci_find(const struct pci_bus *bus, uint16_t bdf)
{
	for (struct pci_device *d = bus->first; d; d = d->next)
		if (d->bdf == bdf)
			return d;
	return NULL;
}

void pci_command_set(const struct pci_bus *bus, const struct pci_device *d, uint16_t bits)
{
	uint32_t command = conf_read(bus, d->bdf, PCI_REG_COMMAND, 2);

	if ((command & bits) != bits)
		bus->conf.write(bus->conf.arg, d->bdf, PCI_REG_COMMAND, 2, command | bits);
}

void pci_command_clear(const struct pci_bus *bus, const struct pci_device *d, uint16_t bits)
{
	uint32_t command = conf_read(bus, d->bdf, PCI_REG_COMMAND, 2);

	if (command & bits)
		bus->conf.write(bus->conf.arg, d->bdf, PCI_REG_COMMAND, 2,
				command & ~(uint32_t)bits);
}

static bool overlaps(unsigned reg, unsigned width, unsigned first, unsigned end)
{
	return reg < end && first < reg + width;
}

bool pci_conf_may_write(const struct pci_device *d, unsigned reg, unsigned width)
{
	if (d->is_bridge || overlaps(reg, width, PCI_REG_BAR(0), PCI_REG_BAR(PCI_NBARS)) ||
	    overlaps(reg, width, PCI_REG_ROM, PCI_REG_ROM + 4) ||
	    overlaps(reg, width, PCI_REG_LINE, PCI_REG_LINE + 1))
		return false;
	/* The longest MSI capability, 64 bits and masks, is 24 bytes (PCI 3.0, 6.8.1). */
	if (d->msi && overlaps(reg, width, d->msi + 2, d->msi + 24))
		return false;
	return !d->msix || !overlaps(reg, width, d->msix + PCI_MSIX_CONTROL, d->msix + 12);
}

static void capabilities_read(const struct pci_bus *bus, struct pci_device *d)
{
	unsigned at, left = PCI_CAPS_MAX;

	if (!(conf_read(bus, d->bdf, PCI_REG_STATUS, 2) & PCI_STATUS_CAPABILITIES))
		return;
	at = conf_read(bus, d->bdf, PCI_REG_CAPABILITIES, 1) & ~3u;
	for (; at >= 0x40 && left > 0; left--) {
		unsigned id = conf_read(bus, d->bdf, at, 1);

		if (id == PCI_CAP_MSI)
			d->msi = at;
		if (id == PCI_CAP_MSIX && !d->msix && at + 12 <= PCI_CONF_SIZE) {
			uint32_t table = conf_read(bus, d->bdf, at + PCI_MSIX_TABLE, 4);

			d->msix = at;
			d->msix_count = (conf_read(bus, d->bdf, at + PCI_MSIX_CONTROL, 2) &
					 PCI_MSIX_CONTROL_SIZE) +
					1;
			d->msix_bar = table & 7;
			d->msix_offset = table & ~7u;
		}
		at = conf_read(bus, d->bdf, at + 1, 1) & ~3u;
	}
}

/* Keep the list in the order of bdf, however bridges number their buses. */
static void device_insert(struct pci_bus *bus, struct pci_device *d)
{
	struct pci_device **at = &bus->first;

	while (*at && (*at)->bdf < d->bdf)
		at = &(*at)->next;
	d->next = *at;
	*at = d;
}

static void bridge_window_read(const struct pci_bus *bus, struct pci_device *d)
{
	/* The upper 12 bits are address bits 31..20 (PCI-to-PCI Bridge 1.2, 3.2.5.8). */
	uint64_t base = conf_read(bus, d->bdf, PCI_REG_BRIDGE_MEM_BASE, 2) & 0xfff0;
	uint64_t limit = conf_read(bus, d->bdf, PCI_REG_BRIDGE_MEM_LIMIT, 2) & 0xfff0;

	if (base <= limit && limit != 0) {
		d->window_start = base << 16;
		d->window_end = (limit << 16) + (1 << 20);
	}
}

static long bus_scan(struct scan *scan, unsigned number, const struct pci_device *bridge);

static long function_scan(struct scan *scan, uint16_t bdf, uint32_t id, unsigned header,
			  const struct pci_device *bridge)
{
	struct pci_bus *bus = scan->bus;
	struct pci_device *d = bus->alloc(sizeof(*d));
	unsigned secondary;

	if (!d)
		return -COS_ENOMEM;
	d->bdf = bdf;
	d->bridge = bridge;
	d->vendor = id;
	d->device = id >> 16;
	d->is_bridge = header == PCI_HEADER_BRIDGE;
	capabilities_read(bus, d);
	pci_bars_size(bus, d);
	device_insert(bus, d);
	if (!d->is_bridge)
		return 0;
	bridge_window_read(bus, d);
	secondary = conf_read(bus, bdf, PCI_REG_BRIDGE_SECONDARY, 1);
	if (secondary == 0 || scan->seen[secondary / 64] & 1ull << secondary % 64)
		return 0;
	return bus_scan(scan, secondary, d);
}

static long bus_scan(struct scan *scan, unsigned number, const struct pci_device *bridge)
{
	scan->seen[number / 64] |= 1ull << number % 64;
	for (unsigned dev = 0; dev < PCI_DEVICES; dev++) {
		unsigned nfun = 1;

		for (unsigned fun = 0; fun < nfun; fun++) {
			uint16_t bdf = PCI_BDF(number, dev, fun);
			uint32_t id = conf_read(scan->bus, bdf, PCI_REG_ID, 4);
			unsigned header;
			long error;

			if ((id & 0xffff) == PCI_VENDOR_NONE)
				continue;
			header = conf_read(scan->bus, bdf, PCI_REG_HEADER, 1);
			if (fun == 0 && header & PCI_HEADER_MULTIFUNCTION)
				nfun = PCI_FUNCTIONS;
			error = function_scan(scan, bdf, id, header & PCI_HEADER_TYPE, bridge);
			if (error)
				return error;
		}
	}
	return 0;
}

long pci_scan(struct pci_bus *bus)
{
	struct scan scan = {.bus = bus};
	long error = bus_scan(&scan, 0, NULL);

	pci_bars_assign(bus);
	return error;
}

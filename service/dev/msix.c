/* SPDX-License-Identifier: BSD-2-Clause */
/* MSI-X tables, which dev alone has mapped (msix.h). */
#include <cos/abi.h>
#include <cos/layout.h>

#include "map.h"
#include "msix.h"

/* An entry of the table, in words (PCI 3.0, 6.8.2.6 to 6.8.2.9). */
#define ENTRY_WORDS 4
#define ENTRY_BYTES (4 * ENTRY_WORDS)
#define ENTRY_ADDRESS 0
#define ENTRY_ADDRESS_UPPER 1
#define ENTRY_DATA 2
#define ENTRY_CONTROL 3
#define CONTROL_MASKED 1u
/* SDM 3A 11.11: address of a message: fixed destination; data: fixed delivery, edge. */
#define MESSAGE_ADDRESS(apic_id) (0xfee00000u | (uint32_t)(apic_id) << 12)

bool msix_table_pages(const struct pci_device *d, unsigned bar, uint64_t *start, uint64_t *end)
{
	const uint64_t mask = COS_PAGE_SIZE - 1;

	if (!d->msix || d->msix_bar != bar)
		return false;
	*start = d->msix_offset & ~mask;
	*end = (d->msix_offset + (uint64_t)d->msix_count * ENTRY_BYTES + mask) & ~mask;
	return true;
}

static long table_map(const struct pci_bus *bus, struct pci_device *d)
{
	uint64_t len = (uint64_t)d->msix_count * ENTRY_BYTES;
	const struct pci_bar *bar;

	if (d->msix_table)
		return 0;
	if (d->msix_bar >= PCI_NBARS)
		return -COS_EINVAL;
	bar = &d->bar[d->msix_bar];
	if (bar->base == 0 || bar->len_bytes < d->msix_offset ||
	    bar->len_bytes - d->msix_offset < len ||
	    (bar->kind != PCI_BAR_MEM32 && bar->kind != PCI_BAR_MEM64))
		return -COS_EINVAL;
	pci_command_set(bus, d, PCI_COMMAND_MEM);
	d->msix_table = map_physical(bar->base + d->msix_offset, len);
	if (!d->msix_table)
		return -COS_ENOMEM;
	/* As a reset leaves it: firmware may have used it since. */
	for (unsigned i = 0; i < d->msix_count; i++)
		d->msix_table[i * ENTRY_WORDS + ENTRY_CONTROL] |= CONTROL_MASKED;
	return 0;
}

long msix_enable(const struct pci_bus *bus, struct pci_device *d, unsigned n, uint8_t vector,
		 uint8_t apic_id)
{
	volatile uint32_t *entry;
	uint32_t control;
	long error;

	if (n >= d->msix_count)
		return -COS_EINVAL;
	error = table_map(bus, d);
	if (error)
		return error;
	entry = d->msix_table + n * ENTRY_WORDS;
	if (!(entry[ENTRY_CONTROL] & CONTROL_MASKED))
		return -COS_EEXIST;
	entry[ENTRY_ADDRESS] = MESSAGE_ADDRESS(apic_id);
	entry[ENTRY_ADDRESS_UPPER] = 0;
	entry[ENTRY_DATA] = vector;
	entry[ENTRY_CONTROL] &= ~CONTROL_MASKED;
	control = bus->conf.read(bus->conf.arg, d->bdf, d->msix + PCI_MSIX_CONTROL, 2);
	control = (control | PCI_MSIX_CONTROL_ENABLE) & ~(uint32_t)PCI_MSIX_CONTROL_MASK;
	bus->conf.write(bus->conf.arg, d->bdf, d->msix + PCI_MSIX_CONTROL, 2, control);
	/* A message is a write to memory, which a device sends as bus master only. */
	pci_command_set(bus, d, PCI_COMMAND_MASTER | PCI_COMMAND_NO_INTX);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* MSI-X (PCI 3.0, 6.8.2): the table is in device memory, and only dev has it mapped. */
#ifndef SERVICE_DEV_MSIX_H
#define SERVICE_DEV_MSIX_H

#include "pci.h"

/*
 * Let entry n of device d send this vector to this processor. 0; COS_EEXIST: the entry is in use;
 * COS_EINVAL: there is no such entry; COS_ENOMEM: the table cannot be mapped.
 */
long msix_enable(const struct pci_bus *bus, struct pci_device *d, unsigned n, uint8_t vector,
		 uint8_t apic_id);
/* The pages of a BAR that hold the table: [*start, *end) from the BAR's start. False: none do. */
bool msix_table_pages(const struct pci_device *d, unsigned bar, uint64_t *start, uint64_t *end);

#endif

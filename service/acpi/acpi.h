/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI tables, as much as boot and dev need: the cores, and the routing of interrupt lines to pins
 * of I/O interrupt controllers (ACPI 6.4, 5.2.5 RSDP, 5.2.7/5.2.8 RSDT/XSDT, 5.2.12 MADT). Tables
 * are input: each length is checked before it is used, each checksum before the table is.
 *
 * Not supported: AML (the DSDT and SSDTs), and so _PRT, power management and hot plug.
 */
#ifndef SERVICE_ACPI_H
#define SERVICE_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes at a physical address, valid until the next call; NULL: not readable. */
typedef const uint8_t *acpi_map_fn(uint64_t paddr, size_t len_bytes);

#define ACPI_TABLE_MAX (1u << 20) /* a longer table counts as corrupt */

/*
 * Find the table of that name, of at least min_bytes: it is at *paddr, *len_bytes long, with its
 * checksum verified. rsdp: the root pointer, ACPI_RSDP_LEN bytes. 0; COS_ENOENT: rsdp is none, or
 * the root table has no such table; COS_EINVAL: a table on the way is corrupt; COS_EFAULT: not
 * readable.
 */
#define ACPI_RSDP_LEN 36 /* of revision 2; the older one is shorter */
long acpi_table_find(acpi_map_fn *map, const uint8_t *rsdp, const char *name, size_t min_bytes,
		     uint64_t *paddr, size_t *len_bytes);
#define ACPI_MADT "APIC"
#define ACPI_MADT_MIN 44
#define ACPI_DMAR "DMAR"

/*
 * The APIC id of the n-th usable core, from a whole MADT. 0; COS_ENOENT: there are not so many;
 * COS_EINVAL: the table is corrupt.
 */
long acpi_core(const uint8_t *madt, size_t len_bytes, unsigned n, uint32_t *apic_id);

struct acpi_route {
	uint64_t ioapic_paddr;
	uint32_t pin;
	bool level;	 /* else edge */
	bool active_low; /* else high */
};

/*
 * The route of ISA line 0..15, from a whole MADT. 0; COS_ENOENT: no I/O APIC covers it; COS_EINVAL:
 * there is no such line, or the table is corrupt.
 */
long acpi_isa_route(const uint8_t *madt, size_t len_bytes, unsigned line, struct acpi_route *route);

/* The route of a PCI interrupt, by its global number: level-triggered and active low. As above. */
long acpi_pci_route(const uint8_t *madt, size_t len_bytes, uint32_t gsi, struct acpi_route *route);

/*
 * The route on a PC without ACPI (MultiProcessor Specification 1.4, 3.6.5): identity, edge, high.
 */
void acpi_isa_route_default(unsigned line, struct acpi_route *route);

#endif

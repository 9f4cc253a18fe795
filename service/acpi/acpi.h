/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As much of ACPI as boot and dev need: which cores there are, and an interrupt line is which pin
 * of which I/O interrupt controller (ACPI 6.4, 5.2.5 RSDP, 5.2.7/5.2.8 RSDT/XSDT, 5.2.12 MADT).
 * Tables are input from outside: each length is checked before it is believed, each checksum before
 * the table is used.
 */
#ifndef SERVICE_ACPI_H
#define SERVICE_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes at a physical address, valid until the next call is made; NULL: not readable. */
typedef const uint8_t *acpi_map_fn(uint64_t paddr, size_t len_bytes);

#define ACPI_TABLE_MAX (1u << 20) /* a longer one is not believed */

/*
 * The table of that name, of at least min_bytes: *len_bytes of it, checksum verified, at *paddr;
 * rsdp: the root pointer, ACPI_RSDP_LEN bytes. 0, -COS_ENOENT: it is none, or no such table in the
 * root table; -COS_EINVAL: a table on the way is corrupt; -COS_EFAULT: not readable.
 */
#define ACPI_RSDP_LEN 36 /* of revision 2; the older one is shorter */
long acpi_table_find(acpi_map_fn *map, const uint8_t *rsdp, const char *name, size_t min_bytes,
		     uint64_t *paddr, size_t *len_bytes);
#define ACPI_MADT "APIC"
#define ACPI_MADT_MIN 44
#define ACPI_DMAR "DMAR"

/* The APIC id of the n-th core that can be used, from a whole MADT. 0, -COS_ENOENT: there are not
 * so many; -COS_EINVAL: a corrupt table. */
long acpi_core(const uint8_t *madt, size_t len_bytes, unsigned n, uint32_t *apic_id);

struct acpi_route {
	uint64_t ioapic_paddr;
	uint32_t pin;
	bool level;	 /* else edge */
	bool active_low; /* else high */
};

/*
 * Where ISA line 0..15 leads, from a whole MADT. 0, -COS_ENOENT: no I/O APIC covers it,
 * -COS_EINVAL: the line number, or a corrupt table.
 */
long acpi_isa_route(const uint8_t *madt, size_t len_bytes, unsigned line, struct acpi_route *route);

/* Where a PCI interrupt, by its global number, leads: level-triggered and active low. As above. */
long acpi_pci_route(const uint8_t *madt, size_t len_bytes, uint32_t gsi, struct acpi_route *route);

/* What a PC without ACPI has (MultiProcessor Specification 1.4, 3.6.5): identity, edge, active
 * high. */
void acpi_isa_route_default(unsigned line, struct acpi_route *route);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Read while booting, when the first 4 GiB are mapped (start.S). Sections are of ACPI 6.4. */
#include <stdbool.h>
#include <stddef.h>
#include "acpi.h"
#include "machine.h"

#define MAPPED_END (1UL << 32)
#define RSDP_XSDT_REVISION 2
#define CORE_ENABLED 1
#define MADT_LAPIC 0  /* 5.2.12.2 */
#define MADT_X2APIC 9 /* 5.2.12.12 */

/* 5.2.5.3 */
struct rsdp {
	char signature[8];
	uint8_t checksum, oem[6], revision;
	uint32_t rsdt;
	uint32_t len_bytes;
	uint64_t xsdt;
} __attribute__((packed));

/* 5.2.6 */
struct table {
	char signature[4];
	uint32_t len_bytes;
	uint8_t rest[28];
} __attribute__((packed));

struct madt {
	struct table head;
	uint32_t apic, flags;
	uint8_t entry[];
} __attribute__((packed));

static const struct table *acpi_table(uint64_t pa)
{
	const struct table *table = pa_va(pa);

	if (!pa || pa >= MAPPED_END - sizeof(*table) || table->len_bytes < sizeof(*table) ||
	    table->len_bytes > MAPPED_END - pa)
		return NULL;
	return table;
}

static const struct madt *acpi_madt(uint64_t pa)
{
	const struct rsdp *rsdp = pa_va(pa);
	bool wide = rsdp->revision >= RSDP_XSDT_REVISION && rsdp->xsdt;
	const struct table *root = acpi_table(wide ? rsdp->xsdt : rsdp->rsdt), *table;
	unsigned size = wide ? 8 : 4;

	for (uint32_t at = sizeof(*root); root && at + size <= root->len_bytes; at += size) {
		uint64_t entry = 0;

		__builtin_memcpy(&entry, (const char *)root + at, size);
		table = acpi_table(entry);
		if (table && !__builtin_memcmp(table->signature, "APIC", 4) &&
		    table->len_bytes >= sizeof(struct madt))
			return (const struct madt *)table;
	}
	return NULL;
}

unsigned acpi_cores(uint64_t rsdp, uint32_t *id, unsigned max)
{
	const struct madt *madt = rsdp && rsdp < MAPPED_END ? acpi_madt(rsdp) : NULL;
	uint32_t len = madt ? madt->head.len_bytes - (uint32_t)sizeof(*madt) : 0;
	unsigned n = 0;

	for (uint32_t at = 0; at + 2 <= len && n < max;) {
		const uint8_t *entry = &madt->entry[at];
		uint8_t flags = 0;

		if (entry[1] < 2 || entry[1] > len - at)
			break;
		if (entry[0] == MADT_LAPIC && entry[1] >= 8) {
			flags = entry[4];
			id[n] = entry[3];
		} else if (entry[0] == MADT_X2APIC && entry[1] >= 16) {
			flags = entry[8];
			__builtin_memcpy(&id[n], &entry[4], 4);
		}
		n += flags & CORE_ENABLED;
		at += entry[1];
	}
	return n;
}

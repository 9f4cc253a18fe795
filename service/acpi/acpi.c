/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI tables (acpi.h). Section numbers are those of ACPI 6.4. */
#include <cos/abi.h>
#include <cos/bytes.h>

#include "acpi.h"

#define RSDP_LEN_V1 20
#define RSDP_REVISION 15
#define RSDP_RSDT 16
#define RSDP_XSDT 24
#define TABLE_HEADER 36
#define TABLE_LENGTH 4
#define MADT_ENTRIES ACPI_MADT_MIN

/* 5.2.12.2, 5.2.12.12: the APIC id and the flags. */
#define MADT_LAPIC 0
#define MADT_LAPIC_LEN 8
#define MADT_X2APIC 9
#define MADT_X2APIC_LEN 16
#define CORE_ENABLED 1
#define MADT_IOAPIC 1
#define MADT_IOAPIC_LEN 12
#define MADT_OVERRIDE 2
#define MADT_OVERRIDE_LEN 10
/* Flags of an override (table 5.26); 0 is the bus's default: ISA is edge-triggered, active high. */
#define MADT_POLARITY_MASK 3
#define MADT_POLARITY_LOW 3
#define MADT_TRIGGER_MASK 12
#define MADT_TRIGGER_LEVEL 12

#define ISA_LINES 16
#define IOAPIC_DEFAULT_PADDR 0xfec00000

static bool bytes_equal(const uint8_t *p, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != (uint8_t)text[i])
			return false;
	return true;
}

static bool sum_is_zero(const uint8_t *p, size_t len)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += p[i];
	return sum == 0;
}

/* Map and verify a whole table; its length is *len. NULL: *error says why. */
static const uint8_t *table_map(acpi_map_fn *map, uint64_t paddr, size_t *len, long *error)
{
	const uint8_t *table = map(paddr, TABLE_HEADER);

	*error = -COS_EFAULT;
	if (!table)
		return NULL;
	*len = cos_le32(table + TABLE_LENGTH);
	*error = -COS_EINVAL;
	if (*len < TABLE_HEADER || *len > ACPI_TABLE_MAX)
		return NULL;
	table = map(paddr, *len);
	if (!table)
		*error = -COS_EFAULT;
	else if (!sum_is_zero(table, *len))
		table = NULL;
	return table;
}

/* The physical address of the root table; *wide: its entries have 64 bits. */
static long root_find(const uint8_t *rsdp, uint64_t *root, bool *wide)
{
	if (!bytes_equal(rsdp, "RSD PTR ", 8))
		return -COS_ENOENT;
	if (!sum_is_zero(rsdp, RSDP_LEN_V1))
		return -COS_EINVAL;
	*wide = false;
	*root = cos_le32(rsdp + RSDP_RSDT);
	if (rsdp[RSDP_REVISION] >= 2) {
		if (!sum_is_zero(rsdp, ACPI_RSDP_LEN))
			return -COS_EINVAL;
		if (cos_le64(rsdp + RSDP_XSDT) != 0) {
			*wide = true;
			*root = cos_le64(rsdp + RSDP_XSDT);
		}
	}
	return *root ? 0 : -COS_ENOENT;
}

long acpi_table_find(acpi_map_fn *map, const uint8_t *rsdp, const char *name, size_t min_bytes,
		     uint64_t *paddr, size_t *len_bytes)
{
	uint64_t root, at;
	bool wide;
	long error = root_find(rsdp, &root, &wide);
	size_t len, width;

	if (error)
		return error;
	width = wide ? 8 : 4;
	for (size_t i = 0;; i++) {
		/* Mapped anew each time, since mapping an entry's table may have unmapped it. */
		const uint8_t *table = table_map(map, root, &len, &error);

		if (!table)
			return error;
		if (!bytes_equal(table, wide ? "XSDT" : "RSDT", 4))
			return -COS_EINVAL;
		if (TABLE_HEADER + (i + 1) * width > len)
			return -COS_ENOENT;
		table += TABLE_HEADER + i * width;
		at = wide ? cos_le64(table) : cos_le32(table);
		table = map(at, TABLE_HEADER);
		if (!table)
			return -COS_EFAULT;
		if (!bytes_equal(table, name, 4))
			continue;
		if (!table_map(map, at, len_bytes, &error))
			return error;
		if (*len_bytes < min_bytes)
			return -COS_EINVAL;
		*paddr = at;
		return 0;
	}
}

void acpi_isa_route_default(unsigned line, struct acpi_route *route)
{
	*route = (struct acpi_route){.ioapic_paddr = IOAPIC_DEFAULT_PADDR, .pin = line};
}

/* Call visit for each entry of that type. COS_EINVAL: an entry has an impossible length. */
static long madt_walk(const uint8_t *madt, size_t len, unsigned type, size_t min_len,
		      void (*visit)(const uint8_t *entry, void *arg), void *arg)
{
	for (size_t at = MADT_ENTRIES; at < len;) {
		size_t entry_len = len - at >= 2 ? madt[at + 1] : 0;

		if (entry_len < 2 || entry_len > len - at)
			return -COS_EINVAL;
		if (madt[at] == type) {
			if (entry_len < min_len)
				return -COS_EINVAL;
			visit(madt + at, arg);
		}
		at += entry_len;
	}
	return 0;
}

struct core_search {
	unsigned left;
	bool found;
	uint32_t apic_id;
};

static void core_visit(struct core_search *s, uint32_t apic_id, uint32_t flags)
{
	if (!(flags & CORE_ENABLED) || s->found)
		return;
	s->found = s->left-- == 0;
	s->apic_id = apic_id;
}

static void lapic_visit(const uint8_t *entry, void *arg)
{
	core_visit(arg, entry[3], cos_le32(entry + 4));
}

static void x2apic_visit(const uint8_t *entry, void *arg)
{
	core_visit(arg, cos_le32(entry + 4), cos_le32(entry + 8));
}

long acpi_core(const uint8_t *madt, size_t len_bytes, unsigned n, uint32_t *apic_id)
{
	struct core_search s = {.left = n};
	long error = madt_walk(madt, len_bytes, MADT_LAPIC, MADT_LAPIC_LEN, lapic_visit, &s);

	if (!error)
		error = madt_walk(madt, len_bytes, MADT_X2APIC, MADT_X2APIC_LEN, x2apic_visit, &s);
	if (error)
		return error;
	*apic_id = s.apic_id;
	return s.found ? 0 : -COS_ENOENT;
}

struct line_search {
	unsigned line;
	uint32_t gsi;
	uint16_t flags;
};

static void override_visit(const uint8_t *entry, void *arg)
{
	struct line_search *s = arg;

	if (entry[2] == 0 && entry[3] == s->line) {
		s->gsi = cos_le32(entry + 4);
		s->flags = (uint16_t)cos_le16(entry + 8);
	}
}

struct ioapic_search {
	uint32_t gsi;
	uint32_t gsi_base;
	uint64_t paddr;
};

/* Each controller says where its numbers begin: the last one that begins before gsi has it. */
static void ioapic_visit(const uint8_t *entry, void *arg)
{
	struct ioapic_search *s = arg;
	uint32_t base = cos_le32(entry + 8);

	if (base <= s->gsi && (s->paddr == 0 || base > s->gsi_base)) {
		s->gsi_base = base;
		s->paddr = cos_le32(entry + 4);
	}
}

/* The I/O APIC and the pin of the interrupt with that global number. */
static long gsi_place(const uint8_t *madt, size_t len_bytes, uint32_t gsi, struct acpi_route *route)
{
	struct ioapic_search s = {.gsi = gsi};
	long error = madt_walk(madt, len_bytes, MADT_IOAPIC, MADT_IOAPIC_LEN, ioapic_visit, &s);

	if (error)
		return error;
	if (s.paddr == 0)
		return -COS_ENOENT;
	*route = (struct acpi_route){.ioapic_paddr = s.paddr, .pin = gsi - s.gsi_base};
	return 0;
}

long acpi_isa_route(const uint8_t *madt, size_t len_bytes, unsigned line, struct acpi_route *route)
{
	struct line_search l = {.line = line, .gsi = line};
	long error;

	if (line >= ISA_LINES || len_bytes < MADT_ENTRIES)
		return -COS_EINVAL;
	error = madt_walk(madt, len_bytes, MADT_OVERRIDE, MADT_OVERRIDE_LEN, override_visit, &l);
	if (!error)
		error = gsi_place(madt, len_bytes, l.gsi, route);
	if (error)
		return error;
	route->level = (l.flags & MADT_TRIGGER_MASK) == MADT_TRIGGER_LEVEL;
	route->active_low = (l.flags & MADT_POLARITY_MASK) == MADT_POLARITY_LOW;
	return 0;
}

long acpi_pci_route(const uint8_t *madt, size_t len_bytes, uint32_t gsi, struct acpi_route *route)
{
	long error =
		len_bytes < MADT_ENTRIES ? -COS_EINVAL : gsi_place(madt, len_bytes, gsi, route);

	if (!error)
		route->level = route->active_low = true;
	return error;
}

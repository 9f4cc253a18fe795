/* SPDX-License-Identifier: BSD-2-Clause */
/* Intel VT-d (vtd.h). Section numbers are those of its specification, 4.1. */
#include <cos/abi.h>
#include <cos/clock.h>
#include <cos/layout.h>
#include <cos/log.h>

#include "map.h"
#include "pci.h"
#include "vtd.h"

#define UNITS 16 /* with more of them none is used (units_add) */
#define BUSES 256
#define PATIENCE_NS COS_NS_PER_S /* I2: an invalidation takes microseconds */

/* Registers, 11.4. */
#define REG_VERSION 0x00
#define REG_CAP 0x08
#define REG_ECAP 0x10
#define REG_COMMAND 0x18
#define REG_STATUS 0x1c
#define REG_ROOT 0x20
#define REG_CONTEXT 0x28
#define REG_FAULT_STATUS 0x34
#define REG_FAULT_CONTROL 0x38
#define REG_FAULT_DATA 0x3c
#define REG_FAULT_ADDRESS 0x40
#define REG_FAULT_ADDRESS_UPPER 0x44
#define REG_IOTLB(ecap) (((ecap) >> 8 & 0x3ff) * 16 + 8)
#define REG_FAULT(cap, n) (((cap) >> 24 & 0x3ff) * 16 + 16 * (n))

#define VERSION_MAJOR(value) ((value) >> 4 & 15)
#define VERSION_NO_REGISTERS 6 /* from here on there is queued invalidation only */
#define CAP_DOMAINS(cap) (1u << (4 + 2 * ((cap)&7)))
#define CAP_WRITE_BUFFER (1ul << 4)
#define CAP_WIDTHS(cap) ((cap) >> 8 & 31)
#define WIDTH_39 (1u << 1) /* three levels, 9.3 as well */
#define WIDTH_48 (1u << 2)
#define CAP_FAULTS(cap) (((cap) >> 40 & 0xff) + 1)
#define ECAP_COHERENT (1ul << 0)

/* The command register's bits that are kept, and those that are done once (11.4.4). */
#define COMMAND_KEPT 0x96ffffffu
#define COMMAND_TRANSLATE (1u << 31)
#define COMMAND_SET_ROOT (1u << 30)
#define COMMAND_WRITE_BUFFER (1u << 27)

#define CONTEXT_INVALIDATE (1ul << 63)
#define CONTEXT_GLOBAL (1ul << 61)
#define IOTLB_INVALIDATE (1ul << 63)
#define IOTLB_GLOBAL (1ul << 60)
#define IOTLB_DOMAIN(domain) (2ul << 60 | (uint64_t)(domain) << 32)
#define IOTLB_DRAIN (3ul << 48)

#define FAULT_STATUS_OVERFLOW (1u << 0)
#define FAULT_STATUS_PENDING (1u << 1)
#define FAULT_CONTROL_MASKED (1u << 31)
#define MESSAGE_ADDRESS(apic_id) (0xfee00000u | (uint32_t)(apic_id) << 12) /* SDM 3A 11.11.1 */
/* A fault record, 11.4.14: the address in two words, then source, reason and validity. */
#define FAULT_HIGH 8
#define FAULT_LAST 12
#define FAULT_SOURCE(high) ((uint16_t)(high))
#define FAULT_REASON(high) ((uint8_t)((high) >> 32))
#define FAULT_READ (1ul << 62)
#define FAULT_VALID (1u << 31)

/* Entries of the root table (9.1) and of a context table (9.3), two words each. */
#define ENTRY_WORDS 2
#define ENTRY_PRESENT 1ul
#define ENTRY_SILENT 2ul
#define ENTRY_DOMAIN(domain) ((uint64_t)(domain) << 8)
#define ENTRY_LEVELS(levels) ((levels)-2)

struct unit {
	volatile uint8_t *regs;
	uint64_t cap;
	uint64_t ecap;
};

static struct unit units[UNITS];
static unsigned nunits;
static const struct iopages *pages;
static uint64_t *root;
static uint64_t *context[BUSES];

static uint32_t read32(const struct unit *unit, unsigned reg)
{
	return *(volatile uint32_t *)(unit->regs + reg);
}

static void write32(const struct unit *unit, unsigned reg, uint32_t value)
{
	*(volatile uint32_t *)(unit->regs + reg) = value;
}

static uint64_t read64(const struct unit *unit, unsigned reg)
{
	return *(volatile uint64_t *)(unit->regs + reg);
}

static void write64(const struct unit *unit, unsigned reg, uint64_t value)
{
	*(volatile uint64_t *)(unit->regs + reg) = value;
}

/* Wait until these bits of the register have that value. */
static void wait32(const struct unit *unit, unsigned reg, uint32_t bits, uint32_t value)
{
	uint64_t deadline = cos_now_ns() + PATIENCE_NS;

	while ((read32(unit, reg) & bits) != value)
		if (cos_now_ns() > deadline)
			cos_panic("dev: the IOMMU does not answer (register %#x)", reg);
}

static void command_once(const struct unit *unit, uint32_t bit, bool until_set)
{
	write32(unit, REG_COMMAND, (read32(unit, REG_STATUS) & COMMAND_KEPT) | bit);
	wait32(unit, REG_STATUS, bit, until_set ? bit : 0);
}

static void translate(const struct unit *unit, bool on)
{
	uint32_t kept = read32(unit, REG_STATUS) & COMMAND_KEPT & ~COMMAND_TRANSLATE;

	write32(unit, REG_COMMAND, kept | (on ? COMMAND_TRANSLATE : 0));
	wait32(unit, REG_STATUS, COMMAND_TRANSLATE, on ? COMMAND_TRANSLATE : 0);
}

/* Bring what is in the chipset's buffers to memory, before the unit reads it there (6.8). */
static void write_buffer_flush(const struct unit *unit)
{
	if (unit->cap & CAP_WRITE_BUFFER)
		command_once(unit, COMMAND_WRITE_BUFFER, false);
}

/* The highest bit is set to start and clear when it is done (11.4.6.1, 11.4.8.1). */
static void invalidate(const struct unit *unit, unsigned reg, uint64_t command)
{
	write64(unit, reg, command);
	wait32(unit, reg + 4, 1u << 31, 0);
}

static void iotlb_invalidate(const struct unit *unit, uint64_t which)
{
	write_buffer_flush(unit);
	invalidate(unit, REG_IOTLB(unit->ecap), IOTLB_INVALIDATE | IOTLB_DRAIN | which);
}

static void context_invalidate(void)
{
	for (unsigned i = 0; i < nunits; i++) {
		write_buffer_flush(&units[i]);
		invalidate(&units[i], REG_CONTEXT, CONTEXT_INVALIDATE | CONTEXT_GLOBAL);
		iotlb_invalidate(&units[i], IOTLB_GLOBAL);
	}
}

long vtd_unit_add(uint64_t registers_paddr)
{
	struct unit unit = {.regs = map_physical(registers_paddr, COS_PAGE_SIZE)};
	unsigned end;

	if (!unit.regs)
		return -COS_ENODEV;
	unit.cap = read64(&unit, REG_CAP);
	unit.ecap = read64(&unit, REG_ECAP);
	if (VERSION_MAJOR(read32(&unit, REG_VERSION)) >= VERSION_NO_REGISTERS ||
	    !(CAP_WIDTHS(unit.cap) & (WIDTH_39 | WIDTH_48)) || nunits == UNITS)
		return -COS_ENOSYS;
	end = REG_FAULT(unit.cap, CAP_FAULTS(unit.cap));
	if (end < REG_IOTLB(unit.ecap) + 8)
		end = REG_IOTLB(unit.ecap) + 8;
	unit.regs = map_physical(registers_paddr, end);
	if (!unit.regs)
		return -COS_ENODEV;
	units[nunits++] = unit;
	return 0;
}

bool vtd_is_coherent(void)
{
	bool coherent = true;

	for (unsigned i = 0; i < nunits; i++)
		coherent = coherent && (units[i].ecap & ECAP_COHERENT);
	return coherent;
}

unsigned vtd_levels(void)
{
	unsigned widths = nunits > 0 ? WIDTH_39 | WIDTH_48 : 0;

	for (unsigned i = 0; i < nunits; i++)
		widths &= CAP_WIDTHS(units[i].cap);
	return widths & WIDTH_48 ? 4 : widths & WIDTH_39 ? 3 : 0;
}

unsigned vtd_domains(void)
{
	unsigned domains = 1u << 16;

	for (unsigned i = 0; i < nunits; i++)
		if (CAP_DOMAINS(units[i].cap) < domains)
			domains = CAP_DOMAINS(units[i].cap);
	return domains;
}

static void entry_set(uint64_t *entry, uint64_t low, uint64_t high)
{
	/* Not present while its halves do not match. */
	__atomic_store_n(&entry[0], 0, __ATOMIC_RELEASE);
	pages->written(entry, ENTRY_WORDS * sizeof(*entry));
	__atomic_store_n(&entry[1], high, __ATOMIC_RELEASE);
	__atomic_store_n(&entry[0], low, __ATOMIC_RELEASE);
	pages->written(entry, ENTRY_WORDS * sizeof(*entry));
}

long vtd_start(const struct iopages *from)
{
	uint64_t root_paddr;

	pages = from;
	root = pages->get(&root_paddr);
	if (!root)
		return -COS_ENOMEM;
	for (unsigned i = 0; i < nunits; i++) {
		translate(&units[i], false); /* as firmware may have left it */
		write_buffer_flush(&units[i]);
		write64(&units[i], REG_ROOT, root_paddr);
		command_once(&units[i], COMMAND_SET_ROOT, true);
	}
	context_invalidate();
	for (unsigned i = 0; i < nunits; i++)
		translate(&units[i], true);
	return 0;
}

/* NULL: out of memory. */
static uint64_t *context_entry(uint16_t bdf)
{
	unsigned bus = PCI_BDF_BUS(bdf);
	uint64_t paddr;

	if (!context[bus]) {
		context[bus] = pages->get(&paddr);
		if (!context[bus])
			return NULL;
		entry_set(root + ENTRY_WORDS * bus, paddr | ENTRY_PRESENT, 0);
	}
	return context[bus] + ENTRY_WORDS * (bdf & 0xff);
}

long vtd_attach(uint16_t bdf, unsigned domain, const struct iotable *table)
{
	uint64_t *entry = context_entry(bdf);

	if (!entry)
		return -COS_ENOMEM;
	entry_set(entry, table->root | ENTRY_PRESENT,
		  ENTRY_DOMAIN(domain) | ENTRY_LEVELS(table->levels));
	context_invalidate();
	return 0;
}

void vtd_detach(uint16_t bdf)
{
	uint64_t *entry = context_entry(bdf);

	if (entry)
		entry_set(entry, ENTRY_SILENT, 0);
	context_invalidate();
}

void vtd_silence(uint16_t bdf)
{
	uint64_t *entry = context_entry(bdf);

	if (entry)
		entry_set(entry, entry[0] | ENTRY_SILENT, entry[1]);
	context_invalidate();
}

void vtd_invalidate(unsigned domain)
{
	for (unsigned i = 0; i < nunits; i++)
		iotlb_invalidate(&units[i], IOTLB_DOMAIN(domain));
}

void vtd_fault_interrupt(uint8_t vector, uint8_t apic_id)
{
	for (unsigned i = 0; i < nunits; i++) {
		write32(&units[i], REG_FAULT_DATA, vector);
		write32(&units[i], REG_FAULT_ADDRESS, MESSAGE_ADDRESS(apic_id));
		write32(&units[i], REG_FAULT_ADDRESS_UPPER, 0);
		write32(&units[i], REG_FAULT_CONTROL,
			read32(&units[i], REG_FAULT_CONTROL) & ~FAULT_CONTROL_MASKED);
	}
}

static bool unit_fault_take(const struct unit *unit, struct vtd_fault *fault)
{
	for (unsigned n = 0; n < CAP_FAULTS(unit->cap); n++) {
		unsigned reg = REG_FAULT(unit->cap, n);
		uint64_t high;

		if (!(read32(unit, reg + FAULT_LAST) & FAULT_VALID))
			continue;
		high = read64(unit, reg + FAULT_HIGH);
		*fault = (struct vtd_fault){.bdf = FAULT_SOURCE(high),
					    .write = !(high & FAULT_READ),
					    .reason = FAULT_REASON(high),
					    .addr = read64(unit, reg)};
		write32(unit, reg + FAULT_LAST, FAULT_VALID); /* cleared by writing one */
		return true;
	}
	return false;
}

bool vtd_fault_take(struct vtd_fault *fault, bool *lost)
{
	for (unsigned i = 0; i < nunits; i++) {
		uint32_t status = read32(&units[i], REG_FAULT_STATUS);

		if (unit_fault_take(&units[i], fault))
			return true;
		if (status & FAULT_STATUS_OVERFLOW) {
			write32(&units[i], REG_FAULT_STATUS, FAULT_STATUS_OVERFLOW);
			*lost = true;
		}
	}
	return false;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of the IOMMU (iotable.h). */
#include <cos/abi.h>
#include <cos/layout.h>

#include "iotable.h"

#define LEVEL_BITS 9
#define PAGE_SHIFT 12
#define RIGHTS (IOTABLE_READ | IOTABLE_WRITE)
#define ENTRY_ADDRESS 0x000ffffffffff000ul

long iotable_init(struct iotable *table, const struct iopages *pages, unsigned levels)
{
	*table = (struct iotable){.pages = pages, .levels = levels};
	return pages->get(&table->root) ? 0 : -COS_ENOMEM;
}

static uint64_t *entry_of(const struct iotable *table, uint64_t page, uint64_t addr, unsigned level)
{
	uint64_t *entries = table->pages->at(page);

	return entries +
	       (addr >> (PAGE_SHIFT + LEVEL_BITS * (level - 1)) & ((1u << LEVEL_BITS) - 1));
}

static void entry_set(const struct iotable *table, uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
	table->pages->written(entry, sizeof(*entry));
}

/* The entry of level 1 for addr; NULL: there is none, or out of memory to make it. */
static uint64_t *leaf(const struct iotable *table, uint64_t addr, bool make)
{
	uint64_t page = table->root, below;

	for (unsigned level = table->levels; level > 1; level--) {
		uint64_t *entry = entry_of(table, page, addr, level);

		if ((*entry & RIGHTS) == 0) {
			if (!make || !table->pages->get(&below))
				return NULL;
			entry_set(table, entry, below | RIGHTS);
		}
		page = *entry & ENTRY_ADDRESS;
	}
	return entry_of(table, page, addr, 1);
}

static uint64_t span(const struct iotable *table)
{
	return 1ul << (PAGE_SHIFT + LEVEL_BITS * table->levels);
}

static uint64_t page_of(uint64_t paddr)
{
	return paddr & -(uint64_t)COS_PAGE_SIZE;
}

long iotable_add(struct iotable *table, uint64_t paddr, uint64_t len_bytes, uint64_t rights)
{
	long changed = 0;

	if (paddr >= span(table) || len_bytes > span(table) - paddr)
		return -COS_EINVAL;
	for (uint64_t at = page_of(paddr); at < paddr + len_bytes; at += COS_PAGE_SIZE) {
		uint64_t *entry = leaf(table, at, true);

		if (!entry)
			return -COS_ENOMEM;
		if (*entry == (at | rights))
			continue;
		entry_set(table, entry, at | rights);
		changed = 1;
	}
	return changed;
}

bool iotable_remove(struct iotable *table, uint64_t paddr, uint64_t len_bytes)
{
	bool changed = false;

	if (paddr >= span(table) || len_bytes > span(table) - paddr)
		return false;
	for (uint64_t at = page_of(paddr); at < paddr + len_bytes; at += COS_PAGE_SIZE) {
		uint64_t *entry = leaf(table, at, false);

		if (!entry || *entry == 0)
			continue;
		entry_set(table, entry, 0);
		changed = true;
	}
	return changed;
}

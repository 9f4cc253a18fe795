/* SPDX-License-Identifier: BSD-2-Clause */
/* Page-table entries (SDM 3A, 4.5.4). A table of any level has 512; those of level 1 map 4 KiB. */
#ifndef X86_64_PTE_H
#define X86_64_PTE_H

#include <stdbool.h>
#include <stdint.h>
#include "cos/abi.h"

#define PTE_P 0x001UL
#define PTE_W 0x002UL
#define PTE_U 0x004UL
#define PTE_PWT 0x008UL
#define PTE_PCD 0x010UL
#define PTE_A 0x020UL
#define PTE_D 0x040UL
#define PTE_PS 0x080UL
#define PTE_NX (1UL << 63)
#define PTE_ADDR 0x000ffffffffff000UL

#define PGTBL_LEVELS 4
#define PGTBL_ENTRIES 512
#define PGTBL_USER_ENTRIES 256 /* of a level-4 table: the lower half */

static inline unsigned pte_index(uint64_t va, unsigned level)
{
	return (va >> (12 + 9 * (level - 1))) & (PGTBL_ENTRIES - 1);
}

static inline bool pte_present(uint64_t pte)
{
	return pte & PTE_P;
}

static inline uint64_t pte_paddr(uint64_t pte)
{
	return pte & PTE_ADDR;
}

/* A link or a mapping with rights COS_PG_*: the bits mean the same at each level. */
static inline uint64_t pte_make(uint64_t pa, unsigned flags)
{
	uint64_t pte = pa | PTE_P | PTE_U;

	if (flags & COS_PG_WRITE)
		pte |= PTE_W;
	if (!(flags & COS_PG_EXEC))
		pte |= PTE_NX;
	if (flags & COS_PG_NOCACHE)
		pte |= PTE_PCD | PTE_PWT;
	return pte;
}

static inline unsigned pte_flags(uint64_t pte)
{
	unsigned flags = COS_PG_READ;

	if (pte & PTE_W)
		flags |= COS_PG_WRITE;
	if (!(pte & PTE_NX))
		flags |= COS_PG_EXEC;
	if (pte & PTE_PCD)
		flags |= COS_PG_NOCACHE;
	return flags;
}

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the heap (heap.c), memory for devices (dma.c) and programs' memory (program_map.c) have in
 * common.
 */
#ifndef MEM_HEAP_H
#define MEM_HEAP_H

#include <cos/layout.h>
#include "region.h"
#include "space.h"

#define DEVICE_START COS_SLOT(COS_SLOT_DEVICE * 1UL)
#define DEVICE_END COS_SLOT(COS_SLOT_DEVICE + 1UL)

#define PROT_MASK 7UL /* COS_PG_READ, _WRITE, _EXEC in flags of the interface */

/* A protection that a component may ask for: writing and executing never together. */
static inline bool prot_valid(unsigned long prot)
{
	return (prot & ~PROT_MASK) == 0 &&
	       (prot & (COS_PG_WRITE | COS_PG_EXEC)) != (COS_PG_WRITE | COS_PG_EXEC);
}

static inline uint64_t round_page(uint64_t len)
{
	return (len + COS_PAGE_SIZE - 1) & -(uint64_t)COS_PAGE_SIZE;
}

/*
 * Unmap [start, end), whole pages, and free the frames. COS_EINVAL: not all of it is in regions of
 * that kind; COS_ENOMEM: nothing changed.
 */
long heap_unmap(struct space *space, uint64_t start, uint64_t end, enum region_kind kind);

#endif

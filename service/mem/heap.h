/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of server domains: what the heap (heap.c) and memory for devices (dma.c) have in common.
 */
#ifndef MEM_HEAP_H
#define MEM_HEAP_H

#include <cos/layout.h>
#include "region.h"
#include "space.h"

#define DEVICE_START COS_SLOT(COS_SLOT_DEVICE * 1UL)
#define DEVICE_END COS_SLOT(COS_SLOT_DEVICE + 1UL)

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

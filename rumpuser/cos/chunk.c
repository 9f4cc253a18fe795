/* SPDX-License-Identifier: BSD-2-Clause */
/* Chunks of memory for the arena (alloc.h): wired, and contiguous if the component has a device. */
#include <cos/layout.h>
#include <cos/sync.h>
#include <mem/mem.h>

#include "alloc.h"
#include "devices.h"

_Static_assert(ARENA_PAGE == COS_PAGE_SIZE, "the arena's pages are those of mem");

static struct cos_mutex arena_mutex;

void chunk_lock(void)
{
	cos_mutex_lock(&arena_mutex);
}

void chunk_unlock(void)
{
	cos_mutex_unlock(&arena_mutex);
}

/* -1: not asked yet. */
static int has_device = -1;

bool chunk_is_dma(void)
{
	if (has_device < 0)
		has_device = devices_count() > 0;
	return has_device;
}

bool chunk_get(size_t len_bytes, struct chunk_memory *memory)
{
	struct cos_pair dma;
	long va;

	if (chunk_is_dma()) {
		dma = dev_dma_alloc(len_bytes, COS_PAGE_SIZE, 0);
		if (dma.v0 < 0)
			return false;
		*memory = (struct chunk_memory){(uint8_t *)dma.v0, (uint64_t)dma.v1};
		return true;
	}
	va = mem_map(len_bytes, COS_PG_READ | COS_PG_WRITE | MEM_WIRED);
	if (va < 0)
		return false;
	*memory = (struct chunk_memory){(uint8_t *)va, 0};
	return true;
}

void chunk_put(const struct chunk_memory *memory, size_t len_bytes)
{
	if (memory->paddr)
		dev_dma_free((unsigned long)memory->va, len_bytes);
	else
		mem_unmap((unsigned long)memory->va, len_bytes);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for the IOMMU's tables (iopages.h): contiguous chunks from mem, which are never given
 * back.
 */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/client.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <mem/device.h>

#include "iopages.h"
#include "x86_64/cache.h"

#define CHUNK_PAGES 64 /* tables for some 120 MiB: one driver's */

struct chunk {
	struct chunk *next;
	uint8_t *va;
	uint64_t paddr;
	unsigned used; /* pages */
};

static struct chunk *chunks; /* only the first may have unused pages */

static struct chunk *chunk_make(void)
{
	struct chunk *c = cos_malloc(sizeof(*c));
	struct cos_pair dma;

	if (!c)
		return NULL;
	dma = mem_dma_alloc(cos_component_id(), CHUNK_PAGES * COS_PAGE_SIZE, COS_PAGE_SIZE, 0);
	if (dma.v0 < 0) {
		cos_free(c);
		return NULL;
	}
	*c = (struct chunk){.next = chunks, .va = (uint8_t *)dma.v0, .paddr = (uint64_t)dma.v1};
	chunks = c;
	return c;
}

static void written_back(const volatile void *start, size_t len_bytes)
{
	cache_write_back(start, len_bytes);
}

static void written_coherent(const volatile void *start, size_t len_bytes)
{
	(void)start;
	(void)len_bytes;
}

static struct iopages iopages;

static void *page_get(uint64_t *paddr)
{
	struct chunk *c = chunks;
	size_t offset;

	if (!c || c->used == CHUNK_PAGES)
		c = chunk_make();
	if (!c)
		return NULL;
	offset = (size_t)c->used++ * COS_PAGE_SIZE;
	*paddr = c->paddr + offset;
	iopages.written(c->va + offset, COS_PAGE_SIZE); /* the zeros */
	return c->va + offset;
}

static void *page_at(uint64_t paddr)
{
	for (const struct chunk *c = chunks; c; c = c->next)
		if (paddr - c->paddr < CHUNK_PAGES * (uint64_t)COS_PAGE_SIZE)
			return c->va + (paddr - c->paddr);
	cos_panic("dev: %#lx is no page of the IOMMU's tables", paddr);
}

const struct iopages *iopages_init(bool coherent)
{
	iopages = (struct iopages){.get = page_get,
				   .at = page_at,
				   .written = coherent ? written_coherent : written_back};
	return &iopages;
}

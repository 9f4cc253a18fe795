/* SPDX-License-Identifier: BSD-2-Clause */
/* Device memory in dev's own domain (map.h). */
#include <cos/abi.h>
#include <cos/alloc.h>
#include <cos/client.h>
#include <cos/layout.h>
#include <mem/device.h>

#include "map.h"

struct mapping {
	struct mapping *next;
	uint64_t start; /* physical, whole pages */
	uint64_t end;
	uint8_t *va;
};

static struct mapping *mappings;

static struct mapping *mapping_make(uint64_t start, uint64_t end)
{
	struct mapping *m = cos_malloc(sizeof(*m));
	long va;

	if (!m)
		return NULL;
	va = mem_dev_map(cos_component_id(), start, end - start);
	if (va < 0) {
		cos_free(m);
		return NULL;
	}
	*m = (struct mapping){.next = mappings, .start = start, .end = end, .va = (uint8_t *)va};
	mappings = m;
	return m;
}

void *map_physical(uint64_t paddr, size_t len_bytes)
{
	uint64_t start = paddr & ~(uint64_t)(COS_PAGE_SIZE - 1);
	uint64_t end = (paddr + len_bytes + COS_PAGE_SIZE - 1) & ~(uint64_t)(COS_PAGE_SIZE - 1);
	struct mapping *m = mappings;

	if (len_bytes == 0 || end <= start)
		return NULL;
	while (m && (start < m->start || m->end < end))
		m = m->next;
	if (!m)
		m = mapping_make(start, end);
	return m ? m->va + (paddr - m->start) : NULL;
}

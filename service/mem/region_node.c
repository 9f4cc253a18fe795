/* SPDX-License-Identifier: BSD-2-Clause */
/* The nodes of region trees come from mem's own memory. */
#include "meta.h"
#include "region.h"

static struct meta_pool region_pool = {.size = sizeof(struct region)};

struct region *region_new(void)
{
	return meta_alloc(&region_pool);
}

void region_delete(struct region *region)
{
	meta_free(&region_pool, region);
}

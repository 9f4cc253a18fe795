/* SPDX-License-Identifier: BSD-2-Clause */
/* keeper.h: memory that must not change. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/layout.h>
#include <cos/log.h>
#include <dev/dev.h>
#include "keeper.h"

#define NEXT 4096
#define SECRET 0x5ec2e7c0de5ec2e7ul
#define WORDS (COS_PAGE_SIZE / sizeof(uint64_t))

long component_init(void);

static uint64_t *page;
static unsigned long page_paddr;

static void fill(void)
{
	for (size_t i = 0; i < WORDS; i++)
		page[i] = SECRET + i;
}

long keeper_memory(void)
{
	return (long)page_paddr;
}

long keeper_secret(void)
{
	return (long)SECRET;
}

long keeper_intact(void)
{
	bool intact = true;

	for (size_t i = 0; i < WORDS; i++)
		intact = intact && ((volatile uint64_t *)page)[i] == SECRET + i;
	fill();
	return intact;
}

/* It was freed a moment ago, so it is among the next; the others are given back. */
long keeper_take(unsigned long paddr)
{
	static unsigned long other[NEXT];
	struct cos_pair dma = {-COS_ENOMEM, 0};
	size_t n = 0;

	while (n < NEXT && (dma = dev_dma_alloc(COS_PAGE_SIZE, COS_PAGE_SIZE, 0)).v0 > 0 &&
	       (unsigned long)dma.v1 != paddr)
		other[n++] = (unsigned long)dma.v0;
	while (n > 0)
		cos_assert(dev_dma_free(other[--n], COS_PAGE_SIZE) == 0);
	if (dma.v0 < 0 || (unsigned long)dma.v1 != paddr)
		return -COS_ENOENT;
	page = (uint64_t *)dma.v0;
	page_paddr = paddr;
	fill();
	return 0;
}

long component_init(void)
{
	struct cos_pair dma = dev_dma_alloc(COS_PAGE_SIZE, COS_PAGE_SIZE, 0);

	if (dma.v0 < 0)
		return dma.v0;
	page = (uint64_t *)dma.v0;
	page_paddr = (unsigned long)dma.v1;
	fill();
	return 0;
}

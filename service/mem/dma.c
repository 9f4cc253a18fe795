/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that devices reach (mem/device.h). dev alone asks for it, and says when no device reaches
 * it any more. There are two kinds:
 *
 *	allocated	contiguous, in slot COS_SLOT_DEVICE. Only mem_dma_free takes it away.
 *	pinned		pages of slot 0, which their component may unmap at any time. A pinned frame
 *			that is unmapped is KEPT (frame.h) until dev releases it (mem_dma_release).
 *			dev asks for such frames at its next opportunity.
 *
 * I1  A frame that a device may write to is never another owner's, even if its component unmaps it
 *     or is stopped.
 * I2  mem calls no other component: dev comes and asks.
 */
#include <mem/device.h>
#include "domain.h"
#include "fault.h"
#include "frame.h"
#include "heap.h"
#include "lock.h"
#include "op.h"

/* Map the frames [frame, frame + npages): the address. */
static long dma_map(struct space *space, uint32_t frame, uint64_t npages)
{
	uint64_t len = npages * COS_PAGE_SIZE;
	uint64_t start =
		region_gap(&space->regions, DEVICE_START, DEVICE_END, len, COS_PAGE_SIZE, false);

	if (start == 0 || !region_insert(&space->regions, start, start + len,
					 COS_PG_READ | COS_PG_WRITE, REGION_DMA, NULL))
		return -COS_ENOMEM;
	for (uint64_t i = 0; i < npages; i++) {
		if (space_map_frame(space, start + i * COS_PAGE_SIZE, frame + (uint32_t)i,
				    COS_PG_READ | COS_PG_WRITE) == 0)
			continue;
		/* space_clear frees the others. */
		frame_free(frame + (uint32_t)i, (uint32_t)(npages - i));
		space_clear(space, start, start + len);
		region_remove(&space->regions, start, start + len);
		return -COS_ENOMEM;
	}
	return (long)start;
}

static struct cos_pair dma_alloc(struct space *space, uint64_t len, uint64_t align, bool below_4g)
{
	uint64_t npages = round_page(len) / COS_PAGE_SIZE;
	unsigned order = frame_order(npages), align_order;
	uint32_t frame;
	struct cos_pair pair = {-COS_ENOMEM, 0};

	if (len == 0 || len > 1UL << 40 || (align & (align - 1)) != 0)
		return (struct cos_pair){-COS_EINVAL, 0};
	align_order = frame_order(round_page(align) / COS_PAGE_SIZE);
	if (align_order > order)
		order = align_order;
	if (!space_charge(space, npages))
		return pair;
	frame = frame_alloc(order, below_4g, COS_MEM_USER);
	if (frame != FRAME_NONE) {
		if (1UL << order > npages)
			frame_free(frame + (uint32_t)npages, (1U << order) - (uint32_t)npages);
		pair.v1 = (long)frame_paddr(frame);
		pair.v0 = dma_map(space, frame, npages);
	}
	if (pair.v0 < 0)
		space_uncharge(space, npages);
	return pair;
}

/* The component that the caller asks about; NULL: the caller is not dev, or comp has no device. */
static struct component *dma_component(long comp)
{
	const struct component *client = component_client();
	struct component *component = component_get(comp);

	if (client == NULL || client->role != COMPONENT_DEV || component == NULL ||
	    (component->role != COMPONENT_DEV && !(component->flags & BOOT_COMP_DMA)))
		return NULL;
	return component;
}

struct cos_pair mem_dma_alloc(long comp, unsigned long len_bytes, unsigned long align,
			      long below_4g)
{
	struct cos_pair pair = {-COS_EPERM, 0};
	struct component *component;

	mem_lock();
	component = dma_component(comp);
	if (component != NULL)
		pair = dma_alloc(&component->domain->space, len_bytes, align, below_4g != 0);
	mem_unlock();
	return pair;
}

long mem_dma_free(long comp, unsigned long addr, unsigned long len_bytes)
{
	struct component *component;
	uint64_t len = round_page(len_bytes);
	long error = -COS_EPERM;

	mem_lock();
	component = dma_component(comp);
	if (component != NULL)
		error = addr % COS_PAGE_SIZE == 0 && len != 0 && addr >= DEVICE_START &&
					addr < DEVICE_END && len <= DEVICE_END - addr
				? heap_unmap(&component->domain->space, addr, addr + len,
					     REGION_DMA)
				: -COS_EINVAL;
	mem_unlock();
	return error;
}

/* If the page at addr is present: v0 = its rights, v1 = the physical address of the byte. */
static bool page_find(const struct component *component, uint64_t addr, struct cos_pair *at)
{
	struct cos_results results = {0};

	if (mem_op_r(component->domain->space.pgtbl, COS_PGTBL_LOOKUP,
		     addr & -(uint64_t)COS_PAGE_SIZE, 0, 0, 0, 0, 0, &results) != 0)
		return false;
	*at = (struct cos_pair){(long)results.rdi, (long)(results.rsi + addr % COS_PAGE_SIZE)};
	return true;
}

static struct cos_pair dma_pin(struct component *component, uint64_t addr)
{
	struct cos_pair at;
	uint32_t frame;

	if (addr >= COS_SLOT(1UL) ||
	    (!page_find(component, addr, &at) &&
	     !(fault_resolve(component, addr, 0, 0) && page_find(component, addr, &at))))
		return (struct cos_pair){-COS_EFAULT, 0};
	frame = frame_at((uint64_t)at.v1);
	if (frame != FRAME_NONE) /* else it is a page of the image, which is never freed */
		frame_pin(frame);
	return at;
}

struct cos_pair mem_dma_pin(long comp, unsigned long addr)
{
	struct cos_pair at = {-COS_EPERM, 0};
	struct component *component;

	mem_lock();
	component = dma_component(comp);
	if (component != NULL)
		at = dma_pin(component, addr);
	mem_unlock();
	return at;
}

static struct cos_pair dma_release(uint64_t paddr)
{
	uint32_t frame = frame_kept();

	if (paddr != 0 && (frame == FRAME_NONE || frame_paddr(frame) != paddr))
		return (struct cos_pair){-COS_EINVAL, 0};
	if (paddr != 0)
		frame_unpin();
	frame = frame_kept();
	if (frame == FRAME_NONE)
		return (struct cos_pair){-COS_ENOENT, 0};
	return (struct cos_pair){0, (long)frame_paddr(frame)};
}

struct cos_pair mem_dma_release(unsigned long paddr)
{
	struct cos_pair next = {-COS_EPERM, 0};
	const struct component *client;

	mem_lock();
	client = component_client();
	if (client != NULL && client->role == COMPONENT_DEV)
		next = dma_release(paddr);
	mem_unlock();
	return next;
}

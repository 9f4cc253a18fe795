/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory of server domains: the heap, device mappings, and the totals (mem/mem.h, mem/device.h). */
#include <mem/device.h>
#include <mem/mem.h>
#include "cap.h"
#include "domain.h"
#include "frame.h"
#include "heap.h"
#include "lock.h"
#include "op.h"

static bool flags_valid(unsigned long prot_flags)
{
	if (prot_flags & MEM_TURNS)
		return (prot_flags & ~PROT_MASK) == MEM_TURNS;
	return prot_valid(prot_flags & ~MEM_WIRED);
}

static bool range_in(uint64_t addr, uint64_t len, uint64_t start, uint64_t end)
{
	return addr >= start && addr < end && len <= end - addr;
}

/* Are [addr, addr + len) whole pages where components may have memory? */
static bool heap_range(uint64_t addr, uint64_t len)
{
	return addr % COS_PAGE_SIZE == 0 && len != 0 &&
	       (range_in(addr, len, COS_HEAP_VA, COS_HEAP_END) ||
		range_in(addr, len, COS_NEAR_VA, COS_NEAR_END));
}

static uint64_t heap_place(const struct space *space, uint64_t wanted, uint64_t len)
{
	if (heap_range(wanted, len) && !region_overlaps(&space->regions, wanted, wanted + len))
		return wanted;
	return region_gap(&space->regions, COS_HEAP_VA, COS_HEAP_END, len,
			  len < SPACE_SUPER ? COS_PAGE_SIZE : SPACE_SUPER, false);
}

static long heap_map(struct space *space, uint64_t wanted, uint64_t len, unsigned long prot_flags)
{
	unsigned long prot = prot_flags & PROT_MASK;
	uint64_t start;
	long error;

	if (len == 0 || len > COS_HEAP_END - COS_HEAP_VA || !flags_valid(prot_flags))
		return -COS_EINVAL;
	len = round_page(len);
	start = heap_place(space, wanted, len);
	if (start == 0 || !space_charge(space, len / COS_PAGE_SIZE))
		return -COS_ENOMEM;
	if (!region_insert(&space->regions, start, start + len, (uint32_t)prot, REGION_ANON,
			   NULL)) {
		space_uncharge(space, len / COS_PAGE_SIZE);
		return -COS_ENOMEM;
	}
	if (!(prot_flags & MEM_WIRED))
		return (long)start;
	error = space_populate(space, start, start + len, (uint32_t)prot);
	if (error < 0) {
		space_clear(space, start, start + len);
		if (region_split(&space->regions, start)) /* else it stays, empty and charged */
			region_remove(&space->regions, start, start + len);
		space_uncharge(space, len / COS_PAGE_SIZE);
		return error;
	}
	return (long)start;
}

long mem_map_at(unsigned long addr, unsigned long len_bytes, unsigned long prot_flags)
{
	struct component *client;
	long result = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL)
		result = heap_map(&client->domain->space, addr, len_bytes, prot_flags);
	mem_unlock();
	return result;
}

long mem_map(unsigned long len_bytes, unsigned long prot_flags)
{
	return mem_map_at(0, len_bytes, prot_flags);
}

/* Is all of [start, end) in regions of that kind? */
static bool all_mapped(const struct space *space, uint64_t start, uint64_t end,
		       enum region_kind kind)
{
	while (start < end) {
		struct region *region = region_at(&space->regions, start);

		if (region == NULL || region->kind != kind)
			return false;
		start = region->end;
	}
	return true;
}

long heap_unmap(struct space *space, uint64_t start, uint64_t end, enum region_kind kind)
{
	if (!all_mapped(space, start, end, kind))
		return -COS_EINVAL;
	if (!region_split(&space->regions, start) || !region_split(&space->regions, end))
		return -COS_ENOMEM;
	region_remove(&space->regions, start, end);
	space_clear(space, start, end);
	space_uncharge(space, (end - start) / COS_PAGE_SIZE);
	return 0;
}

long mem_unmap(unsigned long addr, unsigned long len_bytes)
{
	struct component *client;
	long error = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL)
		error = heap_range(addr, round_page(len_bytes))
				? heap_unmap(&client->domain->space, addr,
					     addr + round_page(len_bytes), REGION_ANON)
				: -COS_EINVAL;
	mem_unlock();
	return error;
}

static long heap_protect(struct space *space, uint64_t start, uint64_t end, uint32_t prot)
{
	if (!all_mapped(space, start, end, REGION_ANON))
		return -COS_EINVAL;
	if (!region_split(&space->regions, start) || !region_split(&space->regions, end))
		return -COS_ENOMEM;
	for (struct region *region = region_find(&space->regions, start);
	     region != NULL && region->start < end;
	     region = region_find(&space->regions, region->end))
		region->prot = prot;
	return space_reprotect(space, start, end, prot);
}

long mem_protect(unsigned long addr, unsigned long len_bytes, unsigned long prot)
{
	struct component *client;
	uint64_t len = round_page(len_bytes);
	long error = -COS_EPERM;

	mem_lock();
	client = component_client();
	if (client != NULL)
		error = heap_range(addr, len) && prot_valid(prot)
				? heap_protect(&client->domain->space, addr, addr + len,
					       (uint32_t)prot)
				: -COS_EINVAL;
	mem_unlock();
	return error;
}

static long device_map(struct space *space, uint64_t paddr, uint64_t npages)
{
	uint64_t len = npages * COS_PAGE_SIZE;
	uint64_t start =
		region_gap(&space->regions, DEVICE_START, DEVICE_END, len, COS_PAGE_SIZE, false);
	uint32_t cap = cap_alloc();
	long error;

	if (start == 0 || cap == CAP_INVALID)
		return -COS_ENOMEM;
	error = mem_op4(COS_CAP_HW, COS_HW_DEVMEM, CAP_OWN_CAPTBL, cap, paddr, npages);
	if (error < 0) {
		cap_free_empty(cap);
		return error;
	}
	if (!region_insert(&space->regions, start, start + len, COS_PG_READ | COS_PG_WRITE,
			   REGION_DEVICE, NULL))
		error = -COS_ENOMEM;
	for (uint64_t i = 0; i < npages && error == 0; i++)
		error = space_map_device(space, start + i * COS_PAGE_SIZE, cos_mem(cap, i));
	if (error < 0) {
		space_clear(space, start, start + len);
		region_remove(&space->regions, start, start + len);
	}
	(void)cap_free(cap); /* the mappings hold the memory, not the capability */
	return error < 0 ? error : (long)start;
}

long mem_dev_map(long comp, unsigned long paddr, unsigned long len_bytes)
{
	struct component *client, *component;
	uint64_t offset = paddr % COS_PAGE_SIZE;
	long addr = -COS_EPERM;

	mem_lock();
	client = component_client();
	component = component_get(comp);
	if (client != NULL && client->role == COMPONENT_DEV) {
		if (component == NULL)
			addr = -COS_ENOENT;
		else if (len_bytes == 0 || len_bytes > 1UL << 38)
			addr = -COS_EINVAL;
		else
			addr = device_map(&component->domain->space, paddr - offset,
					  round_page(len_bytes + offset) / COS_PAGE_SIZE);
	}
	mem_unlock();
	return addr < 0 ? addr : addr + (long)offset;
}

struct cos_pair mem_stat(void)
{
	struct cos_pair pair;

	mem_lock();
	pair = (struct cos_pair){(long)frame_nfree(), (long)frame_ntotal()};
	mem_unlock();
	return pair;
}

struct cos_pair mem_usage(void)
{
	struct cos_pair pair = {-COS_EPERM, 0};
	const struct component *client;

	mem_lock();
	client = component_client();
	if (client != NULL)
		pair = (struct cos_pair){(long)client->domain->space.npages,
					 (long)client->domain->space.max_pages};
	mem_unlock();
	return pair;
}

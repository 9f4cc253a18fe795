/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start of mem: it takes over the memory that boot did not need, and every domain that boot
 * built (boot/handover.h). The allocator needs a table of all frames, which lies in frames itself:
 * until the table is there, frames are taken off the first range one by one.
 */
#include <cos/client.h>
#include <cos/log.h>
#include "cap.h"
#include "domain.h"
#include "frame.h"
#include "meta.h"
#include "op.h"
#include "thread.h"

#define RANGES_MAX 64 /* as many as cos_bootinfo has */

static struct frame_range ranges[RANGES_MAX];
static uint64_t used_pages[RANGES_MAX];

long component_init(void);

void cos_log_write(const char *text, size_t len)
{
	cos_log_kernel(text, len);
}

static const struct boot_handover *handover(void)
{
	uintptr_t va = BOOT_HANDOVER_VA;

	return (const struct boot_handover *)va;
}

/* A frame before there is an allocator, numbered as frame_init will. FRAME_NONE: none is left. */
static uint32_t take_early(unsigned type)
{
	uint32_t first = 0;

	for (size_t i = 0; i < handover()->nranges; i++) {
		if (used_pages[i] < ranges[i].npages) {
			uint64_t page = used_pages[i]++;

			ranges[i].first = first;
			if (mem_op3(ranges[i].cap, COS_MEM_RETYPE, page, 1, type) < 0)
				return FRAME_NONE;
			return first + (uint32_t)page;
		}
		first += (uint32_t)ranges[i].npages;
	}
	return FRAME_NONE;
}

static uint32_t take_frame(unsigned type)
{
	return frame_alloc(0, false, type);
}

/* The first frame_init has no table: it is for frame_mem, which needs the ranges alone. */
static long take_ranges(void)
{
	const struct boot_range *from =
		(const void *)((const char *)handover() + handover()->range);
	uint64_t total = 0;
	struct frame_info *info;

	cos_assert(handover()->nranges <= RANGES_MAX);
	for (size_t i = 0; i < handover()->nranges; i++) {
		ranges[i] = (struct frame_range){
			.paddr = from[i].paddr, .npages = from[i].npages, .cap = from[i].cap};
		used_pages[i] = from[i].used_pages;
		total += from[i].npages;
	}
	frame_init(ranges, handover()->nranges, NULL);
	meta_init(take_early);
	info = meta_pages((total * sizeof(*info) + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE);
	if (info == NULL)
		return -COS_ENOMEM;
	frame_init(ranges, handover()->nranges, info);
	meta_init(take_frame);
	for (size_t i = 0; i < handover()->nranges; i++)
		if (used_pages[i] < ranges[i].npages)
			frame_give(ranges[i].first + (uint32_t)used_pages[i],
				   (uint32_t)(ranges[i].npages - used_pages[i]));
	return 0;
}

long component_init(void)
{
	long error;

	if (handover()->magic != BOOT_HANDOVER_MAGIC)
		return -COS_EINVAL;
	cap_init(handover()->cap_end);
	error = take_ranges();
	if (error < 0)
		return error;
	if (!domain_init(handover()) || !thread_init(handover()))
		return -COS_ENOMEM;
	cos_log("mem: %lu of %lu MiB free\n", frame_nfree() >> 8, frame_ntotal() >> 8);
	return 0;
}

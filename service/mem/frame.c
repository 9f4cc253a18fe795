/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator (frame.h). Its lists link frames by their numbers: 12 bytes for each page of
 * memory, where lists of pointers would take twice that.
 */
#include <cos/log.h>
#include "frame.h"
#include "op.h"

#define PAGE_SHIFT 12
#define LIMIT_4G (1ULL << 32)
#define NZONES 2 /* 0: below 4 GiB, 1: above */

static struct frame_range *ranges;
static size_t nranges;
static struct frame_info *info;
static uint64_t nfree, ntotal;
static uint32_t free_list[NZONES][FRAME_ORDER_MAX + 1];
/*
 * LATER frames, the oldest first. The kernel refuses to retype one until every core has been in the
 * kernel since, and interrupts the cores that have not. After 32 further objects all have been
 * there anyway, at the price of 128 KiB; when memory runs short they are given back at once.
 */
#define LATER_MAX 32
static uint32_t later_first = FRAME_NONE, later_last, nlater;
static uint32_t kept = FRAME_NONE; /* KEPT frames */

static struct frame_range *range_of(uint32_t frame)
{
	for (size_t i = 0; i < nranges; i++)
		if (frame - ranges[i].first < ranges[i].npages)
			return &ranges[i];
	cos_panic("mem: no frame %u", frame);
}

uint64_t frame_paddr(uint32_t frame)
{
	struct frame_range *range = range_of(frame);

	return range->paddr + ((uint64_t)(frame - range->first) << PAGE_SHIFT);
}

uint64_t frame_mem(uint32_t frame)
{
	struct frame_range *range = range_of(frame);

	return cos_mem(range->cap, frame - range->first);
}

uint32_t frame_at(uint64_t paddr)
{
	for (size_t i = 0; i < nranges; i++) {
		uint64_t page = (paddr - ranges[i].paddr) >> PAGE_SHIFT;

		if (paddr >= ranges[i].paddr && page < ranges[i].npages)
			return ranges[i].first + (uint32_t)page;
	}
	return FRAME_NONE;
}

uint64_t frame_nfree(void)
{
	return nfree + nlater;
}

uint64_t frame_ntotal(void)
{
	return ntotal;
}

unsigned frame_order(uint64_t npages)
{
	unsigned order = 0;

	while (order < 63 && 1ULL << order < npages)
		order++;
	return order;
}

static unsigned zone_of(uint32_t frame)
{
	return frame_paddr(frame) < LIMIT_4G ? 0 : 1;
}

static void list_insert(uint32_t frame, unsigned order)
{
	uint32_t *head = &free_list[zone_of(frame)][order];

	info[frame] = (struct frame_info){.next = *head,
					  .previous = FRAME_NONE,
					  .order = (uint8_t)order,
					  .free = 1,
					  .joined = info[frame].joined};
	if (*head != FRAME_NONE)
		info[*head].previous = frame;
	*head = frame;
}

static void list_remove(uint32_t frame)
{
	struct frame_info *block = &info[frame];

	if (block->previous != FRAME_NONE)
		info[block->previous].next = block->next;
	else
		free_list[zone_of(frame)][block->order] = block->next;
	if (block->next != FRAME_NONE)
		info[block->next].previous = block->previous;
	block->free = 0;
}

void frame_init(struct frame_range *new_ranges, size_t new_nranges, struct frame_info *new_info)
{
	uint32_t first = 0;

	ranges = new_ranges;
	nranges = new_nranges;
	info = new_info;
	nfree = 0;
	for (size_t i = 0; i < nranges; i++) {
		ranges[i].first = first;
		first += (uint32_t)ranges[i].npages;
	}
	ntotal = first;
	for (uint32_t frame = 0; info != NULL && frame < first; frame++)
		info[frame] = (struct frame_info){.next = FRAME_NONE, .previous = FRAME_NONE};
	for (unsigned zone = 0; zone < NZONES; zone++)
		for (unsigned order = 0; order <= FRAME_ORDER_MAX; order++)
			free_list[zone][order] = FRAME_NONE;
}

/*
 * Free a block that is aligned to its size: it merges with its buddy as long as that is free (I1).
 */
static void block_give(struct frame_range *range, uint32_t frame, unsigned order)
{
	uint64_t base = range->paddr >> PAGE_SHIFT;

	for (; order < FRAME_ORDER_MAX; order++) {
		uint64_t page = base + (frame - range->first);
		uint64_t buddy_page = page ^ 1ULL << order;
		uint32_t buddy;

		if (buddy_page < base || buddy_page + (1ULL << order) > base + range->npages)
			break;
		buddy = range->first + (uint32_t)(buddy_page - base);
		if (!info[buddy].free || info[buddy].order != order)
			break;
		list_remove(buddy);
		if (buddy < frame)
			frame = buddy;
	}
	list_insert(frame, order);
}

void frame_give(uint32_t first, uint32_t count)
{
	struct frame_range *range = range_of(first);
	uint64_t base = range->paddr >> PAGE_SHIFT;

	nfree += count;
	while (count > 0) {
		uint64_t page = base + (first - range->first);
		unsigned order = 0;

		while (order < FRAME_ORDER_MAX && 2ULL << order <= count &&
		       (page & ((2ULL << order) - 1)) == 0)
			order++;
		block_give(range, first, order);
		first += 1U << order;
		count -= 1U << order;
	}
}

static uint32_t zone_alloc(unsigned zone, unsigned order)
{
	unsigned have = order;
	uint32_t frame;

	while (have <= FRAME_ORDER_MAX && free_list[zone][have] == FRAME_NONE)
		have++;
	if (have > FRAME_ORDER_MAX)
		return FRAME_NONE;
	frame = free_list[zone][have];
	list_remove(frame);
	while (have > order) {
		have--;
		list_insert(frame + (1U << have), have);
	}
	nfree -= 1ULL << order;
	return frame;
}

/* In pieces: the kernel zeroes the pages of one operation without being preempted. */
static long frame_retype(uint32_t frame, uint32_t count, unsigned type)
{
	struct frame_range *range = range_of(frame);

	while (count > 0) {
		uint32_t part = count < COS_MEM_RETYPE_MAX ? count : COS_MEM_RETYPE_MAX;
		long error = mem_op3(range->cap, COS_MEM_RETYPE, frame - range->first, part, type);

		if (error < 0)
			return error;
		frame += part;
		count -= part;
	}
	return 0;
}

void frame_superpage_cut(uint32_t first)
{
	struct frame_range *range = range_of(first);
	long error = mem_op1(range->cap, COS_MEM_CUT, first - range->first);

	cos_assert(error == 0);
	info[first].joined = 0;
}

/* Cut the super-pages that a block, which was free, lies in or contains. */
static void cut_superpages(uint32_t frame, unsigned order)
{
	struct frame_range *range = range_of(frame);
	uint64_t page = (range->paddr >> PAGE_SHIFT) + (frame - range->first);
	uint32_t into = (uint32_t)(page & (FRAME_SUPER - 1));

	if (into > frame - range->first)
		return;
	for (uint32_t first = frame - into; first < frame + (1U << order); first += FRAME_SUPER)
		if (info[first].joined)
			frame_superpage_cut(first);
}

static void object_give(uint32_t frame)
{
	long error = frame_retype(frame, 1, COS_MEM_UNTYPED);

	if (error < 0)
		cos_log("mem: frame %#lx is lost: error %ld\n", frame_paddr(frame), error);
	else
		frame_give(frame, 1);
}

/* Free the oldest LATER frames until there are at most `most`. */
static void later_give(uint32_t most)
{
	while (nlater > most) {
		uint32_t frame = later_first;

		later_first = info[frame].next;
		nlater--;
		object_give(frame);
	}
}

static uint32_t alloc_from(unsigned order, bool below_4g)
{
	uint32_t frame = FRAME_NONE;

	if (order > FRAME_ORDER_MAX)
		return FRAME_NONE;
	if (!below_4g)
		frame = zone_alloc(1, order);
	return frame != FRAME_NONE ? frame : zone_alloc(0, order);
}

uint32_t frame_alloc_raw(unsigned order, bool below_4g)
{
	uint32_t frame = alloc_from(order, below_4g);

	if (frame != FRAME_NONE || nlater == 0)
		return frame;
	later_give(0);
	return alloc_from(order, below_4g);
}

uint32_t frame_alloc(unsigned order, bool below_4g, unsigned type)
{
	uint32_t frame = frame_alloc_raw(order, below_4g);
	long error;

	if (frame == FRAME_NONE)
		return FRAME_NONE;
	cut_superpages(frame, order);
	error = frame_retype(frame, 1U << order, type);
	if (error < 0) /* the kernel knows of a use of a frame that mem does not */
		cos_panic("mem: frame %#lx, order %u, to type %u: error %ld", frame_paddr(frame),
			  order, type, error);
	return frame;
}

void frame_free(uint32_t first, uint32_t count)
{
	if (!info[first].pinned) {
		frame_give(first, count);
		return;
	}
	cos_assert(count == 1);
	info[first].next = kept;
	kept = first;
}

/*
 * A super-page is given only while more than an eighth of all memory is free: it makes 512 pages
 * present for one that was touched, which is right only as long as nothing else needs them.
 */
#define SUPER_SHARE 8

uint32_t frame_superpage_alloc(void)
{
	struct frame_range *range;
	uint32_t frame = FRAME_NONE;
	long error;

	if (nfree > ntotal / SUPER_SHARE)
		frame = frame_alloc(FRAME_ORDER_SUPER, false, COS_MEM_USER);
	if (frame == FRAME_NONE)
		return FRAME_NONE;
	range = range_of(frame);
	error = mem_op2(range->cap, COS_MEM_JOIN, frame - range->first, 2);
	if (error < 0)
		cos_panic("mem: super-page %#lx: error %ld", frame_paddr(frame), error);
	info[frame].joined = 1;
	return frame;
}

void frame_superpage_free(uint32_t first)
{
	bool pinned = false;

	for (uint32_t i = 0; i < FRAME_SUPER; i++)
		pinned = pinned || info[first + i].pinned;
	if (!pinned) {
		frame_give(first, FRAME_SUPER);
		return;
	}
	frame_superpage_cut(first);
	for (uint32_t i = 0; i < FRAME_SUPER; i++)
		frame_free(first + i, 1);
}

void frame_pin(uint32_t frame)
{
	info[frame].pinned = 1;
}

uint32_t frame_kept(void)
{
	return kept;
}

void frame_unpin(void)
{
	uint32_t frame = kept;

	kept = info[frame].next;
	info[frame].pinned = 0;
	frame_give(frame, 1);
}

void frame_free_object(uint32_t frame)
{
	info[frame].next = FRAME_NONE;
	if (nlater == 0)
		later_first = frame;
	else
		info[later_last].next = frame;
	later_last = frame;
	nlater++;
	later_give(cos_ncores() > 1 ? LATER_MAX : 0);
}

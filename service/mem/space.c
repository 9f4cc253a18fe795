/* SPDX-License-Identifier: BSD-2-Clause */
/* The pages of spaces (space.h): mapping, protecting, hiding, moving. */
#include <cos/log.h>
#include <cos/string.h>
#include "cap.h"
#include "frame.h"
#include "lock.h"
#include "meta.h"
#include "op.h"
#include "space.h"

extern struct meta_pool hidden_pool; /* node.c */

bool space_charge(struct space *space, uint64_t npages)
{
	if (space->max_pages != 0 && npages > space->max_pages - space->npages)
		return false;
	space->npages += npages;
	return true;
}

void space_uncharge(struct space *space, uint64_t npages)
{
	space->npages -= npages;
}

static long map_page(struct space *space, struct node *leaf, uint64_t va, uint64_t mem,
		     uint32_t prot)
{
	unsigned i = node_index(va, 1);
	long error = mem_op3(space->pgtbl, COS_PGTBL_MAP, va, mem, prot);

	if (error < 0)
		return error;
	leaf->mapped[i / 64] |= 1UL << i % 64;
	leaf->live++;
	return 0;
}

/* prot as the hardware has it: writing or executing includes reading (SDM 3A 4.6). */
static uint32_t page_prot(uint32_t prot)
{
	return prot | COS_PG_READ;
}

static long map_mem(struct space *space, uint64_t va, uint64_t mem, uint32_t prot)
{
	struct node *leaf = space_node(space, va, 1);

	return leaf == NULL ? -COS_ENOMEM : map_page(space, leaf, va, mem, page_prot(prot));
}

long space_map_frame(struct space *space, uint64_t va, uint32_t frame, uint32_t prot)
{
	return map_mem(space, va, frame_mem(frame), prot);
}

long space_map_device(struct space *space, uint64_t va, uint64_t mem)
{
	return map_mem(space, va, mem, COS_PG_READ | COS_PG_WRITE | COS_PG_NOCACHE);
}

/*
 * The largest order, up to 32 pages, that is aligned at va and fits before end. Larger pieces save
 * little and are rarely to be had.
 */
static unsigned populate_order(uint64_t va, uint64_t end)
{
	unsigned order = 0;

	while (order < 5 && (va & ((COS_PAGE_SIZE * 2UL << order) - 1)) == 0 &&
	       va + (COS_PAGE_SIZE * 2UL << order) <= end)
		order++;
	return order;
}

/* A block that lies in one leaf. */
static long populate_block(struct space *space, uint64_t va, unsigned order, uint32_t prot)
{
	struct node *leaf = space_node(space, va, 1);
	uint32_t frame;

	if (leaf == NULL)
		return -COS_ENOMEM;
	frame = frame_alloc(order, false, COS_MEM_USER);
	if (frame == FRAME_NONE)
		return -COS_ENOMEM;
	for (unsigned i = 0; i < 1U << order; i++) {
		long error = map_page(space, leaf, va + i * (uint64_t)COS_PAGE_SIZE,
				      frame_mem(frame + i), page_prot(prot));

		cos_assert(error == 0);
	}
	return 0;
}

long space_populate(struct space *space, uint64_t start, uint64_t end, uint32_t prot)
{
	while (start < end) {
		unsigned order = populate_order(start, end);
		long error;

		if (start % SPACE_SUPER == 0 && end - start >= SPACE_SUPER &&
		    space_populate_superpage(space, start, prot)) {
			start += SPACE_SUPER;
			continue;
		}
		while ((error = populate_block(space, start, order, prot)) < 0 && order > 0)
			order--; /* memory is fragmented */
		if (error < 0)
			return error;
		start += (uint64_t)COS_PAGE_SIZE << order;
	}
	return 0;
}

uint32_t space_unmap(struct space *space, uint64_t va)
{
	struct cos_results results;
	long error = mem_op_r(space->pgtbl, COS_PGTBL_UNMAP, va, 0, 0, 0, 0, 0, &results);

	cos_assert(error == 0);
	mem_taken();
	return frame_at(results.rdi);
}

static bool page_hide(struct space *space, struct node *leaf, uint64_t va)
{
	unsigned i = node_index(va, 1);

	if (leaf->hidden == NULL) {
		leaf->hidden = meta_alloc(&hidden_pool);
		if (leaf->hidden == NULL)
			return false;
	}
	leaf->hidden[i] = space_unmap(space, va) + 1;
	leaf->mapped[i / 64] &= ~(1UL << i % 64);
	return true;
}

static bool is_hidden(const struct node *leaf, uint64_t va)
{
	return leaf->hidden != NULL && leaf->hidden[node_index(va, 1)] != 0;
}

static void page_unhide(struct space *space, struct node *leaf, uint64_t va, uint32_t prot)
{
	uint32_t *hidden = &leaf->hidden[node_index(va, 1)];
	long error = map_page(space, leaf, va, frame_mem(*hidden - 1), page_prot(prot));

	cos_assert(error == 0);
	leaf->live--; /* it was counted as hidden already */
	*hidden = 0;
}

bool space_unhide(struct space *space, uint64_t va, uint32_t prot)
{
	struct node *leaf = space_leaf(space, va);

	if (leaf == NULL || !is_hidden(leaf, va))
		return false;
	page_unhide(space, leaf, va, prot);
	return true;
}

static void reprotect(struct space *space, uint64_t va, uint32_t prot)
{
	long error = mem_op2(space->pgtbl, COS_PGTBL_PROTECT, va, page_prot(prot));

	cos_assert(error == 0);
	mem_taken();
}

static bool reprotect_page(struct space *space, struct node *leaf, uint64_t va, uint32_t prot)
{
	if (is_hidden(leaf, va)) {
		if (prot != 0)
			page_unhide(space, leaf, va, prot);
		return true;
	}
	if (!node_has(leaf, va))
		return true;
	if (prot == 0)
		return page_hide(space, leaf, va);
	reprotect(space, va, prot);
	return true;
}

/* The next address in [va, end) whose leaf has pages, skipping what is not there; end: none. */
static uint64_t next_present(const struct space *space, uint64_t va, uint64_t end,
			     struct node **leaf)
{
	while (va < end) {
		struct node *node = space->slot[va >> COS_SLOT_SHIFT];
		unsigned level = 3;

		while (node != NULL && level > 1) {
			level--;
			node = node->child[node_index(va, level + 1)];
		}
		if (node != NULL && node->live > 0) {
			*leaf = node;
			return va;
		}
		va = (va | ((1UL << (12 + 9 * level)) - 1)) + 1;
	}
	return end;
}

long space_reprotect(struct space *space, uint64_t start, uint64_t end, uint32_t prot)
{
	struct node *leaf;

	for (uint64_t va = next_present(space, start, end, &leaf); va < end;
	     va = next_present(space, va + COS_PAGE_SIZE, end, &leaf)) {
		if (leaf->super && prot != 0 && va % SPACE_SUPER == 0 && end - va >= SPACE_SUPER) {
			reprotect(space, va, prot);
			va += SPACE_SUPER - COS_PAGE_SIZE;
			continue;
		}
		if (leaf->super)
			superpage_cut(space, leaf, va);
		if (!reprotect_page(space, leaf, va, prot))
			return -COS_ENOMEM;
	}
	return 0;
}

/* Unmap or unhide the page at va: its frame, FRAME_NONE: there is none. */
static uint32_t take_page(struct space *space, struct node *leaf, uint64_t va)
{
	unsigned i = node_index(va, 1);
	uint32_t frame;

	if (is_hidden(leaf, va)) {
		frame = leaf->hidden[i] - 1;
		leaf->hidden[i] = 0;
	} else if (node_has(leaf, va)) {
		frame = space_unmap(space, va);
		leaf->mapped[i / 64] &= ~(1UL << i % 64);
	} else {
		return FRAME_NONE;
	}
	leaf->live--;
	return frame;
}

long space_move(struct space *space, uint64_t from, uint64_t to, uint64_t len, uint32_t prot)
{
	struct node *leaf;

	for (uint64_t va = next_present(space, from, from + len, &leaf); va < from + len;
	     va = next_present(space, va + COS_PAGE_SIZE, from + len, &leaf)) {
		uint32_t frame;

		if (leaf->super && va % SPACE_SUPER == 0 && from + len - va >= SPACE_SUPER &&
		    superpage_move(space, leaf, va, to + (va - from), prot)) {
			va += SPACE_SUPER - COS_PAGE_SIZE;
			continue;
		}
		if (leaf->super)
			superpage_cut(space, leaf, va);
		/* What may fail comes first, so that no page is lost. */
		if (space_node(space, to + (va - from), 1) == NULL)
			return -COS_ENOMEM;
		frame = take_page(space, leaf, va);
		if (frame != FRAME_NONE)
			cos_assert(space_map_frame(space, to + (va - from), frame, prot) == 0);
		if (frame != FRAME_NONE && prot == 0)
			cos_assert(space_reprotect(space, to + (va - from),
						   to + (va - from) + COS_PAGE_SIZE, 0) == 0);
	}
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page-table nodes of spaces (space.h): made, linked, borrowed, and freed with what is below
 * them.
 */
#include <cos/log.h>
#include "cap.h"
#include "frame.h"
#include "lock.h"
#include "meta.h"
#include "op.h"
#include "space.h"

static struct meta_pool node_pool = {.size = sizeof(struct node)};
static struct meta_pool mapped_pool = {.size = NODE_ENTRIES / 8};
struct meta_pool hidden_pool = {.size = NODE_ENTRIES * sizeof(uint32_t)};
static struct meta_pool child_pool = {.size = NODE_ENTRIES * sizeof(struct node *)};

static uint64_t node_span(unsigned level)
{
	return 1UL << (12 + 9 * level);
}

static struct node *shadow_new(unsigned level)
{
	struct node *node = meta_alloc(&node_pool);
	void *table = meta_alloc(level == 1 ? &mapped_pool : &child_pool);

	if (node == NULL || table == NULL) {
		if (node != NULL)
			meta_free(&node_pool, node);
		if (table != NULL)
			meta_free(level == 1 ? &mapped_pool : &child_pool, table);
		return NULL;
	}
	node->cap = CAP_INVALID;
	node->frame = FRAME_NONE;
	node->level = (uint8_t)level;
	if (level == 1)
		node->mapped = table;
	else
		node->child = table;
	return node;
}

static void shadow_delete(struct node *node)
{
	if (node->hidden != NULL)
		meta_free(&hidden_pool, node->hidden);
	if (node->level == 1)
		meta_free(&mapped_pool, node->mapped);
	else
		meta_free(&child_pool, node->child);
	meta_free(&node_pool, node);
}

static bool node_back(struct node *node)
{
	node->cap = cap_alloc();
	if (node->cap == CAP_INVALID)
		return false;
	node->frame = frame_alloc(0, false, COS_MEM_KERNEL);
	if (node->frame != FRAME_NONE && mem_op3(CAP_OWN_CAPTBL, COS_MK_PGTBL, node->cap,
						 frame_mem(node->frame), node->level) == 0)
		return true;
	if (node->frame != FRAME_NONE)
		frame_free(node->frame, 1);
	cap_free_empty(node->cap);
	return false;
}

static void node_unback(struct node *node)
{
	long error = cap_free(node->cap);

	cos_assert(error == 0);
	frame_free_object(node->frame);
	node->cap = CAP_INVALID;
	node->frame = FRAME_NONE;
}

struct node *node_new(unsigned level)
{
	struct node *node = shadow_new(level);

	if (node != NULL && !node_back(node)) {
		shadow_delete(node);
		return NULL;
	}
	return node;
}

void node_delete(struct node *node)
{
	if (node->cap != CAP_INVALID)
		node_unback(node);
	shadow_delete(node);
}

static struct node **entry_of(const struct space *space, struct node *parent, uint64_t va,
			      unsigned level)
{
	if (level == 3)
		return (struct node **)&space->slot[va >> COS_SLOT_SHIFT];
	return &parent->child[node_index(va, level + 1)];
}

static long link_entry(struct space *space, uint64_t va, const struct node *node, uint32_t prot)
{
	return mem_op3(space->pgtbl, COS_PGTBL_LINK, va & -node_span(node->level), node->cap, prot);
}

static struct node *add_node(struct space *space, struct node **entry, uint64_t va, unsigned level)
{
	struct node *node = node_new(level);
	long error;

	if (node == NULL)
		return NULL;
	error = link_entry(space, va, node, COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC);
	if (error == -COS_EEXIST) {
		node_unback(node); /* boot has made one: I4 */
	} else if (error < 0) {
		node_delete(node);
		return NULL;
	}
	*entry = node;
	return node;
}

struct node *space_node(struct space *space, uint64_t va, unsigned level)
{
	struct node *node = NULL;

	for (unsigned at = 3; at >= level; at--) {
		struct node **entry = entry_of(space, node, va, at);

		node = *entry != NULL ? *entry : add_node(space, entry, va, at);
		if (node == NULL)
			return NULL;
	}
	return node;
}

struct node *space_leaf(const struct space *space, uint64_t va)
{
	struct node *node = NULL;

	for (unsigned at = 3; at >= 1; at--) {
		node = *entry_of(space, node, va, at);
		if (node == NULL)
			return NULL;
	}
	return node;
}

/* The node in which the entry of this level for va is; level 3 has none (NULL). */
static bool parent_of(struct space *space, uint64_t va, unsigned level, struct node **parent)
{
	*parent = NULL;
	if (level == 3)
		return true;
	*parent = space_node(space, va, level + 1);
	return *parent != NULL;
}

/* `borrowed` is a property of the node, so it holds in the space that made it too (I3). */
long space_borrow(struct space *space, uint64_t va, struct node *node, uint32_t prot)
{
	struct node *parent, **entry;
	long error;

	if (!parent_of(space, va, node->level, &parent))
		return -COS_ENOMEM;
	entry = entry_of(space, parent, va, node->level);
	if (*entry != NULL)
		return -COS_EEXIST;
	error = link_entry(space, va, node, prot);
	if (error < 0)
		return error;
	node->borrowed = 1;
	*entry = node;
	return 0;
}

void space_unborrow(struct space *space, uint64_t va, unsigned level)
{
	struct node *parent, **entry;
	long error;

	if (!parent_of(space, va, level, &parent))
		return;
	entry = entry_of(space, parent, va, level);
	if (*entry == NULL)
		return;
	error = mem_op2(space->pgtbl, COS_PGTBL_UNLINK, va & -node_span(level), level + 1);
	cos_assert(error == 0);
	mem_taken();
	*entry = NULL;
}

/* Unlink and free the node of this level for va and those below it; no page is mapped in them. */
static void drop_node(struct space *space, struct node **entry, uint64_t va)
{
	struct node *node = *entry;
	long error;

	if (node->borrowed || (node->cap == CAP_INVALID && node->level == 1))
		return;
	if (node->level > 1)
		for (unsigned i = 0; i < NODE_ENTRIES; i++)
			if (node->child[i] != NULL)
				drop_node(space, &node->child[i],
					  (va & -node_span(node->level)) +
						  i * node_span(node->level - 1));
	if (node->cap == CAP_INVALID)
		return;
	if (!node->super) {
		error = mem_op2(space->pgtbl, COS_PGTBL_UNLINK, va & -node_span(node->level),
				node->level + 1u);
		cos_assert(error == 0);
		mem_taken();
	}
	node_delete(node);
	*entry = NULL;
}

/* Unmap the page at va and free its frame. */
static void clear_page(struct space *space, struct node *leaf, uint64_t va)
{
	unsigned i = node_index(va, 1);

	if (leaf->hidden != NULL && leaf->hidden[i] != 0) {
		frame_free(leaf->hidden[i] - 1, 1);
		leaf->hidden[i] = 0;
	} else if (node_has(leaf, va)) {
		uint32_t frame = space_unmap(space, va);

		leaf->mapped[i / 64] &= ~(1UL << i % 64);
		if (frame != FRAME_NONE) /* else it was a device's */
			frame_free(frame, 1);
	} else {
		return;
	}
	leaf->live--;
}

static void clear_level(struct space *space, struct node **entry, uint64_t start, uint64_t end,
			uint64_t from, uint64_t to);

/* Clear the entries of node for [from, to), which lies in it. */
static void clear_node(struct space *space, struct node *node, uint64_t start, uint64_t end,
		       uint64_t from, uint64_t to)
{
	uint64_t span = node_span(node->level - 1u);

	if (node->super && to - from == SPACE_SUPER) {
		superpage_clear(space, node, from);
		return;
	}
	if (node->super)
		superpage_cut(space, node, from);
	for (uint64_t va = from; va < to;) {
		uint64_t next = (va & -span) + span;
		unsigned i = node_index(va, node->level);

		if (next > to)
			next = to;
		if (node->level == 1) {
			if (node->live == 0)
				return;
			clear_page(space, node, va);
		} else if (node->child[i] != NULL) {
			clear_level(space, &node->child[i], start, end, va, next);
		}
		va = next;
	}
}

static void clear_level(struct space *space, struct node **entry, uint64_t start, uint64_t end,
			uint64_t from, uint64_t to)
{
	struct node *node = *entry;
	uint64_t first = from & -node_span(node->level);

	clear_node(space, node, start, end, from, to);
	if (node->level < 3 && first >= start && first + node_span(node->level) <= end)
		drop_node(space, entry, first);
}

void space_clear(struct space *space, uint64_t start, uint64_t end)
{
	while (start < end) {
		uint64_t next = (start & -COS_SLOT(1UL)) + COS_SLOT(1UL);
		struct node **entry = &space->slot[start >> COS_SLOT_SHIFT];

		if (next > end)
			next = end;
		if (*entry != NULL)
			clear_level(space, entry, start, end, start, next);
		start = next;
	}
}

void space_destroy_slot0(struct space *space)
{
	space_clear(space, 0, COS_SLOT(1UL));
	if (space->slot[0] != NULL) {
		space->slot[0]->borrowed = 0;
		drop_node(space, &space->slot[0], 0);
	}
}

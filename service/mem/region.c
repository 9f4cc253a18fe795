/* SPDX-License-Identifier: BSD-2-Clause */
/* The treap of regions (region.h). */
#include <stddef.h>
#include "region.h"

/* xorshift (Marsaglia 2003): any sequence does that is independent of the addresses. */
static uint32_t next_priority(void)
{
	static uint32_t state = 2463534242;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Compute the subtree's extent and widest gap from those of the children. */
static void update(struct region *node)
{
	node->subtree_start = node->start;
	node->subtree_end = node->end;
	node->subtree_gap = 0;
	if (node->left != NULL) {
		node->subtree_start = node->left->subtree_start;
		node->subtree_gap =
			max(node->left->subtree_gap, node->start - node->left->subtree_end);
	}
	if (node->right != NULL) {
		node->subtree_end = node->right->subtree_end;
		node->subtree_gap =
			max(node->subtree_gap,
			    max(node->right->subtree_gap, node->right->subtree_start - node->end));
	}
}

/* One treap of two; every region of a is below every region of b. */
static struct region *join(struct region *a, struct region *b)
{
	if (a == NULL)
		return b;
	if (b == NULL)
		return a;
	if (a->priority > b->priority) {
		a->right = join(a->right, b);
		update(a);
		return a;
	}
	b->left = join(a, b->left);
	update(b);
	return b;
}

/* Cut a treap into the regions that start below addr and the rest. */
static void part(struct region *node, uint64_t addr, struct region **below, struct region **rest)
{
	if (node == NULL) {
		*below = NULL;
		*rest = NULL;
	} else if (node->start < addr) {
		part(node->right, addr, &node->right, rest);
		update(node);
		*below = node;
	} else {
		part(node->left, addr, below, &node->left);
		update(node);
		*rest = node;
	}
}

struct region *region_find(const struct region_tree *tree, uint64_t addr)
{
	struct region *found = NULL;

	for (struct region *node = tree->root; node != NULL;) {
		if (node->end > addr) {
			found = node;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return found;
}

struct region *region_at(const struct region_tree *tree, uint64_t addr)
{
	struct region *region = region_find(tree, addr);

	return region != NULL && region->start <= addr ? region : NULL;
}

bool region_overlaps(const struct region_tree *tree, uint64_t start, uint64_t end)
{
	struct region *region = region_find(tree, start);

	return region != NULL && region->start < end;
}

static bool alike(const struct region *a, const struct region *b)
{
	return a->end == b->start && a->kind == REGION_ANON && b->kind == REGION_ANON &&
	       a->prot == b->prot;
}

static void link_node(struct region_tree *tree, struct region *node)
{
	struct region *below, *rest;

	part(tree->root, node->start, &below, &rest);
	tree->root = join(join(below, node), rest);
	tree->count++;
}

static struct region *new_node(uint64_t start, uint64_t end, uint32_t prot, uint32_t kind,
			       void *data)
{
	struct region *node = region_new();

	if (node == NULL)
		return NULL;
	*node = (struct region){.start = start,
				.end = end,
				.prot = prot,
				.kind = kind,
				.data = data,
				.priority = next_priority()};
	update(node);
	return node;
}

/* Take node out of the treap. */
static void unlink_node(struct region_tree *tree, struct region *node)
{
	struct region *below, *rest, *only;

	part(tree->root, node->start, &below, &rest);
	part(rest, node->start + 1, &only, &rest);
	tree->root = join(below, rest);
	tree->count--;
	node->left = NULL;
	node->right = NULL;
}

void region_merge(struct region_tree *tree, uint64_t addr)
{
	struct region *after = region_at(tree, addr);
	struct region *before = addr > 0 ? region_at(tree, addr - 1) : NULL;

	if (after == NULL || before == NULL || after == before || !alike(before, after))
		return;
	unlink_node(tree, after);
	unlink_node(tree, before);
	before->end = after->end;
	update(before);
	link_node(tree, before);
	region_delete(after);
}

bool region_insert(struct region_tree *tree, uint64_t start, uint64_t end, uint32_t prot,
		   enum region_kind kind, void *data)
{
	struct region *node = new_node(start, end, prot, kind, data);

	if (node == NULL)
		return false;
	link_node(tree, node);
	region_merge(tree, start);
	region_merge(tree, end);
	return true;
}

bool region_split(struct region_tree *tree, uint64_t addr)
{
	struct region *low = region_at(tree, addr), *high;

	if (low == NULL || low->start == addr)
		return true;
	high = new_node(addr, low->end, low->prot, low->kind, low->data);
	if (high == NULL)
		return false;
	unlink_node(tree, low);
	low->end = addr;
	update(low);
	link_node(tree, low);
	link_node(tree, high);
	return true;
}

void region_remove(struct region_tree *tree, uint64_t start, uint64_t end)
{
	struct region *node;

	while ((node = region_find(tree, start)) != NULL && node->start < end) {
		unlink_node(tree, node);
		region_delete(node);
	}
}

static uint64_t align_up(uint64_t addr, uint64_t align)
{
	return (addr + align - 1) & ~(align - 1);
}

/* A place of len in the free range [start, end), within [low, high). */
static uint64_t fit(uint64_t start, uint64_t end, uint64_t low, uint64_t high, uint64_t len,
		    uint64_t align, bool down)
{
	start = align_up(start > low ? start : low, align);
	end = end < high ? end : high;
	if (start >= end || end - start < len)
		return 0;
	return down ? (end - len) & ~(align - 1) : start;
}

/* The same among the gaps inside the subtree. */
static uint64_t subtree_fit(const struct region *node, uint64_t low, uint64_t high, uint64_t len,
			    uint64_t align, bool down)
{
	uint64_t found = 0;

	if (node == NULL || node->subtree_gap < len || node->subtree_end <= low ||
	    node->subtree_start >= high)
		return 0;
	for (int step = 0; step < 4 && found == 0; step++) {
		switch (down ? 3 - step : step) {
		case 0:
			found = subtree_fit(node->left, low, high, len, align, down);
			break;
		case 1:
			if (node->left != NULL)
				found = fit(node->left->subtree_end, node->start, low, high, len,
					    align, down);
			break;
		case 2:
			if (node->right != NULL)
				found = fit(node->end, node->right->subtree_start, low, high, len,
					    align, down);
			break;
		default:
			found = subtree_fit(node->right, low, high, len, align, down);
			break;
		}
	}
	return found;
}

uint64_t region_gap(const struct region_tree *tree, uint64_t low, uint64_t high, uint64_t len,
		    uint64_t align, bool down)
{
	const struct region *root = tree->root;
	uint64_t found = 0;

	if (root == NULL)
		return fit(low, high, low, high, len, align, down);
	for (int step = 0; step < 3 && found == 0; step++) {
		switch (down ? 2 - step : step) {
		case 0: /* below all regions */
			found = fit(low, root->subtree_start, low, high, len, align, down);
			break;
		case 1:
			found = subtree_fit(root, low, high, len, align, down);
			break;
		default: /* above all */
			found = fit(root->subtree_end, high, low, high, len, align, down);
			break;
		}
	}
	return found;
}

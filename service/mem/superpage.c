/* SPDX-License-Identifier: BSD-2-Clause */
/* Super-pages in spaces (space.h, I5 and I6). */
#include <cos/log.h>
#include <cos/string.h>
#include "frame.h"
#include "lock.h"
#include "op.h"
#include "space.h"

/* The kernel refuses it where boot has made a table. */
static long superpage_map(struct space *space, uint64_t va, uint32_t frame, uint32_t prot)
{
	return mem_op3(space->pgtbl, COS_PGTBL_MAP, va, frame_mem(frame), prot | COS_PG_READ);
}

bool space_populate_superpage(struct space *space, uint64_t va, uint32_t prot)
{
	struct node *parent, *node = NULL;
	uint32_t frame;

	if (!space->paged || space_leaf(space, va) != NULL)
		return false;
	parent = space_node(space, va, 2);
	if (parent != NULL)
		node = node_new(1);
	if (node == NULL)
		return false;
	frame = frame_superpage_alloc();
	if (frame == FRAME_NONE || superpage_map(space, va, frame, prot) < 0) {
		if (frame != FRAME_NONE)
			frame_superpage_free(frame);
		node_delete(node);
		return false;
	}
	node->super = 1;
	node->live = NODE_ENTRIES;
	memset(node->mapped, 0xff, NODE_ENTRIES / 8);
	parent->child[node_index(va, 2)] = node;
	return true;
}

void superpage_cut(struct space *space, struct node *node, uint64_t va)
{
	struct cos_results results;
	uint32_t frame;
	long error;

	va &= -SPACE_SUPER;
	error = mem_op_r(space->pgtbl, COS_PGTBL_LOOKUP, va, 0, 0, 0, 0, 0, &results);
	cos_assert(error == 0);
	frame = space_unmap(space, va);
	frame_superpage_cut(frame);
	for (uint32_t i = 0; i < NODE_ENTRIES; i++) {
		error = mem_op3(node->cap, COS_PGTBL_MAP, i * (uint64_t)COS_PAGE_SIZE,
				frame_mem(frame + i), results.rdi);
		cos_assert(error == 0);
	}
	error = mem_op3(space->pgtbl, COS_PGTBL_LINK, va, node->cap,
			COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC);
	cos_assert(error == 0);
	node->super = 0;
}

bool superpage_move(struct space *space, struct node *node, uint64_t va, uint64_t to, uint32_t prot)
{
	struct node *parent;
	uint32_t frame;

	if (prot == 0 || to % SPACE_SUPER != 0 || space_leaf(space, to) != NULL)
		return false;
	parent = space_node(space, to, 2);
	if (parent == NULL)
		return false;
	frame = space_unmap(space, va);
	if (superpage_map(space, to, frame, prot) < 0) {
		cos_assert(superpage_map(space, va, frame, prot) == 0);
		return false;
	}
	parent->child[node_index(to, 2)] = node;
	space_node(space, va, 2)->child[node_index(va, 2)] = NULL;
	return true;
}

void superpage_clear(struct space *space, struct node *node, uint64_t va)
{
	frame_superpage_free(space_unmap(space, va));
	node->live = 0;
	memset(node->mapped, 0, NODE_ENTRIES / 8);
}

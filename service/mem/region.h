/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The regions of an address space: disjoint ranges [start, end) of addresses in the same state, in
 * a treap (a search tree by address that is a heap by a random priority). Each node knows the
 * extent of its subtree and the widest gap between two neighbours in it. All operations are
 * O(log n) expected.
 */
#ifndef MEM_REGION_H
#define MEM_REGION_H

#include <stdbool.h>
#include <stdint.h>

enum region_kind {
	REGION_ANON,   /* demand-zero */
	REGION_DMA,    /* contiguous frames, all mapped */
	REGION_DEVICE, /* not memory */
	REGION_SHARED, /* data: its struct shm */
};

struct region {
	uint64_t start;
	uint64_t end;
	uint32_t prot; /* COS_PG_* */
	uint32_t kind;
	void *data;
	/* treap's own */
	struct region *left;
	struct region *right;
	uint64_t subtree_start;
	uint64_t subtree_end;
	uint64_t subtree_gap;
	uint32_t priority;
};

struct region_tree {
	struct region *root;
	uint64_t count;
};

/* Where nodes come from and go to: supplied by the user of the tree (region_node.c; tests). */
struct region *region_new(void);
void region_delete(struct region *region);

/* The first region that ends above addr; NULL if there is none. */
struct region *region_find(const struct region_tree *tree, uint64_t addr);
/* The region that holds addr, or NULL. */
struct region *region_at(const struct region_tree *tree, uint64_t addr);
/* Does a region overlap [start, end)? */
bool region_overlaps(const struct region_tree *tree, uint64_t start, uint64_t end);

/*
 * Insert a region where there is none, as the caller has made sure. A REGION_ANON is merged with
 * neighbours of the same protection. False: out of memory, nothing changed.
 */
bool region_insert(struct region_tree *tree, uint64_t start, uint64_t end, uint32_t prot,
		   enum region_kind kind, void *data);
/* Make addr a border: a region that spans it becomes two. False: out of memory. */
bool region_split(struct region_tree *tree, uint64_t addr);
/* Remove the regions that lie in [start, end). None may cross its borders (region_split). */
void region_remove(struct region_tree *tree, uint64_t start, uint64_t end);
/* Merge an anonymous region that begins at addr with the one before, if they are alike. */
void region_merge(struct region_tree *tree, uint64_t addr);

/*
 * A gap of len in [low, high): the lowest, or the highest if down. Its start, a multiple of align
 * (a power of two); 0 if there is none.
 */
uint64_t region_gap(const struct region_tree *tree, uint64_t low, uint64_t high, uint64_t len,
		    uint64_t align, bool down);

#endif

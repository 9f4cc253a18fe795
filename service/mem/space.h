/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address space: its page tables, as mem made them, and its regions (region.h).
 *
 * The nodes of the page table are kept as a tree of the same shape, since the kernel's tables
 * cannot be read. A leaf is a node of level 1, whose entries are pages.
 *
 * I1  A leaf has a bit in `mapped` for each page that the page table maps.
 * I2  A page without any access (protection 0) is not in the page table, which cannot express that.
 *     Its frame is in `hidden`. `live` counts mapped and hidden pages.
 * I3  A node belongs to the space or object that made it, which alone frees it. Other spaces link
 *     it (space_borrow): windows and shared buffers.
 * I4  Nodes that boot made have no capability here (CAP_INVALID) and are never taken away.
 * I5  A leaf may be super: a super-page is in the page table in its place, and all 512 pages count
 *     as mapped. It still has a table of its own, linked nowhere, so cutting the super-page into
 *     pages cannot fail.
 * I6  While a super-page is cut its pages are away for a moment. A thread that touches them faults,
 *     waits for mem's lock, and finds them mapped. So only spaces with a pager (`paged`) have any.
 */
#ifndef MEM_SPACE_H
#define MEM_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/layout.h>
#include "region.h"

#define NODE_ENTRIES 512

struct node {
	uint32_t cap; /* page table; CAP_INVALID: boot's */
	uint32_t frame;
	uint8_t level;
	uint8_t borrowed; /* other spaces link it too (I3) */
	uint8_t super;	  /* level 1 */
	uint16_t live;	  /* level 1: pages that are mapped or hidden */
	union {
		struct node **child; /* level 2, 3: NODE_ENTRIES, NULL where there is none */
		uint64_t *mapped;    /* level 1: bits */
	};
	uint32_t *hidden; /* level 1: frame + 1 of each hidden page, 0: none; NULL: no page is */
};

struct space {
	uint32_t pgtbl;			     /* capability, level 4 */
	struct node *slot[NODE_ENTRIES / 2]; /* level 3 */
	struct region_tree regions;
	uint64_t npages;    /* charged */
	uint64_t max_pages; /* 0: no limit */
	bool paged;	    /* it has a pager (I6) */
};

/* A node that is linked nowhere; NULL: out of memory. node_delete: of one that is empty as well. */
struct node *node_new(unsigned level);
void node_delete(struct node *node);

/* The node of this level for va; missing ones down to it are made. NULL: out of memory. */
struct node *space_node(struct space *space, uint64_t va, unsigned level);
/* The node of level 1 for va, or NULL. */
struct node *space_leaf(const struct space *space, uint64_t va);
/* Link another's node of level 1 or 3 at va, with at most prot. COS_ENOMEM, COS_EEXIST. */
long space_borrow(struct space *space, uint64_t va, struct node *node, uint32_t prot);
void space_unborrow(struct space *space, uint64_t va, unsigned level);

static inline unsigned node_index(uint64_t va, unsigned level)
{
	return va >> (12 + 9 * (level - 1)) & (NODE_ENTRIES - 1);
}

static inline bool node_has(const struct node *leaf, uint64_t va)
{
	unsigned i = node_index(va, 1);

	return leaf->mapped[i / 64] >> i % 64 & 1;
}

/* Map the frame at va, where nothing is mapped. COS_ENOMEM. */
long space_map_frame(struct space *space, uint64_t va, uint32_t frame, uint32_t prot);
/* The same for a page of device memory, by its cos_mem. */
long space_map_device(struct space *space, uint64_t va, uint64_t mem);
/* Map zeroed frames at [start, end), where nothing is mapped. COS_ENOMEM: some may be mapped. */
long space_populate(struct space *space, uint64_t start, uint64_t end, uint32_t prot);

/* Unmap the page or super-page at va. Its (first) frame; FRAME_NONE: it was a device's. */
uint32_t space_unmap(struct space *space, uint64_t va);

/* Map a zeroed super-page at va, where nothing is mapped. False: none was to be had. */
#define SPACE_SUPER (2UL << 20)
bool space_populate_superpage(struct space *space, uint64_t va, uint32_t prot);
/* Cut the super-page that va is in into pages with its protection. */
void superpage_cut(struct space *space, struct node *node, uint64_t va);
/* Free the super-page at va; the caller drops the node. */
void superpage_clear(struct space *space, struct node *node, uint64_t va);
/* Move the super-page at va to `to`, with protection prot. False: the caller must cut it first. */
bool superpage_move(struct space *space, struct node *node, uint64_t va, uint64_t to,
		    uint32_t prot);

/* Unmap [start, end) and free the frames, and the page-table nodes that lie in it entirely. */
void space_clear(struct space *space, uint64_t start, uint64_t end);
/* Give the pages that are in [start, end) protection prot, 0: none (I2). COS_ENOMEM. */
long space_reprotect(struct space *space, uint64_t start, uint64_t end, uint32_t prot);
/* Move the pages in [from, from + len) to [to, to + len), where nothing is mapped. COS_ENOMEM. */
long space_move(struct space *space, uint64_t from, uint64_t to, uint64_t len, uint32_t prot);

/* Map a hidden page again. False: the page is not hidden. */
bool space_unhide(struct space *space, uint64_t va, uint32_t prot);

/* Take away all of slot 0 and its node of level 3, which no other space may link any more. */
void space_destroy_slot0(struct space *space);

/* Charge pages to the space. False: over its limit. */
bool space_charge(struct space *space, uint64_t npages);
void space_uncharge(struct space *space, uint64_t npages);

#endif

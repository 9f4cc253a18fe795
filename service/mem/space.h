/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address space: its page tables, as mem made them, and its regions.
 *
 * The nodes of the page table are kept as a tree of the same shape. A node of level 1 knows which
 * of its pages are mapped, and holds the frames of pages that are there but may not be accessed at
 * all (their protection is none, which the hardware only knows as "not mapped"). Nodes that boot
 * made have no capability here and are never taken away.
 *
 * A node of level 1 may be super: a super-page is where its table would be, and all of its pages
 * are mapped. It has the table all the same, in no other, for the moment at which one of the pages
 * is to be treated by itself: so cutting the super-page cannot fail.
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
	uint8_t borrowed; /* belongs to another space or object: linked here only */
	uint8_t super;	  /* level 1 */
	uint16_t live;	  /* level 1: pages mapped or hidden */
	union {
		struct node **child; /* level 2, 3: NODE_ENTRIES, NULL where there is none */
		uint64_t *mapped;    /* level 1: bits */
	};
	uint32_t *hidden; /* level 1: frame + 1 of each page without access; NULL: none */
};

struct space {
	uint32_t pgtbl;			     /* capability, level 4 */
	struct node *slot[NODE_ENTRIES / 2]; /* level 3 */
	struct region_tree regions;
	uint64_t npages;    /* charged */
	uint64_t max_pages; /* 0: no limit */
	bool paged;	    /* its page faults are resolved, so a page may be away for a moment */
};

/* A node of its own, in no page table; NULL: out of memory. node_delete: nor anything in it. */
struct node *node_new(unsigned level);
void node_delete(struct node *node);

/* The node of this level for va, made if missing together with those above; NULL: out of memory. */
struct node *space_node(struct space *space, uint64_t va, unsigned level);
/* The node of level 1 for va, or NULL. */
struct node *space_leaf(const struct space *space, uint64_t va);
/* Puts somebody else's node of level 1 or 3 at va, with at most prot. COS_ENOMEM, COS_EEXIST. */
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

/* Maps the frame, where nothing is. COS_ENOMEM. */
long space_map_frame(struct space *space, uint64_t va, uint32_t frame, uint32_t prot);
/* Device memory: cos_mem of it. */
long space_map_device(struct space *space, uint64_t va, uint64_t mem);
/* Maps fresh zeroed frames at [start, end), where nothing is. COS_ENOMEM: as far as it came. */
long space_populate(struct space *space, uint64_t start, uint64_t end, uint32_t prot);

/* Takes out what the page table has at va, which is one page or super-page: its (first) frame,
 * FRAME_NONE if that is a device's. */
uint32_t space_unmap(struct space *space, uint64_t va);

/* A fresh zeroed super-page for the SPACE_SUPER bytes at va, where nothing is. False: none. */
#define SPACE_SUPER (2UL << 20)
bool space_populate_superpage(struct space *space, uint64_t va, uint32_t prot);
/* The one that va is in becomes pages, with its protection. */
void superpage_cut(struct space *space, struct node *node, uint64_t va);
/* The one at va goes, and the node is to be dropped. */
void superpage_clear(struct space *space, struct node *node, uint64_t va);
/* The one at va is at `to` from now on, with protection prot. False: it is to be cut for that. */
bool superpage_move(struct space *space, struct node *node, uint64_t va, uint64_t to,
		    uint32_t prot);

/* Unmaps [start, end) and frees the frames; page-table nodes that lie in it whole are freed as
 * well. */
void space_clear(struct space *space, uint64_t start, uint64_t end);
/* The pages that are there in [start, end) get protection prot, 0: none. COS_ENOMEM. */
long space_reprotect(struct space *space, uint64_t start, uint64_t end, uint32_t prot);
/* Moves the pages that are there in [from, from + len) to [to, to + len), where nothing is.
 * COS_ENOMEM. */
long space_move(struct space *space, uint64_t from, uint64_t to, uint64_t len, uint32_t prot);

/* A page that is hidden becomes accessible again; false if it is not there. */
bool space_unhide(struct space *space, uint64_t va, uint32_t prot);

/* Takes all of slot 0 away, and its level 3 node, which nothing else may show any more. */
void space_destroy_slot0(struct space *space);

/* Accounting. False: over the limit. */
bool space_charge(struct space *space, uint64_t npages);
void space_uncharge(struct space *space, uint64_t npages);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory: a binary buddy allocator over the ranges of untyped memory. A block of order n
 * is 2^n pages, at a physical address that is a multiple of its size.
 *
 * A frame is named by its number: pages of all ranges counted through, from 0.
 */
#ifndef MEM_FRAME_H
#define MEM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/abi.h>

#define FRAME_NONE UINT32_MAX
#define FRAME_ORDER_MAX 18  /* 1 GiB */
#define FRAME_ORDER_SUPER 9 /* a super-page, of 2 MiB */
#define FRAME_SUPER (1U << FRAME_ORDER_SUPER)

struct frame_info {    /* of each page */
	uint32_t next; /* in the list of free blocks */
	uint32_t previous;
	uint8_t order;	/* of the free block that begins here */
	uint8_t free;	/* a free block begins here */
	uint8_t pinned; /* frame_pin */
	uint8_t joined; /* a super-page begins here, in use or free */
};

struct frame_range {
	uint64_t paddr;
	uint64_t npages;
	uint32_t first; /* number of its first frame */
	uint32_t cap;
};

/*
 * Sets up nranges ranges (kept by reference; first is filled in) with info for all their pages.
 * Nothing is free until frame_give. Without info (NULL) frames have names only.
 */
void frame_init(struct frame_range *ranges, size_t nranges, struct frame_info *info);
/* Makes the frames [first, first + count) free: of the same range, allocated or new. */
void frame_give(uint32_t first, uint32_t count);

/* A block of untyped pages; FRAME_NONE when there is none. below_4g: physical address + size <= 4
 * GiB. */
uint32_t frame_alloc_raw(unsigned order, bool below_4g);
/* One block retyped to COS_MEM_USER (zeroed) or COS_MEM_KERNEL. FRAME_NONE: out of memory. */
uint32_t frame_alloc(unsigned order, bool below_4g, unsigned type);
/* count frames that nothing refers to any more, contents and type regardless. */
void frame_free(uint32_t first, uint32_t count);

/*
 * The same for a page that was a kernel object, all capabilities to which are gone. Should the
 * kernel still use it (an interrupt that is bound to a thread), it is lost, with a line in the log.
 * With many cores that is seen some frames later, when no core can be using it any more.
 */
void frame_free_object(uint32_t frame);

/*
 * A zeroed super-page, by its first frame. FRAME_NONE: there is no such block, or not enough memory
 * besides to give so much at once.
 */
uint32_t frame_superpage_alloc(void);
/* Nothing refers to it any more. It is cut when its frames are needed by themselves. */
void frame_superpage_free(uint32_t first);
/* It is 512 frames from now on; it is not mapped. */
void frame_superpage_cut(uint32_t first);

/*
 * A device may reach it: when it is freed (by itself, as pages are) it is kept, neither used nor
 * free, until frame_unpin.
 */
void frame_pin(uint32_t frame);
/* The first of those that are kept, FRAME_NONE: there is none. */
uint32_t frame_kept(void);
/* The first of those that are kept is free. */
void frame_unpin(void);

uint64_t frame_mem(uint32_t frame); /* its cos_mem */
uint64_t frame_paddr(uint32_t frame);
/* FRAME_NONE if it is not in any range. */
uint32_t frame_at(uint64_t paddr);
uint64_t frame_nfree(void);
uint64_t frame_ntotal(void);
/* The smallest order whose blocks have npages. */
unsigned frame_order(uint64_t npages);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory: a binary buddy allocator over the ranges of untyped memory. A frame is named by
 * its number: the pages of all ranges counted through, from 0.
 *
 * States of a frame:
 *	FREE	in a block of the free lists
 *	USED	allocated: memory of a domain, or a kernel object
 *	LATER	was a kernel object, which another core may still use
 *	KEPT	freed while a device may reach it; neither used nor free
 *
 *	FREE -> USED	frame_alloc, frame_alloc_raw, frame_superpage_alloc
 *	USED -> FREE	frame_free, frame_superpage_free, frame_give
 *	USED -> LATER	frame_free_object;	LATER -> FREE	later_give
 *	USED -> KEPT	frame_free of a pinned frame;	KEPT -> FREE	frame_unpin
 *
 * I1  A block of order n is 2^n frames at a physical address that is a multiple of its size. Of two
 *     buddies not both are free blocks of the same order: they merge (block_give).
 * I2  A FREE frame may still have the type and the contents of its last use; frame_alloc retypes
 *     it, which also zeroes memory for domains.
 * I3  A super-page stays joined when it is freed (info.joined of its first frame). It is cut when
 *     frames of it are allocated by themselves (cut_superpages).
 * I4  A pinned frame does not become FREE before frame_unpin: a device never reaches a frame that
 *     has another owner by now.
 */
#ifndef MEM_FRAME_H
#define MEM_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cos/abi.h>

#define FRAME_NONE UINT32_MAX
#define FRAME_ORDER_MAX 18  /* 1 GiB: the longest contiguous piece that devices can have */
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
 * Set up nranges ranges (kept by reference; `first` is filled in) with info for all their pages. No
 * frame is free until frame_give. Without info (NULL) frames have numbers and nothing else.
 */
void frame_init(struct frame_range *ranges, size_t nranges, struct frame_info *info);
/* Make the frames [first, first + count) free: of one range, allocated or new. */
void frame_give(uint32_t first, uint32_t count);

/*
 * A block as it was left (I2); FRAME_NONE: there is none. below_4g: physical address + size <= 4
 * GiB.
 */
uint32_t frame_alloc_raw(unsigned order, bool below_4g);
/* A block retyped to COS_MEM_USER (zeroed) or COS_MEM_KERNEL. FRAME_NONE: out of memory. */
uint32_t frame_alloc(unsigned order, bool below_4g, unsigned type);
/* Free count frames, which nothing refers to any more, whatever their type. */
void frame_free(uint32_t first, uint32_t count);

/*
 * The same for a frame that was a kernel object, all capabilities to which are gone. If the kernel
 * still uses it (an interrupt is bound to the thread), it is lost, with a line in the log. With
 * several cores it is LATER for a while, until no core can be using it any more.
 */
void frame_free_object(uint32_t frame);

/*
 * A zeroed super-page, by its first frame. FRAME_NONE: there is no such block, or too little memory
 * is free to give so much of it at once.
 */
uint32_t frame_superpage_alloc(void);
/* Free a super-page, which nothing refers to any more (I3). */
void frame_superpage_free(uint32_t first);
/* Make a super-page, which is not mapped, 512 frames. */
void frame_superpage_cut(uint32_t first);

/* A device may reach the frame: when it is freed it is KEPT until frame_unpin. */
void frame_pin(uint32_t frame);
/* The first KEPT frame, FRAME_NONE: there is none. */
uint32_t frame_kept(void);
/* Free the first KEPT frame. */
void frame_unpin(void);

uint64_t frame_mem(uint32_t frame); /* its cos_mem */
uint64_t frame_paddr(uint32_t frame);
/* The frame at a physical address; FRAME_NONE: in no range. */
uint32_t frame_at(uint64_t paddr);
uint64_t frame_nfree(void);
uint64_t frame_ntotal(void);
/* The smallest order whose blocks have npages or more. */
unsigned frame_order(uint64_t npages);

#endif

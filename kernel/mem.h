/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The retype table: what each page of physical memory is. One word for each page, changed by single
 * atomic instructions, so that the cores need no lock.
 *
 *	bits 61..63	type, COS_MEM_*
 *	bits 56..60	kind: what a page in use holds; KIND_FREE: nothing refers to the page
 *	bits 54..55	user: 1, 2: a super-page of level 2, 3 begins here; 3: part of a super-page
 *	bits 0..53	free: the stamp of when it became free (quiesce.h); 0: long ago
 *	   else	0..23	references: mappings of a user page; capabilities to and objects that point
 *			to an object
 *		24..43	count: what is in an object and keeps it from being freed: capabilities in a
 *			captbl and children of them, links in a page table
 *		44..55	tag: the object's own
 *
 * STATES
 *	device		RAM of the kernel, RAM that no range has, and all that is no RAM.
 *			KIND_IMAGE: the payload
 *	free		untyped, user or kernel, KIND_FREE, with a stamp
 *	mapped		user, KIND_NONE, with references
 *	object		kernel, the kind of the object, with references
 *	super-page	user, at the first page of 512: free or mapped, like a user page
 *	part		user, KIND_NONE, without references, in a super-page
 *	taken		untyped, KIND_NONE, with one reference: while [mem_retype] zeroes it
 *
 * TRANSITIONS
 *	free -> taken -> free		[mem_retype], to another type
 *	free user -> mapped -> free	[mem_user_ref], [mem_user_unref]
 *	free kernel -> object -> free	[mem_claim], [mem_free]
 *	512 free -> super-page		[mem_join]: each becomes a part, then the first the
 *					super-page
 *	free super-page -> 512 free	[mem_cut]
 *
 * WHAT MAY BE TRUSTED
 *	A page that something refers to keeps its type and kind as long as the reference is held.
 *	What mem_page says of any other page may be outdated at once: mem_user_ref and mem_claim
 *	look again.
 *
 * INVARIANTS
 *	M1	A page is one thing at a time, on all cores: never kernel and user memory at once.
 *	M2	A free page changes its type, joins a super-page or becomes an object only when its
 *		stamp has passed. So no core uses it as what it was.
 *	M3	User memory is zeroed by the retype before user level can map it, an object when it
 *		is made.
 *	M4	An object is freed only with its last reference, and only while its count is 0. A
 *		free object gains neither references nor counts.
 *	M5	A part of a super-page cannot be referenced, retyped or mapped.
 *	M6	Device memory never changes, and its references are not counted.
 *
 * kernel/proof/retype.pml checks M1 and M2 over all interleavings, tests/kernel/host/model_test.c
 * all but M3 by random steps; tests/kernel/host/objects_test.c and tests/kernel/boot/cores.c
 * (remap) test M3.
 */
#ifndef KERNEL_MEM_H
#define KERNEL_MEM_H

#include <stdbool.h>
#include <stdint.h>
#include "cos/abi.h"

enum mem_kind {
	KIND_NONE, /* a user or device page */
	KIND_CAPTBL,
	KIND_LEAF,
	KIND_PGTBL, /* + level - 1 */
	KIND_COMP = KIND_PGTBL + 4,
	KIND_THD,
	KIND_TCAP,
	KIND_IMAGE, /* a device page of the payload: never mapped writable */
	KIND_FREE,
};

struct mem_page {
	uint32_t refs;
	uint8_t type;
	uint8_t kind;  /* enum mem_kind */
	uint8_t level; /* of a page table that can map it by one entry; 0: part of a super-page */
};

#define MEM_REFS_MAX 0xffffff /* 24 bits */

/* How many bytes an entry of a page table of that level maps. */
static inline uint64_t mem_span(uint64_t level)
{
	return 1UL << (12 + 9 * (level - 1));
}

/* table: npages words. Every page starts as device memory. */
void mem_init(_Atomic uint64_t *table, uint64_t npages);
/* While booting: give the pages [pa, pa + npages) a type and kind, with refs references. */
void mem_set(uint64_t pa, uint64_t npages, unsigned type, enum mem_kind kind, uint32_t refs);

/* What the page is now. Memory beyond the table is device memory. */
struct mem_page mem_page(uint64_t pa);

/*
 * Change the type of a free page, to one that user level can choose. COS_EINVAL: no such type;
 * COS_EBUSY: not free, or part of a super-page; COS_ETYPE: device memory; COS_EAGAIN: freed just
 * now (M2).
 */
int mem_retype(uint64_t pa, unsigned type);

/*
 * Make one super-page of level 2 or 3 of 512 free user pages or super-pages of level 2; cut one
 * into those. COS_EINVAL: misaligned, or the CPU has no such pages; COS_ETYPE: not all are of that
 * kind; COS_EBUSY: one is not free; COS_EAGAIN: one was freed just now (M2). On failure nothing has
 * changed.
 */
int mem_join(uint64_t pa, uint64_t level);
int mem_cut(uint64_t pa);

/*
 * Add a reference to a user page. COS_ETYPE: no user memory, or part of a super-page; COS_EBUSY:
 * too many.
 */
int mem_user_ref(uint64_t pa);
/* Drop one. Does nothing for device memory. */
void mem_user_unref(uint64_t pa);

/*
 * Make a free kernel page an object, zeroed, with one reference. COS_ETYPE: no kernel page;
 * COS_EBUSY: it holds an object; COS_EAGAIN: freed just now (M2).
 */
int mem_claim(uint64_t pa, enum mem_kind kind);

/* Add a reference to an object. COS_EDEAD: it is free already; COS_EBUSY: too many. */
int mem_ref(void *object);
/* Drop a reference, unless it is the last: false. */
bool mem_unref(void *object);
/*
 * Drop the last reference: the page is free. COS_EBUSY: the object's count is not 0; COS_EAGAIN: it
 * is not the last reference any more.
 */
int mem_free(void *object);
uint32_t mem_refs(const void *object);
enum mem_kind mem_kind(const void *object);

/* Add to an object's count. COS_EDEAD: it is free; COS_EBUSY: the count has 20 bits and is full. */
int mem_hold(void *object);
void mem_unhold(void *object);
bool mem_held(const void *object);

/* A number below 4096, set at most once in an object's life. */
void mem_tag_set(void *object, uint16_t tag);
uint16_t mem_tag(const void *object);

#endif

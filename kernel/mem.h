/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The retype table: one word for each page of physical memory, changed by compare-and-swap only.
 *
 *	bits 61..63	type, COS_MEM_*
 *	bits 56..60	kind: what a page in use holds; KIND_FREE: nothing refers to it
 *	bits 54..55	user: 1, 2: a super-page of level 2, 3 begins here; 3: part of one
 *	bits 0..53	free: the stamp of when it became so (quiesce.h), 0: long ago
 *	   else	0..23	references: mappings of a user page; capabilities and objects that point to
 *			an object
 *		24..43	count: what is in an object and keeps it from being freed (capabilities in a
 *			captbl and children of them, links in a page table)
 *		44..55	tag: the object's own
 *
 * A free page changes its type, or becomes an object, only when its stamp has passed: so no core uses
 * it as what it was, and none is kernel and user memory at once.
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
	KIND_IMAGE, /* of a device page: the payload, never writable */
	KIND_FREE,
};

struct mem_page {
	uint32_t refs;
	uint8_t type;
	uint8_t kind;  /* enum mem_kind */
	uint8_t level; /* of the page-table entry that can map it; 0: part of a super-page */
};

#define MEM_REFS_MAX 0xffffff

/* What an entry of a page table of that level maps. */
static inline uint64_t mem_span(uint64_t level)
{
	return 1UL << (12 + 9 * (level - 1));
}

/* table: npages words; every page starts as device memory (not RAM). */
void mem_init(_Atomic uint64_t *table, uint64_t npages);
/* While booting: give the pages [pa, pa + npages) a type and kind, with refs references. */
void mem_set(uint64_t pa, uint64_t npages, unsigned type, enum mem_kind kind, uint32_t refs);

/* What is known of the page; memory beyond the table is device memory. */
struct mem_page mem_page(uint64_t pa);

/* Change the type of a free page, zeroed for user level: COS_EINVAL, COS_EBUSY, COS_ETYPE,
 * COS_EAGAIN. */
int mem_retype(uint64_t pa, unsigned type);

/*
 * Super-pages. 512 free pages of user type, or super-pages of level 2, become one of level 2 or 3; and the other way
 * round. A part cannot be had by itself. COS_EINVAL: misaligned, or the CPU has no such pages; COS_ETYPE: they are not
 * all of that; COS_EBUSY, COS_EAGAIN.
 */
int mem_join(uint64_t pa, uint64_t level);
int mem_cut(uint64_t pa);

/* A user page's references: COS_ETYPE when it is not user memory, or part of a super-page, COS_EBUSY when there
 * are too many. */
int mem_user_ref(uint64_t pa);
/* Does nothing for device memory. */
void mem_user_unref(uint64_t pa);

/* Make a free kernel page an object, zeroed, with one reference: COS_ETYPE, COS_EBUSY when it holds
 * one, COS_EAGAIN. */
int mem_claim(uint64_t pa, enum mem_kind kind);

/*
 * References of objects. One to an object that is free already cannot be had: COS_EDEAD; COS_EBUSY
 * when there are too many.
 */
int mem_ref(void *object);
/* False: it is the last, and still there. */
bool mem_unref(void *object);
/* Drop the last one; the page is free. COS_EBUSY: something is in it; COS_EAGAIN: it is not the last
 * any more. */
int mem_free(void *object);
uint32_t mem_refs(const void *object);
enum mem_kind mem_kind(const void *object);

/* Its count: COS_EDEAD of one that is free; COS_EBUSY when it is full. */
int mem_hold(void *object);
void mem_unhold(void *object);
bool mem_held(const void *object);

/* Below 4096. */
void mem_tag_set(void *object, uint16_t tag);
uint16_t mem_tag(const void *object);

#endif

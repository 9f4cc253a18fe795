/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The retype table: one word for each page of physical memory, changed by compare-and-swap only.
 *
 *	bits 0..31	references: mappings of a user page; capabilities and objects that point to
 *an object bits 32..39	type, COS_MEM_* bits 40..47	kind: what object a kernel page holds
 *	bits 48..63	aux: the object's own (captbl: capabilities in it; level-4 pgtbl: its PCID)
 *
 * A page changes its type only at zero references, so that none is kernel and user memory at once.
 * A kernel page that holds no object is all zero.
 */
#ifndef KERNEL_MEM_H
#define KERNEL_MEM_H

#include <stdbool.h>
#include <stdint.h>
#include "cos/abi.h"
#include "cos/layout.h"

enum mem_kind {
	KIND_NONE,
	KIND_CAPTBL,
	KIND_LEAF,
	KIND_PGTBL, /* + level - 1 */
	KIND_COMP = KIND_PGTBL + 4,
	KIND_THD,
	KIND_IMAGE, /* of a device page: the payload, never writable */
};

struct mem_page {
	unsigned type;
	enum mem_kind kind;
	uint32_t refs;
	uint16_t aux;
};

/* table: npages words; every page starts as device memory (not RAM). */
void mem_init(_Atomic uint64_t *table, uint64_t npages);
/* While booting: give the pages [pa, pa + npages) a type and kind, with refs references. */
void mem_set(uint64_t pa, uint64_t npages, unsigned type, enum mem_kind kind, uint32_t refs);

/* What is known of the page; memory beyond the table is device memory. */
struct mem_page mem_page(uint64_t pa);

/* Change the type of a page at zero references, and zero it: COS_EINVAL, COS_EBUSY, COS_ETYPE. */
int mem_retype(uint64_t pa, unsigned type);

/* A user page's references: COS_ETYPE when it is not user memory, COS_EBUSY when there are too
 * many. */
int mem_user_ref(uint64_t pa);
/* Does nothing for device memory. */
void mem_user_unref(uint64_t pa);

/* Make a kernel page an object with one reference: COS_ETYPE, COS_EBUSY when it holds one. */
int mem_claim(uint64_t pa, enum mem_kind kind);
/* The object is gone: the page is zeroed and may be claimed or retyped. */
void mem_release(void *object);

/* References of objects. COS_EBUSY when there are too many. */
int mem_ref(void *object);
/* -> references left */
uint32_t mem_unref(void *object);
uint32_t mem_refs(const void *object);
enum mem_kind mem_kind(const void *object);
uint16_t mem_aux(const void *object);
void mem_aux_add(void *object, int delta);

#endif

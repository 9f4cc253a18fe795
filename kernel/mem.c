/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stddef.h>
#include "machine.h"
#include "mem.h"

#define REFS_MAX UINT32_MAX
#define TYPE_SHIFT 32
#define KIND_SHIFT 40
#define AUX_SHIFT 48

static struct {
	_Atomic uint64_t *page;
	uint64_t npages;
} retype;

static uint64_t mem_word(unsigned type, enum mem_kind kind, uint32_t refs)
{
	return (uint64_t)type << TYPE_SHIFT | (uint64_t)kind << KIND_SHIFT | refs;
}

static struct mem_page mem_decode(uint64_t word)
{
	return (struct mem_page){
		.type = word >> TYPE_SHIFT & 0xff,
		.kind = (enum mem_kind)(word >> KIND_SHIFT & 0xff),
		.refs = (uint32_t)word,
		.aux = (uint16_t)(word >> AUX_SHIFT),
	};
}

/* The word of a page that is in the table, or NULL. */
static _Atomic uint64_t *mem_slot(uint64_t pa)
{
	uint64_t pfn = pa / COS_PAGE_SIZE;

	return pfn < retype.npages ? &retype.page[pfn] : NULL;
}

static _Atomic uint64_t *mem_object_slot(const void *object)
{
	return &retype.page[va_pa(object) / COS_PAGE_SIZE];
}

void mem_init(_Atomic uint64_t *table, uint64_t npages)
{
	retype.page = table;
	retype.npages = npages;
	mem_set(0, npages, COS_MEM_DEVICE, KIND_NONE, 0);
}

void mem_set(uint64_t pa, uint64_t npages, unsigned type, enum mem_kind kind, uint32_t refs)
{
	uint64_t first = pa / COS_PAGE_SIZE;

	for (uint64_t i = first; i < first + npages && i < retype.npages; i++)
		atomic_store_explicit(&retype.page[i], mem_word(type, kind, refs),
				      memory_order_relaxed);
}

struct mem_page mem_page(uint64_t pa)
{
	_Atomic uint64_t *slot = mem_slot(pa);

	return mem_decode(slot ? atomic_load(slot) : mem_word(COS_MEM_DEVICE, KIND_NONE, 0));
}

int mem_retype(uint64_t pa, unsigned type)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old;
	struct mem_page page;

	if (type > COS_MEM_KERNEL)
		return -COS_EINVAL;
	if (!slot)
		return -COS_ETYPE;
	old = atomic_load(slot);
	page = mem_decode(old);
	if (page.type == COS_MEM_DEVICE)
		return -COS_ETYPE;
	if (page.refs || page.kind != KIND_NONE)
		return -COS_EBUSY;
	/* Untyped at one reference while it is zeroed: neither of the types can be had meanwhile.
	 */
	if (!atomic_compare_exchange_strong(slot, &old, mem_word(COS_MEM_UNTYPED, KIND_NONE, 1)))
		return -COS_EBUSY;
	if (type != COS_MEM_UNTYPED)
		page_zero(pa_va(pa));
	atomic_store(slot, mem_word(type, KIND_NONE, 0));
	return 0;
}

int mem_user_ref(uint64_t pa)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old;
	struct mem_page page;

	if (!slot)
		return -COS_ETYPE;
	old = atomic_load(slot);
	do {
		page = mem_decode(old);
		if (page.type != COS_MEM_USER)
			return -COS_ETYPE;
		if (page.refs == REFS_MAX)
			return -COS_EBUSY;
	} while (!atomic_compare_exchange_weak(slot, &old, old + 1));
	return 0;
}

void mem_user_unref(uint64_t pa)
{
	_Atomic uint64_t *slot = mem_slot(pa);

	if (slot && mem_decode(atomic_load(slot)).type == COS_MEM_USER)
		atomic_fetch_sub(slot, 1);
}

int mem_claim(uint64_t pa, enum mem_kind kind)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old = mem_word(COS_MEM_KERNEL, KIND_NONE, 0);

	if (!slot)
		return -COS_ETYPE;
	if (atomic_compare_exchange_strong(slot, &old, mem_word(COS_MEM_KERNEL, kind, 1)))
		return 0;
	return mem_decode(old).type == COS_MEM_KERNEL ? -COS_EBUSY : -COS_ETYPE;
}

void mem_release(void *object)
{
	page_zero(object);
	atomic_store(mem_object_slot(object), mem_word(COS_MEM_KERNEL, KIND_NONE, 0));
}

int mem_ref(void *object)
{
	_Atomic uint64_t *slot = mem_object_slot(object);
	uint64_t old = atomic_load(slot);

	do {
		if ((uint32_t)old == REFS_MAX)
			return -COS_EBUSY;
	} while (!atomic_compare_exchange_weak(slot, &old, old + 1));
	return 0;
}

uint32_t mem_unref(void *object)
{
	return (uint32_t)atomic_fetch_sub(mem_object_slot(object), 1) - 1;
}

uint32_t mem_refs(const void *object)
{
	return (uint32_t)atomic_load(mem_object_slot(object));
}

enum mem_kind mem_kind(const void *object)
{
	return mem_decode(atomic_load(mem_object_slot(object))).kind;
}

uint16_t mem_aux(const void *object)
{
	return mem_decode(atomic_load(mem_object_slot(object))).aux;
}

void mem_aux_add(void *object, int delta)
{
	atomic_fetch_add(mem_object_slot(object), (uint64_t)(int64_t)delta << AUX_SHIFT);
}

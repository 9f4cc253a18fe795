/* SPDX-License-Identifier: BSD-2-Clause */
/* The retype table. Its states and invariants are in mem.h. */
#include <stdatomic.h>
#include "machine.h"
#include "mem.h"
#include "quiesce.h"

#define COUNT_SHIFT 24
#define COUNT_MAX 0xfffffUL
#define TAG_SHIFT 44
#define TAG_MAX 0xfff
#define KIND_SHIFT 56
#define TYPE_SHIFT 61
#define LEVEL_SHIFT 54
#define LEVEL_PART 3UL
#define STAMP_MASK ((1UL << LEVEL_SHIFT) - 1)
#define TYPE_AND_LEVEL (7UL << TYPE_SHIFT | 3UL << LEVEL_SHIFT)
#define PARTS 512

static struct {
	_Atomic uint64_t *page;
	uint64_t npages;
} retype;

static uint64_t mem_word(unsigned type, enum mem_kind kind, uint64_t rest)
{
	return (uint64_t)type << TYPE_SHIFT | (uint64_t)kind << KIND_SHIFT | rest;
}

static unsigned word_type(uint64_t word)
{
	return (unsigned)(word >> TYPE_SHIFT);
}

static enum mem_kind word_kind(uint64_t word)
{
	return (enum mem_kind)(word >> KIND_SHIFT & 0x1f);
}

static uint32_t word_refs(uint64_t word)
{
	return word_kind(word) == KIND_FREE ? 0 : word & MEM_REFS_MAX;
}

static uint64_t word_count(uint64_t word)
{
	return word >> COUNT_SHIFT & COUNT_MAX;
}

/* 0: a page; 1, 2: a super-page of level 2, 3; LEVEL_PART. Only user memory has other than 0. */
static uint64_t word_level(uint64_t word)
{
	return word_type(word) == COS_MEM_USER ? word >> LEVEL_SHIFT & 3 : 0;
}

static uint64_t mem_free_word(unsigned type)
{
	return mem_word(type, KIND_FREE, quiesce_stamp()); /* epochs never reach bit 54 */
}

/* The word of every page beyond the table. Never written. */
static _Atomic uint64_t mem_beyond = (uint64_t)COS_MEM_DEVICE << TYPE_SHIFT;

static _Atomic uint64_t *mem_slot(uint64_t pa)
{
	uint64_t pfn = pa / COS_PAGE_SIZE;

	return pfn < retype.npages ? &retype.page[pfn] : &mem_beyond;
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
	uint64_t word = atomic_load(mem_slot(pa));

	return (struct mem_page){word_refs(word), (uint8_t)word_type(word),
				 (uint8_t)word_kind(word), ((word >> LEVEL_SHIFT) + 1) & 3};
}

/*
 * Change a free page to `taken`, a word that no other operation changes, if its stamp has passed.
 */
static int mem_take(_Atomic uint64_t *slot, uint64_t *old, uint64_t taken)
{
	if (word_kind(*old) != KIND_FREE)
		return -COS_EBUSY;
	if (!quiesce_passed(*old & STAMP_MASK))
		return -COS_EAGAIN;
	return atomic_compare_exchange_strong(slot, old, taken) ? 0 : -COS_EBUSY;
}

int mem_retype(uint64_t pa, unsigned type)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old;
	int err;

	if (type > COS_MEM_KERNEL)
		return -COS_EINVAL;
	old = atomic_load(slot);
	if (word_type(old) == COS_MEM_DEVICE)
		return -COS_ETYPE;
	if (word_level(old))
		return -COS_EBUSY;
	/* While it is zeroed it has a reference and no type: no other operation can use it. */
	err = mem_take(slot, &old, mem_word(COS_MEM_UNTYPED, KIND_NONE, 1));
	if (err)
		return err;
	if (type == COS_MEM_USER)
		page_zero(pa_va(pa));
	atomic_store(slot, mem_word(type, KIND_FREE, 0));
	return 0;
}

static uint64_t mem_level_word(enum mem_kind kind, uint64_t level)
{
	return mem_word(COS_MEM_USER, kind, level << LEVEL_SHIFT);
}

/* Free the first n parts of what was a super-page of that level, or was to become one. */
static void mem_parts(uint64_t pa, uint64_t level, unsigned n)
{
	while (n-- > 0)
		atomic_store(mem_slot(pa + n * mem_span(level - 1)),
			     mem_level_word(KIND_FREE, level - 2));
}

int mem_join(uint64_t pa, uint64_t level)
{
	int err = 0;

	if (level < 2 || level > machine_page_level() || pa % mem_span(level))
		return -COS_EINVAL;
	for (unsigned i = 0; i < PARTS; i++) {
		_Atomic uint64_t *slot = mem_slot(pa + i * mem_span(level - 1));
		uint64_t old = atomic_load(slot);

		err = -COS_ETYPE;
		if (word_type(old) == COS_MEM_USER && word_level(old) == level - 2)
			err = mem_take(slot, &old, mem_level_word(KIND_NONE, LEVEL_PART));
		if (err) {
			mem_parts(pa, level, i);
			return err;
		}
	}
	atomic_store(mem_slot(pa), mem_level_word(KIND_FREE, level - 1));
	return 0;
}

int mem_cut(uint64_t pa)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old = atomic_load(slot), level = word_level(old);
	int err;

	if (level == 0 || level == LEVEL_PART)
		return -COS_ETYPE;
	err = mem_take(slot, &old, mem_level_word(KIND_NONE, LEVEL_PART));
	if (!err)
		mem_parts(pa, level + 1, PARTS);
	return err;
}

int mem_user_ref(uint64_t pa)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old = atomic_load(slot), new;

	do {
		if (word_type(old) != COS_MEM_USER || word_level(old) == LEVEL_PART)
			return -COS_ETYPE;
		if (word_refs(old) == MEM_REFS_MAX)
			return -COS_EBUSY;
		new = word_kind(old) == KIND_FREE ? (old & TYPE_AND_LEVEL) + 1 : old + 1;
	} while (!atomic_compare_exchange_weak(slot, &old, new));
	return 0;
}

void mem_user_unref(uint64_t pa)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old = atomic_load(slot), new;

	do {
		if (word_type(old) != COS_MEM_USER)
			return;
		new = word_refs(old) > 1 ? old - 1
					 : mem_free_word(COS_MEM_UNTYPED) | (old & TYPE_AND_LEVEL);
	} while (!atomic_compare_exchange_weak(slot, &old, new));
}

int mem_claim(uint64_t pa, enum mem_kind kind)
{
	_Atomic uint64_t *slot = mem_slot(pa);
	uint64_t old = atomic_load(slot);
	int err;

	if (word_type(old) != COS_MEM_KERNEL)
		return -COS_ETYPE;
	err = mem_take(slot, &old, mem_word(COS_MEM_KERNEL, kind, 1));
	if (!err)
		page_zero(pa_va(pa));
	return err;
}

/* Add `unit` to the page's word unless the counter has reached `max`. */
static int mem_add(void *object, uint64_t unit, uint64_t max)
{
	_Atomic uint64_t *slot = mem_object_slot(object);
	uint64_t old = atomic_load(slot);

	do {
		if (word_kind(old) == KIND_FREE)
			return -COS_EDEAD;
		if ((old / unit & max) == max)
			return -COS_EBUSY;
	} while (!atomic_compare_exchange_weak(slot, &old, old + unit));
	return 0;
}

int mem_ref(void *object)
{
	return mem_add(object, 1, MEM_REFS_MAX);
}

bool mem_unref(void *object)
{
	_Atomic uint64_t *slot = mem_object_slot(object);
	uint64_t old = atomic_load(slot);

	do {
		if (word_refs(old) <= 1)
			return false;
	} while (!atomic_compare_exchange_weak(slot, &old, old - 1));
	return true;
}

int mem_free(void *object)
{
	_Atomic uint64_t *slot = mem_object_slot(object);
	uint64_t old = atomic_load(slot);

	do {
		if (word_count(old) || word_refs(old) != 1)
			return word_count(old) ? -COS_EBUSY : -COS_EAGAIN;
	} while (!atomic_compare_exchange_weak(slot, &old, mem_free_word(COS_MEM_KERNEL)));
	return 0;
}

uint32_t mem_refs(const void *object)
{
	return word_refs(atomic_load(mem_object_slot(object)));
}

enum mem_kind mem_kind(const void *object)
{
	return word_kind(atomic_load(mem_object_slot(object)));
}

int mem_hold(void *object)
{
	return mem_add(object, 1UL << COUNT_SHIFT, COUNT_MAX);
}

void mem_unhold(void *object)
{
	atomic_fetch_sub(mem_object_slot(object), 1UL << COUNT_SHIFT);
}

bool mem_held(const void *object)
{
	return word_count(atomic_load(mem_object_slot(object))) != 0;
}

void mem_tag_set(void *object, uint16_t tag)
{
	atomic_fetch_add(mem_object_slot(object), (uint64_t)tag << TAG_SHIFT);
}

uint16_t mem_tag(const void *object)
{
	return (uint16_t)(atomic_load(mem_object_slot(object)) >> TAG_SHIFT & TAG_MAX);
}

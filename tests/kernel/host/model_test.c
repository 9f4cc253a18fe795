/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random operations on the retype table, capability tables and page tables, compared after each
 * with a simple model: for each page what it is, how many refer to it and since when it is free
 * (mem.h, M1, M2, M4 to M6; captbl.h, C1, C2, C4 to C7; pgtbl.h, P1 to P4, P6). Since page tables
 * hold one another and come to fill the memory, all begins anew every EPISODE steps. model_test
 * [STEPS [SEED]]
 *
 * Of the blocks that are or could be super-pages the model has some pages; no step asks for the
 * others, which are what their block is. The gigabyte is a block of such blocks; no
 * byte of it exists.
 */
#include "captbl.h"
#include "machine.h"
#include "mem.h"
#include "pgtbl.h"
#include "pte.h"

#define TEST "kernel/host/model"
#define STEPS 10000000UL
#include "steps.h"

#define EPISODE 2000
#define SELDOM 100000 /* steps in which each thing happens at least once */
#define SMALL 24      /* of those of machine.h */
#define BLOCKS 4
#define IN_BLOCK 4	/* pages of each in the model */
#define GIGABYTE BLOCKS /* the number of that block */
#define PAGES (SMALL + BLOCKS * IN_BLOCK + 1)
#define LAST_PART (PAGES - 1) /* the last one of the gigabyte's parts */
#define GIGABYTE_PAGE 262144UL
#define TABLE_PAGES (2 * GIGABYTE_PAGE)
#define LEAVES 2
#define SLOTS 6 /* used of each leaf */
#define ENTRIES 3
#define NO_PAGE 0
#define RW (COS_PG_READ | COS_PG_WRITE)
#define PAGE(n) page_of(n)

enum use { FREE, MAPPED, CAPTBL, LEAF, PGTBL, PART };

static struct page {
	enum use use;
	unsigned type;
	unsigned level;
	unsigned size; /* the level of the entry that maps it, 0: part of a super-page */
	unsigned refs, held;
	unsigned own;	/* of the references: ours, as capabilities are */
	uint64_t stamp; /* when it became free */
	unsigned leaf[LEAVES];
	struct slot {
		enum cap_type type;
		uint64_t gone;
		uint64_t removed; /* how many have been */
		unsigned depth;
		unsigned parent; /* table, NO_PAGE: none */
		uint64_t parent_index, parent_removed;
	} slot[COS_CAP_FIRST + SLOTS];
	struct {
		unsigned page, flags;
		bool super;
	} entry[ENTRIES];
} model[PAGES];

/* Two have memory, the other two are parts of the gigabyte. */
static const uint64_t block_page[BLOCKS] = {512, 1024, GIGABYTE_PAGE, GIGABYTE_PAGE + 300 * 512UL};
static const unsigned in_block[IN_BLOCK] = {0, 1, 255, 511};

static uint64_t page_of(unsigned p)
{
	if (p < SMALL)
		return p * 4096UL;
	if (p == LAST_PART)
		return (GIGABYTE_PAGE + 511 * 512UL) * 4096;
	return (block_page[(p - SMALL) / IN_BLOCK] + in_block[(p - SMALL) % IN_BLOCK]) * 4096;
}

static unsigned block_at(unsigned block, unsigned i)
{
	return SMALL + block * IN_BLOCK + i;
}

_Alignas(4096) uint8_t test_memory[TEST_PAGES * 4096];
unsigned test_flushes;
static _Atomic uint64_t table[TABLE_PAGES];

/* How often things were seen to work, or to be refused as they should. Each must happen often. */
static struct seen {
	const char *what;
	uint64_t count;
} seen[] = {
#define RETYPED 0
	[RETYPED] = {"retyped", 0},
#define EXTENDED 1
	[EXTENDED] = {"captbls extended", 0},
#define PUBLISHED 2
	[PUBLISHED] = {"capabilities published", 0},
#define DELEGATED 3
	[DELEGATED] = {"capabilities delegated", 0},
#define INHERITED 4
	[INHERITED] = {"parents inherited", 0},
#define REVOKED 5
	[REVOKED] = {"capabilities found revoked", 0},
#define REVOKED_DEEP 6
	[REVOKED_DEEP] = {"of those, by more than their parent", 0},
#define CAPTBLS_FREED 7
	[CAPTBLS_FREED] = {"captbls freed", 0},
#define CAPTBLS_BUSY 8
	[CAPTBLS_BUSY] = {"captbls found in use", 0},
#define PAGES_MAPPED 9
	[PAGES_MAPPED] = {"pages mapped", 0},
#define PAGES_UNMAPPED 10
	[PAGES_UNMAPPED] = {"pages unmapped", 0},
#define LINKED 11
	[LINKED] = {"page tables linked", 0},
#define UNLINKED 12
	[UNLINKED] = {"page tables unlinked", 0},
#define PGTBLS_FREED 13
	[PGTBLS_FREED] = {"page tables freed", 0},
#define TOO_EARLY 14
	[TOO_EARLY] = {"pages refused until they have passed", 0},
#define JOINED 15
	[JOINED] = {"super-pages joined", 0},
#define JOINED_SUPERS 16
	[JOINED_SUPERS] = {"of those, of super-pages", 0},
#define NOT_JOINED 17
	[NOT_JOINED] = {"not joined for one of the parts", 0},
#define CUT 18
	[CUT] = {"super-pages cut", 0},
#define CUT_SUPERS 19
	[CUT_SUPERS] = {"of those, into super-pages", 0},
#define NOT_CUT 20
	[NOT_CUT] = {"super-pages in use not cut", 0},
#define SUPERS_MAPPED 21
	[SUPERS_MAPPED] = {"super-pages mapped", 0},
#define GIGABYTES_MAPPED 22
	[GIGABYTES_MAPPED] = {"of those, of 1 GiB", 0},
#define PARTS_REFUSED 23
	[PARTS_REFUSED] = {"parts not mapped by themselves", 0},
#define SUPERS_UNMAPPED 24
	[SUPERS_UNMAPPED] = {"super-pages unmapped", 0},
#define SUPERS_PROTECTED 25
	[SUPERS_PROTECTED] = {"super-pages protected", 0},
#define INSIDE 26
	[INSIDE] = {"found inside a super-page", 0},
#define INSIDE_REFUSED 27
	[INSIDE_REFUSED] = {"parts not changed inside one", 0},
#define IN_THE_WAY 28
	[IN_THE_WAY] = {"super-pages in the way of something", 0},
#define TABLE_IN_THE_WAY 29
	[TABLE_IN_THE_WAY] = {"page tables in the way of a super-page", 0},
#define SUPERS_DROPPED 30
	[SUPERS_DROPPED] = {"super-pages given back by their page table", 0},
#define PARTS_RETYPED 31
	[PARTS_RETYPED] = {"pages of a block that was cut retyped", 0},
};

static void become(unsigned p, enum use use, unsigned level)
{
	unsigned type = model[p].type;

	model[p] = (struct page){
		.use = use, .type = type, .level = level, .size = 1, .refs = 1, .own = 1};
}

static void freed(unsigned p)
{
	unsigned type = model[p].type, size = model[p].size;

	model[p] = (struct page){.type = type, .size = size, .stamp = now};
}

static void deref_user(unsigned p)
{
	if (--model[p].refs == 0)
		freed(p);
}

/*
 * Drop a reference to an object; with the last one the object ends, and drops its own references.
 */
static int drop(unsigned p)
{
	struct page was = model[p];

	if (was.refs > 1) {
		model[p].refs--;
		return 0;
	}
	if (was.held)
		return -COS_EBUSY;
	freed(p);
	for (unsigned i = 0; was.use == CAPTBL && i < LEAVES; i++)
		if (was.leaf[i])
			freed(was.leaf[i]);
	for (unsigned i = 0; was.use == PGTBL && i < ENTRIES; i++)
		if (was.entry[i].flags && model[was.entry[i].page].type == COS_MEM_USER) {
			seen[SUPERS_DROPPED].count += was.entry[i].super;
			deref_user(was.entry[i].page);
		}
	return 0;
}

/* Drop a reference of ours, if there is one. */
static int drop_own(unsigned p)
{
	int err = drop(p);

	if (!err && model[p].use != FREE)
		model[p].own--;
	return err;
}

/* The result of taking a free page of that type. */
static int take(unsigned p, unsigned type)
{
	if (model[p].type != type)
		return -COS_ETYPE;
	if (model[p].use != FREE)
		return -COS_EBUSY;
	if (quiesce_passed(model[p].stamp))
		return 0;
	seen[TOO_EARLY].count++;
	return -COS_EAGAIN;
}

/* Some page in that use, of that level unless it is 0; NO_PAGE: none. */
static unsigned some(enum use use, unsigned level)
{
	unsigned at = any(PAGES);

	for (unsigned i = 0; i < PAGES; i++, at = (at + 1) % PAGES)
		if (model[at].use == use && (!level || model[at].level == level))
			return at;
	return NO_PAGE;
}

static void do_retype(unsigned p)
{
	unsigned type = any(3);
	int expected = model[p].size != 1 ? -COS_EBUSY : take(p, model[p].type);

	if (!expected && PAGE(p) >= sizeof(test_memory))
		return;
	must("mem_retype", mem_retype(PAGE(p), type), expected);
	if (expected)
		return;
	model[p] = (struct page){.type = type, .size = 1};
	seen[RETYPED].count++;
	seen[PARTS_RETYPED].count += p >= SMALL;
}

/* The pages or blocks that a block or the gigabyte is made of, as far as the model has them. */
static unsigned parts_of(unsigned block, unsigned *part)
{
	if (block == GIGABYTE) {
		part[0] = block_at(2, 0);
		part[1] = block_at(3, 0);
		part[2] = LAST_PART;
		return 3;
	}
	for (unsigned i = 0; i < IN_BLOCK; i++)
		part[i] = block_at(block, i);
	return IN_BLOCK;
}

static void do_join(void)
{
	unsigned block = any(BLOCKS + 1), level = block == GIGABYTE ? 3 : 2, part[IN_BLOCK];
	unsigned n = parts_of(block, part), i;
	uint64_t pa = PAGE(part[0]);
	int expected = 0;

	if (any(16) == 0) {
		must("mem_join", mem_join(pa + 4096, level), -COS_EINVAL);
		must("mem_join", mem_join(pa, any(2) ? 4 : any(2)), -COS_EINVAL);
		return;
	}
	for (i = 0; i < n && !expected; i++) {
		const struct page *m = &model[part[i]];

		expected = m->type != COS_MEM_USER || m->size != level - 1
				   ? -COS_ETYPE
				   : take(part[i], COS_MEM_USER);
	}
	must("mem_join", mem_join(pa, level), expected);
	seen[NOT_JOINED].count += expected && i > 1;
	/* On failure the parts before are free again, but without their stamps. */
	for (unsigned j = 0; j + (expected != 0) < i; j++)
		model[part[j]] = expected ? (struct page){.type = COS_MEM_USER, .size = level - 1}
					  : (struct page){.type = COS_MEM_USER, .use = PART};
	if (expected)
		return;
	model[part[0]] = (struct page){.type = COS_MEM_USER, .size = level};
	seen[JOINED].count++;
	seen[JOINED_SUPERS].count += level == 3;
}

static void do_cut(unsigned p)
{
	unsigned level = model[p].size, part[IN_BLOCK], n;
	int expected = level < 2 ? -COS_ETYPE : take(p, COS_MEM_USER);

	if (!expected && p == LAST_PART) /* of which there is but one page in the model */
		return;
	must("mem_cut", mem_cut(PAGE(p)), expected);
	seen[NOT_CUT].count += expected == -COS_EBUSY;
	if (expected)
		return;
	n = parts_of(level == 3 ? GIGABYTE : (p - SMALL) / IN_BLOCK, part);
	for (unsigned i = 0; i < n; i++)
		model[part[i]] = (struct page){.type = COS_MEM_USER, .size = level - 1};
	seen[CUT].count++;
	seen[CUT_SUPERS].count += level == 3;
}

static void do_make(unsigned p)
{
	unsigned level = any(6), tables = 0;
	struct captbl *tbl;
	uint64_t *pgtbl;
	int expected = take(p, COS_MEM_KERNEL);

	for (unsigned i = 0; i < PAGES; i++)
		tables += model[i].use == PGTBL;
	if (any(2) || tables > PAGES / 2) {
		must("captbl_make", captbl_make(PAGE(p), &tbl), expected);
		if (!expected)
			become(p, CAPTBL, 0);
		return;
	}
	if (level < 1 || level > 4)
		expected = -COS_EINVAL;
	must("pgtbl_make", pgtbl_make(PAGE(p), level, &pgtbl), expected);
	if (!expected)
		become(p, PGTBL, level);
}

/* A slot: mostly one that is published. */
static unsigned any_slot(void)
{
	return any(16) ? COS_CAP_FIRST + any(SLOTS) : any(COS_CAP_FIRST);
}

static struct slot *slot_of(unsigned t, uint64_t index)
{
	unsigned leaf = t && index / 64 < LEAVES ? model[t].leaf[index / 64] : NO_PAGE;

	return leaf ? &model[leaf].slot[index % 64] : NULL;
}

static bool good(const struct slot *slot)
{
	unsigned up = 0;

	if (!slot || !slot->type)
		return false;
	for (; slot->parent != NO_PAGE; up++) {
		const struct slot *parent = slot_of(slot->parent, slot->parent_index);

		if (parent->removed != slot->parent_removed) {
			seen[up ? REVOKED_DEEP : REVOKED].count++;
			return false;
		}
		slot = parent;
	}
	return true;
}

/* Make a taken slot a child of some capability, or its equal; or neither. */
static int do_parent(struct cap *slot, struct slot *m)
{
	unsigned t = NO_PAGE, parent;
	uint64_t index = 0;
	const struct slot *from = NULL;
	enum cap_type type;
	int expected;

	for (unsigned tries = 0; tries < 8 && (!from || !from->type); tries++) {
		t = some(CAPTBL, 0);
		index = any(LEAVES) * 64UL + any_slot();
		from = slot_of(t, index);
	}
	m->parent = NO_PAGE;
	m->depth = 0;
	if (!good(from) || any(3) == 0)
		return 0;
	if (any(2)) {
		expected = from->depth == COS_CAPTBL_DEPTH ? -COS_EDEPTH : 0;
		must("captbl_delegate", captbl_delegate(slot, pa_va(PAGE(t)), index), expected);
		if (expected)
			return expected;
		*m = (struct slot){CAP_NONE, m->gone, m->removed,   from->depth + 1,
				   t,	     index,   from->removed};
		seen[DELEGATED].count++;
	} else {
		must("captbl_inherit",
		     captbl_inherit(slot, captbl_find(pa_va(PAGE(t)), index, &type)), 0);
		parent = from->parent;
		*m = (struct slot){CAP_NONE,
				   m->gone,
				   m->removed,
				   from->depth,
				   parent,
				   from->parent_index,
				   from->parent_removed};
	}
	if (m->parent) {
		model[m->parent].held++;
		seen[INHERITED].count++;
	}
	return 0;
}

static void do_captbl(unsigned t, unsigned p)
{
	unsigned leaf = any(8) ? any(LEAVES) : LEAVES, i = any_slot();
	struct page *m = leaf < LEAVES && model[t].leaf[leaf] ? &model[model[t].leaf[leaf]] : NULL;
	uint64_t index = leaf * 64UL + i;
	struct captbl *tbl = pa_va(PAGE(t));
	enum cap_type type;
	struct cap *slot;
	int expected = 0;

	switch (any(8)) {
	case 0:
	case 1:
		if (leaf >= LEAVES)
			index = COS_CAPTBL_MAX + i;
		expected = leaf >= LEAVES ? -COS_EINVAL : m ? -COS_EEXIST : take(p, COS_MEM_KERNEL);
		must("captbl_extend", captbl_extend(tbl, index, PAGE(p)), expected);
		if (!expected) {
			become(p, LEAF, 0);
			model[t].leaf[leaf] = p;
			seen[EXTENDED].count++;
		}
		break;
	case 2:
	case 3:
	case 4:
		if (index < COS_CAP_FIRST)
			expected = -COS_EINVAL;
		else if (!m)
			expected = -COS_ENOTBL;
		else if (m->slot[i].type)
			expected = -COS_EEXIST;
		else if (!quiesce_passed(m->slot[i].gone))
			expected = -COS_EAGAIN;
		must("captbl_take", captbl_take(tbl, index, &slot), expected);
		if (expected)
			break;
		if (do_parent(slot, &m->slot[i]) || any(4) == 0) {
			captbl_give_back(tbl, slot);
			if (m->slot[i].parent)
				model[m->slot[i].parent].held--;
			break;
		}
		type = CAP_CAPTBL + any(CAP_NTYPES - CAP_CAPTBL);
		captbl_publish(slot, type);
		m->slot[i].type = type;
		model[t].held++;
		seen[PUBLISHED].count++;
		break;
	case 5:
	case 6:
		must("captbl_lookup", captbl_lookup(tbl, index, &type) != NULL,
		     good(slot_of(t, index)));
		slot = captbl_find(tbl, index, &type);
		must("captbl_find", slot != NULL, m && m->slot[i].type);
		if (!slot || any(3))
			break;
		must("its type", type, m->slot[i].type);
		must("captbl_withdraw", captbl_withdraw(slot, type), true);
		must("again", captbl_withdraw(slot, type), false);
		captbl_remove(tbl, slot);
		m->slot[i].type = CAP_NONE;
		m->slot[i].gone = now;
		m->slot[i].removed++;
		model[t].held--;
		if (m->slot[i].parent)
			model[m->slot[i].parent].held--;
		break;
	default:
		if (!model[t].own || any(4))
			break;
		expected = drop_own(t);
		must("captbl_put", captbl_put(tbl), expected);
		seen[CAPTBLS_BUSY].count += expected != 0;
		seen[CAPTBLS_FREED].count += model[t].use == FREE;
	}
}

/*
 * The page of the table of level `at` on the way to va. NO_PAGE: *missing is its level, 0: a
 * super-page.
 */
static unsigned walk(unsigned t, uint64_t va, unsigned at, unsigned *missing)
{
	unsigned level;

	for (level = model[t].level; level > at && t; level--) {
		if (model[t].entry[pte_index(va, level)].super) {
			*missing = 0;
			return NO_PAGE;
		}
		t = model[t].entry[pte_index(va, level)].page;
	}
	*missing = level;
	return t;
}

/*
 * -> 0, and the table *in, of *level, with the entry that maps va; or the error. whole: as in
 * pgtbl_page.
 */
static int find(unsigned t, uint64_t va, bool whole, unsigned *in, unsigned *level)
{
	unsigned missing;

	for (*level = 3; *level > 1; --*level) {
		*in = *level <= model[t].level ? walk(t, va, *level, &missing) : NO_PAGE;
		if (!*in || !model[*in].entry[pte_index(va, *level)].super)
			continue;
		if (!(va & (mem_span(*level) - 1)))
			return 0;
		seen[whole ? INSIDE_REFUSED : INSIDE].count++;
		return whole ? -COS_EINVAL : 0;
	}
	*in = walk(t, va, 1, &missing);
	return *in && model[*in].entry[pte_index(va, 1)].flags ? 0 : -COS_ENOENT;
}

static int map_expected(unsigned t, uint64_t va, unsigned p, unsigned f, unsigned *in,
			unsigned *missing)
{
	unsigned size = model[p].size;

	*missing = 1; /* none */
	if (f == (RW | COS_PG_EXEC) || f == COS_PG_WRITE)
		return -COS_EINVAL;
	if (size == 0) {
		seen[PARTS_REFUSED].count++;
		return -COS_ETYPE;
	}
	if (size > model[t].level || va & (mem_span(size) - 1))
		return -COS_EINVAL;
	*in = walk(t, va, size, missing);
	if (!*in)
		return *missing ? -COS_ENOTBL : -COS_EEXIST;
	if (model[*in].entry[pte_index(va, size)].flags)
		return -COS_EEXIST;
	return model[p].type != COS_MEM_USER && model[p].type != COS_MEM_DEVICE ? -COS_ETYPE : 0;
}

static void do_map(uint64_t *tbl, unsigned t, uint64_t va, bool bad, unsigned p)
{
	static const unsigned flags[] = {RW, COS_PG_READ, COS_PG_READ | COS_PG_EXEC,
					 RW | COS_PG_EXEC, COS_PG_WRITE};
	unsigned f = flags[any(5)], missing, reported = 0, in = NO_PAGE, level = model[t].level, e,
		 at;
	unsigned size = model[p].size;
	uint64_t pa = 0, got = 0;
	int expected;

	switch (any(4)) {
	case 0:
		if (any(8) && size)
			va &= -mem_span(size);
		if (bad && va % 4096 == 0 && va >> (12 + 9 * level) == 0)
			bad = false;
		expected = bad ? -COS_EINVAL : map_expected(t, va, p, f, &in, &missing);
		must("pgtbl_map", pgtbl_map(tbl, level, va, PAGE(p), f, &reported), expected);
		if (expected == -COS_ENOTBL)
			must("missing", reported, missing);
		if (expected == -COS_EEXIST && !missing)
			seen[IN_THE_WAY].count++;
		else if (expected == -COS_EEXIST && size > 1)
			seen[TABLE_IN_THE_WAY].count += !model[in].entry[pte_index(va, size)].super;
		if (expected)
			break;
		e = pte_index(va, size);
		model[in].entry[e].page = p;
		model[in].entry[e].flags = f;
		model[in].entry[e].super = size > 1;
		seen[PAGES_MAPPED].count++;
		seen[SUPERS_MAPPED].count += size > 1;
		seen[GIGABYTES_MAPPED].count += size > 2;
		if (model[p].type != COS_MEM_USER)
			break;
		model[p].use = MAPPED;
		model[p].refs++;
		break;
	case 1:
		expected = bad ? -COS_EINVAL : find(t, va, true, &in, &at);
		must("pgtbl_unmap", pgtbl_unmap(tbl, level, va, &pa), expected);
		if (expected)
			break;
		e = pte_index(va, at);
		p = model[in].entry[e].page;
		must("unmapped", (long)pa, PAGE(p));
		seen[PAGES_UNMAPPED].count++;
		seen[SUPERS_UNMAPPED].count += at > 1;
		model[in].entry[e].flags = 0;
		model[in].entry[e].page = NO_PAGE;
		model[in].entry[e].super = false;
		if (model[p].type == COS_MEM_USER)
			deref_user(p);
		break;
	case 2:
		expected = bad || f == (RW | COS_PG_EXEC) || f == COS_PG_WRITE
				   ? -COS_EINVAL
				   : find(t, va, true, &in, &at);
		must("pgtbl_protect", pgtbl_protect(tbl, level, va, f), expected);
		if (expected)
			break;
		model[in].entry[pte_index(va, at)].flags = f;
		seen[SUPERS_PROTECTED].count += at > 1;
		break;
	default:
		expected = bad ? -COS_EINVAL : find(t, va, false, &in, &at);
		must("pgtbl_lookup", pgtbl_lookup(tbl, level, va, &got, &pa), expected);
		if (expected)
			break;
		e = pte_index(va, at);
		must("flags", (long)got, model[in].entry[e].flags);
		must("address", (long)pa,
		     PAGE(model[in].entry[e].page) + (va & (mem_span(at) - 1)));
	}
}

static void do_link(uint64_t *tbl, unsigned t, uint64_t va, bool bad)
{
	unsigned level = model[t].level, sub = some(PGTBL, any(3) && level > 1 ? level - 1 : 0);
	unsigned at = any(5), missing, in;
	int expected = bad ? -COS_EINVAL : 0;

	if (any(2) && sub) {
		unsigned sublevel = model[sub].level, none;

		if (!any(4) || sublevel >= level)
			va &= -4096UL;
		else
			va &= -(1UL << (12 + 9 * sublevel));
		/* Of a bad one the offset is gone. */
		expected = bad && va >> (12 + 9 * level) ? -COS_EINVAL : 0;
		in = sublevel < level ? walk(t, va, sublevel + 1, &missing) : NO_PAGE;
		if (sublevel >= level || va & ((1UL << (12 + 9 * sublevel)) - 1))
			expected = -COS_EINVAL;
		else if (!expected && !in)
			expected = missing ? -COS_ENOTBL : -COS_EEXIST;
		else if (!expected && model[in].entry[pte_index(va, sublevel + 1)].flags)
			expected = -COS_EEXIST;
		if (expected == -COS_EEXIST)
			seen[IN_THE_WAY].count +=
				!in || model[in].entry[pte_index(va, sublevel + 1)].super;
		must("pgtbl_link",
		     pgtbl_link(tbl, level, va, pa_va(PAGE(sub)), sublevel, RW | COS_PG_EXEC,
				&none),
		     expected);
		if (expected)
			return;
		model[in].entry[pte_index(va, sublevel + 1)].page = sub;
		model[in].entry[pte_index(va, sublevel + 1)].flags = 1;
		model[in].held++;
		model[sub].refs++;
		seen[LINKED].count++;
		return;
	}
	in = at >= 2 && at <= level ? walk(t, va, at, &missing) : NO_PAGE;
	if (at < 2 || at > level)
		expected = -COS_EINVAL;
	else if (!expected && !(in && model[in].entry[pte_index(va, at)].flags &&
				!model[in].entry[pte_index(va, at)].super))
		expected = -COS_ENOENT;
	sub = in ? model[in].entry[pte_index(va, at)].page : NO_PAGE;
	if (!expected && model[sub].refs == 1 && model[sub].held)
		expected = -COS_EBUSY;
	must("pgtbl_unlink", pgtbl_unlink(tbl, level, va, at), expected);
	if (expected)
		return;
	model[in].entry[pte_index(va, at)].page = NO_PAGE;
	model[in].entry[pte_index(va, at)].flags = 0;
	model[in].held--;
	must("its sub-table", drop(sub), 0);
	seen[UNLINKED].count++;
}

static void put_pgtbl(uint64_t *tbl, unsigned t)
{
	unsigned level = model[t].level;

	must("pgtbl_put", pgtbl_put(tbl, level), drop_own(t));
	seen[PGTBLS_FREED].count += model[t].use == FREE;
}

static void do_pgtbl(unsigned t, unsigned p)
{
	uint64_t *tbl = pa_va(PAGE(t)), va = 0;
	bool bad = any(32) == 0;

	for (unsigned tries = 0; tries < 4 && model[p].type != COS_MEM_USER; tries++)
		p = any(PAGES);
	if (any(4) == 0)
		p = block_at(any(BLOCKS), 0);
	for (unsigned level = 1; level <= model[t].level; level++)
		va |= (uint64_t)any(ENTRIES) << (12 + 9 * (level - 1));
	if (bad)
		va += any(2) ? 1 : 1UL << (12 + 9 * model[t].level);
	switch (any(8)) {
	case 0:
		if (model[t].own && any(4) == 0)
			put_pgtbl(tbl, t);
		break;
	case 1:
	case 2:
		do_link(tbl, t, va, bad);
		break;
	default:
		do_map(tbl, t, va, bad, p);
	}
}

static void compare_page(unsigned p)
{
	struct mem_page page = mem_page(PAGE(p));
	void *object = pa_va(PAGE(p));

	must("type of a page", page.type, model[p].type);
	must("its size", page.level, model[p].size);
	if (model[p].type == COS_MEM_DEVICE)
		return;
	must("whether it is free", page.kind == KIND_FREE, model[p].use == FREE);
	must("references", page.refs, model[p].refs);
	if (model[p].use == CAPTBL || model[p].use == PGTBL)
		must("whether it is held", mem_held(object), model[p].held != 0);
}

/* A wrong block stays wrong, so one block after each step is enough. */
static void compare_block(unsigned block)
{
	unsigned i = any(512), part[IN_BLOCK], n = parts_of(block, part);
	bool joined = block == GIGABYTE ? model[part[0]].size == 3 : model[part[0]].size != 1;
	uint64_t pa = PAGE(part[0]) + mem_span(block == GIGABYTE ? 2 : 1) * i;
	struct mem_page page = mem_page(pa);

	for (unsigned j = 0; j < n; j++) {
		compare_page(part[j]);
		if (PAGE(part[j]) == pa)
			return;
	}
	must("the size of another page", page.level, joined ? 0 : block == GIGABYTE ? 2 : 1);
	must("whether it is free", page.kind == KIND_FREE, !joined);
}

static void compare(void)
{
	for (unsigned p = 0; p < SMALL; p++)
		compare_page(p);
	compare_block(any(BLOCKS + 1));
}

static void one_step(void)
{
	unsigned p = any(4) ? NO_PAGE : some(FREE, 0), t;

	if (any(32) == 0) {
		if (any(2))
			do_join();
		else
			do_cut(any(4) ? block_at(any(BLOCKS), 0) : any(PAGES));
		return;
	}
	if (p == NO_PAGE)
		p = 1 + any(PAGES - 1);
	switch (any(16)) {
	case 0:
		now++;
		break;
	case 1:
		passed = now - any(2);
		break;
	case 2:
	case 3:
		do_retype(p);
		break;
	case 4:
	case 5:
		do_make(p);
		break;
	case 6:
		if (model[p].use == CAPTBL || model[p].use == PGTBL || model[p].use == LEAF)
			if (model[p].refs < 4 && model[p].use != LEAF) {
				must("mem_ref", mem_ref(pa_va(PAGE(p))), 0);
				model[p].refs++;
				model[p].own++;
			}
		if (model[p].use == FREE)
			must("mem_ref", mem_ref(pa_va(PAGE(p))), -COS_EDEAD);
		break;
	case 7:
	case 8:
	case 9:
	case 10:
		t = some(CAPTBL, 0);
		if (t)
			do_captbl(t, p);
		break;
	default:
		t = some(PGTBL, (unsigned[]){0, 1, 4}[any(3)]);
		if (t)
			do_pgtbl(t, p);
	}
}

/* The kernel's words for a part of one of the gigabyte's parts, and for such a part. */
static uint64_t part_word, super_word;

static void begin_once(void)
{
	mem_init(table, TABLE_PAGES);
	for (unsigned i = 0; i < 512; i++) {
		uint64_t pa = (GIGABYTE_PAGE + i * 512UL) * 4096;

		mem_set(pa, 512, COS_MEM_USER, KIND_FREE, 0);
		must("mem_join", mem_join(pa, 2), 0);
	}
	super_word = table[GIGABYTE_PAGE];
	part_word = table[GIGABYTE_PAGE + 1];
}

static void begin(void)
{
	for (unsigned p = 0; p < PAGES; p++)
		model[p] = (struct page){.type = p == 0 ? COS_MEM_DEVICE : p % 3, .size = 1};
	for (unsigned p = 1; p < SMALL; p++)
		mem_set(PAGE(p), 1, model[p].type, KIND_FREE, 0);
	for (unsigned block = 0; block < BLOCKS; block++) {
		for (unsigned i = 0; i < IN_BLOCK; i++)
			model[block_at(block, i)] =
				block < 2 ? (struct page){.type = COS_MEM_USER, .size = 1}
					  : (struct page){.type = COS_MEM_USER, .use = PART};
		if (block < 2)
			mem_set(PAGE(block_at(block, 0)), 512, COS_MEM_USER, KIND_FREE, 0);
		for (unsigned i = 0; block >= 2 && i < 512; i++)
			table[block_page[block] + i] = part_word;
		if (block >= 2)
			model[block_at(block, 0)] = (struct page){.type = COS_MEM_USER, .size = 2};
	}
	for (unsigned i = 0; i < 512; i++)
		table[GIGABYTE_PAGE + i * 512UL] = super_word;
	model[LAST_PART] = (struct page){.type = COS_MEM_USER, .size = 2};
}

int main(int argc, char **argv)
{
	uint64_t steps = steps_begin(argc, argv);

	begin_once();
	for (step = 0; step < steps; step++) {
		if (step % EPISODE == 0)
			begin();
		one_step();
		compare();
	}
	for (unsigned i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		printf("%9lu %s\n", seen[i].count, seen[i].what);
		if (seen[i].count < steps / SELDOM) {
			printf("FAIL " TEST ": too few (seed %lu)\n", seed);
			return 1;
		}
	}
	printf("PASS " TEST ": %lu steps (seed %lu)\n", steps, seed);
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel for tests of mem (fake_kernel.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cos/cap.h>
#include <cos/syscall.h>
#include "boot/handover.h"
#include "fake_kernel.h"

enum kind { NONE, CAPTBL, PGTBL, COMP, THD, SINV, ARCV, UNTYPED, HW };

struct object {
	enum kind kind;
	unsigned level; /* pgtbl */
	uint32_t refs;
	int64_t page;		 /* of the fake memory, -1: boot's */
	struct object *holds[2]; /* comp: captbl, pgtbl; thd: comp */
	union {
		struct object **slot; /* captbl */
		struct entry {
			struct object *table; /* level 2 and up */
			int64_t page;	      /* level 1, or a super-page of level 2: + 1 */
			uint32_t flags;
		} * entry;
	};
};

static struct page {
	uint8_t type;
	uint32_t refs;
	bool object;
	bool super, part;
	uint8_t data[16]; /* is all that a page has here */
} pages[FAKE_PAGES];

static struct object *own; /* mem's captbl */
static struct object untyped = {.kind = UNTYPED, .refs = 1}, hw = {.kind = HW, .refs = 1};
uint64_t fake_resume_ip;
unsigned fake_ncores = 1, fake_epochs, fake_quiet, fake_supers;

unsigned cos_ncores(void)
{
	return fake_ncores;
}

static struct object *object_new(enum kind kind, unsigned level, int64_t page)
{
	struct object *object = calloc(1, sizeof(*object));

	object->kind = kind;
	object->level = level;
	object->refs = 1;
	object->page = page;
	if (kind == CAPTBL)
		object->slot = calloc(COS_CAPTBL_MAX, sizeof(struct object *));
	if (kind == PGTBL)
		object->entry = calloc(512, sizeof(struct entry));
	return object;
}

static bool object_in_use(const struct object *object)
{
	if (object->kind == PGTBL && object->level > 1)
		for (int i = 0; i < 512; i++)
			if (object->entry[i].table != NULL || object->entry[i].page != 0)
				return true;
	if (object->kind == CAPTBL)
		for (int i = 0; i < COS_CAPTBL_MAX; i++)
			if (object->slot[i] != NULL)
				return true;
	return false;
}

/* COS_EBUSY as the kernel has it. */
static long object_drop(struct object *object)
{
	if (object->refs == 1 && object_in_use(object))
		return -COS_EBUSY;
	if (--object->refs > 0)
		return 0;
	if (object->kind == PGTBL && object->level == 1)
		for (int i = 0; i < 512; i++)
			if (object->entry[i].page != 0)
				pages[object->entry[i].page - 1].refs--;
	if (object->page >= 0)
		pages[object->page].object = false;
	for (int i = 0; i < 2; i++)
		if (object->holds[i] != NULL)
			assert_int_equal(object_drop(object->holds[i]), 0);
	if (object->kind == CAPTBL)
		free(object->slot);
	if (object->kind == PGTBL)
		free(object->entry);
	free(object);
	return 0;
}

void fake_init(void)
{
	own = object_new(CAPTBL, 0, -1);
	own->slot[COS_CAP_CAPTBL] = own;
	own->slot[FAKE_UNTYPED] = &untyped;
	own->slot[COS_CAP_HW] = &hw;
	own->slot[BOOT_CAP_MEM_PGTBL] = object_new(PGTBL, 4, -1);
}

static uint32_t fake_add(struct object *object)
{
	for (uint32_t cap = 32;; cap++)
		if (own->slot[cap] == NULL) {
			own->slot[cap] = object;
			return cap;
		}
}

uint32_t fake_captbl(void)
{
	return fake_add(object_new(CAPTBL, 0, -1));
}

uint32_t fake_pgtbl(unsigned level)
{
	return fake_add(object_new(PGTBL, level, -1));
}

static struct object *comp_new(struct object *captbl, struct object *pgtbl, int64_t page)
{
	struct object *comp = object_new(COMP, 0, page);

	comp->holds[0] = captbl;
	comp->holds[1] = pgtbl;
	captbl->refs++;
	pgtbl->refs++;
	return comp;
}

uint32_t fake_comp(uint32_t captbl, uint32_t pgtbl)
{
	return fake_add(comp_new(own->slot[captbl], own->slot[pgtbl], -1));
}

static unsigned entry_index(uint64_t va, unsigned level)
{
	return va >> (12 + 9 * (level - 1)) & 511;
}

/* The entry for va in the table of that level; NULL: *missing is. */
static struct entry *walk(struct object *table, uint64_t va, unsigned level, uint64_t *missing)
{
	while (table->level > level) {
		struct entry *entry = &table->entry[entry_index(va, table->level)];

		if (entry->table == NULL) {
			*missing = entry->page != 0 ? 0 : table->level - 1;
			return NULL;
		}
		table = entry->table;
	}
	return &table->entry[entry_index(va, level)];
}

static long link_table(struct object *root, uint64_t va, struct object *table, uint32_t flags,
		       uint64_t *missing)
{
	struct entry *entry;

	assert_int_equal(table->kind, PGTBL);
	assert_int_equal(va & ((1UL << (12 + 9 * table->level)) - 1), 0);
	entry = walk(root, va, table->level + 1, missing);
	if (entry == NULL)
		return *missing != 0 ? -COS_ENOTBL : -COS_EEXIST;
	if (entry->table != NULL || entry->page != 0)
		return -COS_EEXIST;
	entry->table = table;
	entry->flags = flags;
	table->refs++;
	return 0;
}

void fake_link(uint32_t pgtbl, uint64_t va, uint32_t table)
{
	uint64_t missing;

	assert_int_equal(link_table(own->slot[pgtbl], va, own->slot[table], 7, &missing), 0);
}

uint8_t *fake_access(uint32_t pgtbl, uint64_t va, bool write)
{
	struct object *table = own->slot[pgtbl];

	for (;;) {
		struct entry *entry = &table->entry[entry_index(va, table->level)];

		if (write && !(entry->flags & COS_PG_WRITE))
			return NULL;
		if (table->level == 1)
			return entry->page != 0 ? &pages[entry->page - 1].data[va & 15] : NULL;
		if (entry->page != 0)
			return &pages[entry->page - 1 + (int64_t)entry_index(va, 1)].data[va & 15];
		if (entry->table == NULL)
			return NULL;
		table = entry->table;
	}
}

static int64_t mem_page(uint64_t mem)
{
	assert_int_equal(mem >> 40, FAKE_UNTYPED);
	mem &= (1UL << 40) - 1;
	assert_true(mem < FAKE_PAGES);
	return (int64_t)mem;
}

static long op_pgtbl(struct object *root, uint64_t op, const uint64_t *arg,
		     struct cos_results *results)
{
	struct entry *entry;
	bool super;

	if (op == COS_PGTBL_LINK)
		return link_table(root, arg[0], own->slot[arg[1]], (uint32_t)arg[2], &results->rdi);
	if (op == COS_PGTBL_UNLINK) {
		entry = walk(root, arg[0], (unsigned)arg[1], &results->rdi);
		assert_true(entry != NULL && entry->table != NULL);
		if (object_drop(entry->table) < 0)
			return -COS_EBUSY;
		*entry = (struct entry){0};
		return 0;
	}
	if (op == COS_PGTBL_MAP) {
		int64_t page = mem_page(arg[1]);

		super = pages[page].super;
		assert_false(super && (arg[0] & (FAKE_SUPER * 4096UL - 1)));
		entry = walk(root, arg[0], super ? 2 : 1, &results->rdi);
		if (entry == NULL)
			return results->rdi != 0 ? -COS_ENOTBL : -COS_EEXIST;
		if (entry->page != 0 || entry->table != NULL)
			return -COS_EEXIST;
		if (pages[page].type != COS_MEM_USER || pages[page].part)
			return -COS_ETYPE;
		assert_true(arg[2] & COS_PG_READ);
		assert_true((arg[2] & 6) != 6);
		pages[page].refs++;
		fake_supers += super;
		*entry = (struct entry){.page = page + 1, .flags = (uint32_t)arg[2]};
		return 0;
	}
	entry = root->level > 1 ? walk(root, arg[0], 2, &results->rdi) : NULL;
	super = entry != NULL && entry->page != 0;
	if (!super)
		entry = walk(root, arg[0], 1, &results->rdi);
	if (entry == NULL || entry->page == 0)
		return -COS_ENOENT;
	if (super && op != COS_PGTBL_LOOKUP && (arg[0] & (FAKE_SUPER * 4096UL - 1)))
		return -COS_EINVAL;
	if (op == COS_PGTBL_UNMAP) {
		results->rdi = FAKE_PADDR + (uint64_t)(entry->page - 1) * 4096;
		pages[entry->page - 1].refs--;
		fake_supers -= super;
		*entry = (struct entry){0};
	} else if (op == COS_PGTBL_PROTECT) {
		assert_true(arg[1] & COS_PG_READ);
		assert_true((arg[1] & 6) != 6);
		entry->flags = (uint32_t)arg[1];
	} else if (op == COS_PGTBL_LOOKUP) {
		results->rdi = entry->flags;
		results->rsi = FAKE_PADDR + (uint64_t)(entry->page - 1) * 4096;
		if (super)
			results->rsi += entry_index(arg[0], 1) * 4096UL;
	}
	return 0;
}

static long op_join(uint64_t first, uint64_t level)
{
	assert_int_equal(level, 2);
	if ((FAKE_PADDR / 4096 + first) % FAKE_SUPER)
		return -COS_EINVAL;
	for (uint64_t i = first; i < first + FAKE_SUPER; i++) {
		if (pages[i].type != COS_MEM_USER || pages[i].super || pages[i].part)
			return -COS_ETYPE;
		if (pages[i].refs != 0)
			return -COS_EBUSY;
	}
	for (uint64_t i = first; i < first + FAKE_SUPER; i++)
		pages[i].part = i > first;
	pages[first].super = true;
	return 0;
}

static long op_cut(uint64_t first)
{
	if (!pages[first].super)
		return -COS_ETYPE;
	if (pages[first].refs != 0)
		return -COS_EBUSY;
	for (uint64_t i = first; i < first + FAKE_SUPER; i++)
		pages[i].part = pages[i].super = false;
	return 0;
}

static long op_retype(const uint64_t *arg)
{
	for (uint64_t page = arg[0]; page < arg[0] + arg[1]; page++) {
		if (pages[page].refs != 0 || pages[page].object || pages[page].super ||
		    pages[page].part)
			return -COS_EBUSY;
		pages[page].type = (uint8_t)arg[2];
		memset(pages[page].data, 0, sizeof(pages[page].data));
	}
	return 0;
}

static long op_make(struct object *captbl, uint64_t op, const uint64_t *arg)
{
	struct object *object;
	int64_t page = -1;

	if (captbl->slot[arg[0]] != NULL)
		return -COS_EEXIST;
	if (op <= COS_MK_THD) {
		page = mem_page(arg[1]);
		if (pages[page].type != COS_MEM_KERNEL)
			return -COS_ETYPE;
		if (pages[page].object)
			return -COS_EBUSY;
		pages[page].object = true;
	}
	switch (op) {
	case COS_MK_CAPTBL:
		object = object_new(CAPTBL, 0, page);
		break;
	case COS_MK_PGTBL:
		object = object_new(PGTBL, (unsigned)arg[2], page);
		break;
	case COS_MK_COMP:
		object = comp_new(own->slot[arg[2]], own->slot[arg[3]], page);
		break;
	case COS_MK_THD:
		object = object_new(THD, 0, page);
		object->holds[0] = own->slot[arg[2]];
		object->holds[0]->refs++;
		break;
	case COS_MK_SINV:
		object = object_new(SINV, 0, -1);
		object->holds[0] = own->slot[arg[1]];
		object->holds[0]->refs++;
		break;
	default:
		assert_int_equal(op, COS_MK_ARCV);
		object = object_new(ARCV, 0, -1);
		object->holds[0] = own->slot[arg[1]];
		object->holds[0]->refs++;
		break;
	}
	captbl->slot[arg[0]] = object;
	return 0;
}

static long op_captbl(struct object *captbl, uint64_t op, const uint64_t *arg)
{
	struct object *object;
	long error;

	assert_true(arg[0] >= COS_CAP_FIRST && arg[0] < COS_CAPTBL_MAX);
	switch (op) {
	case COS_CAPTBL_EXTEND:
		return -COS_EEXIST; /* every leaf is there */
	case COS_CAPTBL_COPY:
		object = own->slot[arg[1]]->slot[arg[2]];
		if (object == NULL)
			return -COS_ENOENT;
		if (captbl->slot[arg[0]] != NULL)
			return -COS_EEXIST;
		object->refs++;
		captbl->slot[arg[0]] = object;
		return 0;
	case COS_CAPTBL_REMOVE:
		if (captbl->slot[arg[0]] == NULL)
			return -COS_ENOENT;
		error = object_drop(captbl->slot[arg[0]]);
		if (error == 0)
			captbl->slot[arg[0]] = NULL;
		return error;
	default:
		return op_make(captbl, op, arg);
	}
}

/* Another core may be using it yet. */
static bool lags(const struct object *object, uint64_t op)
{
	static unsigned count;

	return fake_ncores > 1 && (object->kind == CAPTBL || object->kind == UNTYPED) &&
	       op != COS_CAPTBL_REMOVE && ++count % 3 == 0;
}

static long op_quiesce(uint64_t epoch, struct cos_results *results)
{
	static unsigned asked;

	assert_true(epoch <= fake_epochs);
	if (epoch == 0) {
		results->rdi = ++fake_epochs;
		return -COS_EAGAIN;
	}
	if (++asked % 3 != 0)
		return -COS_EAGAIN;
	fake_quiet++;
	return 0;
}

long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	const uint64_t arg[] = {a0, a1, a2, a3, a4, a5};
	struct object *object = own->slot[cap];

	if (cap == COS_CAP_SELF) {
		assert_true(op == COS_SELF_CALLER_SET && a0 == COS_REG_IP);
		fake_resume_ip = a1;
		return 0;
	}
	if (object == NULL)
		return -COS_ECAP;
	if (lags(object, op))
		return -COS_EAGAIN;
	switch (object->kind) {
	case HW:
		return op == COS_HW_QUIESCE ? op_quiesce(a0, results) : 0;
	case CAPTBL:
		return op_captbl(object, op, arg);
	case PGTBL:
		return op_pgtbl(object, op, arg, results);
	case UNTYPED:
		if (op == COS_MEM_JOIN)
			return op_join(arg[0], arg[1]);
		if (op == COS_MEM_CUT)
			return op_cut(arg[0]);
		assert_int_equal(op, COS_MEM_RETYPE);
		return op_retype(arg);
	case COMP:
		if (op <= COS_COMP_SET_HANDLER)
			assert_int_equal(own->slot[a0]->kind, SINV);
		return 0;
	default:
		return 0;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability tables: slots, lookup, delegation. The protocol is in captbl.h. */
#include <stdatomic.h>
#include <stddef.h>
#include "captbl.h"
#include "machine.h"
#include "mem.h"
#include "quiesce.h"

#define NLEAVES (COS_CAPTBL_MAX / COS_CAPTBL_LEAF)

_Static_assert(sizeof(struct cap) * COS_CAPTBL_LEAF == COS_PAGE_SIZE, "a leaf is a page");
_Static_assert(sizeof(struct captbl) == COS_PAGE_SIZE, "the root is a page");

/* The empty leaf (C8). */
static const struct cap captbl_no_leaf[COS_CAPTBL_LEAF];

int captbl_make(uint64_t pa, struct captbl **tbl)
{
	int err = mem_claim(pa, KIND_CAPTBL);

	if (err)
		return err;
	*tbl = pa_va(pa);
	for (unsigned i = 0; i < NLEAVES; i++)
		(*tbl)->leaf[i] = (struct cap *)captbl_no_leaf;
	return 0;
}

static int captbl_add_leaf(struct captbl *tbl, uint64_t index, uint64_t pa)
{
	struct cap *none = (struct cap *)captbl_no_leaf;
	int err;

	if (tbl->leaf[index / COS_CAPTBL_LEAF] != none)
		return -COS_EEXIST;
	err = mem_claim(pa, KIND_LEAF);
	if (err)
		return err;
	if (!__atomic_compare_exchange_n(&tbl->leaf[index / COS_CAPTBL_LEAF], &none,
					 (struct cap *)pa_va(pa), false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE)) {
		(void)mem_free(pa_va(pa));
		return -COS_EEXIST;
	}
	return 0;
}

int captbl_extend(struct captbl *tbl, uint64_t index, uint64_t pa)
{
	int err;

	if (index >= COS_CAPTBL_MAX)
		return -COS_EINVAL;
	err = mem_hold(tbl);
	if (err)
		return err;
	err = captbl_add_leaf(tbl, index, pa);
	mem_unhold(tbl);
	return err;
}

int captbl_put(struct captbl *tbl)
{
	int err;

	if (mem_unref(tbl))
		return 0;
	err = mem_free(tbl);
	if (err)
		return err;
	for (unsigned i = 0; i < NLEAVES; i++)
		if (tbl->leaf[i] != captbl_no_leaf)
			(void)mem_free(tbl->leaf[i]);
	return 0;
}

bool captbl_good(const struct cap *cap)
{
	while (cap->parent) {
		const struct cap *parent = captbl_slot(cap->parent, cap->parent_index);

		if (atomic_load(&parent->removed) != cap->parent_removed)
			return false;
		cap = parent;
	}
	return true;
}

int captbl_take(struct captbl *tbl, uint64_t index, struct cap **slot)
{
	uint8_t none = CAP_NONE;
	int err;

	if (index < COS_CAP_FIRST || index >= COS_CAPTBL_MAX)
		return -COS_EINVAL;
	if (tbl->leaf[index / COS_CAPTBL_LEAF] == captbl_no_leaf)
		return -COS_ENOTBL;
	*slot = captbl_slot(tbl, index);
	if (!atomic_compare_exchange_strong(&(*slot)->type, &none, CAP_BUSY))
		return -COS_EEXIST;
	err = quiesce_passed((*slot)->gone) ? mem_hold(tbl) : -COS_EAGAIN;
	if (err) {
		atomic_store(&(*slot)->type, CAP_NONE);
		return err;
	}
	(*slot)->parent = NULL;
	(*slot)->depth = 0;
	return 0;
}

static int captbl_set_parent(struct cap *slot, struct captbl *parent, uint64_t index,
			     uint64_t removed)
{
	int err = mem_hold(parent);

	if (err)
		return err;
	slot->parent = parent;
	slot->parent_index = (uint16_t)index;
	slot->parent_removed = removed;
	return 0;
}

int captbl_delegate(struct cap *slot, struct captbl *tbl, uint64_t index)
{
	struct cap *from = captbl_slot(tbl, index);
	uint64_t removed = atomic_load(&from->removed);

	/*
	 * C4: `removed` rises before the slot becomes free, so what was read is current if it is
	 * not.
	 */
	if (atomic_load(&from->type) <= CAP_BUSY)
		return -COS_ENOENT;
	if (from->depth == COS_CAPTBL_DEPTH)
		return -COS_EDEPTH;
	slot->depth = from->depth + 1;
	return captbl_set_parent(slot, tbl, index, removed);
}

int captbl_inherit(struct cap *slot, const struct cap *like)
{
	slot->depth = like->depth;
	return !like->parent ? 0
			     : captbl_set_parent(slot, like->parent, like->parent_index,
						 like->parent_removed);
}

/* C9 */
static uint8_t captbl_published(const struct cap *slot, enum cap_type type)
{
	return type | (slot->parent || !(slot->rights & 1) ? CAP_SLOW : 0);
}

void captbl_publish(struct cap *slot, enum cap_type type)
{
	atomic_store(&slot->type, captbl_published(slot, type));
}

void captbl_give_back(struct captbl *tbl, struct cap *slot)
{
	struct captbl *parent = slot->parent;

	atomic_store(&slot->type, CAP_NONE);
	mem_unhold(tbl);
	if (parent)
		mem_unhold(parent);
}

bool captbl_withdraw(struct cap *slot, enum cap_type type)
{
	uint8_t expected = captbl_published(slot, type);

	return atomic_compare_exchange_strong(&slot->type, &expected, CAP_BUSY);
}

void captbl_remove(struct captbl *tbl, struct cap *slot)
{
	atomic_fetch_add(&slot->removed, 1);
	slot->gone = quiesce_stamp();
	captbl_give_back(tbl, slot);
}

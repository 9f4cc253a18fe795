/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stddef.h>
#include "captbl.h"
#include "machine.h"
#include "mem.h"

#define NLEAVES (COS_CAPTBL_MAX / COS_CAPTBL_LEAF)

_Static_assert(sizeof(struct cap) * COS_CAPTBL_LEAF == COS_PAGE_SIZE, "a leaf is a page");
_Static_assert(sizeof(struct captbl) == COS_PAGE_SIZE, "the root is a page");

/* Stands for every leaf that is not there. Never written. */
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

int captbl_extend(struct captbl *tbl, uint64_t index, uint64_t pa)
{
	struct cap *none = (struct cap *)captbl_no_leaf;
	int err;

	if (index >= COS_CAPTBL_MAX)
		return -COS_EINVAL;
	if (tbl->leaf[index / COS_CAPTBL_LEAF] != none)
		return -COS_EEXIST;
	err = mem_claim(pa, KIND_LEAF);
	if (err)
		return err;
	if (!__atomic_compare_exchange_n(&tbl->leaf[index / COS_CAPTBL_LEAF], &none,
					 (struct cap *)pa_va(pa), false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE)) {
		mem_release(pa_va(pa));
		return -COS_EEXIST;
	}
	return 0;
}

bool captbl_empty(const struct captbl *tbl)
{
	return mem_aux(tbl) == 0;
}

void captbl_free(struct captbl *tbl)
{
	for (unsigned i = 0; i < NLEAVES; i++)
		if (tbl->leaf[i] != captbl_no_leaf)
			mem_release(tbl->leaf[i]);
	mem_release(tbl);
}

struct cap *captbl_lookup(const struct captbl *tbl, uint64_t index)
{
	struct cap *cap;

	if (index >= COS_CAPTBL_MAX)
		return NULL;
	cap = &tbl->leaf[index / COS_CAPTBL_LEAF][index % COS_CAPTBL_LEAF];
	return atomic_load(&cap->type) > CAP_BUSY ? cap : NULL;
}

struct cap *captbl_get(const struct captbl *tbl, uint64_t index, enum cap_type type)
{
	struct cap *cap = captbl_lookup(tbl, index);

	return cap && cap->type == type ? cap : NULL;
}

int captbl_take(struct captbl *tbl, uint64_t index, struct cap **slot)
{
	uint8_t none = CAP_NONE;

	if (index < COS_CAP_FIRST || index >= COS_CAPTBL_MAX)
		return -COS_EINVAL;
	if (tbl->leaf[index / COS_CAPTBL_LEAF] == captbl_no_leaf)
		return -COS_ENOTBL;
	*slot = &tbl->leaf[index / COS_CAPTBL_LEAF][index % COS_CAPTBL_LEAF];
	if (!atomic_compare_exchange_strong(&(*slot)->type, &none, CAP_BUSY))
		return -COS_EEXIST;
	return 0;
}

void captbl_publish(struct captbl *tbl, struct cap *slot, enum cap_type type)
{
	mem_aux_add(tbl, 1);
	atomic_store(&slot->type, type);
}

void captbl_give_back(struct cap *slot)
{
	atomic_store(&slot->type, CAP_NONE);
}

void captbl_withdraw(struct captbl *tbl, struct cap *slot)
{
	atomic_store(&slot->type, CAP_BUSY);
	mem_aux_add(tbl, -1);
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdatomic.h>
#include <stddef.h>
#include "captbl.h"
#include "machine.h"
#include "mem.h"
#include "quiesce.h"

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

struct cap *captbl_lookup(const struct captbl *tbl, uint64_t index, enum cap_type *type)
{
	struct cap *cap;

	if (index >= COS_CAPTBL_MAX)
		return NULL;
	cap = &tbl->leaf[index / COS_CAPTBL_LEAF][index % COS_CAPTBL_LEAF];
	*type = (enum cap_type)atomic_load(&cap->type);
	return *type > CAP_BUSY ? cap : NULL;
}

struct cap *captbl_get(const struct captbl *tbl, uint64_t index, enum cap_type type)
{
	enum cap_type found;
	struct cap *cap = captbl_lookup(tbl, index, &found);

	return cap && found == type ? cap : NULL;
}

int captbl_take(struct captbl *tbl, uint64_t index, struct cap **slot)
{
	uint8_t none = CAP_NONE;
	int err;

	if (index < COS_CAP_FIRST || index >= COS_CAPTBL_MAX)
		return -COS_EINVAL;
	if (tbl->leaf[index / COS_CAPTBL_LEAF] == captbl_no_leaf)
		return -COS_ENOTBL;
	*slot = &tbl->leaf[index / COS_CAPTBL_LEAF][index % COS_CAPTBL_LEAF];
	if (!atomic_compare_exchange_strong(&(*slot)->type, &none, CAP_BUSY))
		return -COS_EEXIST;
	err = quiesce_passed((*slot)->gone) ? mem_hold(tbl) : -COS_EAGAIN;
	if (err)
		atomic_store(&(*slot)->type, CAP_NONE);
	return err;
}

void captbl_publish(struct cap *slot, enum cap_type type)
{
	atomic_store(&slot->type, type);
}

void captbl_give_back(struct captbl *tbl, struct cap *slot)
{
	atomic_store(&slot->type, CAP_NONE);
	mem_unhold(tbl);
}

bool captbl_withdraw(struct cap *slot, enum cap_type type)
{
	uint8_t expected = type;

	return atomic_compare_exchange_strong(&slot->type, &expected, CAP_BUSY);
}

void captbl_remove(struct captbl *tbl, struct cap *slot)
{
	slot->gone = quiesce_stamp();
	captbl_give_back(tbl, slot);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on capability tables: delegation, revocation, and the making of objects (captbl.h). */
#include <stdatomic.h>
#include "core.h"
#include "mem.h"
#include "op.h"

/*
 * Drop the capability's reference, and the object with the last one. Errors as COS_CAPTBL_REMOVE.
 */
static int cap_drop(const struct cap *cap, enum cap_type type)
{
	int err;

	switch (type) {
	case CAP_CAPTBL:
		return captbl_put(cap->captbl);
	case CAP_PGTBL:
		return pgtbl_put(cap->pgtbl, cap->level);
	case CAP_COMP:
	case CAP_SINV:
		return comp_put(cap->comp);
	case CAP_THD:
		return cap->thd == cpu()->thd ? -COS_EBUSY : thd_put(cap->thd);
	case CAP_ARCV:
		cap->thd->arcv_caps--;
		err = thd_put(cap->thd);
		if (err)
			cap->thd->arcv_caps++;
		return err;
	case CAP_ASND:
		return thd_put(cap->thd);
	case CAP_TCAP:
		return tcap_put(cap->tcap);
	default:
		return 0;
	}
}

static int captbl_op_copy(struct captbl *tbl, const struct op *op)
{
	const struct cap *from_tbl;
	struct cap *from, *slot;
	enum cap_type type;
	int err = op_cap(op, 1, CAP_CAPTBL, COS_USE_SOURCE, &from_tbl);

	if (err)
		return err;
	from = captbl_lookup(from_tbl->captbl, op_arg(op, 2), &type);
	if (!from)
		return -COS_ENOENT;
	err = captbl_take(tbl, op_arg(op, 0), &slot);
	if (err)
		return err;
	err = op->number == COS_CAPTBL_DELEGATE
		      ? captbl_delegate(slot, from_tbl->captbl, op_arg(op, 2))
		      : captbl_inherit(slot, from);
	if (!err && captbl_is_object(type))
		err = mem_ref(from->object);
	if (err) {
		captbl_give_back(tbl, slot);
		return err;
	}
	if (type == CAP_ARCV)
		from->thd->arcv_caps++;
	slot->level = from->level;
	slot->rights = from->rights & (uint32_t)op_arg(op, 3);
	slot->target = from->target;
	captbl_publish(slot, type);
	return 0;
}

static int captbl_op_remove(struct captbl *tbl, uint64_t index)
{
	enum cap_type type;
	struct cap *cap = captbl_find(tbl, index, &type);
	int err;

	if (index >= COS_CAPTBL_MAX)
		return -COS_EINVAL;
	if (!cap || !captbl_withdraw(cap, type))
		return -COS_ENOENT;
	err = cap_drop(cap, type);
	if (err)
		captbl_publish(cap, type);
	else
		captbl_remove(tbl, cap);
	return err;
}

/* The page that an object is to be made of, which must be of kernel type. */
static int make_page(const struct op *op, uint64_t *pa)
{
	struct range pages;
	int err = op_pages(op, 1, COS_USE_OBJECT, &pages);

	if (err)
		return err;
	*pa = pages.first;
	return mem_page(*pa).type == COS_MEM_KERNEL ? 0 : -COS_ETYPE;
}

static int make_captbl(const struct op *op, struct cap *slot)
{
	uint64_t pa;
	int err = make_page(op, &pa);

	return err ? err : captbl_make(pa, &slot->captbl);
}

static int make_pgtbl(const struct op *op, struct cap *slot)
{
	uint64_t pa;
	int err = make_page(op, &pa);

	slot->level = (uint8_t)op_arg(op, 2);
	return err ? err : pgtbl_make(pa, op_arg(op, 2), &slot->pgtbl);
}

static int make_comp(const struct op *op, struct cap *slot)
{
	const struct cap *captbl, *pgtbl;
	uint64_t pa;
	int err = op_cap(op, 2, CAP_CAPTBL, COS_USE_DOMAIN, &captbl);

	if (!err)
		err = op_cap(op, 3, CAP_PGTBL, COS_USE_DOMAIN, &pgtbl);
	if (!err && pgtbl->level != 4)
		err = -COS_EINVAL;
	if (!err)
		err = make_page(op, &pa);
	return err ? err : comp_make(pa, captbl->captbl, pgtbl->pgtbl, op_arg(op, 4), &slot->comp);
}

static int make_thd(const struct op *op, struct cap *slot)
{
	const struct cap *comp;
	uint64_t pa;
	int err = op_cap(op, 2, CAP_COMP, COS_USE_START, &comp);

	if (!err)
		err = make_page(op, &pa);
	return err ? err
		   : thd_make(pa, comp->comp, op_arg(op, 3), op_arg(op, 4), op_arg(op, 5),
			      &slot->thd);
}

/*
 * A capability made from another one for the same object has its parent, so that both end together.
 */
static int make_ref(struct cap *slot, const struct cap *from, void *object)
{
	int err = captbl_inherit(slot, from);

	return err ? err : mem_ref(object);
}

static int make_sinv(const struct op *op, struct cap *slot)
{
	const struct cap *comp;
	int err = op_cap(op, 1, CAP_COMP, COS_USE_ENTRY, &comp);

	if (err)
		return err;
	if (op_arg(op, 2) >= USER_END)
		return -COS_EINVAL;
	slot->target = (struct target){comp->comp, op_arg(op, 2), op_arg(op, 3)};
	return make_ref(slot, comp, comp->comp);
}

static int make_arcv(const struct op *op, struct cap *slot)
{
	const struct cap *thd;
	uint64_t none = 0;
	int err = op_cap(op, 1, CAP_THD, COS_USE_RECEIVE, &thd);

	if (err)
		return err;
	if (!atomic_compare_exchange_strong(&thd->thd->arcv_caps, &none, 1))
		return -COS_EEXIST;
	err = make_ref(slot, thd, thd->thd);
	if (err)
		thd->thd->arcv_caps = 0;
	slot->thd = thd->thd;
	return err;
}

static int make_asnd(const struct op *op, struct cap *slot)
{
	const struct cap *arcv;
	int err = op_cap(op, 1, CAP_ARCV, COS_USE_SEND, &arcv);

	if (err)
		return err;
	slot->thd = arcv->thd;
	return make_ref(slot, arcv, arcv->thd);
}

static int make_tcap(const struct op *op, struct cap *slot)
{
	uint64_t pa;
	int err = make_page(op, &pa);

	return err ? err : tcap_make(pa, op_arg(op, 2), &slot->tcap);
}

static const struct {
	int (*make)(const struct op *op, struct cap *slot);
	enum cap_type type;
} makers[] = {
	[COS_MK_CAPTBL - COS_MK_CAPTBL] = {make_captbl, CAP_CAPTBL},
	[COS_MK_PGTBL - COS_MK_CAPTBL] = {make_pgtbl, CAP_PGTBL},
	[COS_MK_COMP - COS_MK_CAPTBL] = {make_comp, CAP_COMP},
	[COS_MK_THD - COS_MK_CAPTBL] = {make_thd, CAP_THD},
	[COS_MK_SINV - COS_MK_CAPTBL] = {make_sinv, CAP_SINV},
	[COS_MK_ARCV - COS_MK_CAPTBL] = {make_arcv, CAP_ARCV},
	[COS_MK_ASND - COS_MK_CAPTBL] = {make_asnd, CAP_ASND},
	[COS_MK_TCAP - COS_MK_CAPTBL] = {make_tcap, CAP_TCAP},
};

int64_t op_captbl(const struct op *op)
{
	struct captbl *tbl = op->cap->captbl;
	struct range pages;
	struct cap *slot;
	int err;

	switch (op->number) {
	case COS_CAPTBL_EXTEND:
		err = op_pages(op, 1, COS_USE_OBJECT, &pages);
		return err ? err : captbl_extend(tbl, op_arg(op, 0), pages.first);
	case COS_CAPTBL_COPY:
	case COS_CAPTBL_DELEGATE:
		err = captbl_op_copy(tbl, op);
		break;
	case COS_CAPTBL_REMOVE:
		return captbl_op_remove(tbl, op_arg(op, 0));
	case COS_MK_CAPTBL ... COS_MK_TCAP:
		err = captbl_take(tbl, op_arg(op, 0), &slot);
		if (err)
			break;
		slot->level = 0;
		slot->rights = UINT32_MAX;
		err = makers[op->number - COS_MK_CAPTBL].make(op, slot);
		if (err)
			captbl_give_back(tbl, slot);
		else
			captbl_publish(slot, makers[op->number - COS_MK_CAPTBL].type);
		break;
	default:
		return -COS_ENOSYS;
	}
	if (err == -COS_ENOTBL)
		op_result(op, 0, 1);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on untyped and device memory, and on page tables. */
#include "mem.h"
#include "op.h"
#include "pgtbl.h"
#include "pte.h"

static bool range_ok(const struct cap *cap, uint64_t page, uint64_t count)
{
	return count && page < cap->range.count && count <= cap->range.count - page;
}

static int64_t mem_op_retype(const struct op *op)
{
	const struct cap *cap = op->cap;
	uint64_t page = op_arg(op, 0), count = op_arg(op, 1);

	if (op->type != CAP_UNTYPED)
		return -COS_ETYPE;
	if (!range_ok(cap, page, count) || count > COS_MEM_RETYPE_MAX ||
	    op_arg(op, 2) > COS_MEM_KERNEL)
		return -COS_EINVAL;
	for (uint64_t i = 0; i < count; i++) {
		int err = mem_retype(cap->range.first + (page + i) * COS_PAGE_SIZE,
				     (unsigned)op_arg(op, 2));

		if (err) {
			op_result(op, 0, i);
			return err;
		}
	}
	return 0;
}

int64_t op_make_range(const struct op *op, enum cap_type type, uint32_t rights, uint64_t first,
		      uint64_t count)
{
	const struct cap *tbl;
	struct cap *slot;
	int err = op_cap(op, 0, CAP_CAPTBL, COS_USE_INSERT, &tbl);

	if (err)
		return err;
	err = captbl_take(tbl->captbl, op_arg(op, 1), &slot);
	if (err == -COS_ENOTBL)
		op_result(op, 0, 1);
	if (err)
		return err;
	err = captbl_inherit(slot, op->cap);
	if (err) {
		captbl_give_back(tbl->captbl, slot);
		return err;
	}
	slot->level = 0;
	slot->rights = rights;
	slot->range.first = first;
	slot->range.count = count;
	captbl_publish(slot, type);
	return 0;
}

int64_t op_mem(const struct op *op)
{
	struct mem_page page;
	uint64_t pa, level;

	switch (op->number) {
	case COS_MEM_RETYPE:
		return mem_op_retype(op);
	case COS_MEM_SPLIT:
		if (!range_ok(op->cap, op_arg(op, 2), op_arg(op, 3)))
			return -COS_EINVAL;
		pa = op->cap->range.first + op_arg(op, 2) * COS_PAGE_SIZE;
		return op_make_range(op, op->type, op->cap->rights, pa, op_arg(op, 3));
	case COS_MEM_JOIN:
	case COS_MEM_CUT:
		level = op->number == COS_MEM_JOIN ? op_arg(op, 1) : 1;
		if (op->type != CAP_UNTYPED)
			return -COS_ETYPE;
		if (level > PGTBL_LEVELS ||
		    !range_ok(op->cap, op_arg(op, 0), mem_span(level) / COS_PAGE_SIZE))
			return -COS_EINVAL;
		pa = op->cap->range.first + op_arg(op, 0) * COS_PAGE_SIZE;
		return op->number == COS_MEM_JOIN ? mem_join(pa, level) : mem_cut(pa);
	case COS_MEM_PADDR:
		if (!range_ok(op->cap, op_arg(op, 0), 1))
			return -COS_EINVAL;
		pa = op->cap->range.first + op_arg(op, 0) * COS_PAGE_SIZE;
		page = mem_page(pa);
		op_result(op, 0, pa);
		op_result(op, 1, page.type);
		op_result(op, 2, page.refs);
		return 0;
	default:
		return -COS_ENOSYS;
	}
}

int64_t op_pgtbl(const struct op *op)
{
	uint64_t *tbl = op->cap->pgtbl;
	unsigned level = op->cap->level;
	uint64_t va = op_arg(op, 0);
	uint64_t pa = 0, flags = 0;
	unsigned missing = 0;
	struct range pages;
	const struct cap *sub;
	int err;

	switch (op->number) {
	case COS_PGTBL_LINK:
		err = op_cap(op, 1, CAP_PGTBL, COS_USE_SUBTREE, &sub);
		if (err)
			return err;
		err = pgtbl_link(tbl, level, va, sub->pgtbl, sub->level, op_arg(op, 2), &missing);
		break;
	case COS_PGTBL_UNLINK:
		return pgtbl_unlink(tbl, level, va, op_arg(op, 1));
	case COS_PGTBL_MAP:
		err = op_pages(op, 1, COS_USE_MAP, &pages);
		if (!err)
			err = pgtbl_map(tbl, level, va, pages.first, op_arg(op, 2), &missing);
		break;
	case COS_PGTBL_UNMAP:
		err = pgtbl_unmap(tbl, level, va, &pa);
		if (!err)
			op_result(op, 0, pa);
		return err;
	case COS_PGTBL_PROTECT:
		return pgtbl_protect(tbl, level, va, op_arg(op, 1));
	case COS_PGTBL_LOOKUP:
		err = pgtbl_lookup(tbl, level, va, &flags, &pa);
		if (!err) {
			op_result(op, 0, flags);
			op_result(op, 1, pa);
		}
		return err;
	default:
		return -COS_ENOSYS;
	}
	if (err == -COS_ENOTBL)
		op_result(op, 0, missing);
	return err;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on capabilities: from a system call to the function that does it.
 *
 * The running thread's registers hold the call (cos/abi.h). op_syscall looks the capability up in
 * the table of the component that the thread is in, checks type and right, and calls the handler of
 * the type. A handler returns the status or value; it writes further results with op_result. Before
 * it returns it may have made another thread the running one (core.h): op->thd stays the caller.
 */
#ifndef KERNEL_OP_H
#define KERNEL_OP_H

#include "captbl.h"
#include "thd.h"

struct op {
	struct thd *thd;
	struct captbl *captbl; /* the caller's */
	struct cap *cap;
	enum cap_type type; /* of cap */
	uint64_t number;
};

typedef int64_t op_handler(const struct op *op);
op_handler op_captbl, op_pgtbl, op_comp, op_thd, op_arcv, op_asnd, op_mem, op_hw, op_port, op_tcap,
	op_sinv;

/* What entry.S does not do itself: decode the running thread's call, do it, store the status. */
void op_syscall(void);
/* The same for operation 0 of a capability that entry.S has looked up, if it still is one. */
void op_first(struct thd *thd, struct cap *cap);

/* The n-th argument. op_result overwrites arguments 0 to 2. */
static inline uint64_t op_arg(const struct op *op, unsigned n)
{
	static const uint8_t reg[] = {COS_REG_RDI, COS_REG_RSI, COS_REG_RDX,
				      COS_REG_R10, COS_REG_R8,	COS_REG_R9};

	return op->thd->reg[reg[n]];
}

/* Set a further result, n = 0: rdi, 1: rsi, 2: rdx. */
static inline void op_result(const struct op *op, unsigned n, uint64_t value)
{
	static const uint8_t reg[] = {COS_REG_RDI, COS_REG_RSI, COS_REG_RDX};

	op->thd->reg[reg[n]] = value;
}

/*
 * The caller's good capability that the n-th argument names, for a use that needs that right
 * (COS_USE_* or an operation). COS_ECAP: none of that type; COS_EPERM: it lacks the right.
 */
static inline int op_cap(const struct op *op, unsigned n, enum cap_type type, unsigned right,
			 const struct cap **cap)
{
	*cap = captbl_get(op->captbl, op_arg(op, n), type);
	if (!*cap)
		return -COS_ECAP;
	return (*cap)->rights & 1U << right ? 0 : -COS_EPERM;
}

/*
 * Make a capability for a range, in the captbl and at the index that are the first two arguments.
 * Errors as op_cap (COS_USE_INSERT), captbl_take and captbl_inherit.
 */
int64_t op_make_range(const struct op *op, enum cap_type type, uint32_t rights, uint64_t first,
		      uint64_t count);

/*
 * The pages from the one that the n-th argument, a cos_mem, names to the end of its range. Errors
 * as op_cap; COS_EINVAL: beyond the range.
 */
int op_pages(const struct op *op, unsigned n, unsigned right, struct range *pages);

#endif

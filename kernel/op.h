/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on capabilities. The running thread's registers hold the call (cos/abi.h); a handler
 * gets the capability, which is of its type and carries the right, and returns the status or value.
 * Results beyond it are written with op_result.
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

/* The system-call entry's slow path: decode the running thread's registers, do it, store the
 * status. */
void op_syscall(void);
/* The same for operation 0 of the caller's capability, if it still is one. */
void op_first(struct thd *thd, struct cap *cap);

/* The n-th argument, as long as no result is written over it. */
static inline uint64_t op_arg(const struct op *op, unsigned n)
{
	static const uint8_t reg[] = {COS_REG_RDI, COS_REG_RSI, COS_REG_RDX,
				      COS_REG_R10, COS_REG_R8,	COS_REG_R9};

	return op->thd->reg[reg[n]];
}

/* n: 0 rdi, 1 rsi, 2 rdx */
static inline void op_result(const struct op *op, unsigned n, uint64_t value)
{
	static const uint8_t reg[] = {COS_REG_RDI, COS_REG_RSI, COS_REG_RDX};

	op->thd->reg[reg[n]] = value;
}

/* The caller's capability at index, of that type: NULL when there is none. */
static inline struct cap *op_cap(const struct op *op, uint64_t index, enum cap_type type)
{
	return captbl_get(op->captbl, index, type);
}

/* A capability for a range, in the table and slot of the first two arguments: COS_ECAP ... */
int64_t op_make_range(const struct op *op, enum cap_type type, uint32_t rights, uint64_t first,
		      uint64_t count);

/* The physical address of a page named by cos_mem: COS_ECAP, COS_EINVAL. */
int op_paddr(const struct op *op, uint64_t mem, uint64_t *pa);

#endif

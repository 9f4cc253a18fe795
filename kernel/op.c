/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls: lookup and dispatch, and the operations on the thread itself (COS_CAP_SELF). */
#include "core.h"
#include "inv.h"
#include "machine.h"
#include "op.h"
#include "pgtbl.h"

static op_handler *const op_handlers[CAP_NTYPES] = {
	[CAP_CAPTBL] = op_captbl, [CAP_PGTBL] = op_pgtbl, [CAP_COMP] = op_comp,
	[CAP_THD] = op_thd,	  [CAP_ARCV] = op_arcv,	  [CAP_ASND] = op_asnd,
	[CAP_UNTYPED] = op_mem,	  [CAP_DEVMEM] = op_mem,  [CAP_HW] = op_hw,
	[CAP_IOPORT] = op_port,	  [CAP_TCAP] = op_tcap,	  [CAP_SINV] = op_sinv,
};

int op_pages(const struct op *op, unsigned n, unsigned right, struct range *pages)
{
	enum cap_type type;
	const struct cap *cap = captbl_lookup(op->captbl, op_arg(op, n) >> 40, &type);
	uint64_t page = op_arg(op, n) & ((1UL << 40) - 1);

	if (!cap || (type != CAP_UNTYPED && type != CAP_DEVMEM))
		return -COS_ECAP;
	if (!(cap->rights & 1U << right))
		return -COS_EPERM;
	if (page >= cap->range.count)
		return -COS_EINVAL;
	*pages = (struct range){cap->range.first + page * COS_PAGE_SIZE, cap->range.count - page};
	return 0;
}

/* How many registers of the caller there are, by how the component was entered (thd.h, I3). */
static const uint8_t op_caller_nregs[] = {
	[COS_INV_BASE] = 0,
	[COS_INV_SINV] = COS_REG_FLAGS + 1,
	[COS_INV_GATE] = INV_REGS,
	[COS_INV_FAULT] = COS_NREGS,
};

static uint64_t *op_caller_reg(struct thd *thd, unsigned n)
{
	struct fault *fault;
	struct invocation *caller = thd_caller(thd, &fault);

	return n < INV_REGS ? &caller->reg[n] : &fault->reg[n - INV_REGS];
}

static int64_t op_caller_set(struct thd *thd, uint64_t n, uint64_t value)
{
	uint32_t kind = thd->top->kind;

	if (kind == COS_INV_BASE)
		return -COS_ENOENT;
	/* A server must not change the registers of a client that invoked it. */
	if (kind == COS_INV_SINV)
		return -COS_EPERM;
	if (n >= op_caller_nregs[kind])
		return -COS_EINVAL;
	if ((n == COS_REG_IP || n == COS_REG_SP) && value >= USER_END)
		return -COS_EINVAL;
	if (n == COS_REG_FLAGS)
		value = user_flags(value);
	*op_caller_reg(thd, (unsigned)n) = value;
	return 0;
}

static int64_t op_self(const struct op *op)
{
	struct thd *thd = op->thd;
	uint32_t kind = thd->top->kind;
	uint64_t n = op_arg(op, 0);

	switch (op->number) {
	case COS_SELF_ID:
		op_result(op, 0, cpu()->core);
		op_result(op, 1, kind);
		return (int64_t)thd->id;
	case COS_SELF_CALLER_GET:
		if (kind == COS_INV_BASE)
			return -COS_ENOENT;
		if (n >= op_caller_nregs[kind] / 3)
			return -COS_EINVAL;
		for (unsigned i = 0; i < 3; i++)
			op_result(op, i, *op_caller_reg(thd, (unsigned)n * 3 + i));
		return 0;
	case COS_SELF_CALLER_SET:
		return op_caller_set(thd, n, op_arg(op, 1));
	default:
		return -COS_ENOSYS;
	}
}

/* Why entry.S has not sent a program's system call through the gate. */
static int64_t op_gate_failure(const struct comp *gate)
{
	if (!gate)
		return -COS_ENOSYS;
	return comp_running(gate) ? -COS_EDEPTH : -COS_EREBOOT;
}

static int64_t op_do(struct op *op, uint64_t index)
{
	op->cap = captbl_lookup(op->captbl, index, &op->type);
	if (!op->cap)
		return -COS_ECAP;
	if (op->number >= 32)
		return -COS_ENOSYS;
	if (!(op->cap->rights & 1U << op->number))
		return -COS_EPERM;
	return op_handlers[op->type](op);
}

void op_first(struct thd *thd, struct cap *cap)
{
	struct op op = {.thd = thd, .cap = cap, .type = (enum cap_type)cap->type};

	if (op.type <= CAP_BUSY || op.type >= CAP_NTYPES || !(cap->rights & 1)) {
		op_syscall();
		return;
	}
	op.captbl = thd_comp(thd)->captbl;
	thd->reg[COS_REG_RAX] = (uint64_t)op_handlers[op.type](&op);
}

void op_syscall(void)
{
	struct thd *thd = cpu()->thd;
	const struct comp *comp = thd_comp(thd);
	uint64_t call = thd->reg[COS_REG_RAX];
	uint64_t index = call >> 16;
	struct op op = {
		.thd = thd,
		.captbl = comp->captbl,
		.number = call & 0xffff,
	};
	int64_t status;

	if (call == COS_SRET) {
		inv_return(thd);
		return;
	}
	if (index == 0)
		status = op_gate_failure(comp->gate.comp);
	else if (comp->gate.comp && !captbl_lookup(op.captbl, index, &op.type)) {
		inv_fault(thd, COS_FAULT_CAP, index, 0);
		return;
	} else if (index == COS_CAP_RET)
		status = -COS_ENOSYS;
	else if (index == COS_CAP_SELF)
		status = op_self(&op);
	else
		status = op_do(&op, index);
	thd->reg[COS_REG_RAX] = (uint64_t)status;
}

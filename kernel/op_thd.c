/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on components, threads and end-points. */
#include <stddef.h>
#include "arcv.h"
#include "core.h"
#include "inv.h"
#include "machine.h"
#include "op.h"

#define GATE_NUMBERS (1UL << 16)

int64_t op_comp(const struct op *op)
{
	struct comp *comp = op->cap->comp;
	struct cap *sinv = NULL;

	if (op->number <= COS_COMP_SET_HANDLER && op_arg(op, 0)) {
		sinv = op_cap(op, op_arg(op, 0), CAP_SINV);
		if (!sinv)
			return -COS_ECAP;
	}
	switch (op->number) {
	case COS_COMP_SET_GATE:
		return comp_set_target(comp, &comp->gate, sinv);
	case COS_COMP_SET_PAGER:
		return comp_set_target(comp, &comp->pager, sinv);
	case COS_COMP_SET_HANDLER:
		return comp_set_target(comp, &comp->handler, sinv);
	case COS_COMP_STOP:
		comp_stop(comp);
		return 0;
	case COS_COMP_START:
		return comp_start(comp);
	default:
		return -COS_ENOSYS;
	}
}

static int64_t thd_op_gate(struct thd *thd, uint64_t number)
{
	if (number >= GATE_NUMBERS)
		return -COS_EINVAL;
	if (thd->core != cpu()->core)
		return -COS_ECORE;
	if (thd->started || thd->top->kind != COS_FRAME_BASE)
		return -COS_EBUSY;
	if (!thd_comp(thd)->gate.comp)
		return -COS_ENOENT;
	thd->reg[COS_REG_IP] = 0;
	thd->reg[COS_REG_SP] = 0;
	thd->reg[COS_REG_RAX] = number;
	return inv_gate(thd);
}

int64_t op_thd(const struct op *op)
{
	struct thd *thd = op->cap->thd;

	switch (op->number) {
	case COS_THD_SWITCH:
		return core_switch(cpu(), thd, op_arg(op, 0), op_arg(op, 1));
	case COS_THD_PRIO:
		thd->prio = op_arg(op, 0);
		return 0;
	case COS_THD_GATE:
		return thd_op_gate(thd, op_arg(op, 0));
	case COS_THD_MOVE:
		return core_move(thd, op_arg(op, 0));
	default:
		return -COS_ENOSYS;
	}
}

static int64_t arcv_op_event(const struct op *op)
{
	uint64_t tid = 0;
	uint8_t event;

	if (op->cap->thd != cpu()->sched)
		return -COS_EPERM;
	event = core_event_take(&tid);
	if (event) {
		op_result(op, 0, tid);
		op_result(op, 1, event);
	}
	op_result(op, 2, cpu()->token);
	return event != 0;
}

int64_t op_arcv(const struct op *op)
{
	switch (op->number) {
	case COS_ARCV_WAIT:
		if (op->cap->thd != op->thd)
			return -COS_EPERM;
		if (op_arg(op, 0) & ~(uint64_t)COS_ARCV_POLL)
			return -COS_EINVAL;
		return arcv_wait(op->thd, op_arg(op, 0) == COS_ARCV_POLL);
	case COS_SCHED_EVENT:
		return arcv_op_event(op);
	default:
		return -COS_ENOSYS;
	}
}

int64_t op_asnd(const struct op *op)
{
	struct thd *thd = op->cap->thd;

	if (op->number != COS_ASND)
		return -COS_ENOSYS;
	if (!thd->arcv_caps)
		return -COS_EDEAD;
	if (thd->core != cpu()->core)
		return core_send(thd);
	arcv_notify(thd, 1);
	return 0;
}

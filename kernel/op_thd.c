/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on components, threads, end-points and tcaps. */
#include <stddef.h>
#include "arcv.h"
#include "core.h"
#include "inv.h"
#include "mem.h"
#include "op.h"

#define GATE_NUMBERS (1UL << 16)

int64_t op_comp(const struct op *op)
{
	struct comp *comp = op->cap->comp;
	const struct cap *sinv = NULL;
	int err = 0;

	if (op->number <= COS_COMP_SET_HANDLER && op_arg(op, 0))
		err = op_cap(op, 0, CAP_SINV, COS_USE_TARGET, &sinv);
	if (err)
		return err;
	switch (op->number) {
	case COS_COMP_SET_GATE ... COS_COMP_SET_HANDLER:
		return comp_set_target(comp, &comp->target[op->number], sinv);
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
	if (thd->started || thd->top->kind != COS_INV_BASE)
		return -COS_EBUSY;
	if (!thd_comp(thd)->gate.comp)
		return -COS_ENOENT;
	thd->reg[COS_REG_IP] = 0;
	thd->reg[COS_REG_SP] = 0;
	thd->reg[COS_REG_RAX] = number;
	return inv_gate(thd);
}

static int64_t thd_op_run(const struct op *op, struct thd *thd)
{
	const struct cap *tcap;
	struct cpu *c = cpu();
	int64_t err = op_cap(op, 2, CAP_TCAP, COS_USE_CHARGE, &tcap);

	if (err)
		return err;
	if (tcap->tcap->core != c->core)
		return -COS_ECORE;
	tcap_charge(c);
	if (tcap->tcap->budget == 0)
		return -COS_ETIMEDOUT;
	err = core_switch(c, thd, op_arg(op, 0), op_arg(op, 1));
	if (!err)
		core_charge(c, tcap->tcap);
	return err;
}

static int64_t thd_op_sched(const struct op *op, struct thd *thd)
{
	const struct cap *to = NULL, *time = NULL;
	struct thd *sched;
	struct tcap *tcap;
	int err = op_arg(op, 0) ? op_cap(op, 0, CAP_THD, COS_USE_ABOVE, &to) : 0;

	if (!err && op_arg(op, 1))
		err = op_cap(op, 1, CAP_TCAP, COS_USE_CHARGE, &time);
	if (err)
		return err;
	sched = to ? to->thd : NULL;
	tcap = time ? time->tcap : NULL;
	if (thd->core != cpu()->core || (sched && sched->core != thd->core) ||
	    (tcap && tcap->core != thd->core))
		return -COS_ECORE;
	/* D5: no thread schedules itself, directly or through others. */
	for (struct thd *up = sched; up; up = up->sched)
		if (up == thd)
			return -COS_EINVAL;
	err = sched ? mem_ref(sched) : 0;
	if (!err && tcap) {
		err = mem_ref(tcap);
		if (err && sched)
			(void)thd_put(sched);
	}
	if (err)
		return err;
	core_event_drop(thd);
	thd_unsched(thd);
	thd->sched = sched;
	thd->tcap = tcap;
	if (sched)
		sched->below++;
	return 0;
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
	case COS_THD_RUN:
		return thd_op_run(op, thd);
	case COS_THD_SCHED:
		return thd_op_sched(op, thd);
	default:
		return -COS_ENOSYS;
	}
}

static int64_t arcv_op_event(const struct op *op)
{
	uint64_t tid = 0;
	uint8_t event;

	/* D1: only its core changes a thread and its queue. */
	if (op->cap->thd->core != cpu()->core)
		return -COS_ECORE;
	event = core_event_take(op->cap->thd, &tid);
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

	if (op->number > COS_ASND_TIME)
		return -COS_ENOSYS;
	if (op->number == COS_ASND_TIME) {
		const struct cap *tcap;
		int err = op_cap(op, 0, CAP_TCAP, COS_TCAP_TRANSFER, &tcap);

		if (!err && !thd->tcap)
			err = -COS_ECAP;
		if (!err)
			err = tcap_transfer(tcap->tcap, thd->tcap, op_arg(op, 1));
		if (err)
			return err;
	}
	return arcv_send(thd);
}

int64_t op_tcap(const struct op *op)
{
	struct tcap *tcap = op->cap->tcap;
	const struct cap *to;
	int err;

	switch (op->number) {
	case COS_TCAP_TRANSFER:
		err = op_cap(op, 0, CAP_TCAP, COS_USE_FILL, &to);
		return err ? err : tcap_transfer(tcap, to->tcap, op_arg(op, 1));
	case COS_TCAP_BUDGET:
		if (tcap->core != cpu()->core)
			return -COS_ECORE;
		tcap_charge(cpu());
		op_result(op, 0, tcap->budget);
		op_result(op, 1, tcap->prio);
		return 0;
	default:
		return -COS_ENOSYS;
	}
}

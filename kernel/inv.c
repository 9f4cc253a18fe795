/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invocations in C: gate, delegated sinv, faults, returns, unwinding. The protocol is in inv.h and
 * thd.h.
 */
#include <stddef.h>
#include "core.h"
#include "inv.h"
#include "log.h"
#include "machine.h"
#include "op.h"
#include "pgtbl.h"

static bool inv_fits(const struct thd *thd, size_t len)
{
	return (uintptr_t)thd->top - (uintptr_t)thd >= len;
}

/* A consistent copy: comp is read first (comp.h, L6). */
static struct target inv_target(const struct target *target)
{
	struct target copy = {.comp = __atomic_load_n(&target->comp, __ATOMIC_ACQUIRE)};

	copy.entry = target->entry;
	copy.token = target->token;
	return copy;
}

static void inv_push(struct thd *thd, struct invocation *new, const struct target *target,
		     uint32_t kind)
{
	*new = (struct invocation){
		.comp = target->comp, .epoch = target->comp->epoch & ~1u, .kind = kind};
	target->comp->inside[cpu()->core]++;
	thd->top = new;
	thd->reg[COS_REG_IP] = target->entry;
	thd->reg[COS_REG_SP] = 0;
	thd->reg[COS_REG_FLAGS] = USER_FLAGS;
	thd->reg[COS_REG_RBX] = thd->id;
	thd->by_syscall = true;
}

static void inv_save(struct invocation *to, const struct thd *thd)
{
	for (unsigned i = 0; i < INV_REGS; i++)
		to->reg[i] = thd->reg[i];
}

/* Keep the caller's registers and enter the target's component. */
static int inv_call(struct thd *thd, const struct target *target, uint32_t kind)
{
	if (!comp_running(target->comp))
		return -COS_EREBOOT;
	if (!inv_fits(thd, sizeof(struct invocation)))
		return -COS_EDEPTH;
	inv_save(thd->top, thd);
	inv_push(thd, thd->top - 1, target, kind);
	return 0;
}

int inv_gate(struct thd *thd)
{
	struct target gate = inv_target(&thd->top->comp->gate);
	int err = gate.comp ? inv_call(thd, &gate, COS_INV_GATE) : -COS_ENOENT;

	if (!err)
		thd->reg[COS_REG_RBP] = gate.token;
	return err;
}

/* By a delegated capability, or by one that was published after the fast path had looked. */
int64_t op_sinv(const struct op *op)
{
	const struct target *target = &op->cap->target;
	int err = op->number == COS_SINV ? inv_call(op->thd, target, COS_INV_SINV) : -COS_ENOSYS;

	return err ? err : (int64_t)target->token;
}

/* Pop the topmost invocation; reg[] stays as it is. */
static void inv_pop(struct thd *thd)
{
	struct fault *fault;
	struct invocation *caller = thd_caller(thd, &fault);

	thd->top->comp->inside[cpu()->core]--;
	thd->top = caller;
}

static void inv_restore(struct thd *thd, unsigned nregs)
{
	thd->by_syscall = true;
	for (unsigned i = 0; i < nregs; i++)
		thd->reg[i] = thd->top->reg[i];
}

/* Ask the pager or the handler about a complete fault. False: there is none, or it is stopped. */
static bool inv_ask(struct thd *thd, struct invocation *offender, struct fault *fault,
		    const struct target *to)
{
	struct target target = inv_target(to);

	if (!target.comp || !comp_running(target.comp))
		return false;
	for (unsigned i = 0; i < COS_NREGS; i++)
		thd->reg[i] = 0;
	inv_push(thd, (struct invocation *)fault - 1, &target, COS_INV_FAULT);
	thd->reg[COS_REG_RAX] = target.token;
	thd->reg[COS_REG_RDI] = fault->vector;
	thd->reg[COS_REG_RSI] = fault->address;
	thd->reg[COS_REG_RDX] = fault->error;
	thd->reg[COS_REG_R10] = offender->reg[COS_REG_IP];
	thd->reg[COS_REG_R8] = offender->reg[COS_REG_SP];
	thd->reg[COS_REG_R9] = offender->comp->id;
	return true;
}

void inv_fault(struct thd *thd, uint64_t vector, uint64_t address, uint64_t error)
{
	struct invocation *offender = thd->top;
	struct comp *comp = offender->comp;
	struct fault *fault = (struct fault *)offender - 1;
	bool page_fault = vector == COS_FAULT_PAGE;

	if (thd->by_syscall) {
		/* As the instruction leaves them (SDM 2B, SYSCALL). */
		thd->reg[COS_REG_RCX] = thd->reg[COS_REG_IP];
		thd->reg[COS_REG_R11] = thd->reg[COS_REG_FLAGS];
	}
	inv_save(offender, thd);
	if (!comp->handler.comp && !(page_fault && comp->pager.comp))
		log_print(
			"component %lu, thread %lu: exception %lu at 0x%lx, address 0x%lx, and no "
			"handler\n",
			comp->id, thd->id, vector, thd->reg[COS_REG_IP], address);
	if (inv_fits(thd, sizeof(struct fault) + sizeof(struct invocation))) {
		for (unsigned i = 0; i < COS_NREGS - INV_REGS; i++)
			fault->reg[i] = thd->reg[INV_REGS + i];
		fault->vector = vector;
		fault->address = address;
		fault->error = error;
		fault->asked_handler = false;
		if (page_fault && inv_ask(thd, offender, fault, &comp->pager))
			return;
		fault->asked_handler = true;
		if (inv_ask(thd, offender, fault, &comp->handler))
			return;
	}
	inv_unwind(thd);
}

/*
 * The pager or handler that the thread is in declines, or was stopped: ask the handler, or unwind.
 */
static void inv_decline(struct thd *thd)
{
	struct fault *fault;
	struct invocation *offender = thd_caller(thd, &fault);

	inv_pop(thd);
	if (offender->epoch == offender->comp->epoch && !fault->asked_handler) {
		fault->asked_handler = true;
		if (inv_ask(thd, offender, fault, &offender->comp->handler))
			return;
	}
	inv_unwind(thd);
}

void inv_unwind(struct thd *thd)
{
	struct invocation *top;

	for (;;) {
		uint32_t kind = thd->top->kind;

		if (kind == COS_INV_BASE) {
			core_thd_died(thd);
			return;
		}
		if (kind == COS_INV_FAULT) {
			inv_decline(thd);
			return;
		}
		inv_pop(thd);
		top = thd->top;
		if (top->epoch != top->comp->epoch)
			continue;
		/* The stopped server's registers are not for the caller. */
		for (unsigned i = 0; i < COS_NREGS; i++)
			thd->reg[i] = 0;
		inv_restore(thd, kind == COS_INV_GATE ? INV_REGS : COS_REG_FLAGS + 1);
		thd->reg[COS_REG_RAX] = (uint64_t)-COS_EREBOOT;
		return;
	}
}

static void inv_resume(struct thd *thd, const struct fault *fault)
{
	inv_pop(thd);
	inv_restore(thd, INV_REGS);
	thd->by_syscall = false;
	for (unsigned i = 0; i < COS_NREGS - INV_REGS; i++)
		thd->reg[INV_REGS + i] = fault->reg[i];
}

void inv_return(struct thd *thd)
{
	struct fault *fault;
	struct invocation *caller = thd_caller(thd, &fault);
	uint32_t kind = thd->top->kind;
	uint64_t result = thd->reg[COS_REG_RDI];

	if (kind == COS_INV_BASE) {
		/*
		 * A program is given no capability, COS_CAP_RET neither. Elsewhere the thread ends.
		 */
		if (thd->top->comp->gate.comp)
			inv_fault(thd, COS_FAULT_CAP, 0, 0);
		else
			core_thd_died(thd);
	} else if (caller->epoch != caller->comp->epoch) {
		inv_pop(thd);
		inv_unwind(thd);
	} else if (kind == COS_INV_FAULT) {
		/* I4: at such an address there is no code, so that it would only fault again. */
		if (result == 0 && caller->reg[COS_REG_IP] < USER_END)
			inv_resume(thd, fault);
		else
			inv_decline(thd);
	} else {
		inv_pop(thd);
		inv_restore(thd, kind == COS_INV_GATE ? INV_REGS : COS_REG_FLAGS + 1);
		thd->reg[COS_REG_RAX] = kind == COS_INV_GATE ? result : 0;
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads: making and ending them. What a thread consists of is in thd.h. */
#include <stdatomic.h>
#include <stddef.h>
#include "core.h"
#include "machine.h"
#include "mem.h"
#include "pgtbl.h"
#include "tcap.h"
#include "thd.h"

_Static_assert(sizeof(struct thd) <= COS_PAGE_SIZE, "a thread is a page");
_Static_assert(THD_STACK_SIZE % sizeof(struct invocation) == 0,
	       "invocations fill their part of the page");
_Static_assert(sizeof(struct fault) % sizeof(struct invocation) == 0, "invocations stay aligned");

int thd_make(uint64_t pa, struct comp *comp, uint64_t id, uint64_t ip, uint64_t argument,
	     struct thd **thd)
{
	struct thd *new = pa_va(pa);
	int err;

	if (id >= COS_THD_MAX || ip >= USER_END)
		return -COS_EINVAL;
	err = mem_claim(pa, KIND_THD);
	if (err)
		return err;
	err = mem_ref(comp);
	if (err) {
		(void)mem_free(new);
		return err;
	}
	new->top = (struct invocation *)(new->stack + THD_STACK_SIZE) - 1;
	*new->top = (struct invocation){
		.comp = comp,
		.epoch = comp->epoch & ~1u,
		.kind = COS_INV_BASE,
	};
	new->reg[COS_REG_IP] = ip;
	new->reg[COS_REG_FLAGS] = USER_FLAGS;
	new->reg[COS_REG_RBX] = id;
	new->reg[COS_REG_RDI] = argument;
	new->id = id;
	new->core = (uint32_t)cpu()->core;
	new->prio = UINT64_MAX;
	*thd = new;
	return 0;
}

struct invocation *thd_caller(struct thd *thd, struct fault **fault)
{
	struct invocation *top = thd->top;

	*fault = NULL;
	if (top->kind == COS_INV_BASE)
		return NULL;
	if (top->kind != COS_INV_FAULT)
		return top + 1;
	*fault = (struct fault *)(top + 1);
	return (struct invocation *)(*fault + 1);
}

void thd_unsched(struct thd *thd)
{
	struct thd *sched = thd->sched;

	if (thd->tcap)
		(void)tcap_put(thd->tcap);
	if (!sched)
		return;
	sched->below--;
	(void)thd_put(sched);
}

int thd_put(struct thd *thd)
{
	struct invocation *base = (struct invocation *)(thd->stack + THD_STACK_SIZE) - 1;
	struct comp *home = base->comp;
	struct invocation *caller;
	struct fault *fault;

	int err;

	if (mem_unref(thd))
		return 0;
	if (atomic_load(&thd->core) != cpu()->core)
		return -COS_ECORE;
	/* Its invocations are counted as inside; the outermost is a reference to its home (I5). */
	err = thd == cpu()->thd ? -COS_EBUSY : comp_last(home);
	if (!err)
		err = mem_free(thd);
	if (err)
		return err;
	while ((caller = thd_caller(thd, &fault))) {
		thd->top->comp->inside[cpu()->core]--;
		thd->top = caller;
	}
	core_event_drop(thd);
	thd_unsched(thd);
	(void)comp_put(home);
	return 0;
}

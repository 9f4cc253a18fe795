/* SPDX-License-Identifier: BSD-2-Clause */
/* Components: making, stopping, ending them, and their targets. Invariants are in comp.h. */
#include <stdatomic.h>
#include <stddef.h>
#include "comp.h"
#include "core.h"
#include "mem.h"
#include "pte.h"

_Static_assert(sizeof(struct comp) == COS_PAGE_SIZE, "a component is a page");

int comp_make(uint64_t pa, struct captbl *captbl, uint64_t *pgtbl, uint64_t id, struct comp **comp)
{
	struct comp *new = pa_va(pa);
	int err = mem_claim(pa, KIND_COMP);

	if (err)
		return err;
	err = mem_ref(captbl);
	if (!err) {
		err = mem_ref(pgtbl);
		if (err)
			(void)captbl_put(captbl);
	}
	if (err) {
		(void)mem_free(new);
		return err;
	}
	new->kind_sinv = COS_INV_SINV;
	new->space = space_register(pgtbl);
	new->captbl = captbl;
	new->pgtbl = pgtbl;
	new->id = id;
	*comp = new;
	return 0;
}

static bool comp_holds_last(const void *object)
{
	return object && mem_refs(object) == 1;
}

/* Exact only when no thread can enter or leave (L3). */
static bool comp_entered(const struct comp *comp)
{
	int64_t inside = 0;

	for (unsigned i = 0; i < COMP_CORES; i++)
		inside += comp->inside[i];
	return inside != 0;
}

int comp_last(struct comp *comp)
{
	if (mem_refs(comp) > 1)
		return 0;
	if (comp_entered(comp) || comp_holds_last(comp->captbl) || comp_holds_last(comp->pgtbl))
		return -COS_EBUSY;
	for (unsigned i = 0; i < COMP_TARGETS; i++)
		if (comp_holds_last(comp->target[i].comp))
			return -COS_EBUSY;
	if (atomic_exchange(&comp->epoch, COMP_ENDED) != COMP_ENDED)
		comp->ended = quiesce_stamp();
	if (!quiesce_passed(comp->ended))
		return -COS_EAGAIN;
	return comp_entered(comp) ? -COS_EBUSY : 0;
}

int comp_put(struct comp *comp)
{
	int err;

	if (mem_unref(comp))
		return 0;
	err = comp_last(comp);
	if (!err)
		err = mem_free(comp);
	if (err)
		return err;
	for (unsigned i = 0; i < COMP_TARGETS; i++)
		if (comp->target[i].comp)
			(void)comp_put(comp->target[i].comp);
	(void)captbl_put(comp->captbl);
	(void)pgtbl_put(comp->pgtbl, PGTBL_LEVELS);
	return 0;
}

void comp_stop(struct comp *comp)
{
	atomic_fetch_or(&comp->epoch, 1);
	/* A thread that runs in it leaves it at its core's next exit to user level (L2). */
	core_poke_others();
}

int comp_start(struct comp *comp)
{
	uint32_t epoch = comp->epoch;

	do {
		if (!(epoch & 1))
			return 0;
		if (epoch == COMP_ENDED)
			return -COS_EDEAD;
	} while (!atomic_compare_exchange_weak(&comp->epoch, &epoch, epoch + 1));
	return 0;
}

static int comp_target(struct comp *comp, struct target *target, const struct cap *sinv)
{
	struct comp *old = target->comp;
	int err;

	if (old) {
		/* The target may be the last reference to a component that is in use. */
		err = comp_last(old);
		if (err)
			return err;
		__atomic_store_n(&target->comp, NULL, __ATOMIC_SEQ_CST);
		comp->target_gone = quiesce_stamp();
		(void)comp_put(old);
	}
	if (!sinv)
		return 0;
	/* L6: a reader that has found the former target reads all of it. */
	if (!quiesce_passed(comp->target_gone))
		return -COS_EAGAIN;
	err = mem_ref(sinv->target.comp);
	if (err)
		return err;
	target->entry = sinv->target.entry;
	target->token = sinv->target.token;
	__atomic_store_n(&target->comp, sinv->target.comp, __ATOMIC_RELEASE);
	return 0;
}

int comp_set_target(struct comp *comp, struct target *target, const struct cap *sinv)
{
	int err = mem_hold(comp);

	if (err)
		return err;
	err = -COS_EAGAIN;
	if (!atomic_exchange(&comp->target_setting, true)) {
		err = comp_target(comp, target, sinv);
		atomic_store(&comp->target_setting, false);
	}
	mem_unhold(comp);
	return err;
}

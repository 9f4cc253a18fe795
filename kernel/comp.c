/* SPDX-License-Identifier: BSD-2-Clause */
#include "comp.h"
#include "machine.h"
#include "mem.h"

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
			mem_unref(captbl);
	}
	if (err) {
		mem_release(new);
		return err;
	}
	new->kind_sinv = COS_FRAME_SINV;
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

bool comp_freeable(const struct comp *comp)
{
	int64_t inside = 0;

	for (unsigned i = 0; i < COMP_CORES; i++)
		inside += comp->inside[i];
	return inside == 0 && !comp_holds_last(comp->captbl) && !comp_holds_last(comp->pgtbl) &&
	       !comp_holds_last(comp->gate.comp) && !comp_holds_last(comp->pager.comp) &&
	       !comp_holds_last(comp->handler.comp);
}

static void comp_free(struct comp *comp)
{
	const struct target *target[] = {&comp->gate, &comp->pager, &comp->handler};

	for (unsigned i = 0; i < sizeof(target) / sizeof(target[0]); i++)
		if (target[i]->comp)
			mem_unref(target[i]->comp);
	mem_unref(comp->captbl);
	mem_unref(comp->pgtbl);
	mem_release(comp);
}

int comp_put(struct comp *comp)
{
	if (mem_refs(comp) == 1 && !comp_freeable(comp))
		return -COS_EBUSY;
	if (mem_unref(comp) == 0)
		comp_free(comp);
	return 0;
}

void comp_stop(struct comp *comp)
{
	comp->epoch |= 1;
}

int comp_start(struct comp *comp)
{
	if (comp_running(comp))
		return 0;
	if (comp->epoch == UINT32_MAX)
		return -COS_EDEAD;
	comp->epoch++;
	return 0;
}

int comp_set_target(struct target *target, const struct cap *sinv)
{
	struct comp *old = target->comp;
	int err;

	if (sinv) {
		err = mem_ref(sinv->target.comp);
		if (err)
			return err;
	}
	/* Not while it is the last reference to a component in use. */
	err = old ? comp_put(old) : 0;
	if (err) {
		if (sinv)
			mem_unref(sinv->target.comp);
		return err;
	}
	*target = sinv ? sinv->target : (struct target){0};
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Temporal capabilities: budgets, charging, transfers. Invariants are in tcap.h. */
#include "core.h"
#include "mem.h"

int tcap_make(uint64_t pa, uint64_t prio, struct tcap **tcap)
{
	int err = mem_claim(pa, KIND_TCAP);

	if (err)
		return err;
	*tcap = pa_va(pa);
	(*tcap)->prio = prio;
	(*tcap)->core = cpu()->core;
	return 0;
}

int tcap_put(struct tcap *tcap)
{
	if (mem_unref(tcap))
		return 0;
	if (tcap->core != cpu()->core)
		return -COS_ECORE;
	return tcap == cpu()->tcap ? -COS_EBUSY : mem_free(tcap);
}

void tcap_charge(struct cpu *c)
{
	uint64_t now = machine_tsc(), used = now - c->tcap_since;

	c->tcap_since = now;
	if (c->tcap)
		c->tcap->budget -= used < c->tcap->budget ? used : c->tcap->budget;
	c->budget_end = c->tcap ? now + c->tcap->budget : UINT64_MAX;
}

static void tcap_arm(struct cpu *c)
{
	tcap_charge(c);
	if (c->budget_end < c->armed_tsc)
		core_arm(c);
}

void tcap_switch(struct cpu *c, struct tcap *tcap)
{
	tcap_charge(c);
	c->tcap = tcap;
	tcap_arm(c);
}

int tcap_transfer(struct tcap *from, struct tcap *to, uint64_t ticks)
{
	struct cpu *c = cpu();

	if (to->core != c->core || (from && from->core != c->core))
		return -COS_ECORE;
	tcap_charge(c);
	if (ticks > UINT64_MAX / 4 - to->budget || (from && ticks > from->budget))
		return -COS_EINVAL;
	to->budget += ticks;
	if (from) {
		from->budget -= ticks;
		to->prio = to->prio > from->prio ? to->prio : from->prio;
	}
	tcap_arm(c);
	return 0;
}

uint64_t tcap_prio(const struct thd *thd, const struct tcap *tcap)
{
	return tcap && tcap->prio > thd->prio ? tcap->prio : thd->prio;
}

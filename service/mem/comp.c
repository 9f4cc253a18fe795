/* SPDX-License-Identifier: BSD-2-Clause */
/* What reboot may do to other components: stop them and look into them (mem/control.h). */
#include <mem/control.h>
#include <cos/client.h>
#include "domain.h"
#include "lock.h"
#include "op.h"

static bool client_is_reboot(void)
{
	struct component *client = component_client();

	return client != NULL && client->role == COMPONENT_REBOOT;
}

/* mem itself, sched and reboot cannot be stopped: nothing runs without them. */
static bool is_vital(const struct domain *domain)
{
	struct component *sched = component_by_role(COMPONENT_SCHED);
	struct component *self = component_get(cos_component_id());

	return domain == self->domain || domain == component_client()->domain ||
	       (sched != NULL && domain == sched->domain);
}

static long stop_or_start(struct component *component, unsigned operation)
{
	if (!client_is_reboot())
		return -COS_EPERM;
	if (component == NULL)
		return -COS_ENOENT;
	if (is_vital(component->domain))
		return -COS_EPERM;
	component->domain->stopped = operation == COS_COMP_STOP;
	for (long id = 1; id < (long)component_limit(); id++) {
		struct component *other = component_get(id);

		if (other != NULL && other->domain == component->domain && other->comp != 0) {
			long error = mem_op0(other->comp, operation);

			if (error < 0)
				return error;
		}
	}
	return 0;
}

long mem_comp_stop(long comp)
{
	long error;

	mem_lock();
	error = stop_or_start(component_get(comp), COS_COMP_STOP);
	mem_unlock();
	return error;
}

long mem_comp_start(long comp)
{
	long error;

	mem_lock();
	error = stop_or_start(component_get(comp), COS_COMP_START);
	mem_unlock();
	return error;
}

static bool peek(struct domain *domain, uint64_t addr, uint64_t *word)
{
	struct cos_results results;

	for (size_t i = 0; i < domain_count(); i++) {
		if (domain_get(i) != domain)
			continue;
		if (mem_op_r(domain->space.pgtbl, COS_PGTBL_LOOKUP, addr & -(uint64_t)COS_PAGE_SIZE,
			     0, 0, 0, 0, 0, &results) < 0)
			return false;
		*word = *(const volatile uint64_t *)(COS_SLOT(1 + i) + addr);
		return true;
	}
	return false;
}

struct cos_pair mem_space(long comp)
{
	struct cos_pair pair = {-COS_EPERM, 0};
	struct component *component;

	mem_lock();
	component = component_get(comp);
	if (client_is_reboot()) {
		pair.v0 = -COS_ENOENT;
		if (component != NULL && component->domain->pgtbl_paddr != 0)
			pair = (struct cos_pair){0, (long)component->domain->pgtbl_paddr};
	}
	mem_unlock();
	return pair;
}

struct cos_pair mem_peek(long comp, unsigned long addr)
{
	struct cos_pair pair = {-COS_EPERM, 0};
	struct component *component;
	uint64_t word;

	mem_lock();
	component = component_get(comp);
	if (client_is_reboot()) {
		pair.v0 = -COS_EFAULT;
		if (component != NULL && addr < COS_SLOT(1UL) && addr % sizeof(word) == 0 &&
		    peek(component->domain, addr, &word))
			pair = (struct cos_pair){0, (long)word};
	}
	mem_unlock();
	return pair;
}

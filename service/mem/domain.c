/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of domains, components and windows (domain.h). */
#include <cos/client.h>
#include <cos/log.h>
#include <cos/reach.h>
#include <cos/string.h>
#include "domain.h"
#include "frame.h"
#include "meta.h"
#include "op.h"

#define NWINDOWS (COS_SLOT_WINDOW_LAST + 1)

static const struct boot_handover *handover;
static struct domain *domains;
static struct component **components; /* by id */
static uint32_t ncomponents;	      /* room in it */
static struct component *windows[NWINDOWS];
static uint32_t empty_captbl;

static const struct boot_domain *boot_domain(size_t i)
{
	return &((const struct boot_domain *)((const char *)handover + handover->domain))[i];
}

static const struct boot_component *boot_component(size_t i)
{
	return &((const struct boot_component *)((const char *)handover + handover->component))[i];
}

static void *pages_for(size_t len)
{
	return meta_pages((len + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE);
}

size_t domain_count(void)
{
	return handover->ndomains;
}

struct domain *domain_get(size_t index)
{
	return &domains[index];
}

uint32_t domain_empty_captbl(void)
{
	return empty_captbl;
}

uint32_t domain_pager(void)
{
	return handover->pager_cap;
}

struct component *component_get(long id)
{
	return id > 0 && id < (long)ncomponents ? components[id] : NULL;
}

uint32_t component_limit(void)
{
	return ncomponents;
}

static bool table_grow(uint32_t count)
{
	uint32_t room = ncomponents == 0 ? 512 : ncomponents * 2;
	struct component **table;

	while (room <= count)
		room *= 2;
	table = pages_for(room * sizeof(*table));
	if (table == NULL)
		return false;
	if (ncomponents > 0)
		memcpy(table, components, ncomponents * sizeof(*table));
	components = table; /* the old tables stay, together no longer than the new one */
	ncomponents = room;
	return true;
}

uint32_t component_add(struct component *component)
{
	uint32_t id = 1;

	while (id < ncomponents && components[id] != NULL)
		id++;
	if (id >= ncomponents && !table_grow(id))
		return 0;
	components[id] = component;
	component->id = id;
	return id;
}

void component_remove(struct component *component)
{
	components[component->id] = NULL;
}

struct component *component_client(void)
{
	return component_get(cos_client());
}

struct component *component_by_role(uint32_t role)
{
	for (uint32_t id = 1; id < ncomponents; id++)
		if (components[id] != NULL && components[id]->role == role)
			return components[id];
	return NULL;
}

static bool component_sees(const struct component *component, uint32_t id)
{
	const uint32_t *sees;

	if (component->boot == NULL || component->boot->sees == 0)
		return false;
	sees = (const uint32_t *)((const char *)handover + component->boot->sees);
	for (uint32_t i = 1; i <= sees[0]; i++)
		if (sees[i] == id)
			return true;
	return false;
}

bool domain_sees(const struct domain *domain, const struct component *of)
{
	if (domain == of->domain)
		return true;
	for (uint32_t id = 1; id < ncomponents; id++)
		if (components[id] != NULL && components[id]->domain == domain &&
		    component_sees(components[id], of->id))
			return true;
	return false;
}

struct component *window_get(uint64_t slot)
{
	return slot < NWINDOWS ? windows[slot] : NULL;
}

uint32_t window_take(struct component *program)
{
	for (uint32_t slot = COS_SLOT_WINDOW_FIRST; slot < NWINDOWS; slot++) {
		if (windows[slot] == NULL &&
		    __cos_system.window_owner[slot] == program->creator->id) {
			windows[slot] = program;
			return slot;
		}
	}
	return 0;
}

void window_give(uint32_t slot)
{
	windows[slot] = NULL;
}

static bool make_empty_captbl(void)
{
	uint32_t frame = frame_alloc(0, false, COS_MEM_KERNEL);

	empty_captbl = cap_alloc();
	return frame != FRAME_NONE && empty_captbl != CAP_INVALID &&
	       mem_op2(CAP_OWN_CAPTBL, COS_MK_CAPTBL, empty_captbl, frame_mem(frame)) == 0;
}

static void take_domain(struct domain *domain, const struct boot_domain *from)
{
	domain->space.pgtbl = from->pgtbl;
	domain->space.max_pages = from->memory_limit_bytes / COS_PAGE_SIZE;
	domain->captbl = from->captbl;
	domain->copy_start = from->copy_start;
	domain->copy_end = from->copy_end;
	domain->copy_fault = from->copy_fault;
	domain->pgtbl_paddr = from->pgtbl_paddr;
	domain->next_cap = CAP_GIVEN_FIRST;
	domain->space.paged = true;
}

static void take_component(struct component *component, const struct boot_component *from)
{
	component->id = from->id;
	component->comp = from->comp;
	component->role = from->role;
	component->flags = from->flags;
	component->domain = &domains[from->domain];
	component->boot = from;
	if (from->flags & BOOT_COMP_WIRED) {
		component->domain->wired = true;
		component->domain->space.paged = false;
	}
	components[from->id] = component;
}

/* For mem_peek: slot 0 of domain i is readable at slot 1 + i of mem's own domain. */
static void link_view(size_t i, const struct boot_domain *from)
{
	long error;

	if (from->slot0 == 0 ||
	    1 + i > COS_SLOT_WINDOW_LAST) /* boot's own was made by the kernel */
		return;
	error = mem_op3(CAP_OWN_PGTBL, COS_PGTBL_LINK, COS_SLOT(1 + i), from->slot0, COS_PG_READ);
	if (error < 0)
		cos_log("mem: no view of domain %zu: error %ld\n", i, error);
}

bool domain_init(const struct boot_handover *from)
{
	struct component *all;

	handover = from;
	domains = pages_for(handover->ndomains * sizeof(*domains));
	all = pages_for(handover->ncomponents * sizeof(*all));
	if (domains == NULL || all == NULL || !make_empty_captbl())
		return false;
	for (size_t i = 0; i < handover->ndomains; i++) {
		take_domain(&domains[i], boot_domain(i));
		link_view(i, boot_domain(i));
	}
	for (size_t i = 0; i < handover->ncomponents; i++) {
		uint32_t id = boot_component(i)->id;

		if (id >= ncomponents && !table_grow(id))
			return false;
		take_component(&all[i], boot_component(i));
	}
	return true;
}

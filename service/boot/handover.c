/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handover to mem (boot/handover.h): made in boot's memory, and mapped into mem's domain as it
 * is. The used pages of ranges are filled in last: from then on boot takes no memory (boot.h, I2).
 */
#include <cos/cap.h>
#include <cos/string.h>
#include <cos/syscall.h>
#include "boot.h"

#define MEM_CAP_FIRST 16 /* above those with a fixed index */

static struct domain *mem_domain;
static uint32_t next_mem_cap = MEM_CAP_FIRST;

static uint32_t give_mem(uint32_t source)
{
	captbl_give(mem_domain->captbl, next_mem_cap, source, UINT32_MAX);
	return next_mem_cap++;
}

static bool has_device(uint32_t component)
{
	const struct image_device *device = image_at(boot_system.image->devices.offset);

	for (uint32_t i = 0; i < boot_system.image->devices.count; i++)
		if (device[i].component == component)
			return true;
	return false;
}

static uint32_t flags_of(uint32_t index)
{
	uint32_t flags = has_device(index) ? BOOT_COMP_DMA : 0;

	if (boot_system.component[index].image->pager < 0)
		flags |= BOOT_COMP_WIRED;
	return flags;
}

/* The number of components in `sees`, and their ids unless NULL. */
static uint32_t sees_of(const struct image_component *component, uint32_t *ids)
{
	const char *name = image_string(component->sees);
	uint32_t count = 0;

	if (component->sees == 0)
		return 0;
	for (; *name != 0; name += strlen(name) + 1) {
		struct component *seen = component_named(name);

		if (seen == NULL)
			continue; /* r2c has refused it */
		if (ids != NULL)
			ids[count] = seen->image->id;
		count++;
	}
	return count;
}

static size_t handover_size(void)
{
	const struct image_header *image = boot_system.image;
	size_t size = sizeof(struct boot_handover) +
		      boot_system.info->nranges * sizeof(struct boot_range) +
		      image->domains.count * sizeof(struct boot_domain) +
		      image->components.count * sizeof(struct boot_component);

	for (uint32_t i = 0; i < image->components.count; i++)
		size += (1 + sees_of(boot_system.component[i].image, NULL)) * sizeof(uint32_t);
	return size;
}

static void fill_domains(struct boot_domain *to)
{
	for (uint32_t i = 0; i < boot_system.image->domains.count; i++) {
		const struct domain *from = &boot_system.domain[i];

		to[i] = (struct boot_domain){.captbl = give_mem(from->captbl),
					     .pgtbl = give_mem(from->pgtbl),
					     .slot0 = from->slot0 != 0 ? give_mem(from->slot0) : 0,
					     .copy_start = from->image->copy_start,
					     .copy_end = from->image->copy_end,
					     .copy_fault = from->image->copy_fault,
					     .memory_limit_bytes = from->image->memory_limit_bytes,
					     .pgtbl_paddr = from->pgtbl_paddr};
	}
}

static void fill_programs(struct boot_component *to, uint32_t index)
{
	for (uint32_t i = 0; i < boot_system.image->invocations.count; i++) {
		const struct image_invocation *invocation = &image_invocations()[i];

		if (invocation->client != index)
			continue;
		if (invocation->flags & IMAGE_INV_GATE) {
			to->gate_comp = give_mem(boot_system.component[invocation->server].comp);
			to->gate_entry = invocation->entry;
		} else if (invocation->flags & IMAGE_INV_PROGRAM_HANDLER) {
			to->handler_entry = invocation->entry;
		}
	}
}

static void fill_components(struct boot_handover *handover, struct boot_component *to,
			    uint32_t *sees)
{
	for (uint32_t i = 0; i < boot_system.image->components.count; i++) {
		const struct component *from = &boot_system.component[i];

		to[i] = (struct boot_component){.id = from->image->id,
						.domain = from->image->domain,
						.comp = give_mem(from->comp),
						.sees = (uint32_t)((char *)sees - (char *)handover),
						.role = from->image->role,
						.flags = flags_of(i)};
		sees[0] = sees_of(from->image, &sees[1]);
		sees += 1 + sees[0];
		fill_programs(&to[i], i);
		if (from->image->role == COMPONENT_MEM)
			handover->own_component = i;
	}
}

static uint32_t mem_pager(void)
{
	for (uint32_t i = 0; i < boot_system.image->invocations.count; i++)
		if (image_invocations()[i].flags & IMAGE_INV_PAGER)
			return give_mem(boot_system.pager_cap[i]);
	return 0;
}

static uint32_t offset_in(const struct boot_handover *handover, const void *part)
{
	return (uint32_t)((const char *)part - (const char *)handover);
}

void build_handover(void)
{
	const struct image_header *image = boot_system.image;
	const struct cos_bootinfo *info = boot_system.info;
	struct component *mem = component_of_role(COMPONENT_MEM);
	size_t npages = (handover_size() + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE;
	uint64_t page[npages];
	struct boot_handover *handover = memory_own(npages, page);
	struct boot_range *range = (void *)(handover + 1);
	struct boot_domain *domain = (void *)(range + info->nranges);
	struct boot_component *component = (void *)(domain + image->domains.count);

	boot_must(mem != NULL ? 0 : -COS_ENOENT, "the image has no component", "mem");
	mem_domain = &boot_system.domain[mem->image->domain];
	for (uint32_t index = 0; index < 1024; index += COS_CAPTBL_LEAF)
		captbl_prepare(mem_domain->captbl, index);
	captbl_give(mem_domain->captbl, BOOT_CAP_MEM_PGTBL, mem_domain->pgtbl, UINT32_MAX);
	captbl_give(mem_domain->captbl, (uint32_t)COS_CAP_THD(boot_system.tid), COS_BOOT_THD,
		    UINT32_MAX);
	*handover = (struct boot_handover){.magic = BOOT_HANDOVER_MAGIC,
					   .nranges = info->nranges,
					   .range = offset_in(handover, range),
					   .ndomains = image->domains.count,
					   .domain = offset_in(handover, domain),
					   .ncomponents = image->components.count,
					   .component = offset_in(handover, component),
					   .boot_tid = boot_system.tid,
					   .pager_cap = mem_pager()};
	fill_domains(domain);
	fill_components(handover, component, (void *)(component + image->components.count));
	for (uint32_t i = 0; i < info->nranges; i++)
		range[i].cap = give_mem(COS_BOOT_UNTYPED + i);
	handover->cap_end = next_mem_cap;
	for (size_t i = 0; i < npages; i++)
		memory_map(mem_domain->pgtbl, BOOT_HANDOVER_VA + i * COS_PAGE_SIZE, page[i],
			   PROT_RO);
	/* Last: boot.h, I2. */
	for (uint32_t i = 0; i < info->nranges; i++) {
		range[i].paddr = info->range[i].paddr;
		range[i].npages = info->range[i].npages;
		range[i].used_pages = memory_used(i);
	}
}

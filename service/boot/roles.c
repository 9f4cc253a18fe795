/* SPDX-License-Identifier: BSD-2-Clause */
/* What boot gives to the components that have a role, and to no others (boot/roles.h). */
#include <cos/cap.h>
#include <cos/string.h>
#include "boot.h"

#define ROLE_ENTRY(role, name, traits, rights, gifts) [COMPONENT_##role] = {rights, gifts},
static const struct role {
	uint32_t rights; /* of COS_CAP_HW */
	uint32_t gifts;
} roles[COMPONENT_NROLES] = {COMPONENT_ROLES(ROLE_ENTRY)};

static void map_image(uint32_t pgtbl, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end; at += COS_PAGE_SIZE)
		memory_map(pgtbl, COS_IMAGE_VA + at, cos_mem(COS_BOOT_IMAGE, at / COS_PAGE_SIZE),
			   PROT_RO);
}

/* The offset at which the contents of segments and blobs begin. */
static uint64_t tables_end(void)
{
	const struct image_header *image = boot_system.image;
	const struct image_blob *blob = image_at(image->blobs.offset);
	uint64_t end = image->first.len_bytes;

	for (uint32_t i = 0; i < image->segments.count; i++)
		if (image_segments()[i].file_bytes > 0 && image_segments()[i].file_offset < end)
			end = image_segments()[i].file_offset;
	for (uint32_t i = 0; i < image->blobs.count; i++)
		if (blob[i].len_bytes > 0 && blob[i].offset < end)
			end = blob[i].offset;
	return end;
}

static bool is_symbols(uint32_t blob)
{
	for (uint32_t i = 0; i < boot_system.image->domains.count; i++)
		if (boot_system.domain[i].image->symbols == blob)
			return true;
	return false;
}

static void give_image(const struct domain *domain)
{
	const struct image_blob *blob = image_at(boot_system.image->blobs.offset);

	map_image(domain->pgtbl, 0, tables_end());
	for (uint32_t i = 0; i < boot_system.image->blobs.count; i++)
		if (is_symbols(i))
			map_image(domain->pgtbl, blob[i].offset,
				  blob[i].offset + blob[i].len_bytes);
}

static void give_framebuffer(const struct domain *domain)
{
	for (uint64_t i = 0; i < boot_system.framebuffer_pages; i++)
		memory_map(domain->pgtbl, BOOT_FRAMEBUFFER_VA + i * COS_PAGE_SIZE,
			   cos_mem(boot_system.framebuffer, i), PROT_RW | COS_PG_NOCACHE);
}

/* All roles of a domain together, since its components share a captbl. */
static struct role domain_role(uint32_t index)
{
	struct role role = {0};

	for (uint32_t i = 0; i < boot_system.image->components.count; i++) {
		const struct image_component *component = boot_system.component[i].image;

		if (component->domain != index || component->role >= COMPONENT_NROLES)
			continue;
		role.rights |= roles[component->role].rights;
		role.gifts |= roles[component->role].gifts;
	}
	return role;
}

void build_roles(void)
{
	struct component *sched = component_of_role(COMPONENT_SCHED),
			 *mem = component_of_role(COMPONENT_MEM);

	for (uint32_t i = 1; i < boot_system.image->domains.count; i++) {
		struct domain *domain = &boot_system.domain[i];
		struct role role = domain_role(i);

		if (role.rights != 0)
			captbl_give(domain->captbl, COS_CAP_HW, COS_BOOT_HW, role.rights);
		if (role.gifts & ROLE_CAPTBL)
			captbl_give(domain->captbl, COS_CAP_CAPTBL, domain->captbl, UINT32_MAX);
		if (role.gifts & ROLE_IMAGE)
			give_image(domain);
		if (role.gifts & ROLE_FRAMEBUFFER)
			give_framebuffer(domain);
	}
	/* The capability of boot's thread; mem gets it with the handover. */
	if (sched != NULL && mem != NULL && sched->image->domain != mem->image->domain)
		captbl_give(boot_system.domain[sched->image->domain].captbl,
			    (uint32_t)COS_CAP_THD(boot_system.tid), COS_BOOT_THD, UINT32_MAX);
}

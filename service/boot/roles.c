/* SPDX-License-Identifier: BSD-2-Clause */
/* What services get by their name, and nobody else: interface/boot/boot.h. */
#include <mem/mem.h>
#include <cos/cap.h>
#include <cos/string.h>
#include "boot.h"

#define RIGHT(operation) (1U << (operation))
#define ROLE_CAPTBL 1
#define ROLE_IMAGE 2
#define ROLE_FRAMEBUFFER 4

static const struct role {
	const char *name;
	uint32_t hw; /* rights */
	uint32_t what;
} roles[] = {
	{"mem",
	 RIGHT(COS_HW_LOG) | RIGHT(COS_HW_HALT) | RIGHT(COS_HW_DEVMEM) | RIGHT(COS_HW_QUIESCE),
	 ROLE_CAPTBL},
	{"sched",
	 RIGHT(COS_HW_SCHED) | RIGHT(COS_HW_IDLE) | RIGHT(COS_HW_TIME) | RIGHT(COS_HW_LOG) |
		 RIGHT(COS_HW_HALT),
	 0},
	{"dev",
	 RIGHT(COS_HW_IRQ_BIND) | RIGHT(COS_HW_IRQ_FREE) | RIGHT(COS_HW_IOPORT) |
		 RIGHT(COS_HW_LOG) | RIGHT(COS_HW_LOG_BIND),
	 ROLE_CAPTBL | ROLE_IMAGE},
	{"console", RIGHT(COS_HW_IOPORT) | RIGHT(COS_HW_LOG) | RIGHT(COS_HW_LOG_READ),
	 ROLE_CAPTBL | ROLE_IMAGE},
	{"framebuffer", 0, ROLE_FRAMEBUFFER},
	{"reboot", RIGHT(COS_HW_LOG) | RIGHT(COS_HW_HALT), ROLE_IMAGE},
};

static void map_image(uint32_t pgtbl, uint64_t start, uint64_t end)
{
	for (uint64_t at = start; at < end; at += COS_PAGE_SIZE)
		memory_map(pgtbl, COS_IMAGE_VA + at, cos_mem(COS_BOOT_IMAGE, at / COS_PAGE_SIZE),
			   PROT_RO);
}

/* Where the contents begin. */
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

/* All that the roles in one domain need together: a captbl is the domain's. */
static struct role domain_role(uint32_t index)
{
	struct role role = {0};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		const struct component *component = component_named(roles[i].name);

		if (component == NULL || component->image->domain != index)
			continue;
		role.hw |= roles[i].hw;
		role.what |= roles[i].what;
	}
	return role;
}

void build_roles(void)
{
	struct component *sched = component_named("sched"), *mem = component_named("mem");

	for (uint32_t i = 1; i < boot_system.image->domains.count; i++) {
		struct domain *domain = &boot_system.domain[i];
		struct role role = domain_role(i);

		if (role.hw != 0)
			captbl_give(domain->captbl, COS_CAP_HW, COS_BOOT_HW, role.hw);
		if (role.what & ROLE_CAPTBL)
			captbl_give(domain->captbl, COS_CAP_CAPTBL, domain->captbl, UINT32_MAX);
		if (role.what & ROLE_IMAGE)
			give_image(domain);
		if (role.what & ROLE_FRAMEBUFFER)
			give_framebuffer(domain);
	}
	/* mem gets it with the handover. */
	if (sched != NULL && mem != NULL && sched->image->domain != mem->image->domain)
		captbl_give(boot_system.domain[sched->image->domain].captbl,
			    (uint32_t)MEM_THD_CAP(boot_system.tid), COS_BOOT_THD, UINT32_MAX);
}

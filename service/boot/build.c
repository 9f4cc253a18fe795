/* SPDX-License-Identifier: BSD-2-Clause */
/* Domains and components, from the tables of the image (boot.h). */
#include <cos/blob.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/syscall.h>
#include "boot.h"
#include "cores.h"

#define SCRATCH_VA 0x2000000000 /* in boot's own domain, away from its heap */
#define WIRED_STACK_PAGES 4

static uint64_t pages(uint64_t len)
{
	return (len + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE;
}

static void make_tables(struct domain *domain)
{
	const char *name = image_string(domain->image->name);
	uint64_t top = memory_page(COS_MEM_KERNEL);

	domain->captbl = memory_cap();
	boot_must(cos_op2(COS_BOOT_CAPTBL, COS_MK_CAPTBL, domain->captbl,
			  memory_page(COS_MEM_KERNEL)),
		  "cannot make the captbl of domain", name);
	domain->pgtbl = memory_cap();
	domain->pgtbl_paddr = memory_paddr(top);
	boot_must(cos_op3(COS_BOOT_CAPTBL, COS_MK_PGTBL, domain->pgtbl, top, 4),
		  "cannot make the page table of domain", name);
	domain->slot0 = memory_cap();
	boot_must(cos_op3(COS_BOOT_CAPTBL, COS_MK_PGTBL, domain->slot0, memory_page(COS_MEM_KERNEL),
			  3),
		  "cannot make the page table of domain", name);
	boot_must(cos_op3(domain->pgtbl, COS_PGTBL_LINK, 0, domain->slot0,
			  COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC),
		  "cannot link the page table of domain", name);
}

/* A page that starts as len bytes of data: written through a mapping in boot. */
static uint64_t page_with(const void *data, size_t len)
{
	uint64_t mem = memory_page(COS_MEM_USER);

	if (len == 0)
		return mem;
	memory_map(COS_BOOT_PGTBL, SCRATCH_VA, mem, PROT_RW);
	memcpy((void *)SCRATCH_VA, data, len);
	boot_must(cos_op1(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, SCRATCH_VA), "cannot unmap", "");
	return mem;
}

/* A read-only segment is mapped as it lies in the image; of any other a copy. */
static void load_segment(struct domain *domain, const struct image_segment *segment)
{
	const char *data = (const char *)boot_system.image + segment->file_offset;

	for (uint64_t at = 0; at < segment->memory_bytes; at += COS_PAGE_SIZE) {
		uint64_t left = at < segment->file_bytes ? segment->file_bytes - at : 0, mem;

		if (left > COS_PAGE_SIZE)
			left = COS_PAGE_SIZE;
		if (left > 0 && !(segment->prot & COS_PG_WRITE))
			mem = cos_mem(COS_BOOT_IMAGE, (segment->file_offset + at) / COS_PAGE_SIZE);
		else
			mem = page_with(data + at, left);
		memory_map(domain->pgtbl, segment->vaddr + at, mem, segment->prot | COS_PG_READ);
	}
}

/* The domain's blobs, and their directory. */
static void map_blobs(struct domain *domain)
{
	const struct image_header *image = boot_system.image;
	const struct image_blob *blob = image_at(image->blobs.offset);
	size_t index = (size_t)(domain - boot_system.domain), count = 0, names = 0, npages;
	uint64_t va = COS_BLOB_VA;
	struct cos_blobdir *dir;
	char *name;

	for (uint32_t i = 0; i < image->blobs.count; i++) {
		if (blob[i].component == UINT32_MAX ||
		    boot_system.component[blob[i].component].image->domain != index)
			continue;
		count++;
		names += strlen(image_string(blob[i].name)) + 1;
	}
	npages = pages(sizeof(*dir) + count * sizeof(dir->entry[0]) + names);
	{
		uint64_t mem[npages];

		dir = memory_own(npages, mem);
		for (size_t i = 0; i < npages; i++)
			memory_map(domain->pgtbl, COS_BLOBDIR_VA + i * COS_PAGE_SIZE, mem[i],
				   PROT_RO);
	}
	name = (char *)&dir->entry[count];
	for (uint32_t i = 0; i < image->blobs.count; i++) {
		struct cos_blob_entry *entry = &dir->entry[dir->count];

		if (blob[i].component == UINT32_MAX ||
		    boot_system.component[blob[i].component].image->domain != index)
			continue;
		*entry = (struct cos_blob_entry){
			.addr = va,
			.len_bytes = blob[i].len_bytes,
			.component = boot_system.component[blob[i].component].image->id,
			.name_offset = (uint32_t)(name - (char *)dir)};
		dir->count++;
		strcpy(name, image_string(blob[i].name));
		name += strlen(name) + 1;
		for (uint64_t at = 0; at < blob[i].len_bytes; at += COS_PAGE_SIZE) {
			memory_map(domain->pgtbl, va,
				   cos_mem(COS_BOOT_IMAGE, (blob[i].offset + at) / COS_PAGE_SIZE),
				   PROT_RO);
			va += COS_PAGE_SIZE;
		}
	}
}

static void map_stack(struct domain *domain)
{
	uint64_t end = COS_STACK_VA + ((boot_system.tid + 1) << COS_STACK_SHIFT);

	for (unsigned i = 1; i <= WIRED_STACK_PAGES; i++)
		memory_map(domain->pgtbl, end - i * COS_PAGE_SIZE, memory_page(COS_MEM_USER),
			   PROT_RW);
}

static void build_domain(struct domain *domain)
{
	make_tables(domain);
	for (uint32_t i = 0; i < domain->image->nsegments; i++)
		load_segment(domain, &image_segments()[domain->image->first_segment + i]);
	memory_map(domain->pgtbl, COS_BOOTINFO_VA, boot_system.info_mem, PROT_RO);
	map_blobs(domain);
	if (domain->wired)
		map_stack(domain);
}

/* A domain of a component without a pager is wired: its stacks must exist beforehand. */
static bool is_wired(uint32_t index)
{
	for (uint32_t i = 0; i < boot_system.image->components.count; i++) {
		const struct image_component *component = boot_system.component[i].image;

		if (component->domain == index && component->pager < 0)
			return true;
	}
	return false;
}

static uint64_t core_memory(void)
{
	return memory_pages(COS_MEM_KERNEL, COS_CORE_PAGES);
}

static void core_failed(uint32_t apic_id, long error)
{
	cos_log("boot: the core with APIC id %u does not start (error %ld); those after it are "
		"left out\n",
		apic_id, error);
}

static void start_cores(struct cos_bootinfo *info)
{
	const struct cores_host host = {.map = memory_physical,
					.memory = core_memory,
					.tsc_hz = info->tsc_hz,
					.failed = core_failed};

	info->ncores = cores_start(info, &host);
	cos_log("boot: %u core%s\n", info->ncores, info->ncores == 1 ? "" : "s");
}

/* A framebuffer that is not device memory is not used. */
static void take_framebuffer(struct cos_framebuffer *f)
{
	uint64_t start = f->paddr & ~(uint64_t)(COS_PAGE_SIZE - 1);
	uint64_t npages = pages(f->paddr - start + (uint64_t)f->pitch_bytes * f->height);
	long error;

	if (f->paddr == 0)
		return;
	boot_system.framebuffer = memory_cap();
	error = cos_op4(COS_BOOT_HW, COS_HW_DEVMEM, COS_BOOT_CAPTBL, boot_system.framebuffer, start,
			npages);
	if (error == 0) {
		boot_system.framebuffer_pages = npages;
		return;
	}
	cos_log("boot: the framebuffer at 0x%lx cannot be used (error %ld)\n", f->paddr, error);
	f->paddr = 0;
}

void build_domains(void)
{
	const struct image_header *image = boot_system.image;
	const struct image_domain *from = image_at(image->domains.offset);

	struct cos_bootinfo info = *boot_system.info;

	clock_init(&info);
	start_cores(&info);
	take_framebuffer(&info.framebuffer);
	boot_system.info_mem = page_with(&info, sizeof(info));
	for (uint32_t i = 0; i < image->domains.count; i++) {
		boot_system.domain[i].image = &from[i];
		boot_system.domain[i].wired = is_wired(i);
		if (i > 0)
			build_domain(&boot_system.domain[i]);
	}
	boot_system.domain[0].captbl = COS_BOOT_CAPTBL;
	boot_system.domain[0].pgtbl = COS_BOOT_PGTBL;
}

void build_components(void)
{
	for (uint32_t i = 0; i < boot_system.image->components.count; i++) {
		struct component *component = &boot_system.component[i];
		struct domain *domain = &boot_system.domain[component->image->domain];

		if (component->image->domain == 0) {
			component->comp = COS_BOOT_COMP;
			continue; /* boot itself, which runs already */
		}
		component->comp = memory_cap();
		boot_must(cos_op5(COS_BOOT_CAPTBL, COS_MK_COMP, component->comp,
				  memory_page(COS_MEM_KERNEL), domain->captbl, domain->pgtbl,
				  component->image->id),
			  "cannot make component", image_string(component->image->name));
		component->init = build_sinv(component->comp, domain->image->init_entry,
					     boot_system.component[0].image->id);
	}
}

struct component *component_of_role(uint32_t role)
{
	for (uint32_t i = 0; i < boot_system.image->components.count; i++)
		if (boot_system.component[i].image->role == role)
			return &boot_system.component[i];
	return NULL;
}

struct component *component_named(const char *name)
{
	for (uint32_t i = 0; i < boot_system.image->components.count; i++)
		if (strcmp(image_string(boot_system.component[i].image->name), name) == 0)
			return &boot_system.component[i];
	return NULL;
}

uint32_t build_sinv(uint32_t comp, uint64_t entry, uint64_t token)
{
	uint32_t cap = memory_cap();

	boot_must(cos_op4(COS_BOOT_CAPTBL, COS_MK_SINV, cap, comp, entry, token),
		  "cannot make an invocation", "");
	return cap;
}

static void build_call(const struct image_invocation *invocation)
{
	const struct component *client = &boot_system.component[invocation->client];
	uint32_t captbl = boot_system.domain[client->image->domain].captbl;
	uint32_t comp = boot_system.component[invocation->server].comp;
	long error = cos_op4(captbl, COS_MK_SINV, invocation->cap, comp, invocation->entry,
			     invocation->token);

	if (error == -COS_ENOTBL) {
		captbl_prepare(captbl, invocation->cap);
		error = cos_op4(captbl, COS_MK_SINV, invocation->cap, comp, invocation->entry,
				invocation->token);
	}
	boot_must(error, "cannot make the invocation of", image_string(invocation->function));
}

void build_invocations(void)
{
	uint32_t count = boot_system.image->invocations.count;

	for (uint32_t i = 0; i < count; i++) {
		const struct image_invocation *invocation = &image_invocations()[i];

		if (invocation->flags == 0)
			build_call(invocation);
		else if (invocation->flags & (IMAGE_INV_PAGER | IMAGE_INV_HANDLER))
			boot_system.pager_cap[i] =
				build_sinv(boot_system.component[invocation->server].comp,
					   invocation->entry, invocation->token);
	}
	for (uint32_t i = 0; i < boot_system.image->components.count; i++) {
		const struct component *component = &boot_system.component[i];
		const char *name = image_string(component->image->name);

		if (component->image->pager >= 0)
			boot_must(cos_op1(component->comp, COS_COMP_SET_PAGER,
					  boot_system.pager_cap[component->image->pager]),
				  "cannot set the pager of", name);
		if (component->image->handler >= 0)
			boot_must(cos_op1(component->comp, COS_COMP_SET_HANDLER,
					  boot_system.pager_cap[component->image->handler]),
				  "cannot set the handler of", name);
	}
}

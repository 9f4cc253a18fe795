/* SPDX-License-Identifier: BSD-2-Clause */
/* From the boot loader's information, by PVH or Multiboot2, to the first component. */
#include <stddef.h>
#include "apic.h"
#include "boot.h"
#include "core.h"
#include "cpu.h"
#include "log.h"
#include "machine.h"
#include "x86.h"

#define PVH_MAGIC 0x336ec578
#define MULTIBOOT2_MAGIC 0x36d76289
#define RAM_FIRST 0x100000UL   /* the first MiB is left to the firmware, but for low_page */
#define MAPPED_END (1UL << 32) /* start.S maps as much */
#define RAM_TYPE 1	       /* E820, ACPI 6.4, 15.4 */

/* Xen, include/public/arch-x86/hvm/start_info.h */
struct pvh_info {
	uint32_t magic, version, flags, nmodules;
	uint64_t modules, cmdline, rsdp, memmap;
	uint32_t nmemmap, reserved;
};

/* Multiboot2, 3.6 */
struct mb2_tag {
	uint32_t type, size;
};
#define MB2_END 0
#define MB2_CMDLINE 1
#define MB2_MEMMAP 6
#define MB2_ACPI_OLD 14 /* followed by a copy of the root pointer; the older one is shorter */
#define MB2_ACPI_NEW 15
#define MB2_FRAMEBUFFER 8
#define RSDP_LEN sizeof(boot_params.info.rsdp)
struct mb2_memmap {
	struct mb2_tag tag;
	uint32_t entry_size, entry_version;
};

/* An entry of the memory map: PVH's and Multiboot2's are the same. */
struct range_entry {
	uint64_t base, len_bytes;
	uint32_t type, reserved;
};

extern char kernel_text[], kernel_end[], image_start[], image_end[];

static void ram_add(uint64_t base, uint64_t len, uint32_t type)
{
	struct boot_params *p = &boot_params;
	uint64_t end = base + len;
	unsigned at;

	if (type != RAM_TYPE || end < base)
		return;
	base = (base + COS_PAGE_SIZE - 1) & ~(uint64_t)(COS_PAGE_SIZE - 1);
	end &= ~(uint64_t)(COS_PAGE_SIZE - 1);
	if (base < RAM_FIRST && base < end)
		p->low_page = (end < RAM_FIRST ? end : RAM_FIRST) - COS_PAGE_SIZE;
	base = base < RAM_FIRST ? RAM_FIRST : base;
	if (base >= end || p->nram == BOOT_RANGES_MAX)
		return;
	/* Insert it in ascending order. */
	for (at = p->nram; at > 0 && p->ram[at - 1].base > base; at--)
		p->ram[at] = p->ram[at - 1];
	if (at > 0 && p->ram[at - 1].base + p->ram[at - 1].len_bytes > base)
		log_panic("the memory map has overlapping RAM");
	p->ram[at].base = base;
	p->ram[at].len_bytes = end - base;
	p->nram++;
}

static void memmap_parse(const char *at, uint32_t count, uint32_t size)
{
	for (; count > 0; count--, at += size) {
		const struct range_entry *entry = (const void *)at;

		ram_add(entry->base, entry->len_bytes, entry->type);
	}
}

static void cmdline_set(const char *text)
{
	size_t i;

	for (i = 0; i + 1 < sizeof(boot_params.info.cmdline) && text[i]; i++)
		boot_params.info.cmdline[i] = text[i];
	boot_params.info.cmdline[i] = '\0';
}

static void pvh_parse(uint32_t pa)
{
	const struct pvh_info *info = pa_va(pa);

	if (info->magic != PVH_MAGIC || info->version < 1)
		log_panic("started neither by PVH with a memory map nor by multiboot2");
	memmap_parse(pa_va(info->memmap), info->nmemmap, sizeof(struct range_entry));
	if (info->cmdline)
		cmdline_set(pa_va(info->cmdline));
	if (info->rsdp && info->rsdp < MAPPED_END - RSDP_LEN)
		__builtin_memcpy(boot_params.info.rsdp, pa_va(info->rsdp), RSDP_LEN);
}

static void mb2_parse(uint32_t pa)
{
	const uint32_t *info = pa_va(pa);
	const char *at = (const char *)(info + 2), *end = (const char *)info + info[0];

	while (at + sizeof(struct mb2_tag) <= end) {
		const struct mb2_tag *tag = (const void *)at;
		const struct mb2_memmap *map = (const void *)at;

		if (tag->type == MB2_END || tag->size < sizeof(*tag))
			break;
		if (tag->type == MB2_CMDLINE)
			cmdline_set((const char *)(tag + 1));
		else if (tag->type == MB2_MEMMAP && map->entry_size >= sizeof(struct range_entry))
			memmap_parse((const char *)(map + 1),
				     (tag->size - (uint32_t)sizeof(*map)) / map->entry_size,
				     map->entry_size);
		else if (tag->type == MB2_ACPI_NEW ||
			 (tag->type == MB2_ACPI_OLD && !boot_params.info.rsdp[0]))
			__builtin_memcpy(boot_params.info.rsdp, tag + 1, RSDP_LEN);
		else if (tag->type == MB2_FRAMEBUFFER)
			boot_params.info.framebuffer = *(const struct cos_framebuffer *)(tag + 1);
		at += (tag->size + 7) & ~7u;
	}
}

uint64_t machine_paddr_end(void)
{
	unsigned bits =
		x86_cpuid(0x80000000, 0).a >= 0x80000008 ? x86_cpuid(0x80000008, 0).a & 0xff : 36;

	return 1UL << bits;
}

static bool overlap(uint64_t a, uint64_t alen, uint64_t b, uint64_t blen)
{
	return a < b + blen && b < a + alen;
}

bool machine_is_device(uint64_t pa, uint64_t npages)
{
	uint64_t len = npages * COS_PAGE_SIZE;

	for (unsigned i = 0; i < boot_params.nram; i++)
		if (overlap(pa, len, boot_params.ram[i].base, boot_params.ram[i].len_bytes))
			return false;
	return !overlap(pa, len, apic_paddr(), COS_PAGE_SIZE);
}

noreturn void start_kernel(uint32_t magic, uint32_t info)
{
	struct boot_params *p = &boot_params;

	p->info.tsc_boot = machine_tsc();
	serial_init();
	cpu_init();
	if (magic == MULTIBOOT2_MAGIC)
		mb2_parse(info);
	else
		pvh_parse(info);
	smp_prepare();
	p->image = (uint64_t)image_start - KERNEL_BASE;
	p->image_len_bytes = (uint64_t)(image_end - image_start);
	p->kernel_end = (uint64_t)image_end - KERNEL_BASE;
	fpu_init();
	boot_alloc_init();
	kmap_init();
	apic_init();
	apic_timer_init();
	log_print("kernel: %lu KiB of static memory, %lu bytes a page of RAM\n",
		  (uint64_t)(kernel_end - kernel_text) / 1024, boot_mem_init());
	boot_first_component();
	core_exit(cpu());
	log_print("kernel: starting the first component\n");
	log_wait(false);
	entry_resume();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's memory while booting, the retype table, and the first component (boot.h). */
#include "boot.h"
#include "captbl.h"
#include "comp.h"
#include "core.h"
#include "cos/image.h"
#include "log.h"
#include "machine.h"
#include "mem.h"
#include "pgtbl.h"
#include "pte.h"
#include "thd.h"

/*
 * Where the first component finds the payload: in slot 0, above what the layout (cos/layout.h) uses
 * of it.
 */
#define BOOT_IMAGE_VA 0x6000000000UL
#define RANGES_MAX 64 /* range[] of struct cos_bootinfo */
#define PAGES(bytes) (((bytes) + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE)

struct boot_params boot_params;

/* The range of RAM that boot_alloc takes from, by its number. */
static struct {
	uint64_t start, next, end;
	unsigned ram;
} boot_heap;

static struct captbl *boot_captbl;
static uint64_t *boot_pgtbl;

void boot_alloc_init(void)
{
	uint64_t start = PAGES(boot_params.kernel_end) * COS_PAGE_SIZE;

	for (unsigned i = 0; i < boot_params.nram; i++) {
		uint64_t base = boot_params.ram[i].base;
		uint64_t end = base + boot_params.ram[i].len_bytes;

		if (start >= base && start < end) {
			boot_heap.next = boot_heap.start = start;
			boot_heap.end = end;
			boot_heap.ram = i;
			return;
		}
	}
	log_panic("no RAM behind the kernel");
}

uint64_t boot_alloc(uint64_t npages)
{
	uint64_t pa = boot_heap.next;

	if (npages > (boot_heap.end - pa) / COS_PAGE_SIZE)
		log_panic("not enough memory: %lu pages wanted, %lu left", npages,
			  (boot_heap.end - pa) / COS_PAGE_SIZE);
	boot_heap.next += npages * COS_PAGE_SIZE;
	for (uint64_t i = 0; i < npages; i++)
		page_zero(pa_va(pa + i * COS_PAGE_SIZE));
	return pa;
}

uint64_t boot_mem_init(void)
{
	uint64_t end = 0, pa, npages;

	/* There is RAM, in which boot_alloc_init has found the heap: npages is not 0. */
	for (unsigned i = 0; i < boot_params.nram; i++)
		end = boot_params.ram[i].base + boot_params.ram[i].len_bytes;
	npages = end / COS_PAGE_SIZE;
	pa = boot_alloc(PAGES(npages * sizeof(uint64_t)));
	mem_init(pa_va(pa), npages);
	for (unsigned i = 0; i < boot_params.nram; i++)
		mem_set(boot_params.ram[i].base, boot_params.ram[i].len_bytes / COS_PAGE_SIZE,
			COS_MEM_UNTYPED, KIND_FREE, 0);
	mem_set(0, boot_heap.next / COS_PAGE_SIZE, COS_MEM_DEVICE, KIND_NONE, 0);
	mem_set(boot_params.image, PAGES(boot_params.image_len_bytes), COS_MEM_DEVICE, KIND_IMAGE,
		0);
	return (boot_heap.next - boot_heap.start + npages - 1) / npages;
}

/* A free page of that type for the first component. */
static uint64_t boot_page(unsigned type)
{
	uint64_t pa = boot_alloc(1);

	mem_set(pa, 1, type, KIND_FREE, 0);
	return pa;
}

static void boot_check(int err, const char *what)
{
	if (err)
		log_panic("boot: %s: error %u", what, (unsigned)-err);
}

/* Map a page, adding the tables that are missing. */
static void boot_map(uint64_t va, uint64_t pa, unsigned flags)
{
	unsigned missing;
	int err;

	while ((err = pgtbl_map(boot_pgtbl, PGTBL_LEVELS, va, pa, flags, &missing)) ==
	       -COS_ENOTBL) {
		uint64_t *tbl, span = 1UL << (12 + 9 * missing);
		unsigned none;

		boot_check(pgtbl_make(boot_page(COS_MEM_KERNEL), missing, &tbl), "page table");
		boot_check(pgtbl_link(boot_pgtbl, PGTBL_LEVELS, va & ~(span - 1), tbl, missing,
				      COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC, &none),
			   "link");
	}
	boot_check(err, "map");
}

/* Publish a capability for the object or range in cap. */
static void boot_cap(uint64_t index, enum cap_type type, struct cap cap)
{
	struct cap *slot;

	boot_check(captbl_take(boot_captbl, index, &slot), "capability");
	if (captbl_is_object(type))
		boot_check(mem_ref(cap.object), "reference");
	slot->level = cap.level;
	slot->rights = UINT32_MAX;
	slot->range = cap.range;
	captbl_publish(slot, type);
}

static bool image_within(uint64_t offset, uint64_t len, uint64_t limit)
{
	return offset <= limit && len <= limit - offset;
}

static const struct image_first *boot_image(void)
{
	const struct image_first *image = pa_va(boot_params.image);
	uint64_t len = boot_params.image_len_bytes;

	if (len < sizeof(*image) || image->magic != IMAGE_MAGIC)
		log_panic("there is no payload behind the kernel: build one with r2c");
	if (image->version != IMAGE_VERSION)
		log_panic("the payload is of version %u, not %u", image->version, IMAGE_VERSION);
	if (image->len_bytes > len ||
	    !image_within(image->segments,
			  (uint64_t)image->nsegments * sizeof(struct image_segment), len))
		log_panic("the payload is damaged");
	return image;
}

static void boot_segment(const struct image_segment *seg)
{
	const char *image = pa_va(boot_params.image);

	if (seg->vaddr % COS_PAGE_SIZE || seg->file_bytes > seg->memory_bytes ||
	    seg->vaddr >= USER_END || seg->memory_bytes > USER_END - seg->vaddr ||
	    !image_within(seg->file_offset, seg->file_bytes, boot_params.image_len_bytes))
		log_panic("the payload's first component is damaged");
	for (uint64_t at = 0; at < seg->memory_bytes; at += COS_PAGE_SIZE) {
		uint64_t pa = boot_page(COS_MEM_USER);
		uint64_t left = at < seg->file_bytes ? seg->file_bytes - at : 0;

		__builtin_memcpy(pa_va(pa), image + seg->file_offset + at,
				 left < COS_PAGE_SIZE ? left : COS_PAGE_SIZE);
		boot_map(seg->vaddr + at, pa, seg->prot);
	}
}

static void boot_map_domain(const struct image_first *image)
{
	const struct image_segment *seg = (const void *)((const char *)image + image->segments);
	uint64_t stack = COS_STACK_VA + (uint64_t)COS_BOOT_TID * COS_STACK_SIZE;

	for (uint32_t i = 0; i < image->nsegments; i++)
		boot_segment(&seg[i]);
	for (uint64_t at = COS_PAGE_SIZE; at < COS_STACK_SIZE; at += COS_PAGE_SIZE)
		boot_map(stack + at, boot_page(COS_MEM_USER), COS_PG_READ | COS_PG_WRITE);
	for (uint64_t at = 0; at < boot_params.image_len_bytes; at += COS_PAGE_SIZE)
		boot_map(BOOT_IMAGE_VA + at, boot_params.image + at, COS_PG_READ);
}

/* After the last boot_alloc: capabilities for the RAM that is left. */
static unsigned boot_ranges(struct cos_bootinfo *info)
{
	unsigned n = 0;

	/* Ranges below the heap's have what the boot loader put there: they are not given out. */
	for (unsigned i = boot_heap.ram; i < boot_params.nram && n < RANGES_MAX; i++) {
		uint64_t base = i == boot_heap.ram ? boot_heap.next : boot_params.ram[i].base;
		uint64_t end = boot_params.ram[i].base + boot_params.ram[i].len_bytes;

		if (base == end)
			continue;
		info->range[n].paddr = base;
		info->range[n].npages = (end - base) / COS_PAGE_SIZE;
		boot_cap(COS_BOOT_UNTYPED + n, CAP_UNTYPED,
			 (struct cap){.range = {base, info->range[n].npages}});
		n++;
	}
	return n;
}

static struct cos_bootinfo *boot_info(void)
{
	uint64_t pa = boot_page(COS_MEM_USER);
	struct cos_bootinfo *info = pa_va(pa);

	boot_map(COS_BOOTINFO_VA, pa, COS_PG_READ);
	*info = boot_params.info;
	info->magic = COS_BOOTINFO_MAGIC;
	info->image_va = BOOT_IMAGE_VA;
	info->image_len_bytes = boot_params.image_len_bytes;
	info->ncores = core_count();
	return info;
}

void boot_first_component(void)
{
	const struct image_first *image = boot_image();
	uint64_t last = COS_BOOT_UNTYPED + RANGES_MAX;
	struct cos_bootinfo *info;
	struct comp *comp;
	struct thd *thd;

	boot_check(captbl_make(boot_page(COS_MEM_KERNEL), &boot_captbl), "captbl");
	for (uint64_t i = 0; i < last; i += COS_CAPTBL_LEAF)
		boot_check(captbl_extend(boot_captbl, i, boot_page(COS_MEM_KERNEL)), "captbl");
	boot_check(pgtbl_make(boot_page(COS_MEM_KERNEL), PGTBL_LEVELS, &boot_pgtbl), "page table");
	boot_check(comp_make(boot_page(COS_MEM_KERNEL), boot_captbl, boot_pgtbl, COS_BOOT_COMP_ID,
			     &comp),
		   "component");
	boot_check(thd_make(boot_page(COS_MEM_KERNEL), comp, COS_BOOT_TID, image->entry,
			    COS_BOOTINFO_VA, &thd),
		   "thread");
	boot_map_domain(image);
	info = boot_info();
	boot_cap(COS_BOOT_CAPTBL, CAP_CAPTBL, (struct cap){.captbl = boot_captbl});
	boot_cap(COS_BOOT_PGTBL, CAP_PGTBL,
		 (struct cap){.pgtbl = boot_pgtbl, .level = PGTBL_LEVELS});
	boot_cap(COS_BOOT_COMP, CAP_COMP, (struct cap){.comp = comp});
	boot_cap(COS_BOOT_THD, CAP_THD, (struct cap){.thd = thd});
	boot_cap(COS_BOOT_HW, CAP_HW, (struct cap){0});
	boot_cap(COS_BOOT_IMAGE, CAP_DEVMEM,
		 (struct cap){.range = {boot_params.image, PAGES(boot_params.image_len_bytes)}});
	info->nranges = boot_ranges(info);
	thd->started = true;
	cpu()->thd = thd;
	cpu()->sched = thd;
	boot_check(mem_ref(thd), "reference");
	cpu()->top = thd->top;
}

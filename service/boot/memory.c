/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, capability slots and mappings for boot (boot.h). Nothing is ever given back. */
#include <cos/string.h>
#include <cos/syscall.h>
#include "boot.h"

#define CAP_FIRST 1024		 /* above the kernel's and r2c's */
#define RANGES_MAX 64		 /* as many as cos_bootinfo has */
#define PHYSICAL_VA 0x2800000000 /* in boot's own domain, away from its heap and scratch */

static const struct cos_bootinfo *info;
static uint64_t used[RANGES_MAX];
static uint32_t next_cap = CAP_FIRST;
static uint64_t next_va = COS_HEAP_VA;

void memory_init(const struct cos_bootinfo *from)
{
	info = from;
}

uint64_t memory_used(unsigned range)
{
	return used[range];
}

/*
 * Retype the range's next pages: as many as one operation may, since the kernel zeroes them and is
 * not preempted.
 */
static uint64_t retype_part(uint32_t range, uint64_t count, unsigned type)
{
	uint64_t part = count < COS_MEM_RETYPE_MAX ? count : COS_MEM_RETYPE_MAX;

	boot_must(cos_op3(COS_BOOT_UNTYPED + range, COS_MEM_RETYPE, used[range], part, type),
		  "cannot retype memory", "");
	return part;
}

uint64_t memory_pages(unsigned type, uint64_t count)
{
	for (uint32_t i = 0; i < info->nranges; i++) {
		uint64_t page = used[i];

		if (count > info->range[i].npages - page)
			continue;
		while (used[i] < page + count)
			used[i] += retype_part(i, page + count - used[i], type);
		return cos_mem(COS_BOOT_UNTYPED + i, page);
	}
	boot_must(-COS_ENOMEM, "out of memory", "");
	return 0;
}

uint64_t memory_page(unsigned type)
{
	return memory_pages(type, 1);
}

uint64_t memory_paddr(uint64_t mem)
{
	const uint64_t page_mask = cos_mem(1, 0) - 1;

	return info->range[mem / cos_mem(1, 0) - COS_BOOT_UNTYPED].paddr +
	       (mem & page_mask) * COS_PAGE_SIZE;
}

void captbl_prepare(uint32_t captbl, uint32_t index)
{
	long error = cos_op2(captbl, COS_CAPTBL_EXTEND, index, memory_page(COS_MEM_KERNEL));

	if (error != -COS_EEXIST)
		boot_must(error, "cannot extend a capability table", "");
}

uint32_t memory_cap(void)
{
	if (next_cap % COS_CAPTBL_LEAF == 0)
		captbl_prepare(COS_BOOT_CAPTBL, next_cap);
	return next_cap++;
}

void captbl_give(uint32_t captbl, uint32_t index, uint32_t source, uint32_t rights)
{
	long error = cos_op4(captbl, COS_CAPTBL_COPY, index, COS_BOOT_CAPTBL, source, rights);

	if (error == -COS_ENOTBL) {
		captbl_prepare(captbl, index);
		error = cos_op4(captbl, COS_CAPTBL_COPY, index, COS_BOOT_CAPTBL, source, rights);
	}
	boot_must(error, "cannot give a capability", "");
}

void memory_map(uint32_t pgtbl, uint64_t va, uint64_t mem, uint32_t prot)
{
	struct cos_results results;

	for (;;) {
		long error = cos_op_r(pgtbl, COS_PGTBL_MAP, va, mem, prot, 0, 0, 0, &results);
		unsigned level = (unsigned)results.rdi;
		uint32_t table;

		if (error != -COS_ENOTBL) {
			boot_must(error, "cannot map memory", "");
			return;
		}
		table = memory_cap();
		boot_must(cos_op3(COS_BOOT_CAPTBL, COS_MK_PGTBL, table, memory_page(COS_MEM_KERNEL),
				  level),
			  "cannot make a page table", "");
		boot_must(cos_op3(pgtbl, COS_PGTBL_LINK, va & -(1UL << (12 + 9 * level)), table,
				  COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC),
			  "cannot link a page table", "");
	}
}

void *memory_own(size_t npages, uint64_t *mem)
{
	uint64_t va = next_va;

	for (size_t i = 0; i < npages; i++) {
		uint64_t page = memory_page(COS_MEM_USER);

		memory_map(COS_BOOT_PGTBL, next_va, page, PROT_RW);
		if (mem != NULL)
			mem[i] = page;
		next_va += COS_PAGE_SIZE;
	}
	return (void *)va;
}

static uint8_t *physical_map(uint64_t paddr, size_t len_bytes, uint32_t prot)
{
	static uint32_t cap;
	static uint64_t mapped;
	uint64_t start = paddr & ~(uint64_t)(COS_PAGE_SIZE - 1);
	uint64_t npages = (paddr - start + len_bytes + COS_PAGE_SIZE - 1) / COS_PAGE_SIZE;

	if (cap == 0)
		cap = memory_cap();
	while (mapped > 0)
		boot_must(cos_op1(COS_BOOT_PGTBL, COS_PGTBL_UNMAP,
				  PHYSICAL_VA + --mapped * COS_PAGE_SIZE),
			  "cannot unmap", "");
	(void)cos_op1(COS_BOOT_CAPTBL, COS_CAPTBL_REMOVE, cap);
	if (cos_op4(COS_BOOT_HW, COS_HW_DEVMEM, COS_BOOT_CAPTBL, cap, start, npages) < 0)
		return NULL;
	for (; mapped < npages; mapped++)
		memory_map(COS_BOOT_PGTBL, PHYSICAL_VA + mapped * COS_PAGE_SIZE,
			   cos_mem(cap, mapped), prot);
	return (uint8_t *)PHYSICAL_VA + (paddr - start);
}

const uint8_t *memory_physical(uint64_t paddr, size_t len_bytes)
{
	return physical_map(paddr, len_bytes, PROT_RO);
}

volatile uint8_t *memory_device(uint64_t paddr, size_t len_bytes)
{
	return physical_map(paddr, len_bytes, PROT_RW | COS_PG_NOCACHE);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's half of every address space, and the CPU's tags for address spaces (PCIDs).
 *
 * Everything is mapped with the largest pages that alignment allows. The direct map has kernel
 * text, constants and the payload read-only, so that no address writes what another one executes.
 *
 * With PCID and INVPCID, a level-4 table gets a PCID of its own while there is one left. The others
 * share PCID 0; its translations are dropped at each load. Unmapping drops the translations of
 * all of them (INVPCID type 3): a subtree may be linked into any address space, so no cheaper rule
 * is safe. A PCID is used again only when its stamp has passed (quiesce.h), so no core has
 * translations of its former table.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include "boot.h"
#include "cpu.h"
#include "machine.h"
#include "mem.h"
#include "pte.h"
#include "quiesce.h"
#include "x86.h"

#define DEVICE_BASE 0xffffffffc0000000UL
#define NPCIDS 4096 /* of 12 bits */
#define PCID_USED UINT64_MAX
#define CPUID_PCID (1u << 17)	 /* leaf 1, ecx */
#define CPUID_INVPCID (1u << 10) /* leaf 7, ebx */
#define CPUID_PAGE_1G (1u << 26) /* leaf 0x80000001, edx */
#define INVPCID_ALL_BUT_GLOBAL 3 /* SDM 2A, INVPCID */

extern char kernel_text[], kernel_rodata[], kernel_data[], kernel_end[];

static uint64_t *kmap_root;
static bool page_1g;
static bool pcid_on;
/* The stamp of when the PCID became free, or PCID_USED. */
static _Atomic uint64_t pcid_gone[NPCIDS] = {PCID_USED};
static unsigned ndevices;

static uint64_t kernel_pa(const void *symbol)
{
	return (uint64_t)symbol - KERNEL_BASE;
}

unsigned machine_page_level(void)
{
	return page_1g ? 3 : 2;
}

/* The highest level at which an entry can map va to pa, within len. */
static unsigned kmap_level(uint64_t va, uint64_t pa, uint64_t len)
{
	for (unsigned level = machine_page_level(); level > 1; level--) {
		uint64_t span = 1UL << (12 + 9 * (level - 1));

		if (((va | pa) & (span - 1)) == 0 && len >= span)
			return level;
	}
	return 1;
}

static void kmap_range(uint64_t va, uint64_t pa, uint64_t len, uint64_t bits)
{
	while (len) {
		unsigned to = kmap_level(va, pa, len);
		uint64_t span = 1UL << (12 + 9 * (to - 1));
		uint64_t *tbl = kmap_root;

		for (unsigned level = PGTBL_LEVELS; level > to; level--) {
			uint64_t *pte = &tbl[pte_index(va, level)];

			if (!pte_present(*pte))
				*pte = boot_alloc(1) | PTE_P | PTE_W;
			tbl = pa_va(pte_paddr(*pte));
		}
		tbl[pte_index(va, to)] = pa | bits | PTE_P | PTE_A | PTE_D | (to > 1 ? PTE_PS : 0);
		va += span;
		pa += span;
		len -= span;
	}
}

/* Map in the direct map what of [base, end) lies in [from, to). */
static void kmap_direct(uint64_t base, uint64_t end, uint64_t from, uint64_t to, uint64_t bits)
{
	base = base < from ? from : base;
	end = end > to ? to : end;
	if (base < end)
		kmap_range(DIRECT_BASE + base, base, end - base, bits | PTE_NX);
}

static void kmap_kernel(const char *from, const char *to, uint64_t bits)
{
	kmap_range((uint64_t)from, kernel_pa(from), (uint64_t)(to - from), bits);
}

void kmap_init(void)
{
	uint64_t text = kernel_pa(kernel_text), data = kernel_pa(kernel_data);
	uint64_t image = boot_params.image, image_end = boot_params.kernel_end;

	page_1g = x86_cpuid(0x80000001, 0).d & CPUID_PAGE_1G;
	kmap_root = pa_va(boot_alloc(1));
	for (unsigned i = 0; i < boot_params.nram; i++) {
		uint64_t base = boot_params.ram[i].base;
		uint64_t end = base + boot_params.ram[i].len_bytes;

		kmap_direct(base, end, 0, text, PTE_W);
		kmap_direct(base, end, text, data, 0);
		kmap_direct(base, end, data, image, PTE_W);
		kmap_direct(base, end, image, image_end, 0);
		kmap_direct(base, end, image_end, UINT64_MAX, PTE_W);
	}
	kmap_kernel(kernel_text, kernel_rodata, 0);
	kmap_kernel(kernel_rodata, kernel_data, PTE_NX);
	kmap_kernel(kernel_data, kernel_end, PTE_NX | PTE_W);
	/* Make the table for devices now: address spaces made later share it. */
	kmap_device(0);
	ndevices = 0;
	pcid_on = (x86_cpuid(1, 0).c & CPUID_PCID) && (x86_cpuid(7, 0).b & CPUID_INVPCID);
	kmap_init_core();
}

void kmap_init_core(void)
{
	x86_write_cr3(va_pa(kmap_root));
	if (pcid_on)
		x86_write_cr4(x86_read_cr4() | CR4_PCIDE);
}

volatile void *kmap_device(uint64_t pa)
{
	uint64_t va = DEVICE_BASE + ndevices++ * COS_PAGE_SIZE;

	kmap_range(va, pa, COS_PAGE_SIZE, PTE_W | PTE_NX | PTE_PCD | PTE_PWT);
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
	return (volatile void *)va;
}

static unsigned pcid_take(void)
{
	if (!pcid_on)
		return 0;
	for (unsigned i = 0; i < NPCIDS; i++) {
		uint64_t gone = atomic_load(&pcid_gone[i]);

		if (gone != PCID_USED && quiesce_passed(gone) &&
		    atomic_compare_exchange_strong(&pcid_gone[i], &gone, PCID_USED))
			return i;
	}
	return 0;
}

void space_init(uint64_t *pgtbl)
{
	for (unsigned i = PGTBL_USER_ENTRIES; i < PGTBL_ENTRIES; i++)
		pgtbl[i] = kmap_root[i];
	mem_tag_set(pgtbl, (uint16_t)pcid_take());
}

void space_fini(uint16_t tag)
{
	if (tag)
		atomic_store(&pcid_gone[tag], quiesce_stamp());
}

uint64_t space_register(const uint64_t *pgtbl)
{
	uint64_t pcid = mem_tag(pgtbl);

	return va_pa(pgtbl) | pcid | (pcid ? CR3_NOFLUSH : 0);
}

void tlb_flush(void)
{
	static const struct {
		uint64_t pcid, address;
	} all = {0, 0};

	if (pcid_on)
		__asm__ volatile("invpcid %0, %1"
				 :
				 : "m"(all), "r"((uint64_t)INVPCID_ALL_BUT_GLOBAL)
				 : "memory");
	else
		x86_write_cr3(x86_read_cr3());
}

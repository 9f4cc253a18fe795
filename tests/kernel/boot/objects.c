/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capability tables, memory, page tables, hardware: every operation, as it succeeds and in each way
 * that it fails (captbl.h, C1 to C8; mem.h, M1 to M6; pgtbl.h, P1 to P6).
 */
#include "cos/layout.h"
#include "test.h"

#define UNTYPED COS_BOOT_UNTYPED
#define CT COS_BOOT_CAPTBL
#define RW (COS_PG_READ | COS_PG_WRITE)

void test_captbl(void)
{
	uint64_t tbl = slot_new(), copy = slot_new(), page = page_kernel(), leaf = page_kernel();

	EXPECT(OP(CT, COS_MK_CAPTBL, tbl, page), 0);
	EXPECT(OP(CT, COS_MK_CAPTBL, tbl, page), -COS_EEXIST);
	EXPECT(OP(CT, COS_MK_CAPTBL, copy, page), -COS_EBUSY);
	EXPECT(OP(CT, COS_MK_CAPTBL, copy, page_new(COS_MEM_USER)), -COS_ETYPE);
	EXPECT(OP(CT, COS_MK_CAPTBL, copy, cos_mem(UNTYPED, (1UL << 40) - 1)), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_CAPTBL, copy, cos_mem(9999, 0)), -COS_ECAP);
	EXPECT(OP(CT, COS_MK_CAPTBL, copy, cos_mem(COS_BOOT_IMAGE, 0)), -COS_ETYPE);
	EXPECT(OP(CT, COS_MK_CAPTBL, COS_CAPTBL_MAX, page_kernel()), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_CAPTBL, 0, page_kernel()), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_CAPTBL, COS_CAPTBL_MAX - 1, page_kernel()), -COS_ENOTBL);
	EXPECT(OP(CT, 15, 0), -COS_ENOSYS);
	EXPECT(OP(CT, 77, 0), -COS_ENOSYS);
	EXPECT(OP(slot_new(), COS_MK_CAPTBL, 0), -COS_ECAP);

	EXPECT(OP(tbl, COS_CAPTBL_COPY, 20, CT, COS_BOOT_HW, COS_RIGHTS_ALL), -COS_ENOTBL);
	EXPECT(OP(tbl, COS_CAPTBL_EXTEND, 0, leaf), 0);
	EXPECT(OP(tbl, COS_CAPTBL_EXTEND, 63, page_kernel()), -COS_EEXIST);
	EXPECT(OP(tbl, COS_CAPTBL_EXTEND, 64, leaf), -COS_EBUSY);
	EXPECT(OP(tbl, COS_CAPTBL_EXTEND, COS_CAPTBL_MAX, page_kernel()), -COS_EINVAL);
	EXPECT(OP(tbl, COS_CAPTBL_COPY, 20, CT, COS_BOOT_HW, COS_RIGHTS_ALL), 0);
	EXPECT(OP(tbl, COS_CAPTBL_COPY, 20, CT, COS_BOOT_HW, COS_RIGHTS_ALL), -COS_EEXIST);
	EXPECT(OP(tbl, COS_CAPTBL_COPY, 21, CT, 4000, COS_RIGHTS_ALL), -COS_ENOENT);
	EXPECT(OP(tbl, COS_CAPTBL_COPY, 21, 4000, 8, COS_RIGHTS_ALL), -COS_ECAP);
	EXPECT(OP(tbl, COS_CAPTBL_COPY, 21, UNTYPED, 8, COS_RIGHTS_ALL), -COS_ECAP);

	/* C3 */
	EXPECT(OP(CT, COS_CAPTBL_COPY, copy, CT, COS_BOOT_HW, 1 << COS_HW_LOG), 0);
	EXPECT(OP(copy, COS_HW_LOG, 0), 0);
	EXPECT(OP(copy, COS_HW_HALT, 3), -COS_EPERM);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, copy), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, copy), -COS_ENOENT);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, 1UL << 40), -COS_EINVAL);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, COS_BOOT_THD), -COS_EBUSY);

	/*
	 * C6: the last capability to a table that holds some stays. Afterwards its pages are free
	 * again.
	 */
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, tbl), -COS_EBUSY);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, leaf & 0xffffff, 1, COS_MEM_USER), -COS_EBUSY);
	EXPECT(OP(tbl, COS_CAPTBL_REMOVE, 20), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, tbl), 0);
	EXPECT(OP(tbl, COS_CAPTBL_REMOVE, 20), -COS_ECAP);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, leaf & 0xffffff, 1, COS_MEM_USER), 0);
	EXPECT(OP(CT, COS_MK_CAPTBL, tbl, page), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, tbl), 0);
}

/* Delegation (C5, C7): a capability, its children and theirs, in several tables. */
void test_delegate(void)
{
	uint64_t hw = slot_new(), a = slot_new(), b = slot_new(), equal = slot_new(),
		 other = slot_new();
	uint64_t tbl = slot_new(), chain[COS_CAPTBL_DEPTH + 2], sinv = slot_new();
	uint64_t comp = slot_new(), part = slot_new(), mem = slot_new();
	struct sys s;
	struct domain d;

	/* A child works, and so do its child and its equal; rights only shrink (C3). */
	EXPECT(OP(CT, COS_CAPTBL_COPY, hw, CT, COS_BOOT_HW, COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, a, CT, hw, COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, b, CT, a, 1 << COS_HW_LOG), 0);
	EXPECT(OP(CT, COS_CAPTBL_COPY, equal, CT, a, COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, other, CT, hw, COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, other, CT, hw, COS_RIGHTS_ALL), -COS_EEXIST);
	EXPECT(OP(a, COS_HW_LOG, 0), 0);
	EXPECT(OP(b, COS_HW_LOG, 0), 0);
	EXPECT(OP(b, COS_HW_HALT, 3), -COS_EPERM);
	EXPECT(OP(equal, COS_HW_LOG, 0), 0);

	/*
	 * C5: with a ends what is below it, and nothing else. The slots stay taken until they are
	 * removed.
	 */
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, a), 0);
	EXPECT(OP(b, COS_HW_LOG, 0), -COS_ECAP);
	EXPECT(OP(equal, COS_HW_LOG, 0), 0);
	EXPECT(OP(other, COS_HW_LOG, 0), 0);
	EXPECT(OP(CT, COS_CAPTBL_COPY, a, CT, b, COS_RIGHTS_ALL), -COS_ENOENT);
	EXPECT(OP(CT, COS_CAPTBL_COPY, b, CT, hw, COS_RIGHTS_ALL), -COS_EEXIST);
	/* Another capability in the parent's slot is not the parent. */
	EXPECT(OP(CT, COS_CAPTBL_COPY, a, CT, COS_BOOT_HW, COS_RIGHTS_ALL), 0);
	EXPECT(OP(b, COS_HW_LOG, 0), -COS_ECAP);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, b), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, b), -COS_ENOENT);
	/* An equal ends with its parent, not with what it was copied from. */
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, hw), 0);
	EXPECT(OP(equal, COS_HW_LOG, 0), -COS_ECAP);
	EXPECT(OP(other, COS_HW_LOG, 0), -COS_ECAP);
	EXPECT(OP(a, COS_HW_LOG, 0), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, equal), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, other), 0);

	/* C7: as deep as possible; all end with the first. */
	chain[0] = a;
	for (unsigned i = 1; i <= COS_CAPTBL_DEPTH; i++) {
		chain[i] = slot_new();
		EXPECT(OP(CT, COS_CAPTBL_DELEGATE, chain[i], CT, chain[i - 1], COS_RIGHTS_ALL), 0);
	}
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, b, CT, chain[COS_CAPTBL_DEPTH], COS_RIGHTS_ALL),
	       -COS_EDEPTH);
	EXPECT(OP(chain[COS_CAPTBL_DEPTH], COS_HW_LOG, 0), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, a), 0);
	for (unsigned i = 1; i <= COS_CAPTBL_DEPTH; i++) {
		EXPECT(OP(chain[i], COS_HW_LOG, 0), -COS_ECAP);
		EXPECT(OP(CT, COS_CAPTBL_REMOVE, chain[i]), 0);
	}

	/* C6: a table is in use while capabilities in it have children. */
	EXPECT(OP(CT, COS_MK_CAPTBL, tbl, page_kernel()), 0);
	EXPECT(OP(tbl, COS_CAPTBL_EXTEND, 0, page_kernel()), 0);
	EXPECT(OP(tbl, COS_CAPTBL_COPY, 9, CT, COS_BOOT_HW, COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, b, tbl, 9, COS_RIGHTS_ALL), 0);
	EXPECT(OP(tbl, COS_CAPTBL_REMOVE, 9), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, tbl), -COS_EBUSY);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, b), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, tbl), 0);

	/* A component: a sinv made from a child of it works until that is revoked. */
	domain_make(&d, 40);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, comp, CT, d.comp, COS_RIGHTS_ALL), 0);
	EXPECT(OP(CT, COS_MK_SINV, sinv, comp, (uint64_t)echo_entry, 0x77), 0);
	s = (struct sys){COS_OP(sinv, COS_SINV), {1, 2, 3}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], 0x77);
	EXPECT(s.arg[1], COS_BOOT_TID);
	EXPECT(s.arg[2], 6);
	EXPECT(OP(sinv, 1, 0), -COS_ENOSYS);
	EXPECT(OP(d.comp, COS_COMP_STOP), 0);
	EXPECT(OP(sinv, COS_SINV), -COS_EREBOOT);
	EXPECT(OP(d.comp, COS_COMP_START), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, d.comp), 0);
	EXPECT(OP(sinv, COS_SINV), -COS_ECAP);
	EXPECT(OP(comp, COS_COMP_START), -COS_ECAP);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, sinv), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, comp), 0);

	/* Parts of a range. */
	EXPECT(OP(UNTYPED, COS_MEM_SPLIT, CT, mem, bootinfo->range[0].npages - 8, 4), 0);
	EXPECT(OP(CT, COS_CAPTBL_DELEGATE, b, CT, mem, COS_RIGHTS_ALL), 0);
	EXPECT(OP(b, COS_MEM_SPLIT, CT, part, 1, 2), 0);
	EXPECT(OP(part, COS_MEM_RETYPE, 0, 1, COS_MEM_USER), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, mem), 0);
	EXPECT(OP(part, COS_MEM_RETYPE, 0, 1, COS_MEM_USER), -COS_ECAP);
	EXPECT(OP(d.pgtbl, COS_PGTBL_MAP, 0x40000000, cos_mem(part, 0), RW), -COS_ECAP);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, part), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, b), 0);
}

void test_mem(void)
{
	uint64_t npages = bootinfo->range[0].npages, part = slot_new();
	uint64_t page = page_new(COS_MEM_USER) & 0xffffff;
	struct sys s;

	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, npages, 1, COS_MEM_USER), -COS_EINVAL);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, npages - 1, 2, COS_MEM_USER), -COS_EINVAL);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, 1, UINT64_MAX, COS_MEM_USER), -COS_EINVAL);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, 0, COS_MEM_RETYPE_MAX + 1, COS_MEM_USER), -COS_EINVAL);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page, 0, COS_MEM_USER), -COS_EINVAL);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page, 1, COS_MEM_DEVICE), -COS_EINVAL);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, 0, 1, COS_MEM_USER), -COS_EBUSY); /* a leaf */
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page, 1, COS_MEM_UNTYPED), 0);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, npages - COS_MEM_RETYPE_MAX, COS_MEM_RETYPE_MAX,
		  COS_MEM_USER),
	       0);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, npages - COS_MEM_RETYPE_MAX, COS_MEM_RETYPE_MAX,
		  COS_MEM_UNTYPED),
	       0);
	EXPECT(OP(COS_BOOT_IMAGE, COS_MEM_RETYPE, 0, 1, COS_MEM_USER), -COS_ETYPE);
	EXPECT(OP(UNTYPED, 9, 0), -COS_ENOSYS);

	s = (struct sys){COS_OP(UNTYPED, COS_MEM_PADDR), {page}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], bootinfo->range[0].paddr + page * COS_PAGE_SIZE);
	EXPECT(s.arg[1], COS_MEM_UNTYPED);
	EXPECT(s.arg[2], 0);
	EXPECT(OP(UNTYPED, COS_MEM_PADDR, npages), -COS_EINVAL);

	EXPECT(OP(UNTYPED, COS_MEM_SPLIT, CT, part, npages - 8, 4), 0);
	EXPECT(OP(UNTYPED, COS_MEM_SPLIT, CT, part, npages - 8, 4), -COS_EEXIST);
	EXPECT(OP(UNTYPED, COS_MEM_SPLIT, CT, slot_new(), npages - 8, 9), -COS_EINVAL);
	EXPECT(OP(UNTYPED, COS_MEM_SPLIT, 4000, slot_new(), 0, 1), -COS_ECAP);
	EXPECT(OP(part, COS_MEM_RETYPE, 4, 1, COS_MEM_USER), -COS_EINVAL);
	EXPECT(OP(part, COS_MEM_RETYPE, 3, 1, COS_MEM_USER), 0);
	s = (struct sys){COS_OP(part, COS_MEM_PADDR), {3}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], bootinfo->range[0].paddr + (npages - 5) * COS_PAGE_SIZE);
	EXPECT(s.arg[1], COS_MEM_USER);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, part), 0);
}

/* The tables of a range, and mappings in it. */
static void pgtbl_mappings(uint64_t top, uint64_t page)
{
	uint64_t other = page_new(COS_MEM_USER);
	struct sys s;

	EXPECT(OP(top, COS_PGTBL_MAP, 0x40000000, page, RW), 0);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40000000, page, RW), -COS_EEXIST);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page & 0xffffff, 1, COS_MEM_KERNEL), -COS_EBUSY);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40001000, page, COS_PG_READ), 0);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002001, page, RW), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, page, RW | COS_PG_EXEC), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, page, COS_PG_WRITE), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, page, 0x101), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, page_kernel(), RW), -COS_ETYPE);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, page_new(COS_MEM_UNTYPED), RW), -COS_ETYPE);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, cos_mem(CT, 0), RW), -COS_ECAP);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x7ffffffff000, page, RW), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_MAP, 0xffff800000000000, page, RW), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, cos_mem(COS_BOOT_IMAGE, 0), RW), -COS_EPERM);
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40002000, cos_mem(COS_BOOT_IMAGE, 0), COS_PG_READ), 0);
	EXPECT(OP(top, COS_PGTBL_PROTECT, 0x40002000, RW), -COS_EPERM);
	EXPECT(OP(top, COS_PGTBL_PROTECT, 0x40001000, RW), 0);
	EXPECT(OP(top, COS_PGTBL_PROTECT, 0x40001000, RW | COS_PG_EXEC), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_PROTECT, 0x40003000, RW), -COS_ENOENT);
	s = (struct sys){COS_OP(top, COS_PGTBL_LOOKUP), {0x40001000}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0], RW);
	EXPECT(s.arg[1], bootinfo->range[0].paddr + (page & 0xffffff) * COS_PAGE_SIZE);
	EXPECT(OP(top, COS_PGTBL_LOOKUP, 0x40003000), -COS_ENOENT);
	EXPECT(OP(top, COS_PGTBL_LOOKUP, 0x50000000), -COS_ENOENT);
	EXPECT(OP(top, COS_PGTBL_UNMAP, 0x40003000), -COS_ENOENT);
	EXPECT(OP(top, COS_PGTBL_UNMAP, 0x40000000), 0);
	EXPECT(OP(top, COS_PGTBL_UNMAP, 0x40001000), 0);
	EXPECT(OP(top, COS_PGTBL_UNMAP, 0x40002000), 0);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, page & 0xffffff, 1, COS_MEM_KERNEL), 0);
	/* A table of level 1 gives back what it maps when it goes. */
	EXPECT(OP(top, COS_PGTBL_MAP, 0x40000000, other, RW), 0);
	EXPECT(OP(top, COS_PGTBL_UNLINK, 0x40000000, 2), 0);
	EXPECT(OP(UNTYPED, COS_MEM_RETYPE, other & 0xffffff, 1, COS_MEM_USER), -COS_EBUSY);
}

/* The first page that can be a super-page of that level, behind what the tests use; 0: none. */
static uint64_t super_page(unsigned level)
{
	uint64_t pages = 1UL << (9 * (level - 1));

	for (unsigned i = 0; i < bootinfo->nranges; i++) {
		uint64_t first = bootinfo->range[i].paddr / COS_PAGE_SIZE;
		uint64_t used = i == 0 ? 0x1000 : 0;
		uint64_t page = ((first + used + pages - 1) & -pages) - first;

		if (page + pages + used <= bootinfo->range[i].npages)
			return cos_mem(UNTYPED + i, page);
	}
	return 0;
}

static uint64_t untyped_of(uint64_t mem)
{
	return mem >> 40;
}

static uint64_t page_of(uint64_t mem)
{
	return mem & ((1UL << 40) - 1);
}

#define SUPER_VA 0x80000000UL

/* 2 MiB mapped by one entry, written and read; then the same memory as pages (M5). */
static void super_2m(uint64_t mem, uint64_t l2)
{
	volatile uint64_t *words = (volatile uint64_t *)SUPER_VA, *end = words + (2 << 20) / 8 - 1;
	uint64_t untyped = untyped_of(mem), page = page_of(mem), l1 = slot_new();

	EXPECT(OP(untyped, COS_MEM_JOIN, page, 2), -COS_ETYPE);
	pages_retype(untyped, page, 512, COS_MEM_USER);
	EXPECT(OP(untyped, COS_MEM_JOIN, page + 1, 2), -COS_EINVAL);
	EXPECT(OP(untyped, COS_MEM_JOIN, page, 0), -COS_EINVAL);
	EXPECT(OP(untyped, COS_MEM_JOIN, bootinfo->range[untyped - UNTYPED].npages - 8, 2),
	       -COS_EINVAL);
	EXPECT(OP(COS_BOOT_IMAGE, COS_MEM_JOIN, 0, 2), -COS_ETYPE);
	EXPECT(OP(untyped, COS_MEM_JOIN, page, 2), 0);
	EXPECT(OP(untyped, COS_MEM_RETYPE, page + 5, 1, COS_MEM_KERNEL), -COS_EBUSY);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SUPER_VA, mem + 1, RW), -COS_ETYPE);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SUPER_VA + 4096, mem, RW), -COS_EINVAL);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SUPER_VA, mem, RW), 0);
	EXPECT(words[0] | *end, 0);
	words[0] = 0x1111;
	*end = 0x2222;
	EXPECT(OP(untyped, COS_MEM_CUT, page), -COS_EBUSY);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, SUPER_VA), 0);
	EXPECT(OP(untyped, COS_MEM_CUT, page + 1), -COS_ETYPE);
	EXPECT(OP(untyped, COS_MEM_CUT, page), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, l1, page_kernel(), 1), 0);
	EXPECT(OP(l2, COS_PGTBL_LINK, 0, l1, RW), 0);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SUPER_VA, mem + 511, RW), 0);
	EXPECT(words[511], 0x2222);
	EXPECT(OP(untyped, COS_MEM_JOIN, page, 2), -COS_EBUSY);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, SUPER_VA), 0);
	EXPECT(OP(l2, COS_PGTBL_UNLINK, 0, 2), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, l1), 0);
	pages_retype(untyped, page, 512, COS_MEM_UNTYPED);
}

/* The same with 1 GiB, if there is so much RAM. */
static void super_1g(uint64_t mem)
{
	volatile uint64_t *words = (volatile uint64_t *)SUPER_VA, *end = words + (1 << 30) / 8 - 1;
	uint64_t untyped = untyped_of(mem), page = page_of(mem);

	for (uint64_t i = 0; i < 1 << 18; i += 512) {
		pages_retype(untyped, page + i, 512, COS_MEM_USER);
		EXPECT(OP(untyped, COS_MEM_JOIN, page + i, 2), 0);
	}
	EXPECT(OP(untyped, COS_MEM_JOIN, page, 3), 0);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SUPER_VA, mem + 512, RW), -COS_ETYPE);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SUPER_VA + (1 << 21), mem, RW), -COS_EINVAL);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SUPER_VA, mem, RW), 0);
	words[0] = 0x3333;
	*end = 0x4444;
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_PROTECT, SUPER_VA, COS_PG_READ), 0);
	EXPECT(words[0] + *end, 0x7777);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, SUPER_VA), 0);
	EXPECT(OP(untyped, COS_MEM_CUT, page), 0);
	for (uint64_t i = 0; i < 1 << 18; i += 512) {
		EXPECT(OP(untyped, COS_MEM_CUT, page + i), 0);
		pages_retype(untyped, page + i, 512, COS_MEM_UNTYPED);
	}
}

void test_super(void)
{
	uint64_t two = super_page(2), one = super_page(3), l2 = slot_new();

	EXPECT(OP(CT, COS_MK_PGTBL, l2, page_kernel(), 2), 0);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_LINK, SUPER_VA, l2, RW), 0);
	EXPECT(two != 0, 1);
	super_2m(two, l2);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNLINK, SUPER_VA, 3), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, l2), 0);
	print("super: %s\n", one ? "2 MiB and 1 GiB" : "2 MiB");
	if (one)
		super_1g(one);
}

void test_pgtbl(void)
{
	uint64_t top = slot_new(), l3 = slot_new(), l2 = slot_new(), l1 = slot_new();
	uint64_t page = page_new(COS_MEM_USER);
	unsigned all = RW | COS_PG_EXEC;
	struct sys s;

	EXPECT(OP(CT, COS_MK_PGTBL, top, page_kernel(), 4), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, l3, page_kernel(), 5), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_PGTBL, l3, page_kernel(), 0), -COS_EINVAL);
	EXPECT(OP(CT, COS_MK_PGTBL, l3, page_kernel(), 3), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, l2, page_kernel(), 2), 0);
	EXPECT(OP(CT, COS_MK_PGTBL, l1, page_kernel(), 1), 0);
	s = (struct sys){COS_OP(top, COS_PGTBL_MAP), {0x40000000, page, RW}};
	EXPECT(sys(&s), -COS_ENOTBL);
	EXPECT(s.arg[0], 3);
	s = (struct sys){COS_OP(top, COS_PGTBL_LINK), {0x40000000, l1, all}};
	EXPECT(sys(&s), -COS_ENOTBL);
	EXPECT(s.arg[0], 3);
	EXPECT(OP(top, COS_PGTBL_LINK, 0, l3, all), 0);
	EXPECT(OP(top, COS_PGTBL_LINK, 0, l3, all), -COS_EEXIST);
	EXPECT(OP(top, COS_PGTBL_LINK, 0x1000, l2, all), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_LINK, 0x40000000, top, all), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_LINK, 0x40000000, CT, all), -COS_ECAP);
	EXPECT(OP(top, COS_PGTBL_LINK, 0x40000000, l2, 0), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_LINK, 0xffff800000000000, l3, all), -COS_EINVAL);
	EXPECT(OP(l2, COS_PGTBL_LINK, 0, l3, all), -COS_EINVAL);
	EXPECT(OP(l3, COS_PGTBL_LINK, 0x8000000000, l2, all), -COS_EINVAL);
	EXPECT(OP(l3, COS_PGTBL_LINK, 0x40000000, l2, all), 0);
	EXPECT(OP(top, COS_PGTBL_LINK, 0x40000000, l1, all), 0);
	/* A window: the same subtree elsewhere. */
	EXPECT(OP(top, COS_PGTBL_LINK, 0x8000000000, l3, COS_PG_READ), 0);
	EXPECT(OP(top, COS_PGTBL_LOOKUP, 0x8040000000), -COS_ENOENT);
	pgtbl_mappings(top, page);
	EXPECT(OP(top, COS_PGTBL_UNLINK, 0x40000000, 2), -COS_ENOENT);
	EXPECT(OP(top, COS_PGTBL_UNLINK, 0x40000000, 1), -COS_EINVAL);
	EXPECT(OP(top, COS_PGTBL_UNLINK, 0x40000000, 5), -COS_EINVAL);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, top), -COS_EBUSY);
	EXPECT(OP(top, COS_PGTBL_UNLINK, 0x8000000000, 4), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, l2), 0);
	EXPECT(OP(l3, COS_PGTBL_UNLINK, 0x40000000, 3), 0);
	EXPECT(OP(top, COS_PGTBL_UNLINK, 0, 4), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, top), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, l3), 0);
	EXPECT(OP(CT, COS_CAPTBL_REMOVE, l1), 0);
	EXPECT(OP(l3, 30, 0), -COS_ECAP);
}

void test_hw(void)
{
	uint64_t port = slot_new(), dev = slot_new(), hw = COS_BOOT_HW;
	struct sys s;

	EXPECT(OP(hw, COS_HW_IOPORT, CT, port, 0x70, 0x71), 0);
	EXPECT(OP(hw, COS_HW_IOPORT, CT, port, 0x70, 0x71), -COS_EEXIST);
	EXPECT(OP(hw, COS_HW_IOPORT, CT, slot_new(), 0x71, 0x70), -COS_EINVAL);
	EXPECT(OP(hw, COS_HW_IOPORT, CT, slot_new(), 0, 0x10000), -COS_EINVAL);
	EXPECT(OP(hw, COS_HW_IOPORT, 4000, slot_new(), 0, 1), -COS_ECAP);
	/* The month of the real-time clock. */
	EXPECT(OP(port, COS_PORT_OUT, 0x70, 1, 8), 0);
	s = (struct sys){COS_OP(port, COS_PORT_IN), {0x71, 1}};
	EXPECT(sys(&s), 0);
	EXPECT(s.arg[0] >= 1 && s.arg[0] <= 0x12, true);
	EXPECT(OP(port, COS_PORT_IN, 0x71, 2), -COS_EPERM);
	EXPECT(OP(port, COS_PORT_IN, 0x72, 1), -COS_EPERM);
	EXPECT(OP(port, COS_PORT_IN, 0x6f, 1), -COS_EPERM);
	EXPECT(OP(port, COS_PORT_IN, 0x70, 3), -COS_EINVAL);
	EXPECT(OP(port, 5, 0), -COS_ENOSYS);

	EXPECT(OP(hw, COS_HW_DEVMEM, CT, dev, 0xfec00000, 1), 0);
	EXPECT(OP(hw, COS_HW_DEVMEM, CT, slot_new(), 0xfee00000, 1), -COS_EPERM);
	EXPECT(OP(hw, COS_HW_DEVMEM, CT, slot_new(), bootinfo->range[0].paddr, 1), -COS_EPERM);
	EXPECT(OP(hw, COS_HW_DEVMEM, CT, slot_new(), 0, 1UL << 60), -COS_EINVAL);
	EXPECT(OP(hw, COS_HW_DEVMEM, CT, slot_new(), 1, 1), -COS_EINVAL);
	EXPECT(OP(hw, COS_HW_DEVMEM, CT, slot_new(), 0xfec00000, 0), -COS_EINVAL);
	EXPECT(OP(dev, COS_MEM_RETYPE, 0, 1, COS_MEM_USER), -COS_ETYPE);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_MAP, SHARED_VA + 0x100000, cos_mem(dev, 0),
		  RW | COS_PG_NOCACHE),
	       0);
	EXPECT(OP(COS_BOOT_PGTBL, COS_PGTBL_UNMAP, SHARED_VA + 0x100000), 0);

	EXPECT(OP(hw, COS_HW_LOG, 33), -COS_EINVAL);
	EXPECT(OP(hw, COS_HW_HALT, COS_HALT_PANIC), -COS_EINVAL);
	EXPECT(OP(hw, COS_HW_SCHED, CT, sched_arcv), -COS_ECAP);
	EXPECT(OP(hw, COS_HW_IRQ_FREE, 3), -COS_EINVAL);
	EXPECT(OP(hw, COS_HW_IRQ_BIND, CT), -COS_ECAP);
	s = (struct sys){COS_OP(hw, COS_HW_IRQ_BIND), {sched_arcv}};
	EXPECT(sys(&s), 0);
	EXPECT(OP(hw, COS_HW_IRQ_FREE, s.arg[0]), 0);
	EXPECT(OP(hw, COS_HW_IRQ_FREE, s.arg[0]), -COS_ENOENT);
	EXPECT(OP(hw, 17, 0), -COS_ENOSYS);
	EXPECT(bootinfo->magic, COS_BOOTINFO_MAGIC);
	EXPECT(bootinfo->rsdp[0], 'R');
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The retype table, capability tables and page tables, over an array as physical memory: mem.h, M1
 * to M6; captbl.h, C1, C2, C6 to C8; pgtbl.h, P1 to P7.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "captbl.h"
#include "machine.h"
#include "mem.h"
#include "pgtbl.h"
#include "pte.h"
#include "quiesce.h"

#define PAGE(n) ((uint64_t)(n)*4096)
#define RW (COS_PG_READ | COS_PG_WRITE)

_Alignas(4096) uint8_t test_memory[TEST_PAGES * 4096];
unsigned test_flushes;
static uint64_t test_passed;
static _Atomic uint64_t table[TEST_PAGES];

/* What is freed now has this stamp; it has passed when test_passed says so. */
#define TEST_STAMP 7

uint64_t quiesce_stamp(void)
{
	return TEST_STAMP;
}

bool quiesce_passed(uint64_t stamp)
{
	return stamp <= test_passed;
}

/* Page 0 is a device's, page 1 of the payload, 2..31 of kernel type, 32..47 user, the rest untyped.
 */
static int setup(void **state)
{
	(void)state;
	memset(test_memory, 0, sizeof(test_memory));
	test_flushes = 0;
	test_passed = TEST_STAMP;
	mem_init(table, TEST_PAGES);
	mem_set(PAGE(1), 1, COS_MEM_DEVICE, KIND_IMAGE, 0);
	mem_set(PAGE(2), 30, COS_MEM_KERNEL, KIND_FREE, 0);
	mem_set(PAGE(32), 16, COS_MEM_USER, KIND_FREE, 0);
	mem_set(PAGE(48), 16, COS_MEM_UNTYPED, KIND_FREE, 0);
	return 0;
}

static void test_retype(void **state)
{
	(void)state;
	assert_int_equal(mem_retype(PAGE(0), COS_MEM_USER), -COS_ETYPE);
	assert_int_equal(mem_retype(PAGE(TEST_PAGES), COS_MEM_USER), -COS_ETYPE);
	assert_int_equal(mem_retype(PAGE(48), COS_MEM_DEVICE), -COS_EINVAL);
	memset(pa_va(PAGE(48)), 0xaa, 4096);
	assert_int_equal(mem_retype(PAGE(48), COS_MEM_USER), 0);
	assert_int_equal(test_memory[PAGE(48)], 0);
	assert_int_equal(test_memory[PAGE(49) - 1], 0);
	assert_int_equal(mem_user_ref(PAGE(48)), 0);
	assert_int_equal(mem_page(PAGE(48)).refs, 1);
	assert_int_equal(mem_retype(PAGE(48), COS_MEM_KERNEL), -COS_EBUSY);
	assert_int_equal(mem_claim(PAGE(48), KIND_THD), -COS_ETYPE);
	mem_user_unref(PAGE(48));
	assert_int_equal(mem_retype(PAGE(48), COS_MEM_KERNEL), 0);
	assert_int_equal(mem_user_ref(PAGE(48)), -COS_ETYPE);
	assert_int_equal(mem_claim(PAGE(48), KIND_THD), 0);
	assert_int_equal(mem_claim(PAGE(48), KIND_COMP), -COS_EBUSY);
	assert_int_equal(mem_kind(pa_va(PAGE(48))), KIND_THD);
	assert_int_equal(mem_retype(PAGE(48), COS_MEM_USER), -COS_EBUSY);
	test_memory[PAGE(48) + 7] = 1;
	assert_int_equal(mem_hold(pa_va(PAGE(48))), 0);
	assert_int_equal(mem_free(pa_va(PAGE(48))), -COS_EBUSY);
	mem_unhold(pa_va(PAGE(48)));
	assert_int_equal(mem_free(pa_va(PAGE(48))), 0);
	/*
	 * A freed page keeps its contents for a while (M2); the next object in it is zeroed (M3).
	 */
	assert_int_equal(test_memory[PAGE(48) + 7], 1);
	assert_int_equal(mem_ref(pa_va(PAGE(48))), -COS_EDEAD);
	assert_int_equal(mem_hold(pa_va(PAGE(48))), -COS_EDEAD);
	test_passed = 0;
	assert_int_equal(mem_retype(PAGE(48), COS_MEM_UNTYPED), -COS_EAGAIN);
	assert_int_equal(mem_claim(PAGE(48), KIND_THD), -COS_EAGAIN);
	test_passed = TEST_STAMP;
	assert_int_equal(mem_claim(PAGE(48), KIND_THD), 0);
	assert_int_equal(test_memory[PAGE(48) + 7], 0);
	assert_int_equal(mem_free(pa_va(PAGE(48))), 0);
	assert_int_equal(mem_retype(PAGE(48), COS_MEM_UNTYPED), 0);
}

static void test_references(void **state)
{
	void *object = pa_va(PAGE(2));

	(void)state;
	mem_set(PAGE(2), 1, COS_MEM_KERNEL, KIND_COMP, MEM_REFS_MAX);
	assert_int_equal(mem_ref(object), -COS_EBUSY);
	assert_true(mem_unref(object));
	assert_int_equal(mem_refs(object), MEM_REFS_MAX - 1);
	assert_int_equal(mem_ref(object), 0);
	mem_set(PAGE(32), 1, COS_MEM_USER, KIND_NONE, MEM_REFS_MAX);
	assert_int_equal(mem_user_ref(PAGE(32)), -COS_EBUSY);
	mem_tag_set(object, 0xfff);
	assert_false(mem_held(object));
	assert_int_equal(mem_hold(object), 0);
	assert_true(mem_held(object));
	mem_unhold(object);
	assert_false(mem_held(object));
	/* M4: the count stops when it is full, and the tag beside it stays. */
	for (unsigned i = 0; i < 1 << 20; i++)
		assert_int_equal(mem_hold(object), i == (1 << 20) - 1 ? -COS_EBUSY : 0);
	assert_int_equal(mem_tag(object), 0xfff);
	assert_int_equal(mem_refs(object), MEM_REFS_MAX);
	assert_int_equal(mem_kind(object), KIND_COMP);
	mem_set(PAGE(3), 1, COS_MEM_KERNEL, KIND_COMP, 1);
	assert_false(mem_unref(pa_va(PAGE(3))));
	assert_int_equal(mem_refs(pa_va(PAGE(3))), 1);
}

static void test_captbl(void **state)
{
	struct captbl *tbl;
	enum cap_type type;
	struct cap *slot;

	(void)state;
	assert_int_equal(captbl_make(PAGE(32), &tbl), -COS_ETYPE);
	assert_int_equal(captbl_make(PAGE(2), &tbl), 0);
	assert_null(captbl_lookup(tbl, 8, &type));
	assert_null(captbl_lookup(tbl, COS_CAPTBL_MAX, &type));
	assert_null(captbl_lookup(tbl, UINT64_MAX, &type));
	assert_int_equal(captbl_take(tbl, 8, &slot), -COS_ENOTBL);
	assert_int_equal(captbl_extend(tbl, COS_CAPTBL_MAX, PAGE(3)), -COS_EINVAL);
	assert_int_equal(captbl_extend(tbl, COS_CAPTBL_MAX - 1, PAGE(3)), 0);
	assert_int_equal(captbl_extend(tbl, COS_CAPTBL_MAX - 64, PAGE(4)), -COS_EEXIST);
	assert_int_equal(captbl_take(tbl, 7, &slot), -COS_EINVAL);
	assert_int_equal(captbl_take(tbl, COS_CAPTBL_MAX, &slot), -COS_EINVAL);
	assert_int_equal(captbl_take(tbl, COS_CAPTBL_MAX - 1, &slot), 0);
	/* Taken, but not published. */
	assert_null(captbl_lookup(tbl, COS_CAPTBL_MAX - 1, &type));
	assert_int_equal(captbl_put(tbl), -COS_EBUSY);
	captbl_publish(slot, CAP_UNTYPED);
	assert_ptr_equal(captbl_lookup(tbl, COS_CAPTBL_MAX - 1, &type), slot);
	assert_int_equal(type, CAP_UNTYPED);
	assert_null(captbl_get(tbl, COS_CAPTBL_MAX - 1, CAP_THD));
	assert_int_equal(captbl_put(tbl), -COS_EBUSY);
	assert_int_equal(captbl_take(tbl, COS_CAPTBL_MAX - 1, &slot), -COS_EEXIST);
	slot = captbl_lookup(tbl, COS_CAPTBL_MAX - 1, &type);
	assert_false(captbl_withdraw(slot, CAP_THD));
	assert_true(captbl_withdraw(slot, CAP_UNTYPED));
	assert_false(captbl_withdraw(slot, CAP_UNTYPED));
	assert_int_equal(captbl_take(tbl, COS_CAPTBL_MAX - 1, &slot), -COS_EEXIST);
	captbl_remove(tbl, slot);
	/* C1: the slot keeps its contents until the stamp has passed. */
	test_passed = 0;
	assert_int_equal(captbl_take(tbl, COS_CAPTBL_MAX - 1, &slot), -COS_EAGAIN);
	test_passed = TEST_STAMP;
	assert_int_equal(captbl_take(tbl, COS_CAPTBL_MAX - 1, &slot), 0);
	captbl_give_back(tbl, slot);
	assert_int_equal(captbl_put(tbl), 0);
	assert_int_equal(captbl_take(tbl, COS_CAPTBL_MAX - 1, &slot), -COS_EDEAD);
	assert_int_equal(mem_retype(PAGE(2), COS_MEM_USER), 0);
	assert_int_equal(mem_retype(PAGE(3), COS_MEM_USER), 0);
}

static void test_pgtbl(void **state)
{
	uint64_t *tbl[5], flags, pa;
	unsigned missing;

	(void)state;
	for (unsigned level = 1; level <= 4; level++)
		assert_int_equal(pgtbl_make(PAGE(1 + level), level, &tbl[level]), 0);
	assert_int_equal(pgtbl_make(PAGE(9), 5, &tbl[0]), -COS_EINVAL);
	assert_int_equal(pgtbl_map(tbl[4], 4, 0x400000, PAGE(32), RW, &missing), -COS_ENOTBL);
	assert_int_equal(missing, 3);
	for (unsigned level = 4; level > 1; level--)
		assert_int_equal(pgtbl_link(tbl[4], 4, 0x400000 & -(1UL << (3 + 9 * level)),
					    tbl[level - 1], level - 1, RW | COS_PG_EXEC, &missing),
				 0);
	assert_int_equal(pgtbl_map(tbl[4], 4, 0x400000, PAGE(32), RW, &missing), 0);
	assert_int_equal(pgtbl_lookup(tbl[4], 4, 0x400000, &flags, &pa), 0);
	assert_int_equal(flags, RW);
	assert_int_equal(pa, PAGE(32));
	assert_true(tbl[1][0] & PTE_NX);
	assert_int_equal(pgtbl_map(tbl[4], 4, 0x401000, PAGE(1), RW, &missing), -COS_EPERM);
	assert_int_equal(pgtbl_map(tbl[4], 4, 0x401000, PAGE(2), RW, &missing), -COS_ETYPE);
	assert_int_equal(pgtbl_map(tbl[4], 4, 0x401000, PAGE(33), RW | COS_PG_EXEC, &missing),
			 -COS_EINVAL);
	assert_int_equal(pgtbl_map(tbl[4], 4, USER_END, PAGE(33), RW, &missing), -COS_EINVAL);
	assert_int_equal(pgtbl_map(tbl[3], 3, 1UL << 39, PAGE(33), RW, &missing), -COS_EINVAL);
	assert_int_equal(pgtbl_link(tbl[3], 3, 0, tbl[3], 3, RW, &missing), -COS_EINVAL);
	assert_int_equal(pgtbl_unlink(tbl[4], 4, 1UL << 47, 4), -COS_EINVAL);
	/* P5: translations go before rights or a page do. */
	test_flushes = 0;
	assert_int_equal(pgtbl_protect(tbl[4], 4, 0x400000, COS_PG_READ), 0);
	assert_int_equal(test_flushes, 1);
	assert_int_equal(pgtbl_unmap(tbl[4], 4, 0x400000, &pa), 0);
	assert_int_equal(test_flushes, 2);
	assert_int_equal(mem_page(PAGE(32)).refs, 0);
	assert_int_equal(pgtbl_put(tbl[2], 2), 0); /* still linked */
	assert_int_equal(pgtbl_unlink(tbl[4], 4, 0x400000 & -(1UL << 30), 3), -COS_EBUSY);
	/* The last reference to a table frees it, with what it maps. */
	assert_int_equal(pgtbl_map(tbl[4], 4, 0x400000, PAGE(32), RW, &missing), 0);
	assert_true(mem_unref(tbl[1]));
	assert_int_equal(pgtbl_unlink(tbl[4], 4, 0x400000, 2), 0);
	assert_int_equal(mem_page(PAGE(32)).refs, 0);
	assert_int_equal(mem_page(PAGE(2)).kind, KIND_FREE);
	/* P7: mapped into while it is freed on another core: the page's reference is dropped. */
	assert_int_equal(pgtbl_map(tbl[1], 1, 0, PAGE(32), RW, &missing), -COS_EDEAD);
	assert_int_equal(mem_page(PAGE(32)).refs, 0);
}

/* In the third 2 MiB; what is before it is too little for one of 1 GiB. */
static void test_super(void **state)
{
	uint64_t *tbl[5], flags, pa, first = PAGE(512), last = PAGE(1023), va = 5UL << 21;
	unsigned missing;

	(void)state;
	mem_set(first, 512, COS_MEM_USER, KIND_FREE, 0);
	assert_int_equal(mem_join(PAGE(513), 2), -COS_EINVAL);
	assert_int_equal(mem_join(first, 1), -COS_EINVAL);
	assert_int_equal(mem_join(first, 4), -COS_EINVAL);
	assert_int_equal(mem_join(PAGE(1024), 2), -COS_ETYPE);
	assert_int_equal(mem_join(PAGE(1536), 2), -COS_ETYPE);
	assert_int_equal(mem_cut(first), -COS_ETYPE);
	/* M2: not while one is in use, or may be; the others stay as they were. */
	assert_int_equal(mem_user_ref(last), 0);
	assert_int_equal(mem_join(first, 2), -COS_EBUSY);
	assert_int_equal(mem_page(first).level, 1);
	test_passed = 0;
	mem_user_unref(last);
	assert_int_equal(mem_join(first, 2), -COS_EAGAIN);
	assert_int_equal(mem_retype(first, COS_MEM_USER), 0);
	test_passed = TEST_STAMP;
	assert_int_equal(mem_join(first, 2), 0);
	assert_int_equal(mem_join(first, 2), -COS_ETYPE);
	assert_int_equal(mem_join(0, 3), -COS_ETYPE);
	assert_int_equal(mem_page(first).level, 2);
	assert_int_equal(mem_page(last).level, 0);
	/* M5 */
	assert_int_equal(mem_retype(first, COS_MEM_KERNEL), -COS_EBUSY);
	assert_int_equal(mem_retype(last, COS_MEM_KERNEL), -COS_EBUSY);
	assert_int_equal(mem_user_ref(last), -COS_ETYPE);
	assert_int_equal(mem_claim(last, KIND_COMP), -COS_ETYPE);
	assert_int_equal(mem_cut(last), -COS_ETYPE);

	for (unsigned level = 1; level <= 4; level++)
		assert_int_equal(pgtbl_make(PAGE(1 + level), level, &tbl[level]), 0);
	assert_int_equal(pgtbl_map(tbl[4], 4, va, first, RW, &missing), -COS_ENOTBL);
	assert_int_equal(missing, 3);
	assert_int_equal(pgtbl_link(tbl[4], 4, 0, tbl[3], 3, RW | COS_PG_EXEC, &missing), 0);
	assert_int_equal(pgtbl_link(tbl[4], 4, 0, tbl[2], 2, RW | COS_PG_EXEC, &missing), 0);
	assert_int_equal(pgtbl_map(tbl[4], 4, va, last, RW, &missing), -COS_ETYPE);
	assert_int_equal(pgtbl_map(tbl[4], 4, va + 4096, first, RW, &missing), -COS_EINVAL);
	assert_int_equal(pgtbl_map(tbl[1], 1, 0, first, RW, &missing), -COS_EINVAL);
	assert_int_equal(pgtbl_map(tbl[4], 4, va, first, RW, &missing), 0);
	assert_int_equal(tbl[2][5] & PTE_PS, PTE_PS);
	assert_int_equal(mem_page(first).refs, 1);
	assert_int_equal(mem_page(first).level, 2);
	assert_int_equal(pgtbl_map(tbl[4], 4, va, first, RW, &missing), -COS_EEXIST);
	assert_int_equal(pgtbl_map(tbl[4], 4, va + 4096, PAGE(32), RW, &missing), -COS_EEXIST);
	assert_int_equal(pgtbl_link(tbl[4], 4, va, tbl[1], 1, RW, &missing), -COS_EEXIST);
	assert_int_equal(pgtbl_unlink(tbl[4], 4, va, 2), -COS_ENOENT);
	assert_int_equal(mem_cut(first), -COS_EBUSY);
	assert_int_equal(pgtbl_lookup(tbl[4], 4, va + 0x5000, &flags, &pa), 0);
	assert_int_equal(flags, RW);
	assert_int_equal(pa, first + 0x5000);
	assert_int_equal(pgtbl_protect(tbl[4], 4, va + 4096, COS_PG_READ), -COS_EINVAL);
	assert_int_equal(pgtbl_protect(tbl[4], 4, va, COS_PG_READ), 0);
	assert_int_equal(tbl[2][5] & (PTE_PS | PTE_W), PTE_PS);
	assert_int_equal(pgtbl_unmap(tbl[4], 4, va + 4096, &pa), -COS_EINVAL);
	test_flushes = 0;
	assert_int_equal(pgtbl_unmap(tbl[4], 4, va, &pa), 0);
	assert_int_equal(test_flushes, 1);
	assert_int_equal(pa, first);
	assert_int_equal(mem_page(first).refs, 0);
	/* A table that is freed drops its reference; then it can be cut into pages. */
	assert_int_equal(pgtbl_map(tbl[4], 4, va, first, RW, &missing), 0);
	assert_int_equal(pgtbl_unlink(tbl[4], 4, 0, 3), 0);
	assert_int_equal(mem_page(first).refs, 1);
	assert_int_equal(pgtbl_put(tbl[2], 2), 0);
	assert_int_equal(mem_page(first).refs, 0);
	assert_int_equal(mem_cut(first), 0);
	for (uint64_t at = first; at <= last; at += 4096)
		assert_int_equal(mem_page(at).level, 1);
	assert_int_equal(mem_retype(last, COS_MEM_KERNEL), 0);
	assert_int_equal(mem_join(first, 2), -COS_ETYPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_retype, setup),
		cmocka_unit_test_setup(test_references, setup),
		cmocka_unit_test_setup(test_captbl, setup),
		cmocka_unit_test_setup(test_pgtbl, setup),
		cmocka_unit_test_setup(test_super, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

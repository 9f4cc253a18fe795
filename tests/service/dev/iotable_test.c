/* SPDX-License-Identifier: BSD-2-Clause */
/* An IOMMU's page tables, walked as the hardware does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cos/abi.h>
#include "service/dev/iotable.h"

#define PAGE 4096ul
#define PAGES 64
#define RW (IOTABLE_READ | IOTABLE_WRITE)
/* Physical addresses of the tables are far from those of the test, and from what they show. */
#define TABLES 0x7700000000ul

static uint64_t memory[PAGES][PAGE / 8];
static uint64_t seen[PAGES][PAGE / 8]; /* what the IOMMU sees: what was written back */
static unsigned used, most;

static void *fake_get(uint64_t *paddr)
{
	if (used == most)
		return NULL;
	memset(memory[used], 0, PAGE);
	memset(seen[used], 0, PAGE);
	*paddr = TABLES + used * PAGE;
	return memory[used++];
}

static void *fake_at(uint64_t paddr)
{
	assert_true(paddr % PAGE == 0 && paddr >= TABLES && paddr < TABLES + used * PAGE);
	return memory[(paddr - TABLES) / PAGE];
}

static void fake_written(const volatile void *start, size_t len)
{
	size_t offset = (size_t)((const volatile uint8_t *)start - (uint8_t *)memory);

	memcpy((uint8_t *)seen + offset, (const uint8_t *)memory + offset, len);
}

static const struct iopages pages = {fake_get, fake_at, fake_written};

static int setup(void **state)
{
	(void)state;
	used = 0;
	most = PAGES;
	return 0;
}

/* The rights that the hardware finds for an address, 0: none; what it leads to must be itself. */
static unsigned long rights(const struct iotable *table, uint64_t addr)
{
	uint64_t entry = table->root | RW;

	for (unsigned level = table->levels; level > 0; level--) {
		entry = seen[((entry & ~(PAGE - 1)) - TABLES) / PAGE]
			    [addr >> (12 + 9 * (level - 1)) & 511];
		if (!(entry & RW))
			return 0;
		assert_true(level == 1 || (entry & (PAGE - 1)) == RW);
	}
	assert_int_equal(entry & ~(PAGE - 1), addr & ~(PAGE - 1));
	return entry & (PAGE - 1);
}

static void shows_what_was_added(void **state)
{
	struct iotable t;

	(void)state;
	for (unsigned levels = 3; levels <= 4; levels++) {
		assert_int_equal(iotable_init(&t, &pages, levels), 0);
		assert_int_equal(iotable_add(&t, 0x12345678, 100, RW), 1);
		assert_int_equal(rights(&t, 0x12345000), RW);
		assert_int_equal(rights(&t, 0x12344000), 0);
		assert_int_equal(rights(&t, 0x12346000), 0);
		assert_int_equal(iotable_add(&t, 0x12345000, PAGE, RW), 0);
		/* Across tables' ends. */
		assert_int_equal(iotable_add(&t, 0x3fffe000, 5 * PAGE, IOTABLE_READ), 1);
		for (uint64_t at = 0x3fffe000; at < 0x40003000; at += PAGE)
			assert_int_equal(rights(&t, at), IOTABLE_READ);
		assert_int_equal(rights(&t, 0x3fffd000), 0);
		assert_int_equal(rights(&t, 0x40003000), 0);
		assert_int_equal(iotable_add(&t, 0x3fffffff, 2, RW), 1);
		assert_int_equal(rights(&t, 0x3ffff000), RW);
		assert_int_equal(rights(&t, 0x40000000), RW);
		assert_int_equal(rights(&t, 0x40001000), IOTABLE_READ);
	}
}

static void forgets_what_was_removed(void **state)
{
	struct iotable t;

	(void)state;
	assert_int_equal(iotable_init(&t, &pages, 3), 0);
	assert_false(iotable_remove(&t, 0x1000, PAGE));
	assert_int_equal(iotable_add(&t, 0x1fe000, 4 * PAGE, RW), 1);
	assert_true(iotable_remove(&t, 0x1ff000, 2 * PAGE));
	assert_int_equal(rights(&t, 0x1fe000), RW);
	assert_int_equal(rights(&t, 0x1ff000), 0);
	assert_int_equal(rights(&t, 0x200000), 0);
	assert_int_equal(rights(&t, 0x201000), RW);
	assert_false(iotable_remove(&t, 0x1ff000, 2 * PAGE));
	assert_int_equal(iotable_add(&t, 0x1ff000, PAGE, IOTABLE_READ), 1);
	assert_int_equal(rights(&t, 0x1ff000), IOTABLE_READ);
}

static void has_limits(void **state)
{
	struct iotable t;

	(void)state;
	assert_int_equal(iotable_init(&t, &pages, 3), 0);
	assert_int_equal(iotable_add(&t, (1ul << 39) - PAGE, PAGE, RW), 1);
	assert_int_equal(rights(&t, (1ul << 39) - PAGE), RW);
	assert_int_equal(iotable_add(&t, 1ul << 39, PAGE, RW), -COS_EINVAL);
	assert_int_equal(iotable_add(&t, (1ul << 39) - PAGE, 2 * PAGE, RW), -COS_EINVAL);
	assert_int_equal(iotable_add(&t, PAGE, -PAGE, RW), -COS_EINVAL);
	assert_false(iotable_remove(&t, 1ul << 39, PAGE));
	assert_int_equal(iotable_add(&t, 0x1000, PAGE, RW), 1);
	/* No memory for the table of the second half: the first is there, and can be removed. */
	most = used;
	assert_int_equal(iotable_add(&t, 0x1fe000, 4 * PAGE, RW), -COS_ENOMEM);
	assert_true(iotable_remove(&t, 0x1fe000, 4 * PAGE));
	assert_int_equal(rights(&t, 0x1ff000), 0);
	assert_int_equal(rights(&t, 0x1000), RW);
	assert_int_equal(iotable_init(&t, &pages, 3), -COS_ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(shows_what_was_added, setup),
		cmocka_unit_test_setup(forgets_what_was_removed, setup),
		cmocka_unit_test_setup(has_limits, setup),
	};

	return cmocka_run_group_tests_name("service/dev/iotable", tests, NULL, NULL);
}

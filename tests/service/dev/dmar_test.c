/* SPDX-License-Identifier: BSD-2-Clause */
/* DMA remapping units in a DMAR table of bytes, sound and corrupt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <cos/abi.h>
#include "service/dev/dmar.h"

/* Reserved memory, a unit of another segment, and two of segment 0, the second with a device's
 * scope. */
#define RESERVED 1, 0, 24, 0
#define UNIT(len, segment) 0, 0, len, 0, 1, 0, segment, 0
static const uint8_t structures[] = {
	RESERVED, 0, 0, 0,	     0, 0,    0,	   0,	 0,    0,	    0,	  0,
	0,	  0, 0, 0,	     0, 0,    0,	   0,	 0,    UNIT(16, 1), 0,	  16,
	0,	  0, 0, 0,	     0, 0,    UNIT(16, 0), 0,	 0x10, 0xd9,	    0xfe, 0,
	0,	  0, 0, UNIT(24, 0), 0, 0x20, 0xd9,	   0xfe, 1,    0,	    0,	  0,
	1,	  8, 0, 0,	     0, 0,    2,	   0,
};
#define LEN (DMAR_UNITS + sizeof(structures))

static uint8_t table[LEN];

static int setup(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	memcpy(table + DMAR_UNITS, structures, sizeof(structures));
	return 0;
}

static void finds_units(void **state)
{
	uint64_t paddr = 0;

	(void)state;
	assert_int_equal(dmar_unit(table, LEN, 0, &paddr), 0);
	assert_int_equal(paddr, 0xfed91000);
	assert_int_equal(dmar_unit(table, LEN, 1, &paddr), 0);
	assert_int_equal(paddr, 0x1fed92000);
	assert_int_equal(dmar_unit(table, LEN, 2, &paddr), -COS_ENOENT);
	assert_int_equal(dmar_unit(table, DMAR_UNITS, 0, &paddr), -COS_ENOENT);
}

static void refuses_what_is_corrupt(void **state)
{
	static const size_t unit = DMAR_UNITS + 24 + 16;
	static const uint8_t lengths[] = {0, 3, 8, 15, 255};
	uint64_t paddr;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths); i++) {
		setup(NULL);
		table[unit + 2] = lengths[i];
		assert_int_equal(dmar_unit(table, LEN, 0, &paddr), -COS_EINVAL);
	}
	/* It ends within a structure, or its length. */
	setup(NULL);
	assert_int_equal(dmar_unit(table, LEN - 1, 1, &paddr), -COS_EINVAL);
	assert_int_equal(dmar_unit(table, unit + 3, 0, &paddr), -COS_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(finds_units, setup),
		cmocka_unit_test_setup(refuses_what_is_corrupt, setup),
	};

	return cmocka_run_group_tests_name("service/dev/dmar", tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Owners of addresses and who reaches them, in a system of four components (cos/reach.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <cos/reach.h>
#include <cos/user.h>

#define SERVER 1
#define TENANT 2
#define OTHER 3
#define STRANGER 4
#define SHIFT 37 /* four parts of a slot */
#define SHARED COS_SLOT(COS_SLOT_SHARED * 1UL)

const struct cos_system __cos_system = {
	.ncomponents = 4,
	.shared_shift = SHIFT,
	.window_owner = {[1] = TENANT, [2] = TENANT, [3] = OTHER},
};
const uint32_t __cos_roles[5] = {[TENANT] = 1U << 5};
/* The server sees both tenants, which see only themselves. */
const uint8_t __cos_reach[5] = {
	[SERVER] = 1 << SERVER | 1 << TENANT | 1 << OTHER,
	[TENANT] = 1 << TENANT,
	[OTHER] = 1 << OTHER,
	[STRANGER] = 1 << STRANGER,
};

static long client;

long cos_client(void)
{
	return client;
}

long cos_component_id(void)
{
	return SERVER;
}

static uint64_t room_of(long who, uint64_t addr)
{
	client = who;
	return cos_user_room((const void *)(uintptr_t)addr);
}

static bool range_of(long who, uint64_t addr, uint64_t len)
{
	client = who;
	return cos_user_range((const void *)(uintptr_t)addr, len);
}

static void test_windows(void **state)
{
	(void)state;
	assert_int_equal(room_of(TENANT, COS_SLOT(1UL) + 10), COS_SLOT(1UL) - 10);
	assert_true(range_of(TENANT, COS_SLOT(2UL), COS_SLOT(1UL)));
	assert_false(range_of(TENANT, COS_SLOT(2UL), COS_SLOT(1UL) + 1));
	assert_false(range_of(TENANT, COS_SLOT(2UL), UINT64_MAX));
	assert_int_equal(room_of(TENANT, COS_SLOT(3UL)), 0);
	assert_int_equal(room_of(OTHER, COS_SLOT(1UL)), 0);
	assert_int_equal(room_of(OTHER, COS_SLOT(3UL)), COS_SLOT(1UL));
	assert_int_equal(room_of(STRANGER, COS_SLOT(1UL)), 0);
	assert_int_equal(room_of(TENANT, COS_SLOT(4UL)), 0); /* of no creator */
}

static void test_shared(void **state)
{
	(void)state;
	for (long id = SERVER; id <= STRANGER; id++) {
		uint64_t part = SHARED + ((uint64_t)(id - 1) << SHIFT);

		assert_int_equal(cos_shared_part(id), part);
		assert_int_equal(room_of(id, part), 1UL << SHIFT);
		assert_int_equal(room_of(id, part + (1UL << SHIFT) - 1), 1);
		assert_false(range_of(id, part + (1UL << SHIFT) - 1, 2));
		for (long who = TENANT; who <= STRANGER; who++)
			if (who != id)
				assert_int_equal(room_of(who, part), 0);
	}
}

static void test_other_addresses(void **state)
{
	static const uint64_t other[] = {0,
					 COS_TEXT_VA,
					 COS_STACK_VA,
					 COS_SLOT(1UL) - 1,
					 COS_SLOT(COS_SLOT_DEVICE * 1UL),
					 1UL << 47,
					 UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		for (long who = 0; who <= STRANGER; who++)
			assert_int_equal(room_of(who, other[i]), 0);
}

static void test_clients(void **state)
{
	(void)state;
	/* A thread of the server itself, outside any invocation. */
	assert_int_equal(room_of(0, COS_SLOT(3UL)), COS_SLOT(1UL));
	assert_int_equal(room_of(0, cos_shared_part(STRANGER)), 0);
	/* Programs, and ids that are none (I3). */
	assert_int_equal(room_of(5, COS_SLOT(1UL)), 0);
	assert_int_equal(room_of(-1, COS_SLOT(1UL)), 0);
	assert_int_equal(room_of(1L << 40, COS_SLOT(1UL)), 0);
	assert_true(cos_has_role(TENANT, 5));
	assert_false(cos_has_role(TENANT, 4));
	assert_false(cos_has_role(0, 5));
	assert_false(cos_has_role(5, 5));
	assert_false(cos_has_role(-1, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_other_addresses),
		cmocka_unit_test(test_clients),
	};

	return cmocka_run_group_tests_name("libcos/reach", tests, NULL, NULL);
}

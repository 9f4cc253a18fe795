/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap of timeouts against an array that is searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>
#include <cos/timeout.h>

#define COUNT 300

static void test_random(void **state)
{
	static struct cos_timeout timeouts[COUNT];
	struct cos_timeout_heap heap = {0};

	(void)state;
	srandom(3);
	for (int step = 0; step < 50000; step++) {
		struct cos_timeout *timeout = &timeouts[random() % COUNT], *first;
		uint64_t earliest = UINT64_MAX;

		if (timeout->deadline == 0)
			cos_timeout_insert(&heap, timeout, 1 + (uint64_t)random() % 1000);
		else
			cos_timeout_remove(&heap, timeout);
		cos_timeout_remove(&heap, &(struct cos_timeout){0}); /* in no heap: nothing */
		for (int i = 0; i < COUNT; i++)
			if (timeouts[i].deadline != 0 && timeouts[i].deadline < earliest)
				earliest = timeouts[i].deadline;
		first = cos_timeout_first(&heap);
		if (earliest == UINT64_MAX)
			assert_null(first);
		else
			assert_int_equal(first->deadline, earliest);
	}
}

/* In descending order of insertion the heap is a chain; it must come out sorted, and not recurse.
 */
static void test_many(void **state)
{
	enum { MANY = 200000 };
	struct cos_timeout *timeouts = calloc(MANY, sizeof(*timeouts));
	struct cos_timeout_heap heap = {0};
	uint64_t last = 0;

	(void)state;
	for (uint64_t i = 0; i < MANY; i++)
		cos_timeout_insert(&heap, &timeouts[i], i % 2 == 0 ? MANY - i : MANY + i);
	for (int i = 0; i < MANY; i++) {
		struct cos_timeout *first = cos_timeout_first(&heap);

		assert_true(first->deadline >= last);
		last = first->deadline;
		cos_timeout_remove(&heap, first);
	}
	assert_null(cos_timeout_first(&heap));
	free(timeouts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

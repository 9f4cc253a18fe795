/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring of standard input, and when it acknowledges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "service/console/input.h"

static struct input in;

static int setup(void **state)
{
	(void)state;
	memset(&in, 0, sizeof(in));
	return 0;
}

static void gives_back_what_came_in_order(void **state)
{
	uint8_t next_put = 0, next_got = 0, bytes[1000];
	const uint8_t *got;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = next_put++;
		assert_true(input_put(&in, bytes, sizeof(bytes)));
		for (size_t left = round < 5 ? 500 : sizeof(bytes); left > 0;) {
			size_t part = input_peek(&in, &got, left);

			assert_in_range(part, 1, left);
			for (size_t i = 0; i < part; i++)
				assert_int_equal(got[i], next_got++);
			input_consume(&in, part);
			left -= part;
		}
	}
	assert_int_equal(input_pending(&in), 5 * 500);
}

static void refuses_more_than_the_window(void **state)
{
	static uint8_t bytes[WIRE_WINDOW];

	(void)state;
	assert_true(input_put(&in, bytes, WIRE_WINDOW - 1));
	assert_false(input_put(&in, bytes, 2));
	assert_int_equal(input_pending(&in), WIRE_WINDOW - 1);
	assert_true(input_put(&in, bytes, 1));
	assert_false(input_put(&in, bytes, 1));
}

static void acknowledges_everything_and_not_too_often(void **state)
{
	static uint8_t bytes[WIRE_WINDOW];
	uint64_t acknowledged = 0, frames = 0;

	(void)state;
	assert_int_equal(input_acknowledge(&in), 0);
	input_put(&in, bytes, WIRE_WINDOW);
	for (unsigned i = 0; i < WIRE_WINDOW / 64; i++) {
		uint32_t n;

		input_consume(&in, 64);
		n = input_acknowledge(&in);
		acknowledged += n;
		frames += n != 0;
	}
	assert_int_equal(acknowledged, WIRE_WINDOW);
	assert_in_range(frames, 1, 4);
	input_put(&in, bytes, 3);
	input_consume(&in, 2);
	assert_int_equal(input_acknowledge(&in), 0);
	input_consume(&in, 1);
	assert_int_equal(input_acknowledge(&in), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(gives_back_what_came_in_order, setup),
		cmocka_unit_test_setup(refuses_more_than_the_window, setup),
		cmocka_unit_test_setup(acknowledges_everything_and_not_too_often, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

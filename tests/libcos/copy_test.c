/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cos_copy_user of every small length, with every alignment of both sides; and that an aligned word
 * is never seen half written.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <cos/user.h>

#define LENGTHS 160
#define MARGIN 16
#define COPIES 2000000

static void test_lengths(void **state)
{
	static unsigned char from[LENGTHS + MARGIN], to[LENGTHS + 2 * MARGIN], want[sizeof(to)];

	(void)state;
	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = (unsigned char)random();
	for (size_t len = 0; len < LENGTHS; len++) {
		for (size_t a = 0; a < 8; a++) {
			for (size_t b = 0; b < 8; b++) {
				memset(to, 0x5a, sizeof(to));
				memcpy(want, to, sizeof(to));
				memcpy(want + MARGIN + b, from + a, len);
				assert_int_equal(cos_copy_user(to + MARGIN + b, from + a, len), 0);
				assert_memory_equal(to, want, sizeof(to));
			}
		}
	}
}

static uint64_t word;
static uint32_t half;
static int over;

static void *look(void *arg)
{
	uintptr_t torn = 0;

	(void)arg;
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		uint64_t w = __atomic_load_n(&word, __ATOMIC_RELAXED);
		uint32_t h = __atomic_load_n(&half, __ATOMIC_RELAXED);

		torn += (w != 0 && w != UINT64_MAX) || (h != 0 && h != UINT32_MAX);
	}
	return (void *)torn;
}

static void test_words(void **state)
{
	uint64_t value = 0;
	pthread_t thread;
	void *torn;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, look, NULL), 0);
	for (unsigned i = 0; i < COPIES; i++) {
		value = ~value;
		assert_int_equal(cos_copy_user(&word, &value, sizeof(word)), 0);
		assert_int_equal(cos_copy_user(&half, &value, sizeof(half)), 0);
	}
	__atomic_store_n(&over, 1, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, &torn), 0);
	assert_int_equal((uintptr_t)torn, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

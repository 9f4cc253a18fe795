/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap, on memory of the host's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>
#include <mem/mem.h>
#include <cos/alloc.h>
#include <cos/log.h>
#include <cos/sync.h>

static size_t mapped, map_limit = SIZE_MAX;
static jmp_buf on_panic;
static bool expect_panic;

long mem_map(unsigned long len_bytes, unsigned long prot_flags)
{
	void *p;

	assert_int_equal(prot_flags, COS_PG_READ | COS_PG_WRITE);
	if (mapped + len_bytes > map_limit)
		return -COS_ENOMEM;
	p = mmap(NULL, len_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	mapped += len_bytes;
	return (long)p;
}

long mem_unmap(unsigned long addr, unsigned long len_bytes)
{
	assert_int_equal(munmap((void *)addr, len_bytes), 0);
	mapped -= len_bytes;
	return 0;
}

uint64_t cos_stack_last(void)
{
	return 0xffff;
}

void cos_mutex_lock_slow(struct cos_mutex *mutex)
{
	(void)mutex;
	fail();
}

void cos_mutex_unlock_slow(struct cos_mutex *mutex)
{
	(void)mutex;
	fail();
}

_Noreturn void cos_panic(const char *format, ...)
{
	if (!expect_panic)
		fail_msg("%s", format);
	longjmp(on_panic, 1);
}

struct held {
	uint8_t *p;
	size_t len;
	uint8_t fill;
};

static size_t random_len(void)
{
	switch (random() % 16) {
	case 0:
		return (size_t)random() % (3 << 20);
	case 1:
	case 2:
		return (size_t)random() % 100000;
	case 3:
	case 4:
	case 5:
		return (size_t)random() % 9000;
	default:
		return (size_t)random() % 300;
	}
}

static void check_held(const struct held *held)
{
	for (size_t i = 0; i<held->len; i += held->len> 4096 ? 97 : 1)
		assert_int_equal(held->p[i], held->fill);
	if (held->len > 0)
		assert_int_equal(held->p[held->len - 1], held->fill);
}

static void test_random(void **state)
{
	enum { COUNT = 400 };
	static struct held held[COUNT];

	(void)state;
	srandom(4);
	for (int step = 0; step < 60000; step++) {
		struct held *h = &held[random() % COUNT];

		if (h->p != NULL && random() % 3 == 0) {
			size_t len = random_len();
			uint8_t *p = cos_realloc(h->p, len);

			assert_non_null(p);
			h->p = p;
			if (len < h->len)
				h->len = len;
			check_held(h);
			h->len = len;
			memset(h->p, h->fill, len);
		} else if (h->p != NULL) {
			check_held(h);
			cos_free(h->p);
			h->p = NULL;
		} else {
			size_t align = 1UL << random() % (random() % 50 == 0 ? 21 : 13);

			h->len = random_len();
			h->p = random() % 2 ? cos_memalign(align, h->len) : cos_malloc(h->len);
			assert_non_null(h->p);
			assert_int_equal((uintptr_t)h->p % 16, 0);
			if (h->len >= 4096)
				assert_int_equal((uintptr_t)h->p % 4096, 0);
			assert_true(cos_alloc_size(h->p) >= h->len);
			h->fill = (uint8_t)random();
			memset(h->p, h->fill, h->len);
		}
	}
	for (int i = 0; i < COUNT; i++) {
		cos_free(held[i].p);
		held[i].p = NULL;
	}
	/* One empty chunk is kept, and at most eight with an empty span in them. */
	assert_true(mapped <= 9 * (4UL << 20));
}

static void test_align(void **state)
{
	(void)state;
	for (size_t align = 1; align <= COS_ALLOC_ALIGN_MAX; align *= 2)
		for (size_t len = 1; len <= 20000; len = len * 3 + 1) {
			void *p[3];

			for (int i = 0; i < 3; i++) {
				p[i] = cos_memalign(align, len);
				assert_non_null(p[i]);
				assert_int_equal((uintptr_t)p[i] % align, 0);
				assert_true(cos_alloc_size(p[i]) >= len);
			}
			for (int i = 0; i < 3; i++)
				cos_free(p[i]);
		}
	assert_null(cos_memalign(3, 8));
	assert_null(cos_memalign(0, 8));
	assert_null(cos_memalign(2 * COS_ALLOC_ALIGN_MAX, 8));
}

static void test_no_memory(void **state)
{
	void *p;

	(void)state;
	map_limit = mapped;
	assert_null(cos_malloc(64UL << 20));
	assert_null(cos_malloc(SIZE_MAX - 100));
	assert_null(cos_calloc(SIZE_MAX / 2, 3));
	map_limit = SIZE_MAX;
	p = cos_malloc(64UL << 20);
	assert_non_null(p);
	assert_null(cos_realloc(p, SIZE_MAX / 4 * 3));
	cos_free(p);
}

static void test_zeroed(void **state)
{
	char *p = cos_malloc(5000), zero[5000] = {0};

	(void)state;
	memset(p, 0xff, 5000);
	cos_free(p);
	p = cos_calloc(50, 100);
	assert_memory_equal(p, zero, 5000);
	cos_free(p);
	p = cos_malloc(0);
	assert_non_null(p);
	cos_free(p);
	cos_free(NULL);
}

static void test_bad_free(void **state)
{
	char *run = cos_malloc(50000);

	(void)state;
	expect_panic = true;
	if (setjmp(on_panic) == 0) {
		cos_free(run + 16);
		expect_panic = false;
		fail_msg("freeing inside a run was accepted");
	}
	cos_free(run);
	if (setjmp(on_panic) == 0) {
		cos_free(run);
		expect_panic = false;
		fail_msg("freeing twice was accepted");
	}
	expect_panic = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),	  cmocka_unit_test(test_align),
		cmocka_unit_test(test_no_memory), cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_bad_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

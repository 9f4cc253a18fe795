/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame allocator against a map of all frames. I1 and so on are those of service/mem/frame.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "service/mem/frame.h"

#define LOW_PAGES 3000
#define HIGH_PAGES 5000
#define TOTAL (LOW_PAGES + HIGH_PAGES)
#define HIGH_PADDR (1ULL << 32)

static struct frame_info info[TOTAL];
static struct frame_range ranges[2];
static uint8_t taken[TOTAL];
static uint8_t joined[TOTAL]; /* a super-page begins there */
static uint64_t retyped;

unsigned cos_ncores(void)
{
	return 1;
}

static uint32_t frame_of(uint64_t cap, uint64_t page)
{
	return (uint32_t)(cap == 7 ? page : LOW_PAGES + page);
}

/* As that of the kernel, whose pages are all free when the allocator has them. */
static long super_op(uint64_t cap, uint64_t op, uint64_t page)
{
	uint32_t frame = frame_of(cap, page);

	assert_int_equal(frame_paddr(frame) % (512 * 4096), 0);
	assert_int_equal(joined[frame], op == COS_MEM_CUT);
	joined[frame] = op == COS_MEM_JOIN;
	return 0;
}

/* None of these pages is in a super-page (I3). */
static void all_cut(uint32_t frame, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++, frame++) {
		uint64_t into = frame_paddr(frame) / 4096 % 512;

		if (frame_at(frame_paddr(frame) - into * 4096) != FRAME_NONE)
			assert_false(joined[frame - into]);
	}
}

long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	(void)a0, (void)a3, (void)a4, (void)a5, (void)results;
	assert_true(cap == 7 || cap == 8);
	if (op == COS_MEM_JOIN || op == COS_MEM_CUT)
		return super_op(cap, op, a0);
	assert_int_equal(op, COS_MEM_RETYPE);
	assert_true(a1 >= 1 && a1 <= COS_MEM_RETYPE_MAX);
	assert_true(a2 == COS_MEM_USER || a2 == COS_MEM_KERNEL);
	all_cut(frame_of(cap, a0), a1);
	retyped += a1;
	return 0;
}

void cos_log(const char *format, ...)
{
	fail_msg("log: %s", format);
}

_Noreturn void cos_panic(const char *format, ...)
{
	fail_msg("panic: %s", format);
	abort();
}

static int setup(void **state)
{
	(void)state;
	/* Odd borders: blocks at the ends have no buddy. */
	ranges[0] = (struct frame_range){.paddr = 0x7000, .npages = LOW_PAGES, .cap = 7};
	ranges[1] = (struct frame_range){.paddr = HIGH_PADDR, .npages = HIGH_PAGES, .cap = 8};
	memset(taken, 0, sizeof(taken));
	memset(joined, 0, sizeof(joined));
	frame_init(ranges, 2, info);
	frame_give(0, LOW_PAGES);
	frame_give(LOW_PAGES, HIGH_PAGES);
	return 0;
}

static void take(uint32_t frame, unsigned order)
{
	uint64_t paddr = frame_paddr(frame);

	assert_int_equal(paddr & ((4096ULL << order) - 1), 0);
	assert_int_equal(frame_at(paddr), frame);
	for (uint32_t i = 0; i < 1U << order; i++) {
		assert_false(taken[frame + i]);
		assert_int_equal(frame_paddr(frame + i), paddr + i * 4096ULL);
		taken[frame + i] = 1;
	}
}

static void test_random(void **state)
{
	struct {
		uint32_t frame;
		unsigned order;
	} held[512];
	size_t nheld = 0, nsupers = 0;
	uint64_t nfree = TOTAL;

	(void)state;
	srandom(1);
	for (int step = 0; step < 100000; step++) {
		if (nheld < 512 && random() % 2 == 0) {
			bool super = random() % 32 == 0, below = !super && random() % 4 == 0;
			unsigned order = super ? FRAME_ORDER_SUPER : (unsigned)(random() % 8);
			uint32_t frame = super ? frame_superpage_alloc()
					       : frame_alloc(order, below, COS_MEM_USER);

			if (frame == FRAME_NONE)
				continue;
			take(frame, order);
			nsupers += super;
			assert_int_equal(joined[frame], super);
			if (below)
				assert_true(frame_paddr(frame) < HIGH_PADDR);
			held[nheld].frame = frame;
			held[nheld++].order = order;
			nfree -= 1ULL << order;
		} else if (nheld > 0) {
			size_t i = (size_t)random() % nheld;
			bool super = held[i].order == FRAME_ORDER_SUPER;

			if (super && random() % 2) {
				frame_superpage_cut(held[i].frame);
				super = false;
			}
			if (super)
				frame_superpage_free(held[i].frame);
			else
				frame_free(held[i].frame, 1U << held[i].order);
			memset(taken + held[i].frame, 0, 1U << held[i].order);
			nfree += 1ULL << held[i].order;
			held[i] = held[--nheld];
		}
		assert_int_equal(frame_nfree(), nfree);
	}
	assert_true(nsupers > 500);
}

/* I4: a super-page of which a device may reach a part. */
static void test_super_pinned(void **state)
{
	uint32_t frame = frame_superpage_alloc();

	(void)state;
	frame_pin(frame + 7);
	frame_superpage_free(frame);
	assert_false(joined[frame]);
	assert_int_equal(frame_nfree(), TOTAL - 1);
	assert_int_equal(frame_kept(), frame + 7);
	frame_unpin();
	assert_int_equal(frame_nfree(), TOTAL);
}

/* The last part of the memory is for single pages. */
static void test_super_sparing(void **state)
{
	uint32_t frame = frame_superpage_alloc(), other = frame_superpage_alloc(),
		 third = frame_superpage_alloc();

	(void)state;
	while (frame_alloc(0, false, COS_MEM_USER) != FRAME_NONE)
		;
	frame_superpage_free(frame);
	assert_int_equal(frame_nfree(), FRAME_SUPER);
	assert_int_equal(frame_superpage_alloc(), FRAME_NONE);
	frame_superpage_free(other);
	assert_int_equal(frame_superpage_alloc(), other);
	frame_superpage_free(third);
	assert_int_not_equal(frame_alloc(FRAME_ORDER_SUPER, false, COS_MEM_USER), FRAME_NONE);
	assert_int_equal(frame_superpage_alloc(), FRAME_NONE);
}

/* I1: what is freed page by page merges again. */
static void test_merge(void **state)
{
	uint32_t got[TOTAL];
	size_t n = 0;

	(void)state;
	while (n < TOTAL && (got[n] = frame_alloc(0, false, COS_MEM_KERNEL)) != FRAME_NONE) {
		take(got[n], 0);
		n++;
	}
	assert_int_equal(n, TOTAL);
	assert_int_equal(frame_alloc(0, false, COS_MEM_USER), FRAME_NONE);
	assert_int_equal(frame_nfree(), 0);
	for (size_t i = 0; i < n; i++)
		frame_free(got[(i * 7919) % TOTAL], 1);
	assert_int_equal(frame_nfree(), TOTAL);
	assert_int_not_equal(frame_alloc(12, false, COS_MEM_USER), FRAME_NONE);
	assert_int_not_equal(frame_alloc(9, true, COS_MEM_USER), FRAME_NONE);
	assert_int_equal(frame_alloc(12, true, COS_MEM_USER),
			 FRAME_NONE); /* 3000 pages: no 16 MiB */
}

static void test_partial_free(void **state)
{
	uint32_t frame = frame_alloc(9, true, COS_MEM_USER);

	(void)state;
	take(frame, 9);
	frame_free(frame + 300, 212); /* what a DMA allocation of 300 pages gives back */
	assert_int_equal(frame_nfree(), TOTAL - 300);
	frame_free(frame, 300);
	assert_int_equal(frame_nfree(), TOTAL);
	assert_int_equal(frame_alloc(9, true, COS_MEM_USER), frame);
}

static void test_order(void **state)
{
	(void)state;
	assert_int_equal(frame_order(0), 0);
	assert_int_equal(frame_order(1), 0);
	assert_int_equal(frame_order(2), 1);
	assert_int_equal(frame_order(3), 2);
	assert_int_equal(frame_order(512), 9);
	assert_int_equal(frame_order(513), 10);
	assert_int_equal(frame_at(0x6000), FRAME_NONE);
	assert_int_equal(frame_at(0x7000 + LOW_PAGES * 4096ULL), FRAME_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_random, setup),
		cmocka_unit_test_setup(test_super_pinned, setup),
		cmocka_unit_test_setup(test_super_sparing, setup),
		cmocka_unit_test_setup(test_merge, setup),
		cmocka_unit_test_setup(test_partial_free, setup),
		cmocka_unit_test_setup(test_order, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

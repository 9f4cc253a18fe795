/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The account of a budget (service/sched/budget.h), over several cores and at any time. Here a core
 * is a struct core, and the time is what the test says. I1 and so on are that header's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <mem/mem.h>
#include <mem/thread.h>
#define sched_yield sched_yield_of_the_interface
#include <sched/sched.h>
#include <cos/cap.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "service/sched/core.h"

#define NCORES 3
#define NTCAPS 32
#define TCAP 7000
#define MS COS_NS_PER_MS
#define PERIOD SCHED_BUDGET_PERIOD_NS
#define SLICE (5 * MS)
#define DAY (24UL * 3600 * COS_NS_PER_S)

static uint64_t ticks_of[NTCAPS];
static long ntcaps;
static const char *params[8];
static struct core core[NCORES];
static struct thd thd;
static char said[256];
static char page[COS_PAGE_SIZE] __attribute__((aligned(COS_PAGE_SIZE)));

uint64_t cos_ns_to_ticks(uint64_t ns)
{
	return ns;
}

const char *cos_param(const char *key)
{
	assert_memory_equal(key, "BUDGET", 6);
	return params[atoi(key + 6) - 1];
}

void cos_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(said, sizeof(said), format, args);
	va_end(args);
}

long mem_map(unsigned long len_bytes, unsigned long prot_flags)
{
	assert_true(prot_flags & MEM_WIRED);
	assert_true(len_bytes <= sizeof(page));
	memset(page, 0, sizeof(page));
	return (long)page;
}

long mem_tcap_create(void)
{
	assert_true(ntcaps < NTCAPS);
	ticks_of[ntcaps] = 0;
	return TCAP + ntcaps++;
}

long cos_op_r(uint64_t cap, uint64_t op, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3,
	      uint64_t a4, uint64_t a5, struct cos_results *results)
{
	(void)a2, (void)a3, (void)a4, (void)a5;
	if (cap == COS_CAP_HW) {
		assert_int_equal(op, COS_HW_TIME);
		ticks_of[a0 - TCAP] += a1;
		return 0;
	}
	if (op == COS_TCAP_BUDGET) {
		results->rdi = ticks_of[cap - TCAP];
		return 0;
	}
	assert_int_equal(op, COS_TCAP_TRANSFER);
	if (a1 > ticks_of[cap - TCAP])
		return -COS_EINVAL;
	ticks_of[cap - TCAP] -= a1;
	ticks_of[a0 - TCAP] += a1;
	return 0;
}

void core_unready(struct core *at, struct thd *it, enum thd_state state)
{
	(void)at;
	assert_ptr_equal(it, &thd);
	assert_int_equal(state, THD_THROTTLED);
}

void cos_timeout_insert(struct cos_timeout_heap *heap, struct cos_timeout *timeout,
			uint64_t deadline)
{
	assert_true(heap == &core[0].timeouts || heap == &core[1].timeouts);
	timeout->deadline = deadline;
}

static void begin(const char *first, const char *second)
{
	ntcaps = 0;
	memset(core, 0, sizeof(core));
	params[0] = first;
	params[1] = second;
	assert_int_equal(budget_init(NCORES), 0);
	for (uint32_t i = 0; i < NCORES; i++) {
		core[i].number = i;
		assert_int_equal(budget_init_core(&core[i]), 0);
	}
}

static uint64_t *tcap_of(const struct core *at, struct budget *budget)
{
	return &ticks_of[budget_tcap(at, budget) - TCAP];
}

/* Run a thread of the budget for up to ticks from now on, as the kernel would. How long it ran. */
static uint64_t run(struct core *at, struct budget *budget, uint64_t now, uint64_t ticks)
{
	uint64_t ran = 0;

	while (ran < ticks && budget_pay(at, budget, now + ran)) {
		uint64_t *left = tcap_of(at, budget);
		uint64_t part = *left < ticks - ran ? *left : ticks - ran;

		assert_ptr_equal(at->payer, budget);
		assert_true(at->special & CORE_CHARGED);
		assert_true(*left > 0 && *left <= SLICE);
		*left -= part;
		ran += part;
		if (*left == 0)
			budget_used_up(at, now + ran);
	}
	return ran;
}

static void test_quota(void **state)
{
	uint64_t now = 1000 * PERIOD;
	struct budget *budget;

	(void)state;
	begin("20", "150");
	for (long i = 1; i <= 2; i++) {
		uint64_t quota = i == 1 ? 20 * MS : 150 * MS;

		budget = budget_get(i);
		for (int n = 0; n < 5; n++, now += PERIOD) {
			uint64_t ran = 0;

			for (int c = 0; c < NCORES; c++)
				ran += run(&core[c], budget, now + 3 * MS, 70 * MS);
			assert_int_equal(ran, quota);
			assert_false(budget_pay(&core[0], budget, now + PERIOD - 1));
		}
	}
}

/* I1: what a core does not use comes back, and another core has it. */
static void test_moves(void **state)
{
	uint64_t now = 77 * PERIOD, ran = 0;
	struct budget *budget;

	(void)state;
	begin("20", NULL);
	budget = budget_get(1);
	for (unsigned i = 0; i < 1000; i++) {
		struct core *at = &core[i * 7 % NCORES];

		ran += run(at, budget, now, 10000 + i % 5);
		budget_settle(at, now);
		assert_null(at->payer);
	}
	assert_true(ran > 1000 * 10000);
	for (unsigned i = 0; i < 5; i++) {
		ran += run(&core[i % 2], budget, now, 3 * MS);
		budget_settle(&core[i % 2], now);
	}
	/* Except what is not worth a switch. */
	assert_in_range(ran, 20 * MS - 20000, 20 * MS);
	assert_int_equal(run(&core[2], budget, now, MS), 0);
	now += PERIOD;
	assert_int_equal(run(&core[2], budget, now, PERIOD), 20 * MS);
}

/* I1: no other core has a slice while it is in use. */
static void test_at_once(void **state)
{
	uint64_t now = 5 * PERIOD;
	struct budget *budget;

	(void)state;
	begin("12", NULL);
	budget = budget_get(1);
	for (int c = 0; c < NCORES; c++)
		assert_true(budget_pay(&core[c], budget, now));
	assert_int_equal(*tcap_of(&core[0], budget), 5 * MS);
	assert_int_equal(*tcap_of(&core[1], budget), 5 * MS);
	assert_int_equal(*tcap_of(&core[2], budget), 2 * MS);
	*tcap_of(&core[2], budget) = 0;
	budget_used_up(&core[2], 0);
	assert_false(budget_pay(&core[2], budget, now));
	budget_settle(&core[0], now);
	assert_int_equal(run(&core[2], budget, now, PERIOD), 5 * MS);
	/* The next slice does not have what was left in core 0's capability. */
	*tcap_of(&core[1], budget) -= 4 * MS;
	budget_settle(&core[1], now);
	assert_true(budget_pay(&core[0], budget, now));
	assert_int_equal(*tcap_of(&core[0], budget), MS);
}

/* I1: from one period into the next it is a slice, which it had less before. */
static void test_over_the_end(void **state)
{
	uint64_t now = 9 * PERIOD, sum = 0;
	struct budget *budget;

	(void)state;
	begin("50", NULL);
	budget = budget_get(1);
	for (int n = 0; n < 10; n++, now += PERIOD) {
		uint64_t ran = 0;

		if (core[0].payer != NULL) { /* still on a slice of the last period */
			ran = *tcap_of(&core[0], budget);
			*tcap_of(&core[0], budget) = 0;
			budget_used_up(&core[0], 0);
		}
		/* It sleeps the first half, and uses only one slice of the last period. */
		ran += run(&core[0], budget, now + 60 * MS, 38 * MS);
		assert_in_range(ran, 0, 50 * MS + SLICE);
		sum += ran;
		assert_true(budget_pay(&core[0], budget, now + PERIOD - MS));
	}
	assert_in_range(sum, 10 * 38 * MS, 10 * 50 * MS);
	/* A slice that comes back late does not make the account more than a period's. */
	assert_true(budget_pay(&core[1], budget, now));
	budget_settle(&core[0], now);
	budget_settle(&core[1], now);
	assert_int_equal(run(&core[1], budget, now, PERIOD), 50 * MS);
}

/* A core whose clock is behind does not begin the period before again. */
static void test_clocks(void **state)
{
	uint64_t now = 123 * PERIOD;
	struct budget *budget;

	(void)state;
	begin("20", NULL);
	budget = budget_get(1);
	assert_int_equal(run(&core[0], budget, now, PERIOD), 20 * MS);
	assert_int_equal(run(&core[1], budget, now - 1, PERIOD), 0);
	assert_int_equal(run(&core[0], budget, now + 1, PERIOD), 0);
	assert_int_equal(run(&core[1], budget, now + PERIOD - 1, PERIOD), 0);
	assert_int_equal(run(&core[1], budget, now + PERIOD, 7 * MS), 7 * MS);
	budget_settle(&core[1], now);
	assert_int_equal(run(&core[0], budget, now + PERIOD - 1, PERIOD), 13 * MS);
	assert_int_equal(run(&core[1], budget, now + PERIOD, PERIOD), 0);
	/* However long the budget was not used. */
	for (uint64_t days = 1; days < 1000; days = days * 2 + 1) {
		now += days * DAY;
		assert_int_equal(run(&core[0], budget, now, PERIOD), 20 * MS);
	}
}

static void test_throttle(void **state)
{
	uint64_t now = 40 * PERIOD;
	struct budget *budget;

	(void)state;
	begin("20", "100 7");
	budget = budget_get(1);
	thd.budget = budget;
	run(&core[0], budget, now, PERIOD);
	budget_throttle(&core[0], &thd, now + 30 * MS);
	assert_true(thd.capped);
	assert_int_equal(thd.timeout.deadline, now + PERIOD);
	/* I3: another core may give something back. */
	now += PERIOD;
	assert_true(budget_pay(&core[2], budget, now));
	run(&core[1], budget, now, PERIOD);
	budget_throttle(&core[1], &thd, now + 30 * MS);
	assert_int_equal(thd.timeout.deadline, now + 35 * MS);
	budget_throttle(&core[1], &thd, now + 98 * MS);
	assert_int_equal(thd.timeout.deadline, now + PERIOD);
}

static void test_numbers(void **state)
{
	static const char *const wrong[] = {"0",    "",	      "x",  "20x",	  "20 7x",
					    "20 x", "20 7 7", "-1", "99999999999"};

	(void)state;
	begin("20", "100 7");
	assert_null(budget_get(0));
	assert_null(budget_get(3));
	assert_null(budget_get(-1));
	assert_ptr_equal(budget_of(7), budget_get(2));
	assert_null(budget_of(6));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		params[1] = wrong[i];
		said[0] = '\0';
		if (budget_init(NCORES) != -COS_EINVAL || !strstr(said, "BUDGET2="))
			fail_msg("\"%s\" passes; %s", wrong[i], said);
	}
	params[0] = NULL;
	assert_int_equal(budget_init(NCORES), 0);
}

/* I2: a debt is paid first, in as many periods as that takes. */
static void test_debt(void **state)
{
	uint64_t now = 40 * PERIOD;
	struct budget *budget;

	(void)state;
	begin("20", NULL);
	budget = budget_get(1);
	for (int n = 0; n < 2; n++, now += 3 * PERIOD) {
		assert_true(budget_pay(&core[0], budget, now));
		*tcap_of(&core[0], budget) = 0;
		budget_used_up(&core[0], now + SLICE + (n == 0 ? 3 : 50) * MS);
		assert_int_equal(run(&core[1], budget, now + 60 * MS, PERIOD),
				 n == 0 ? 12 * MS : 0);
		assert_int_equal(run(&core[1], budget, now + PERIOD, PERIOD), n == 0 ? 20 * MS : 0);
		assert_int_equal(run(&core[1], budget, now + 2 * PERIOD, PERIOD),
				 n == 0 ? 20 * MS : 5 * MS);
	}
}

/* I4: the core's own tcap is filled again when it is empty, after years. */
static void test_own(void **state)
{
	(void)state;
	begin("20", NULL);
	assert_true(ticks_of[core[0].own_tcap - TCAP] > 1000 * DAY);
	ticks_of[core[0].own_tcap - TCAP] = 0;
	budget_used_up(&core[0], 0);
	assert_true(ticks_of[core[0].own_tcap - TCAP] > 1000 * DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quota),	cmocka_unit_test(test_moves),
		cmocka_unit_test(test_at_once), cmocka_unit_test(test_over_the_end),
		cmocka_unit_test(test_clocks),	cmocka_unit_test(test_throttle),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_own),
		cmocka_unit_test(test_debt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

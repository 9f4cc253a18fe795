/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers over the fake COS: the rules T1 and T2 of base/timer.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/os.h"
#include "base/timer.h"
#include "tests/rumpuser/cos/fake.h"

#define MS 1000000ull

static atomic_int count, running, overlapped;
static _Atomic uint64_t order;

static void count_fire(struct os_timer *timer)
{
	(void)timer;
	count++;
}

static void wait_count(int n)
{
	for (int i = 0; i < 5000 && count < n; i++)
		usleep(1000);
	assert_int_equal(count, n);
}

/* T1: a timer fires once, at its time, and is disarmed by then. */
static void test_once(void **state)
{
	struct os_timer timer = {.fire = count_fire};
	uint64_t due = cos_now_ns() + 20 * MS;

	(void)state;
	count = 0;
	timer_set(&timer, due);
	wait_count(1);
	assert_true(cos_now_ns() >= due);
	timer_set(&timer, 0);
	usleep(5000);
	assert_int_equal(count, 1);
}

/* Setting an armed timer moves it; one that is disarmed does not fire. */
static void test_move(void **state)
{
	struct os_timer timer = {.fire = count_fire}, never = {.fire = count_fire};

	(void)state;
	count = 0;
	timer_set(&timer, cos_now_ns() + 3600 * NS_PER_S);
	timer_set(&never, cos_now_ns() + 30 * MS);
	timer_set(&timer, cos_now_ns() + 5 * MS);
	timer_set(&never, 0);
	wait_count(1);
	usleep(50000);
	assert_int_equal(count, 1);
	timer_set(&timer, 0);
}

static struct os_timer many[4];

static void order_fire(struct os_timer *timer)
{
	order = order * 10 + (uint64_t)(timer - many) + 1;
	count++;
}

static void test_order(void **state)
{
	static const uint64_t at[4] = {40, 10, 30, 20};
	uint64_t now = cos_now_ns();

	(void)state;
	count = 0;
	order = 0;
	for (int i = 0; i < 4; i++) {
		many[i].fire = order_fire;
		timer_set(&many[i], now + at[i] * MS);
	}
	wait_count(4);
	assert_int_equal(order, 2431);
}

/* T1: `fire` may arm its timer again. */
static void again_fire(struct os_timer *timer)
{
	if (++count < 5)
		timer_set(timer, cos_now_ns() + MS);
}

static void test_again(void **state)
{
	struct os_timer timer = {.fire = again_fire};

	(void)state;
	count = 0;
	timer_set(&timer, cos_now_ns() + MS);
	wait_count(5);
	timer_set(&timer, 0);
}

static void slow_fire(struct os_timer *timer)
{
	(void)timer;
	running = 1;
	usleep(30000);
	running = 0;
	count++;
}

/* T2: disarming waits for a `fire` that runs. */
static void test_disarm(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		struct os_timer timer = {.fire = slow_fire};

		count = 0;
		timer_set(&timer, cos_now_ns() + MS);
		while (!running && !count)
			usleep(500);
		timer_set(&timer, 0);
		overlapped += running;
		assert_int_equal(count, 1);
	}
	assert_int_equal(overlapped, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),   cmocka_unit_test(test_move),
		cmocka_unit_test(test_order),  cmocka_unit_test(test_again),
		cmocka_unit_test(test_disarm),
	};

	fake_init();
	timer_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events and sleeping threads over the fake COS: base/event.h E2 to E5, process/sleep.h S1 to S3.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "process/sleep.h"
#include "process/thread.h"
#include "tests/rumpuser/cos/fake.h"

#define MS 1000000ull
#define ROUNDS 20000
#define LOST (5 * NS_PER_S) /* a wait as long as that has lost an event */

/* In place of thread.c. */
static atomic_bool interrupted;
bool thread_interrupted(struct thread *t)
{
	(void)t;
	return interrupted;
}
void thread_unpark(struct thread *t)
{
	sched_unpark(t->cos_tid);
}

static struct thread this(void)
{
	return (struct thread){.cos_tid = cos_tid()};
}

static struct waitq queue;
static atomic_int made, taken, failed;

static void producer(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		made++;
		waitq_wake(&queue, LX_POLLIN);
		while (taken < made && !failed)
			usleep(0);
	}
}

/* E3, E4, S1, S2: the order in which a waiter and a waker act loses no event. */
static void test_handoff(void **state)
{
	struct thread t = this();

	(void)state;
	assert_true(cos_thread_create(producer, NULL, 1) >= 0);
	while (taken < ROUNDS) {
		struct sleeper s = SLEEPER(&t, LX_POLLIN);

		waiter_add(&queue, &s.waiter);
		while (made == taken && !failed) {
			uint64_t lost = cos_now_ns() + LOST;

			thread_sleep(&t, &s, lost);
			failed = cos_now_ns() >= lost;
		}
		waiter_remove(&s.waiter);
		assert_false(failed);
		taken = made;
	}
}

static void test_timeout(void **state)
{
	struct thread t = this();
	struct sleeper s = SLEEPER(&t, 0);
	uint64_t due = cos_now_ns() + 20 * MS;

	(void)state;
	assert_int_equal(thread_sleep(&t, &s, due), -LX_ETIMEDOUT);
	assert_true(cos_now_ns() >= due);
	/* S1: woken before the sleep, and cleared by it. */
	sleeper_wake(&s);
	assert_int_equal(thread_sleep(&t, &s, cos_now_ns() + LOST), 0);
	assert_int_equal(thread_sleep(&t, &s, cos_now_ns() + 5 * MS), -LX_ETIMEDOUT);
}

static struct thread *victim;

static void interrupt(void *unused)
{
	(void)unused;
	usleep(10000);
	interrupted = true;
	thread_unpark(victim);
}

/* S3 */
static void test_interrupt(void **state)
{
	struct thread t = this();
	struct sleeper s = SLEEPER(&t, 0);

	(void)state;
	victim = &t;
	assert_true(cos_thread_create(interrupt, NULL, 1) >= 0);
	assert_int_equal(thread_sleep(&t, &s, cos_now_ns() + LOST), -LX_RESTART);
	assert_int_equal(thread_sleep(&t, &s, 0), -LX_RESTART);
	/* An event that has come is not hidden by a signal. */
	sleeper_wake(&s);
	assert_int_equal(thread_sleep(&t, &s, 0), 0);
	interrupted = false;
}

static unsigned fired;

static void note(struct waiter *w, unsigned events)
{
	(void)w;
	fired |= events ? events : 1u << 31;
}

/* Which waiters an event fires, and E2. */
static void test_events(void **state)
{
	struct waiter in = {.fire = note, .events = LX_POLLIN},
		      out = {.fire = note, .events = LX_POLLOUT};
	struct waitq q = {0};

	(void)state;
	waitq_wake(&q, LX_POLLIN);
	waiter_add(&q, &in);
	waiter_add(&q, &out);
	fired = 0;
	waitq_wake(&q, LX_POLLPRI);
	assert_int_equal(fired, 0);
	waitq_wake(&q, LX_POLLIN | LX_POLLRDNORM);
	assert_int_equal(fired, LX_POLLIN | LX_POLLRDNORM);
	fired = 0;
	waiter_remove(&in);
	waiter_remove(&in);
	waitq_wake(&q, LX_POLLIN);
	assert_int_equal(fired, 0);
	waitq_wake(&q, LX_POLLHUP);
	assert_int_equal(fired, LX_POLLHUP);
	fired = 0;
	waitq_wake(&q, 0);
	assert_int_equal(fired, 1u << 31);
	waiter_remove(&out);
	assert_null(q.first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handoff),
		cmocka_unit_test(test_timeout),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_events),
	};

	fake_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

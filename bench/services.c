/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cost of synchronisation, scheduling and memory for a component with its services in other
 * domains.
 */
#include <stdbool.h>
#include <cos/clock.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include <mem/mem.h>
#include <sched/sched.h>

#include "bench.h"

#define TURNS 200
#define PAGES 64
#define ROUNDS 31
#define SLEEP_NS (COS_NS_PER_MS / 10)

static struct cos_mutex mutex;
static struct cos_sem sem, ping, pong, call, reply, token, started, challenge, never, held;
static long partner;
static volatile bool challenged;
static volatile uint64_t taken_at, given_at;

BENCH_LOOP(loop_mutex, (cos_mutex_lock(&mutex), cos_mutex_unlock(&mutex)))
BENCH_LOOP(loop_sem, (cos_sem_post(&sem), cos_sem_wait(&sem, 0)))
BENCH_LOOP(loop_yield, sched_yield())
BENCH_LOOP(loop_call, (cos_sem_post(&ping), cos_sem_wait(&pong, 0)))
BENCH_LOOP(loop_call_one, cos_sem_post_wait(&call, &reply, 0))
BENCH_LOOP(loop_direct, sched_unpark_park(partner, 0))
BENCH_LOOP(loop_token, (cos_sem_post(&token), cos_sem_wait(&token, 0)))
BENCH_LOOP(loop_invocation, sched_thd_time(-1))

/* With a component that needs only sched. */
static void answer_direct(void *arg)
{
	for (;;)
		sched_unpark_park((long)arg, 0);
}

static void answer(void *arg)
{
	(void)arg;
	for (;;) {
		cos_sem_wait(&ping, 0);
		cos_sem_post(&pong);
	}
}

static void answer_one(void *arg)
{
	(void)arg;
	cos_sem_wait(&call, 0);
	for (;;)
		cos_sem_post_wait(&reply, &call, 0);
}

/* Each waits for the other's post. */
static void contender(void *arg)
{
	(void)arg;
	for (;;) {
		cos_sem_wait(&token, 0);
		cos_sem_post(&token);
	}
}

/*
 * What Composite calls a contended take and give
 * (src/components/implementation/tests/bench_sem/bench_sem.c, between the two time stamps of
 * sem_hi_thd). A thread takes a semaphore that a less urgent thread holds, and is switched away
 * from. That thread, which was preempted in a loop of its own, gives the semaphore, and is switched
 * away from in turn. The first thread then gives it, without a waiter.
 */
static void urgent(void *arg)
{
	(void)arg;
	for (;;) {
		cos_sem_wait(&challenge, 0);
		(void)cos_sem_wait(&never, cos_now_ns() + SLEEP_NS);
		challenged = true;
		taken_at = bench_ticks();
		cos_sem_wait(&held, 0);
		cos_sem_post(&held);
		given_at = bench_ticks();
	}
}

static void contended(void)
{
	uint64_t spent[ROUNDS], nothing;

	nothing = bench_ticks();
	nothing = bench_ticks() - nothing;
	if (cos_thread_create(urgent, NULL, SCHED_PRIO_SERVICE - 1) < 0)
		bench_fail("thread", 0);
	cos_sem_post(&held);
	for (unsigned i = 0; i < ROUNDS; i++) {
		challenged = false;
		cos_sem_post(&challenge);
		cos_sem_wait(&held, 0);
		while (!challenged)
			;
		cos_sem_post(&held);
		spent[i] = given_at - taken_at - nothing;
	}
	bench_value("contended take and give as in Composite's bench_sem, two switches",
		    bench_median(spent, ROUNDS) * 10);
}

static void yielder(void *arg)
{
	(void)arg;
	for (;;)
		sched_yield();
}

static void starter(void *arg)
{
	(void)arg;
	cos_sem_post(&started);
}

static void thread_once(void)
{
	if (cos_thread_create(starter, NULL, SCHED_PRIO_SERVICE - 1) < 0)
		bench_fail("thread", 0);
	cos_sem_wait(&started, 0);
}

BENCH_LOOP(loop_thread, thread_once())

static long thread_make(void (*function)(void *))
{
	long tid = cos_thread_create(function, (void *)cos_tid(), SCHED_PRIO_SERVICE);

	if (tid < 0)
		bench_fail("thread", 0);
	return tid;
}

/* n times PAGES pages that were not touched before. */
static void touch(long n)
{
	for (; n != 0; n--) {
		long va = mem_map(PAGES * COS_PAGE_SIZE, COS_PG_READ | COS_PG_WRITE);

		if (va < 0)
			bench_fail("memory", 0);
		for (unsigned i = 0; i < PAGES; i++)
			*(volatile char *)(va + i * COS_PAGE_SIZE) = 1;
	}
}

static void page_faults(void)
{
	uint64_t start, spent;

	touch(1);
	start = bench_ticks();
	touch(16);
	spent = bench_ticks() - start;
	bench_value("page fault, a fresh zero page", spent * 10 / (16 * PAGES));
}

void bench_run(void)
{
	bench_loop("lock + unlock", loop_mutex, TURNS);
	bench_loop("semaphore, post + wait", loop_sem, TURNS);
	bench_loop("invocation of sched that finds nothing", loop_invocation, TURNS);
	bench_loop("thread, created, run and ended", loop_thread, TURNS);
	page_faults();
	partner = thread_make(answer_direct);
	bench_loop("call and reply through sched, unpark and park in one", loop_direct, TURNS);
	thread_make(answer);
	bench_loop("call and reply by two semaphores", loop_call, TURNS);
	thread_make(answer_one);
	bench_loop("call and reply, post and wait in one", loop_call_one, TURNS);
	thread_make(contender);
	sched_yield(); /* the other thread waits by now */
	bench_loop("semaphore taken and given by two threads in turn, once each", loop_token,
		   TURNS);
	contended();
	thread_make(yielder);
	bench_loop("yield to another thread and back", loop_yield, TURNS);
}

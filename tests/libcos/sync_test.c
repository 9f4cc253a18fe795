/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The primitives of cos/sync.h with real parallelism: sched_park and the like over POSIX threads,
 * with returns that nothing caused (libcos/waitq.h, I2). Invariants are those at the top of each
 * primitive's file in libcos.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
/* The host has one of that name. */
#define sched_yield sched_yield_of_the_interface
#include <sched/sched.h>
#undef sched_yield
#include <cos/log.h>
#include <cos/sync.h>

#define NTHREADS 6
#define LIMIT_S 600 /* only a hang takes that long */

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool permit;
} permits[NTHREADS + 1];
static _Thread_local long self;

long cos_tid(void)
{
	return self;
}

uint64_t cos_stack_last(void)
{
	return COS_STACK_VA + ((uint64_t)(self + 1) << COS_STACK_SHIFT) - 1;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

long sched_park(unsigned long deadline_ns)
{
	struct timespec until = {.tv_sec = (time_t)(deadline_ns / 1000000000),
				 .tv_nsec = (long)(deadline_ns % 1000000000)};
	static uint32_t calls;
	long result = 0;

	if (__atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) % 17 == 0)
		return 0; /* a permit from an earlier wake-up */
	pthread_mutex_lock(&permits[self].mutex);
	while (!permits[self].permit && result == 0) {
		if (deadline_ns == 0)
			pthread_cond_wait(&permits[self].cond, &permits[self].mutex);
		else if (pthread_cond_timedwait(&permits[self].cond, &permits[self].mutex,
						&until) != 0)
			result = -COS_ETIMEDOUT;
	}
	if (permits[self].permit)
		result = 0;
	permits[self].permit = false;
	pthread_mutex_unlock(&permits[self].mutex);
	return result;
}

long sched_unpark(long tid)
{
	pthread_mutex_lock(&permits[tid].mutex);
	permits[tid].permit = true;
	pthread_cond_signal(&permits[tid].cond);
	pthread_mutex_unlock(&permits[tid].mutex);
	return 0;
}

long sched_unpark_park(long tid, unsigned long deadline_ns)
{
	sched_unpark(tid);
	return sched_park(deadline_ns);
}

long sched_yield_to(long tid)
{
	assert_true(tid >= 0 && tid <= NTHREADS);
	return sched_yield();
}

_Noreturn void cos_panic(const char *format, ...)
{
	fprintf(stderr, "panic: %s\n", format);
	abort();
}

struct job {
	void (*run)(long me);
	long me;
};

static void *job_main(void *arg)
{
	struct job *job = arg;

	self = job->me;
	job->run(job->me);
	return NULL;
}

static void run_all(void (*run)(long me))
{
	pthread_t threads[NTHREADS];
	struct job jobs[NTHREADS];

	for (long i = 0; i < NTHREADS; i++) {
		jobs[i] = (struct job){run, i};
		pthread_create(&threads[i], NULL, job_main, &jobs[i]);
	}
	for (long i = 0; i < NTHREADS; i++)
		pthread_join(threads[i], NULL);
}

#define ROUNDS 20000
static struct cos_mutex mutex;
static long counter, inside;

static void mutex_job(long me)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (i % 5 == 0 && me % 2 == 0) {
			while (!cos_mutex_trylock(&mutex))
				sched_yield();
		} else {
			cos_mutex_lock(&mutex);
		}
		assert_true(cos_mutex_held(&mutex));
		assert_int_equal(inside++, 0);
		counter++;
		if (i % 64 == 0)
			sched_yield();
		inside--;
		cos_mutex_unlock(&mutex);
		assert_false(cos_mutex_held(&mutex));
	}
}

static void test_mutex(void **state)
{
	(void)state;
	counter = 0;
	run_all(mutex_job);
	assert_int_equal(counter, NTHREADS * ROUNDS);
	assert_int_equal(mutex.word, 0);
	assert_null(mutex.waiters.first);
}

static struct cos_cond not_empty, not_full;
static int queue_len, produced, consumed;
#define ITEMS (ROUNDS / 2)

static void queue_job(long me)
{
	for (int i = 0; i < ITEMS; i++) {
		cos_mutex_lock(&mutex);
		if (me % 2 == 0) {
			while (queue_len == 3)
				cos_cond_wait(&not_full, &mutex);
			queue_len++;
			produced++;
			cos_cond_signal(&not_empty);
		} else {
			while (queue_len == 0)
				cos_cond_wait(&not_empty, &mutex);
			queue_len--;
			consumed++;
			cos_cond_signal(&not_full);
		}
		cos_mutex_unlock(&mutex);
	}
}

static void test_cond(void **state)
{
	(void)state;
	run_all(queue_job);
	assert_int_equal(produced, consumed);
	assert_int_equal(produced, ITEMS * NTHREADS / 2);
	assert_null(not_empty.waiters.first);
	assert_null(not_full.waiters.first);
}

static struct cos_cond gate;
static int arrived, generation;

/* A barrier: the last to arrive wakes all. */
static void barrier_job(long me)
{
	(void)me;
	for (int i = 0; i < 2000; i++) {
		int mine;

		cos_mutex_lock(&mutex);
		mine = generation;
		if (++arrived == NTHREADS) {
			arrived = 0;
			generation++;
			cos_cond_broadcast(&gate);
		} else {
			while (generation == mine)
				cos_cond_wait(&gate, &mutex);
		}
		assert_int_equal(generation, mine + 1);
		cos_mutex_unlock(&mutex);
	}
}

static void test_broadcast(void **state)
{
	(void)state;
	run_all(barrier_job);
	assert_int_equal(generation, 2000);
}

static void timeout_job(long me)
{
	for (int i = 0; i < 200; i++) {
		cos_mutex_lock(&mutex);
		if (me % 2 == 0) {
			uint64_t deadline = now_ns() + 100000;
			long error = cos_cond_timedwait(&gate, &mutex, deadline);

			if (error == -COS_ETIMEDOUT)
				assert_true(now_ns() >= deadline);
			else
				assert_int_equal(error, 0);
		} else {
			cos_cond_signal(&gate);
		}
		cos_mutex_unlock(&mutex);
		if (me % 2 != 0)
			sched_yield();
	}
}

static void takes_mutex_and_signals(void *arg)
{
	cos_mutex_lock(&mutex); /* released */
	(*(int *)arg)++;
	cos_cond_signal(&gate);
	cos_mutex_unlock(&mutex);
	sched_park(0); /* as one that blocks does: the signal's permit is gone */
}

/* cond.c, I1: a signal before the thread sleeps is not lost, and the mutex is free at the end. */
static void test_leave(void **state)
{
	int called = 0;

	(void)state;
	cos_mutex_lock(&mutex);
	assert_int_equal(cos_cond_leave(&gate, &mutex, 0, takes_mutex_and_signals, &called), 0);
	assert_int_equal(called, 1);
	assert_false(cos_mutex_held(&mutex));
	cos_mutex_lock(&mutex);
	assert_int_equal(cos_cond_leave(&gate, &mutex, now_ns() + 1000000, NULL, NULL),
			 -COS_ETIMEDOUT);
	assert_false(cos_mutex_held(&mutex));
	assert_null(gate.waiters.first);
}

static void test_timedwait(void **state)
{
	(void)state;
	run_all(timeout_job);
	assert_null(gate.waiters.first);
	cos_mutex_lock(&mutex);
	assert_int_equal(cos_cond_timedwait(&gate, &mutex, now_ns() + 1000000), -COS_ETIMEDOUT);
	assert_true(cos_mutex_held(&mutex));
	cos_mutex_unlock(&mutex);
}

static struct cos_rwlock rwlock;
static int readers, writers;

static void rwlock_job(long me)
{
	for (int i = 0; i < ROUNDS; i++) {
		if ((i + me) % 4 == 0) {
			cos_rwlock_wrlock(&rwlock);
			assert_int_equal(__atomic_fetch_add(&writers, 1, __ATOMIC_SEQ_CST), 0);
			assert_int_equal(__atomic_load_n(&readers, __ATOMIC_SEQ_CST), 0);
			counter++;
			__atomic_fetch_sub(&writers, 1, __ATOMIC_SEQ_CST);
			if (i % 8 == 0)
				cos_rwlock_downgrade(&rwlock);
		} else {
			cos_rwlock_rdlock(&rwlock);
			__atomic_fetch_add(&readers, 1, __ATOMIC_SEQ_CST);
			assert_int_equal(__atomic_load_n(&writers, __ATOMIC_SEQ_CST), 0);
			__atomic_fetch_sub(&readers, 1, __ATOMIC_SEQ_CST);
			if (i % 16 == 1 && cos_rwlock_tryupgrade(&rwlock)) {
				assert_int_equal(__atomic_load_n(&readers, __ATOMIC_SEQ_CST), 0);
				counter++;
			} else if (i % 16 == 1) {
				__atomic_fetch_add(&inside, 1, __ATOMIC_SEQ_CST);
			}
		}
		cos_rwlock_unlock(&rwlock);
	}
}

static void test_rwlock(void **state)
{
	(void)state;
	run_all(rwlock_job);
	assert_int_equal(rwlock.readers, 0);
	assert_int_equal(rwlock.writer, 0);
	assert_null(rwlock.waiters.first);
	assert_true(cos_rwlock_tryrdlock(&rwlock));
	assert_false(cos_rwlock_trywrlock(&rwlock));
	cos_rwlock_unlock(&rwlock);
	assert_true(cos_rwlock_trywrlock(&rwlock));
	assert_false(cos_rwlock_tryrdlock(&rwlock));
	cos_rwlock_unlock(&rwlock);
}

static struct cos_sem sem;
static long taken;

static void sem_job(long me)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (me % 2 == 0) {
			cos_sem_post(&sem);
		} else {
			while (cos_sem_wait(&sem, i % 3 == 0 ? now_ns() + 1000 : 0) < 0)
				;
			__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
		}
	}
}

static void test_sem(void **state)
{
	(void)state;
	run_all(sem_job);
	assert_int_equal(taken, ROUNDS * NTHREADS / 2);
	assert_int_equal(sem.word, 0);
	assert_false(cos_sem_trywait(&sem));
	cos_sem_post(&sem);
	assert_true(cos_sem_trywait(&sem));
}

static struct cos_sem call[NTHREADS / 2], reply[NTHREADS / 2];
static long calls[NTHREADS / 2];

/* Pairs of threads: each adds one in turn, never both at once. */
static void call_job(long me)
{
	long pair = me / 2, late = 0;

	for (long i = 0; i < ROUNDS; i++) {
		uint64_t deadline = i % 64 == 0 ? now_ns() + 1000 : 0;

		if (me % 2 == 0) {
			assert_int_equal(calls[pair]++, 2 * i);
			if (cos_sem_post_wait(&call[pair], &reply[pair], deadline) < 0) {
				late++;
				assert_int_equal(cos_sem_wait(&reply[pair], 0), 0);
			}
		} else {
			if (i == 0)
				cos_sem_wait(&call[pair], 0);
			assert_int_equal(calls[pair]++, 2 * i + 1);
			if (i == ROUNDS - 1)
				cos_sem_post(&reply[pair]);
			else
				assert_int_equal(cos_sem_post_wait(&reply[pair], &call[pair], 0),
						 0);
		}
	}
	assert_true(late <= ROUNDS / 64 + 1);
}

static void test_post_wait(void **state)
{
	(void)state;
	run_all(call_job);
	for (int i = 0; i < NTHREADS / 2; i++) {
		assert_int_equal(calls[i], 2 * ROUNDS);
		assert_int_equal(call[i].word, 0);
		assert_int_equal(reply[i].word, 0);
	}
	/* What is there already is taken, and what was posted stays. */
	cos_sem_post(&reply[0]);
	assert_int_equal(cos_sem_post_wait(&call[0], &reply[0], 0), 0);
	assert_true(cos_sem_trywait(&call[0]));
	assert_int_equal(cos_sem_post_wait(&call[0], &reply[0], now_ns() + 1000000),
			 -COS_ETIMEDOUT);
	assert_true(cos_sem_trywait(&call[0]));
	assert_null(reply[0].waiters.first);
}

static struct cos_once once;
static int once_calls;

static void once_function(void)
{
	for (int i = 0; i < 100; i++)
		sched_yield();
	once_calls++;
}

static void once_job(long me)
{
	(void)me;
	cos_once(&once, once_function);
	assert_int_equal(__atomic_load_n(&once_calls, __ATOMIC_SEQ_CST), 1);
}

static void test_once(void **state)
{
	(void)state;
	run_all(once_job);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutex),	  cmocka_unit_test(test_cond),
		cmocka_unit_test(test_broadcast), cmocka_unit_test(test_timedwait),
		cmocka_unit_test(test_leave),	  cmocka_unit_test(test_rwlock),
		cmocka_unit_test(test_sem),	  cmocka_unit_test(test_post_wait),
		cmocka_unit_test(test_once),
	};

	for (int i = 0; i <= NTHREADS; i++) {
		pthread_mutex_init(&permits[i].mutex, NULL);
		pthread_cond_init(&permits[i].cond, NULL);
	}
	self = NTHREADS;
	alarm(LIMIT_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX threads: many of them, mutexes, conditions, thread-local data, once, barriers, detach.
 *
 * glibc: its threads issue other system calls (clone3, rseq) than musl's.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

#define THREADS 32
#define ROUNDS 2000

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static sem_t sem;
static long counter, onces, turn;
static __thread long mine;

static void init_once(void)
{
	onces++;
}

static void *work(void *arg)
{
	long id = (intptr_t)arg;

	pthread_once(&once, init_once);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
		mine++;
	}
	pthread_barrier_wait(&barrier);
	pthread_mutex_lock(&mutex);
	while (turn != id)
		pthread_cond_wait(&cond, &mutex);
	turn++;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	return (void *)(intptr_t)(mine == ROUNDS ? id * 2 : -1);
}

static void *poster(void *arg)
{
	sem_post(arg);
	pthread_exit((void *)7);
}

static void cleanup(void *arg)
{
	*(int *)arg = 1;
}

static void *cancelled(void *arg)
{
	pthread_cleanup_push(cleanup, arg);
	for (;;)
		sleep(100);
	pthread_cleanup_pop(0);
	return NULL;
}

int main(void)
{
	pthread_t thread[THREADS];
	void *result;
	long sum = 0;

	pthread_barrier_init(&barrier, 0, THREADS);
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&thread[i], 0, work, (void *)i) != 0)
			SAY("create %ld failed", i);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(thread[i], &result);
		sum += (intptr_t)result;
	}
	SAY("counter %ld onces %ld turn %ld sum %ld", counter, onces, turn, sum);

	sem_init(&sem, 0, 0);
	for (int i = 0; i < 200; i++) {
		pthread_create(&thread[0], 0, poster, &sem);
		sem_wait(&sem);
		pthread_join(thread[0], &result);
		sum += (intptr_t)result;
	}
	SAY("sum %ld", sum);

	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 20000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&mutex);
	CALL(pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT);
	pthread_mutex_unlock(&mutex);
	CALL(sem_timedwait(&sem, &until));

	int cleaned = 0;
	pthread_create(&thread[0], 0, cancelled, &cleaned);
	usleep(10000);
	CALL(pthread_cancel(thread[0]));
	pthread_join(thread[0], &result);
	SAY("cancelled %d cleaned %d", result == PTHREAD_CANCELED, cleaned);

	pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
	CALL(pthread_rwlock_rdlock(&rw));
	CALL(pthread_rwlock_tryrdlock(&rw));
	CALL(pthread_rwlock_trywrlock(&rw));
	pthread_exit(0);
}

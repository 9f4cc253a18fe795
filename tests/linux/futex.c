/* SPDX-License-Identifier: BSD-2-Clause */
/* The futex system call itself. Holds ipc/futex.c, Y1 and Y3. */
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "show.h"

static uint32_t word, second, aside;
static int woken;

static long futex(uint32_t *addr, int op, uint32_t val, const void *timeout, uint32_t *addr2,
		  uint32_t val3)
{
	return syscall(SYS_futex, addr, op, val, timeout, addr2, val3);
}

static void *waiter(void *arg)
{
	uint32_t mask = (uint32_t)(intptr_t)arg;

	while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 0)
		futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, 0, 0, mask);
	__atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void *sleeper(void *arg)
{
	return (void *)(intptr_t)futex(arg, FUTEX_WAIT_PRIVATE, 0, 0, 0, 0);
}

/* Wait until n threads wait there: waiters are requeued to `aside`, and at last back. */
static void asleep(uint32_t *addr, long n)
{
	while (n > 0) {
		n -= futex(addr, FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)10, &aside, 0);
		usleep(1000);
	}
	futex(&aside, FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)10, addr, 0);
}

int main(void)
{
	pthread_t t[4];
	struct timespec shortly = {0, 10000000}, bad = {0, -1}, now;
	void *r;

	CALL(futex(&word, FUTEX_WAIT, 1, 0, 0, 0));
	CALL(futex(&word, FUTEX_WAIT, 0, &shortly, 0, 0));
	CALL(futex(&word, FUTEX_WAIT, 0, &bad, 0, 0));
	CALL(futex(&word, FUTEX_WAKE, 1, 0, 0, 0));
	CALL(futex(&word, FUTEX_WAIT_BITSET, 0, &shortly, 0, 0));
	clock_gettime(CLOCK_MONOTONIC, &now);
	CALL(futex(&word, FUTEX_WAIT_BITSET, 0, &now, 0, 1));
	clock_gettime(CLOCK_REALTIME, &now);
	CALL(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &now, 0, 1));
	CALL(futex(&word, 99, 0, 0, 0, 0));
	for (long i = 0; i < 4; i++)
		pthread_create(&t[i], 0, waiter, (void *)(i + 1));
	asleep(&word, 4);
	SAY("%d", woken);
	__atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
	CALL(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 100, 0, 0, 4));
	while (__atomic_load_n(&woken, __ATOMIC_SEQ_CST) == 0)
		usleep(1000);
	SAY("%d", woken);
	CALL(futex(&word, FUTEX_WAKE_PRIVATE, 100, 0, 0, 0));
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], 0);
	SAY("%d", woken);

	word = 0;
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], 0, sleeper, &word);
	asleep(&word, 3);
	CALL(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)1, &second, 5));
	CALL(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)10, &second, 0));
	CALL(futex(&word, FUTEX_WAKE_PRIVATE, 10, 0, 0, 0));
	CALL(futex(&second, FUTEX_WAKE_PRIVATE, 10, 0, 0, 0));
	for (int i = 0; i < 3; i++) {
		pthread_join(t[i], &r);
		SAY("%ld", (long)r);
	}
	return 0;
}

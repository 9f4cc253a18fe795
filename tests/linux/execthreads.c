/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program that executes itself while its threads compute, begin and sleep. Afterwards they are
 * gone, have not written to the new image, and new threads are not mistaken for them. Holds
 * process/thread.c, P3 and P5, and exec/exec.c, V2 and V3.
 *
 * booted: on the host a thread that computes cannot be stopped.
 */
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>
#include "show.h"

#define ROUNDS 24
#define COMPUTING 12
#define SLEEPING 4
#define NEW 24
#define WORDS 4096

static uint64_t words[WORDS];
static int started;

/* Writes all over the memory of the image, for ever. */
static void *compute(void *arg)
{
	uint64_t n = (uintptr_t)arg;

	__atomic_fetch_add(&started, 1, __ATOMIC_RELAXED);
	for (;;)
		((volatile uint64_t *)words)[n++ % WORDS] = ~0ull;
	return NULL;
}

static void *sleeping(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *new (void *arg)
{
	return arg;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0, wrong = 0;
	char next[12];
	char *const args[] = {argv[0], next, NULL};
	char *const env[] = {NULL};
	pthread_t threads[NEW], thread;
	void *result;

	for (int i = 0; i < NEW; i++)
		if (pthread_create(&threads[i], NULL, new, &threads[i]) != 0)
			return 1;
	for (int i = 0; i < NEW; i++)
		wrong += pthread_join(threads[i], &result) != 0 || result != &threads[i];
	for (int i = 0; i < WORDS; i++)
		wrong += words[i] != 0;
	printf("%d: %d wrong\n", n, wrong);
	fflush(stdout);
	if (n == ROUNDS)
		return 43;
	for (int i = 0; i < COMPUTING + SLEEPING; i++)
		if (pthread_create(&thread, NULL, i < COMPUTING ? compute : sleeping,
				   (void *)(uintptr_t)(i * WORDS / COMPUTING)) != 0)
			return 1;
	if (n % 2)
		while (__atomic_load_n(&started, __ATOMIC_RELAXED) < COMPUTING)
			usleep(1000);
	snprintf(next, sizeof(next), "%d", n + 1);
	show("execve", execve("/proc/self/exe", args, env));
	return 1;
}

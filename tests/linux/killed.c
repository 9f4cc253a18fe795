/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ends by the signal that its argument names: a number, "abort", "segv", "fpe" or "pipe"; or
 * ("thread") by another thread's exit_group while it computes. Holds process/process.c, R1 and R2,
 * and signal/signal.c, G4.
 *
 * case: killed-abort abort
 * case: killed-segv segv
 * case: killed-fpe fpe
 * case: killed-pipe pipe
 * case: killed-thread thread
 * case: killed-9 9
 * case: killed-15 15
 * case: killed-10 10
 */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include "show.h"

static void *end_all(void *arg)
{
	(void)arg;
	_exit(23);
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int p[2];
	volatile int zero = 0;
	const char *how = argc > 1 ? argv[1] : "0";

	SAY("before");
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "segv") == 0)
		*(volatile int *)16 = 1;
	if (strcmp(how, "fpe") == 0)
		__asm__ volatile("cltd; idivl %1" : : "a"(1), "m"(zero) : "edx");
	if (strcmp(how, "pipe") == 0) {
		pipe(p);
		close(p[0]);
		write(p[1], "x", 1);
	}
	if (strcmp(how, "thread") == 0) {
		/* exit_group of another thread ends this one, which computes. */
		pthread_create(&thread, 0, end_all, 0);
		for (;;)
			zero++;
	}
	kill(getpid(), atoi(how));
	SAY("after");
	return 0;
}

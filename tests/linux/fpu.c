/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Floating point and vector registers survive system calls, other threads, and signals. Holds
 * signal/x86_64/sigframe.c, F1.
 */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>
#include "show.h"

static volatile int stop;

static int vectors_kept(uint64_t seed, int (*between)(void))
{
	uint64_t in[32], out[32];

	for (int i = 0; i < 32; i++)
		in[i] = seed * (uint64_t)(i + 1) ^ 0x5555;
	__asm__ volatile("movdqu (%0), %%xmm0\n movdqu 16(%0), %%xmm1\n movdqu 128(%0), %%xmm8\n"
			 "movdqu 240(%0), %%xmm15\n" ::"r"(in)
			 : "xmm0", "xmm1", "xmm8", "xmm15");
	int r = between();
	__asm__ volatile("movdqu %%xmm0, (%0)\n movdqu %%xmm1, 16(%0)\n movdqu %%xmm8, 128(%0)\n"
			 "movdqu %%xmm15, 240(%0)\n" ::"r"(out)
			 : "memory");
	(void)r;
	return in[0] == out[0] && in[3] == out[3] && in[16] == out[16] && in[31] == out[31];
}

/* Raw, so that the compiler and the C library do not touch a vector register in between. */
static int raw_getpid(void)
{
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(39L) : "rcx", "r11", "memory");
	return (int)r;
}

static int raw_yield(void)
{
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(24L) : "rcx", "r11", "memory");
	return (int)r;
}

static int spin(void)
{
	for (volatile int i = 0; i < 3000000; i++)
		;
	return 0;
}

static void *other(void *arg)
{
	double x = (double)(intptr_t)arg;
	long wrong = 0;

	while (!stop) {
		wrong += !vectors_kept((uint64_t)(intptr_t)arg * 77777, raw_yield);
		x = sqrt(x * x + 1.0) - sin(x) * 0.0001;
		if (x > 1e6)
			x = 1.5;
	}
	return (void *)wrong;
}

static void on_signal(int sig)
{
	volatile double x = sig;

	__asm__ volatile("pxor %%xmm0, %%xmm0\n pxor %%xmm15, %%xmm15" ::: "xmm0", "xmm15");
	x = x * 3.25;
}

static int raw_kill(void)
{
	long r, pid = raw_getpid();

	__asm__ volatile("syscall"
			 : "=a"(r)
			 : "a"(62L), "D"(pid), "S"(10L)
			 : "rcx", "r11", "memory");
	return (int)r;
}

int main(void)
{
	pthread_t t[3];
	void *wrong;

	CHECK(vectors_kept(12345, raw_getpid));
	for (long i = 0; i < 3; i++)
		pthread_create(&t[i], 0, other, (void *)(i + 2));
	int kept = 0;
	for (int i = 0; i < 20; i++)
		kept += vectors_kept(999 + (uint64_t)i, spin);
	SAY("kept %d of 20", kept);
	stop = 1;
	for (int i = 0; i < 3; i++) {
		pthread_join(t[i], &wrong);
		SAY("wrong %ld", (long)wrong);
	}
	signal(SIGUSR1, on_signal);
	CHECK(vectors_kept(4242, raw_kill));
	SAY("%.15g %.15g %.15Lg", sqrt(2.0), exp(1.0), (long double)1 / 3);
	return 0;
}

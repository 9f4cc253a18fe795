/* SPDX-License-Identifier: BSD-2-Clause */
/* A component that fails when the probe asks for it (calls.h). */
#include <storage/storage.h>
#include <cos/sync.h>
#include "calls.h"

long component_init(void);

static struct cos_sem never;

long component_init(void)
{
	return 0;
}

__attribute__((noinline)) static long overflow(volatile long *outer)
{
	volatile long inner[64];

	if (outer[0] < 0)
		return 0; /* after the longest time; the stack is no match */
	inner[0] = outer[0] + 1;
	return overflow(inner) + inner[0];
}

struct cos_pair storage_syscall(long num, unsigned long a0, unsigned long a1, unsigned long a2,
				unsigned long a3, unsigned long a4)
{
	volatile long start = 0;
	struct cos_pair pair = {-COS_ENOSYS, 0};

	(void)a0, (void)a1, (void)a2, (void)a3, (void)a4;
	if (num == SUFFERER_OVERFLOW)
		pair.v0 = overflow(&start);
	else if (num == SUFFERER_WAIT)
		pair.v0 = cos_sem_wait(&never, 0);
	return pair;
}

long storage_interrupt(long tid)
{
	(void)tid;
	return -COS_ENOSYS;
}

long storage_generation(void)
{
	return 1;
}

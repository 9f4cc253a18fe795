/* SPDX-License-Identifier: BSD-2-Clause */
/* The client of the conformance suite (visitor.h). */
#include <cos/abi.h>
#include <cos/log.h>
#include <cos/thread.h>
#include <mem/mem.h>
#include <sched/sched.h>
#include <storage/storage.h>

#include "visitor.h"

#define LEN 16384ul

long component_init(void);

static _Atomic int *counts;

static void visits(void *arg)
{
	unsigned long memory = (unsigned long)arg;

	/* The pages after a buffer belong to no buffer. */
	while (storage_syscall(1, memory, LEN, memory + LEN, (unsigned long)counts, 0).v0 == 0)
		;
	cos_log("visitor: not let in\n");
}

static void listens(void *arg)
{
	long sig;

	(void)arg;
	while ((sig = storage_signal(0)) > 0)
		counts[sig]++;
	cos_log("visitor: no more signals (%ld)\n", sig);
}

long component_init(void)
{
	long memory = mem_shm_create(LEN), shared = mem_shm_create(4096);

	if (memory < 0 || shared < 0)
		return -COS_ENOMEM;
	counts = (_Atomic int *)shared;
	if (cos_thread_create(visits, (void *)memory, SCHED_PRIO_SERVICE) < 0 ||
	    cos_thread_create(listens, NULL, SCHED_PRIO_SERVICE) < 0)
		return -COS_ENOMEM;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A benchmark as a component. It runs while the component starts. The component with the parameter
 * LAST ends the system.
 */
#include <stdbool.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include <mem/mem.h>
#include <reboot/system.h>
#include <sched/sched.h>

#include "bench.h"

#define NOPS 100

long component_init(void);

/* The TSC counts instructions. */
static bool counting;
static struct cos_sem over;

uint64_t bench_ticks(void)
{
	return counting ? cos_tsc() : cos_now_ns();
}

uint64_t bench_memory_bytes(void)
{
	struct cos_pair pages = mem_stat();

	return (uint64_t)(pages.v1 - pages.v0) * COS_PAGE_SIZE;
}

const char *bench_path(void)
{
	return "ram:bench";
}

void bench_value(const char *name, uint64_t tenths)
{
	if (tenths % 10)
		cos_log("%s\t%lu.%lu\n", name, tenths / 10, tenths % 10);
	else
		cos_log("%s\t%lu\n", name, tenths / 10);
}

void bench_none(const char *name, const char *why)
{
	cos_log("%s\t%s\n", name, why);
}

void bench_fail(const char *what, int error)
{
	cos_log("bench: %s: error %d\n", what, error);
	reboot_system(1);
	cos_panic("bench: the system did not end");
}

static void unit_find(void)
{
	uint64_t nops, nothing;

	nothing = cos_tsc();
	nothing = cos_tsc() - nothing;
	nops = cos_tsc();
	__asm__ volatile(".rept %c0\n\tnop\n\t.endr" : : "i"(NOPS));
	nops = cos_tsc() - nops;
	counting = nops - nothing == NOPS;
	cos_log("unit\t%s\n", counting ? "instructions" : "ns");
}

static void run(void *arg)
{
	(void)arg;
	unit_find();
	bench_run();
	if (cos_param("LAST"))
		reboot_system(0);
	cos_sem_post(&over);
}

/*
 * In a thread like those of rump kernels: the thread that starts components is more urgent than all
 * of them.
 */
long component_init(void)
{
	if (cos_thread_create(run, NULL, SCHED_PRIO_SERVICE) < 0)
		return -COS_ENOMEM;
	cos_sem_wait(&over, 0);
	return 0;
}

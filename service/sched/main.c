/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The start of sched: a scheduler thread for each core, its end-point, and the core's temporal
 * capabilities.
 */
#include <mem/arcv.h>
#include <mem/thread.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/core.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "core.h"

extern const char sched_entry[]; /* x86_64/entry.S */
_Noreturn void sched_main(void);
long component_init(void);

static uint32_t first_core; /* that boot runs on */

void cos_log_write(const char *text, size_t len)
{
	cos_log_kernel(text, len);
}

/* A core without tcaps runs a thread with a budget only while another waits for its lock. */
static long init_budgets(struct core *core)
{
	long error = budget_init_core(core);

	if (error < 0)
		cos_log("sched: no time for budgets on core %u: error %ld\n", core->number, error);
	return error;
}

_Noreturn void sched_main(void)
{
	struct core *core = core_here();

	if (core->number != first_core && init_budgets(core) < 0)
		__atomic_store_n(&core->up, false, __ATOMIC_RELEASE);
	core_run(core);
}

/* The scheduler thread of the core, and its end-point. */
static long make_scheduler(struct core *core)
{
	long asnd, tid = mem_thd_create(cos_component_id(), (unsigned long)sched_entry, 0,
					MEM_THD_NOGATE, cos_component_id());
	struct cos_pair arcv;

	if (tid < 0)
		return tid;
	arcv = mem_arcv_create(tid);
	if (arcv.v0 < 0)
		return arcv.v0;
	asnd = mem_asnd_create(tid);
	if (asnd < 0)
		return asnd;
	core->sched_tid = tid;
	core->arcv = (uint64_t)arcv.v0;
	core->asnd = (uint64_t)asnd;
	return 0;
}

static long start(struct core *core, struct core *here)
{
	uint64_t cap = (uint64_t)COS_CAP_THD(core->sched_tid);
	long error = core == here ? 0 : cos_op1(cap, COS_THD_MOVE, core->number);

	__atomic_store_n(&core->up, error == 0, __ATOMIC_RELEASE);
	if (error == 0)
		error = cos_op2(COS_CAP_HW, COS_HW_SCHED, cap, core->arcv);
	if (error < 0)
		__atomic_store_n(&core->up, false, __ATOMIC_RELEASE);
	return error;
}

/*
 * Make a scheduler thread for each core. That of this core runs for the first time when a thread
 * waits; those of the other cores run now and find nothing to do. The thread that runs this is not
 * moved, since sched knows no thread yet.
 */
long component_init(void)
{
	uint32_t count = cos_ncores();
	struct core *here;
	long error, owner = count > 1 ? mem_lock_owner() : 0;

	if (!core_init(count))
		return -COS_ENOMEM;
	if (owner < 0)
		return owner;
	core_watch((const uint32_t *)owner);
	here = core_here();
	first_core = here->number;
	error = budget_init(count);
	if (error < 0)
		return error;
	for (uint32_t i = 0; i < count; i++) {
		error = make_scheduler(core_get(i));
		if (error < 0)
			return error;
	}
	/* Other cores do it in sched_main, before any thread; here boot's thread runs first. */
	error = init_budgets(here);
	if (error == 0)
		error = start(here, here);
	for (uint32_t i = 0; i < count && error == 0; i++) {
		long failed = core_get(i) != here ? start(core_get(i), here) : 0;

		if (failed < 0)
			cos_log("sched: core %u does not start: error %ld\n", i, failed);
	}
	return error;
}

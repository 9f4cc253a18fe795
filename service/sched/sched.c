/* SPDX-License-Identifier: BSD-2-Clause */
#include <mem/mem.h>
#include <sched/sched.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "core.h"

/* What a lock's owner gets of a contender: its critical section is a few instructions. */
#define LEND_NS (50 * 1000)

static bool prio_valid(long prio)
{
	return prio >= SCHED_PRIO_FIRST && prio <= SCHED_PRIO_LAST;
}

/* Under the lock: a thread that the kernel has becomes ours. */
static void thd_setup(struct core *core, struct thd *thd, long prio)
{
	*thd = (struct thd){.tid = thd->tid, .prio = (uint8_t)prio};
	(void)cos_op1((uint64_t)MEM_THD_CAP(thd->tid), COS_THD_PRIO, (uint64_t)prio);
	core_ready(core, thd);
}

/* Under the lock, which it releases: thd can run; if it is more urgent than we are, it does. */
static void resched_for(struct core *core, const struct thd *self, const struct thd *thd)
{
	if (self == NULL || thd->prio < self->prio)
		core_resched(core);
	else
		core_unlock(core);
}

long sched_thd_create_in(long comp, unsigned long ip, unsigned long arg, long prio,
			 long gate_number)
{
	struct core *core = core_here();
	struct thd *thd, *self;
	long tid;

	if (!prio_valid(prio))
		return -COS_EINVAL;
	tid = mem_thd_create(comp, ip, arg, gate_number < 0 ? MEM_THD_NOGATE : gate_number);
	if (tid < 0)
		return tid;
	thd = thd_place(tid);
	if (thd == NULL) {
		(void)mem_thd_destroy(tid); /* it never ran */
		return -COS_ENOMEM;
	}
	self = core_enter(core);
	thd_setup(core, thd, prio);
	resched_for(core, self, thd);
	return tid;
}

long sched_thd_create(unsigned long ip, unsigned long arg, long prio)
{
	return sched_thd_create_in(cos_client(), ip, arg, prio, -1);
}

long sched_thd_exit(void)
{
	struct core *core = core_here();
	struct thd *self = core_enter(core);

	if (self == NULL) {
		core_unlock(core);
		return -COS_ENOENT;
	}
	core_unready(core, self, THD_DEAD);
	core_unlock(core);
	for (;;) /* the scheduler thread destroys us */
		(void)cos_op2((uint64_t)MEM_THD_CAP(core->sched_tid), COS_THD_SWITCH, 0, 0);
}

long sched_thd_prio(long tid, long prio)
{
	struct core *core = core_here();
	struct thd *thd;

	if (!prio_valid(prio))
		return -COS_EINVAL;
	core_enter(core);
	thd = thd_get(tid);
	if (thd == NULL || thd->state == THD_DEAD) {
		core_unlock(core);
		return -COS_EDEAD;
	}
	if (thd->state == THD_READY)
		runq_remove(&core->runq, thd);
	thd->prio = (uint8_t)prio;
	(void)cos_op1((uint64_t)MEM_THD_CAP(tid), COS_THD_PRIO, (uint64_t)prio);
	if (thd->state == THD_READY)
		runq_append(&core->runq, thd);
	core_resched(core);
	return 0;
}

long sched_park(unsigned long deadline_ns)
{
	struct core *core = core_here();
	struct thd *self = core_enter(core);
	long result = 0;

	if (self == NULL) {
		core_unlock(core);
		return -COS_ENOENT;
	}
	if (self->permit) {
		self->permit = 0;
		core_unlock(core);
		return 0;
	}
	if (deadline_ns != 0 && deadline_ns <= cos_now_ns()) {
		core_unlock(core);
		return -COS_ETIMEDOUT;
	}
	core_unready(core, self, THD_PARKED);
	self->timed_out = 0;
	if (deadline_ns != 0)
		timeout_insert(&core->timeouts, &self->timeout, deadline_ns);
	core_block(core, self);

	/* Only we take our permit away, and it is given together with READY: no lock needed. */
	if (self->permit)
		self->permit = 0;
	else if (self->timed_out)
		result = -COS_ETIMEDOUT;
	return result;
}

static void give_permit(struct core *core, struct thd *thd)
{
	thd->permit = 1;
	if (thd->state == THD_PARKED)
		core_ready(core, thd);
}

long sched_unpark(long tid)
{
	struct core *core = core_here();
	struct thd *self = core_enter(core), *thd = thd_get(tid);
	bool was_parked;

	if (thd == NULL || thd->state == THD_DEAD) {
		core_unlock(core);
		return -COS_EDEAD;
	}
	was_parked = thd->state == THD_PARKED;
	give_permit(core, thd);
	if (was_parked)
		resched_for(core, self, thd);
	else
		core_unlock(core);
	return 0;
}

long sched_wake_all(void)
{
	struct core *core = core_here();

	core_enter(core);
	for (long tid = 0; tid < thd_limit(); tid++) {
		struct thd *thd = thd_get(tid);

		if (thd == NULL || thd->state == THD_DEAD)
			continue;
		/* One that waits for an interrupt all the same is refused by the kernel, and waits
		 * on. */
		if (thd->state == THD_RECEIVING)
			core_ready(core, thd);
		else
			give_permit(core, thd);
	}
	core_resched(core);
	return 0;
}

long sched_yield(void)
{
	struct core *core = core_here();
	struct thd *self = core_enter(core);

	if (self != NULL && self->state == THD_READY) {
		runq_remove(&core->runq, self);
		runq_append(&core->runq, self);
	}
	core_resched(core);
	return 0;
}

long sched_yield_to(long tid)
{
	struct core *core = core_here();
	struct thd *thd;

	core_enter(core);
	thd = thd_get(tid);
	if (thd == NULL || thd->state != THD_READY || tid == cos_tid()) {
		core_unlock(core);
		return sched_yield();
	}
	core_lend(core, thd, LEND_NS);
	return 0;
}

long sched_adopt(long tid, long prio)
{
	struct core *core = core_here();
	struct thd *thd;

	if (!prio_valid(prio))
		return -COS_EINVAL;
	if (tid != cos_tid())
		return -COS_EPERM;
	thd = thd_place(tid);
	if (thd == NULL)
		return -COS_ENOMEM;
	core_lock(core);
	if (thd->state != THD_NONE) {
		core_unlock(core);
		return -COS_EEXIST;
	}
	thd_setup(core, thd, prio);
	core_resched(core);
	return 0;
}

/* The kernel's events tell when it waits; there is nothing to prepare. */
long sched_thd_receiver(long tid)
{
	struct core *core = core_here();
	long result;

	core_enter(core);
	result = thd_get(tid) != NULL ? 0 : -COS_EDEAD;
	core_unlock(core);
	return result;
}

long sched_thd_time(long tid)
{
	struct core *core = core_here();
	struct thd *thd;
	long ran_ns = -COS_EDEAD;

	core_enter(core);
	thd = thd_get(tid);
	if (thd != NULL) {
		ran_ns = (long)thd->ran_ns;
		if (core->current == thd)
			ran_ns += (long)(cos_now_ns() - core->switched_ns);
	}
	core_unlock(core);
	return ran_ns;
}

/* SPDX-License-Identifier: BSD-2-Clause */
#include <mem/mem.h>
#include <sched/sched.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "core.h"

static bool prio_valid(long prio)
{
	return prio >= SCHED_PRIO_FIRST && prio <= SCHED_PRIO_LAST;
}

/* On the core that the kernel has it on: a thread becomes ours, in no queue yet. */
static void thd_setup(const struct core *core, struct thd *thd, long prio)
{
	thd_reset(thd);
	thd->prio = (uint8_t)prio;
	(void)cos_op1((uint64_t)MEM_THD_CAP(thd->tid), COS_THD_PRIO, (uint64_t)prio);
	__atomic_store_n(&thd->core, core->number, __ATOMIC_RELEASE);
}

/* Under the lock, which it releases: thd can run; if it is more urgent than we are, it does. */
static void resched_for(struct core *core, struct thd *self, const struct thd *thd)
{
	if (self == NULL || thd->prio < self->prio)
		core_resched(core, self);
	else
		core_leave(core, self);
}

/* Pinned: mem makes it on this core. */
static long create(struct thd **made, long comp, unsigned long ip, unsigned long arg,
		   long gate_number)
{
	long tid = mem_thd_create(comp, ip, arg, gate_number < 0 ? MEM_THD_NOGATE : gate_number);

	if (tid < 0)
		return tid;
	*made = thd_place(tid);
	if (*made == NULL) {
		(void)mem_thd_destroy(tid); /* it never ran */
		return -COS_ENOMEM;
	}
	return tid;
}

long sched_thd_create_in(long comp, unsigned long ip, unsigned long arg, long prio,
			 long gate_number)
{
	struct core *core;
	struct thd *thd, *self;
	long tid;

	if (!prio_valid(prio))
		return -COS_EINVAL;
	self = core_pin();
	tid = create(&thd, comp, ip, arg, gate_number);
	if (tid < 0) {
		core_unpin(self);
		return tid;
	}
	core = core_enter(&self);
	thd_setup(core, thd, prio);
	if (spread_move(core, thd, spread_choose(core))) {
		core_leave(core, self);
		return tid;
	}
	core_ready(core, thd);
	resched_for(core, self, thd);
	return tid;
}

long sched_thd_create(unsigned long ip, unsigned long arg, long prio)
{
	return sched_thd_create_in(cos_client(), ip, arg, prio, -1);
}

long sched_thd_exit(void)
{
	struct thd *self;
	struct core *core = core_enter(&self);

	if (self == NULL) {
		core_leave(core, self);
		return -COS_ENOENT;
	}
	core_unready(core, self, THD_DEAD);
	core_unlock(core);
	for (;;) /* the scheduler thread destroys us */
		(void)cos_op2((uint64_t)MEM_THD_CAP(core->sched_tid), COS_THD_SWITCH, 0, 0);
}

/* thd, if it lives, NULL else; *here: it is core's. Else it is only good for inbox_post. */
static struct thd *find(const struct core *core, long tid, bool *here)
{
	struct thd *thd = thd_get(tid);

	if (thd == NULL || thd_state(thd) == THD_DEAD)
		return NULL;
	*here = thd_core(thd) == core->number;
	return thd;
}

long sched_thd_prio(long tid, long prio)
{
	struct core *core;
	struct thd *thd, *self;
	bool here;

	if (!prio_valid(prio))
		return -COS_EINVAL;
	core = core_enter(&self);
	thd = find(core, tid, &here);
	if (thd == NULL || !here) {
		if (thd != NULL) {
			__atomic_store_n(&thd->wanted_prio, (uint8_t)prio, __ATOMIC_RELAXED);
			inbox_post(thd, REQUEST_PRIO);
		}
		core_leave(core, self);
		return thd != NULL ? 0 : -COS_EDEAD;
	}
	core_prio(core, thd, (uint8_t)prio);
	core_resched(core, self);
	return 0;
}

long sched_park(unsigned long deadline_ns)
{
	struct thd *self;
	struct core *core = core_enter(&self);
	long result = 0;

	if (self == NULL) {
		result = -COS_ENOENT;
	} else if (self->permit) {
		self->permit = 0;
	} else if (deadline_ns != 0 && deadline_ns <= cos_now_ns()) {
		result = -COS_ETIMEDOUT;
	} else {
		core_unready(core, self, THD_PARKED);
		self->timed_out = 0;
		if (deadline_ns != 0)
			timeout_insert(&core->timeouts, &self->timeout, deadline_ns);
		core = core_block(core, self);
		if (self->permit)
			self->permit = 0;
		else if (self->timed_out)
			result = -COS_ETIMEDOUT;
	}
	core_leave(core, self);
	return result;
}

long sched_unpark(long tid)
{
	struct thd *self, *thd;
	struct core *core = core_enter(&self);
	bool here;

	thd = find(core, tid, &here);
	if (thd == NULL) {
		core_leave(core, self);
		return -COS_EDEAD;
	}
	if (!here) {
		inbox_post(thd, REQUEST_PERMIT);
		core_leave(core, self);
	} else if (thd_state(thd) == THD_PARKED) {
		core_permit(core, thd);
		resched_for(core, self, thd);
	} else {
		core_permit(core, thd);
		core_leave(core, self);
	}
	return 0;
}

long sched_wake_all(void)
{
	struct thd *self;
	struct core *core = core_enter(&self);

	for (long tid = 0; tid < thd_limit(); tid++) {
		bool here;
		struct thd *thd = find(core, tid, &here);

		if (thd != NULL && here)
			core_wake(core, thd);
		else if (thd != NULL)
			inbox_post(thd, REQUEST_WAKE);
	}
	core_resched(core, self);
	return 0;
}

/* Behind its equals. */
static void yield(struct core *core, struct thd *self)
{
	if (self != NULL && thd_state(self) == THD_READY) {
		runq_remove(&core->runq, self);
		runq_append(&core->runq, self);
	}
	core_resched(core, self);
}

long sched_yield(void)
{
	struct thd *self;
	struct core *core = core_enter(&self);

	yield(core, self);
	return 0;
}

long sched_yield_to(long tid)
{
	struct thd *self, *thd;
	struct core *core = core_enter(&self);
	bool here = true;

	thd = find(core, tid, &here);
	if (thd != NULL && !here) {
		/* It runs, or does so soon. */
		if (__atomic_load_n(&core_get(thd_core(thd))->current, __ATOMIC_RELAXED) != thd)
			inbox_post(thd, REQUEST_BOOST);
		core_leave(core, self);
	} else if (thd == NULL || thd_state(thd) != THD_READY || thd == self) {
		yield(core, self);
	} else {
		core_lend(core, self, thd);
	}
	return 0;
}

long sched_adopt(long tid, long prio)
{
	struct core *core;
	struct thd *thd, *self;

	if (!prio_valid(prio))
		return -COS_EINVAL;
	if (tid != cos_tid())
		return -COS_EPERM;
	thd = thd_place(tid);
	if (thd == NULL)
		return -COS_ENOMEM;
	core = core_enter(&self);
	if (self != NULL) {
		core_leave(core, self);
		return -COS_EEXIST;
	}
	thd_setup(core, thd, prio);
	core_ready(core, thd);
	core_resched(core, NULL);
	return 0;
}

/* Ourselves. One preempted just where it is still pinned comes back as it was, and tries again. */
static struct core *go(struct core *core, struct thd *self)
{
	int32_t bound;

	while ((bound = thd_bound(self)) >= 0 && (uint32_t)bound != core->number) {
		core_unready(core, self, THD_LEAVING);
		inbox_post(self, REQUEST_BIND);
		core = core_block(core, self);
	}
	return core;
}

long sched_thd_bind(long tid, long number)
{
	struct thd *self, *thd;
	struct core *core;
	bool here;

	if (number != SCHED_CORE_ANY &&
	    (number < 0 || number >= (long)core_count() ||
	     !__atomic_load_n(&core_get((uint32_t)number)->up, __ATOMIC_ACQUIRE)))
		return -COS_EINVAL;
	core = core_enter(&self);
	thd = find(core, tid, &here);
	if (thd != NULL)
		__atomic_store_n(&thd->bound, (int32_t)number, __ATOMIC_RELAXED);
	if (thd != NULL && thd == self)
		core = go(core, self);
	core_leave(core, self);
	return thd != NULL ? 0 : -COS_EDEAD;
}

/* The kernel's events tell when it waits. It stays where its interrupts go. */
long sched_thd_receiver(long tid)
{
	struct thd *self, *thd;
	struct core *core = core_enter(&self);
	bool here;

	thd = find(core, tid, &here);
	if (thd != NULL)
		__atomic_store_n(&thd->bound, (int32_t)thd_core(thd), __ATOMIC_RELAXED);
	core_leave(core, self);
	return thd != NULL ? 0 : -COS_EDEAD;
}

long sched_thd_time(long tid)
{
	const struct thd *thd = thd_get(tid);

	return thd != NULL ? (long)core_time_of(thd) : -COS_EDEAD;
}

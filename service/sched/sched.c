/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface's functions (interface/sched) that are about one thread: create, park and unpark,
 * yield, bind, deadline. Each enters its core, changes states and queues (thd.h, runq.h), and
 * leaves by a decision (core.h). A thread of another core gets a request (inbox.c).
 *
 * Who may ask, besides what r2c wires: a thread is made for the client that asks, and mem holds the
 * client to its own component and its programs (mem_thd_create). Only the client that had a thread
 * made changes it, asks for its time, or ends it. Waking is for everyone: a waiter looks for itself
 * whether what it waits for has happened (sched_park).
 */
#include <boot/roles.h>
#include <mem/thread.h>
#include <sched/boot.h>
#include <sched/control.h>
#include <sched/device.h>
#include <sched/program.h>
#include <sched/sched.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/reach.h>
#include <cos/syscall.h>
#include "switch.h"

static bool prio_valid(long prio)
{
	return prio >= SCHED_PRIO_FIRST && prio <= SCHED_PRIO_LAST;
}

/* A thread that the kernel has on core, made for client, becomes known to sched, in no queue. */
static void thd_setup(const struct core *core, struct thd *thd, long prio, long client)
{
	thd_reset(thd);
	__atomic_store_n(&thd->maker, (uint32_t)client, __ATOMIC_RELAXED);
	thd->prio = (uint8_t)prio;
	(void)cos_op1((uint64_t)COS_CAP_THD(thd->tid), COS_THD_PRIO, (uint64_t)prio);
	__atomic_store_n(&thd->core, core->number, __ATOMIC_RELEASE);
}

/*
 * Under the lock, which it releases: thd can run, and does so now if it is more urgent than self.
 */
static void resched_for(struct core *core, struct thd *self, const struct thd *thd)
{
	if (self == NULL || thd->prio < self->prio ||
	    (thd->prio == self->prio && thd->cbs.runtime != 0))
		core_resched(core, self);
	else
		core_leave(core, self);
}

/* Pinned, since mem makes a thread on the core of its caller. */
static long create(struct thd **made, long comp, unsigned long ip, unsigned long arg,
		   long gate_number)
{
	long tid = mem_thd_create(comp, ip, arg, gate_number < 0 ? MEM_THD_NOGATE : gate_number,
				  cos_client());

	if (tid < 0)
		return tid;
	*made = thd_place(tid);
	if (*made == NULL) {
		(void)mem_thd_destroy(tid); /* it never ran */
		return -COS_ENOMEM;
	}
	return tid;
}

static long create_in(long comp, unsigned long ip, unsigned long arg, long prio, long gate_number,
		      struct budget *budget)
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
	thd_setup(core, thd, prio, cos_client());
	thd_set_budget(thd, budget);
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
	return create_in(cos_client(), ip, arg, prio, -1, budget_of(cos_client()));
}

long sched_thd_create_in(long comp, unsigned long ip, unsigned long arg, long prio,
			 long gate_number, long number)
{
	struct budget *budget = budget_get(number);

	if (budget == NULL && number != SCHED_BUDGET_NONE)
		return -COS_EINVAL;
	return create_in(comp, ip, arg, prio, gate_number, budget);
}

long sched_thd_exit(void)
{
	struct thd *self;
	struct core *core = core_enter(&self);

	if (self == NULL || !thd_is_of(self, cos_client())) {
		core_leave(core, self);
		return self == NULL ? -COS_ENOENT : -COS_EPERM;
	}
	core_unready(core, self, THD_DEAD);
	core_unlock(core);
	for (;;) /* the scheduler thread destroys us */
		(void)cos_op2((uint64_t)COS_CAP_THD(core->sched_tid), COS_THD_SWITCH, 0, 0);
}

/* The living thread tid, or NULL. *here: it is of core; else it is only good for inbox_post. */
static struct thd *find(const struct core *core, long tid, bool *here)
{
	struct thd *thd = thd_get(tid);

	if (thd == NULL || thd_state(thd) == THD_DEAD)
		return NULL;
	*here = thd_core(thd) == core->number;
	return thd;
}

/* The same, if the calling thread's client had it made. NULL: *error. */
static struct thd *find_own(const struct core *core, long tid, bool *here, long *error)
{
	struct thd *thd = find(core, tid, here);

	*error = 0;
	if (thd == NULL)
		*error = -COS_EDEAD;
	else if (!thd_is_of(thd, cos_client()))
		*error = -COS_EPERM;
	return *error == 0 ? thd : NULL;
}

long sched_thd_prio(long tid, long prio)
{
	struct core *core;
	struct thd *thd, *self;
	bool here;
	long error;

	if (!prio_valid(prio))
		return -COS_EINVAL;
	core = core_enter(&self);
	thd = find_own(core, tid, &here, &error);
	if (thd == NULL || !here) {
		if (thd != NULL) {
			__atomic_store_n(&thd->wanted_prio, (uint8_t)prio, __ATOMIC_RELAXED);
			inbox_post(thd, REQUEST_PRIO);
		}
		core_leave(core, self);
		return error;
	}
	core_prio(core, thd, (uint8_t)prio);
	core_resched(core, self);
	return 0;
}

/* The first tick at which cos_now_ns says ns, or later. */
static uint64_t tick_of(unsigned long ns)
{
	uint64_t tick = cos_tsc_at_ns(ns);

	return tick < UINT64_MAX ? tick + 1 : tick;
}

/*
 * The result of a park that has ended. Only threads of this core change permit and timed_out, and
 * none does while this one runs.
 */
static inline long parked(struct thd *self)
{
	if (UNLIKELY(!self->permit))
		return self->timed_out ? -COS_ETIMEDOUT : 0;
	self->permit = 0;
	return 0;
}

/* Under the lock, which it releases. woken: NULL, or a thread that may be more urgent than self. */
static long park(struct core *core, struct thd *self, unsigned long deadline_ns,
		 const struct thd *woken)
{
	uint64_t deadline = deadline_ns != 0 ? tick_of(deadline_ns) : 0;
	bool late = deadline != 0 && deadline <= cos_tsc();

	if (self == NULL || self->permit || late) {
		if (self != NULL && self->permit) {
			self->permit = 0;
			late = false;
		}
		if (woken != NULL)
			resched_for(core, self, woken);
		else
			core_leave(core, self);
		return self == NULL ? -COS_ENOENT : late ? -COS_ETIMEDOUT : 0;
	}
	core_unready(core, self, THD_PARKED);
	self->timed_out = 0;
	if (deadline != 0)
		cos_timeout_insert(&core->timeouts, &self->timeout, deadline);
	core_block(core, self);
	return parked(self);
}

/* This thread is parked, and no other runs yet, or it runs though nothing woke it (core.h, I3). */
SLOW static long park_rest(struct core *core)
{
	struct thd *self = cos_self_get();

	core_block(core, self);
	return parked(self);
}

/*
 * Under the lock, which it releases: park without a deadline or a permit. woken, unless NULL, was
 * just made ready.
 */
__attribute__((always_inline)) static inline long park_quick(struct core *core, struct thd *self,
							     struct thd *woken)
{
	if (woken != NULL)
		runq_exchange(&core->runq, self, woken);
	else
		runq_remove(&core->runq, self);
	thd_set_state(self, THD_PARKED);
	self->timed_out = 0;
	core = core_switch_quick(core, self);
	self = cos_self_get();
	if (UNLIKELY(core != NULL || thd_state(self) != THD_READY))
		return park_rest(core);
	return parked(self);
}

SLOW static long park_slow(struct core *core, unsigned long deadline_ns)
{
	struct thd *self = cos_self_get();

	if (core == NULL)
		core = core_enter(&self);
	return park(core, self, deadline_ns, NULL);
}

long sched_park(unsigned long deadline_ns)
{
	struct thd *self = cos_self_get();
	struct core *core;

	if (UNLIKELY(!core_enter_quick(&core, self) || deadline_ns != 0 || self->permit))
		return park_slow(core, deadline_ns);
	return park_quick(core, self, NULL);
}

/*
 * Under the lock, which it keeps: the thread that was made ready. NULL: it was not parked, it gets
 * its permit on its own core, or (*error) there is none.
 */
static struct thd *unpark(struct core *core, long tid, long *error)
{
	bool here;
	struct thd *thd = find(core, tid, &here);

	*error = thd != NULL ? 0 : -COS_EDEAD;
	if (thd == NULL)
		return NULL;
	if (!here) {
		inbox_post(thd, REQUEST_PERMIT);
		return NULL;
	}
	here = thd_state(thd) == THD_PARKED;
	core_permit(core, thd);
	return here ? thd : NULL;
}

/* A thread that is parked here and may just be made ready. NULL: that takes unpark. */
static inline struct thd *find_parked(const struct core *core, long tid)
{
	struct thd *thd = thd_at(tid);

	if (UNLIKELY(thd == NULL || thd_state(thd) != THD_PARKED || thd_core(thd) != core->number ||
		     thd_bound(thd) != THD_ANY || thd->timeout.deadline != 0 ||
		     thd->cbs.runtime != 0))
		return NULL;
	return thd;
}

SLOW static long unpark_park(struct core *core, long tid, unsigned long deadline_ns)
{
	struct thd *self = cos_self_get();
	const struct thd *woken;
	long error;

	if (core == NULL)
		core = core_enter(&self);
	woken = unpark(core, tid, &error);
	return park(core, self, deadline_ns, woken);
}

long sched_unpark_park(long tid, unsigned long deadline_ns)
{
	struct thd *self = cos_self_get(), *woken;
	struct core *core;

	if (UNLIKELY(!core_enter_quick(&core, self) || deadline_ns != 0 || self->permit))
		return unpark_park(core, tid, deadline_ns);
	woken = find_parked(core, tid);
	if (UNLIKELY(woken == NULL))
		return unpark_park(core, tid, deadline_ns);
	woken->permit = 1;
	thd_set_state(woken, THD_READY);
	return park_quick(core, self, woken);
}

SLOW static long unpark_slow(struct core *core, long tid)
{
	struct thd *self = cos_self_get(), *thd;
	long error;

	if (core == NULL)
		core = core_enter(&self);
	thd = unpark(core, tid, &error);
	if (thd != NULL)
		resched_for(core, self, thd);
	else
		core_leave(core, self);
	return error;
}

/* The thread that was made ready is more urgent than self, and has not got to run yet. */
SLOW static long preempted_slow(struct core *core)
{
	core_resched(core, cos_self_get());
	return 0;
}

long sched_unpark(long tid)
{
	struct thd *self = cos_self_get(), *thd;
	struct core *core;

	if (UNLIKELY(!core_enter_quick(&core, self)))
		return unpark_slow(core, tid);
	thd = find_parked(core, tid);
	if (UNLIKELY(thd == NULL || self->cbs.runtime != 0))
		return unpark_slow(core, tid);
	thd->permit = 1;
	thd_set_state(thd, THD_READY);
	runq_append(&core->runq, thd);
	if (thd->prio < self->prio) {
		core = core_switch_quick(core, self);
		return UNLIKELY(core != NULL) ? preempted_slow(core) : 0;
	}
	core_leave(core, self);
	return 0;
}

long sched_wake_all(void)
{
	struct thd *self;
	struct core *core;

	if (!cos_has_role(cos_client(), COMPONENT_REBOOT))
		return -COS_EPERM;
	core = core_enter(&self);
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

/* Let self's equals go first. */
static void yield(struct core *core, struct thd *self)
{
	if (self != NULL && self->cbs.runtime != 0) {
		cbs_end(core, self);
		core_block(core, self);
		return;
	}
	if (self != NULL && thd_state(self) == THD_READY)
		runq_rotate(&core->runq, self);
	core_resched(core, self);
}

SLOW static long yield_slow(struct core *core, bool turned)
{
	struct thd *self = cos_self_get();

	if (core == NULL)
		core = core_enter(&self);
	if (turned)
		core_resched(core, self);
	else
		yield(core, self);
	return 0;
}

long sched_yield(void)
{
	struct thd *self = cos_self_get();
	struct core *core;

	if (UNLIKELY(!core_enter_quick(&core, self) || self->cbs.runtime != 0))
		return yield_slow(core, false);
	runq_rotate(&core->runq, self);
	if (runq_first(&core->runq) == self)
		return yield_slow(core, true);
	core = core_switch_quick(core, self);
	return UNLIKELY(core != NULL) ? yield_slow(core, true) : 0;
}

long sched_yield_to(long tid)
{
	struct thd *self, *thd;
	struct core *core = core_enter(&self);
	bool here = true;

	thd = find(core, tid, &here);
	if (thd != NULL && !here) {
		/* Unless it runs already, its core is asked to run it soon. */
		if (__atomic_load_n(&core_get(thd_core(thd))->current, __ATOMIC_RELAXED) != thd)
			inbox_post(thd, REQUEST_BOOST);
		core_leave(core, self);
	} else if (thd == NULL || thd == self ||
		   (thd_state(thd) != THD_READY && thd_state(thd) != THD_THROTTLED)) {
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
	if (tid != cos_tid() || !cos_has_role(cos_client(), COMPONENT_BOOT))
		return -COS_EPERM;
	thd = thd_place(tid);
	if (thd == NULL)
		return -COS_ENOMEM;
	core = core_enter(&self);
	if (self != NULL) {
		core_leave(core, self);
		return -COS_EEXIST;
	}
	thd_setup(core, thd, prio, cos_client());
	core_ready(core, thd);
	core_resched(core, NULL);
	return 0;
}

/* Move self. If it is preempted where it is still pinned, it stays and has to try again. */
static void go(struct core *core, struct thd *self)
{
	int32_t bound;

	while ((bound = thd_bound(self)) >= 0 && (uint32_t)bound != core->number &&
	       self->cbs.runtime == 0) {
		core_unready(core, self, THD_LEAVING);
		inbox_post(self, REQUEST_BIND);
		core_block(core, self);
		core = core_enter(&self);
	}
	core_leave(core, self);
}

long sched_thd_bind(long tid, long number)
{
	struct thd *self, *thd;
	struct core *core;
	bool here;
	long error;

	if (number != SCHED_CORE_ANY &&
	    (number < 0 || number >= (long)core_count() ||
	     !__atomic_load_n(&core_get((uint32_t)number)->up, __ATOMIC_ACQUIRE)))
		return -COS_EINVAL;
	core = core_enter(&self);
	thd = find_own(core, tid, &here, &error);
	if (thd != NULL && thd->cbs.runtime != 0) {
		core_leave(core, self);
		return -COS_EBUSY;
	}
	if (thd != NULL)
		__atomic_store_n(&thd->bound, (int32_t)number, __ATOMIC_RELAXED);
	if (thd != NULL && thd == self)
		go(core, self);
	else
		core_leave(core, self);
	return error;
}

/* It stays on the core that its interrupts go to. When it waits, the kernel's events say so. */
long sched_thd_receiver(long tid)
{
	struct thd *self, *thd;
	struct core *core;
	bool here;

	if (!cos_has_role(cos_client(), COMPONENT_DEV))
		return -COS_EPERM;
	core = core_enter(&self);
	thd = find(core, tid, &here);
	if (thd != NULL)
		__atomic_store_n(&thd->bound, (int32_t)thd_core(thd), __ATOMIC_RELAXED);
	core_leave(core, self);
	return thd != NULL ? 0 : -COS_EDEAD;
}

long sched_thd_time(long tid)
{
	struct thd *thd = thd_get(tid);

	if (thd != NULL && !thd_is_of(thd, cos_client()))
		return -COS_EPERM;
	return thd != NULL ? (long)cos_ticks_to_ns(core_time_of(thd)) : -COS_EDEAD;
}

/*
 * Under the lock. The thread is taken out of its queue, since its place among its equals changes.
 */
static long set_deadline(struct core *core, struct thd *thd, uint64_t runtime, uint64_t relative,
			 uint64_t period)
{
	enum thd_state state = thd_state(thd);
	long error = 0;

	core_account(core, core->current, cos_tsc());
	if (state == THD_READY)
		runq_remove(&core->runq, thd);
	if (runtime == 0)
		cbs_clear(thd);
	else
		error = cbs_set(core, thd, runtime, relative, period);
	if (error == 0 && runtime != 0)
		__atomic_store_n(&thd->bound, (int32_t)core->number, __ATOMIC_RELAXED);
	if (state == THD_READY)
		runq_append(&core->runq, thd);
	else if (state == THD_THROTTLED && runtime == 0)
		core_ready(core, thd);
	return error;
}

long sched_thd_deadline(long tid, unsigned long runtime_ns, unsigned long deadline_ns,
			unsigned long period_ns)
{
	uint64_t runtime = cos_ns_to_ticks(runtime_ns);
	struct thd *self, *thd;
	struct core *core;
	bool here;
	long error;

	if (runtime == 0 && runtime_ns != 0)
		return -COS_EINVAL;
	core = core_enter(&self);
	thd = find_own(core, tid, &here, &error);
	if (thd == NULL || !here) {
		core_leave(core, self);
		return thd == NULL ? error : -COS_ECORE;
	}
	error = set_deadline(core, thd, runtime, cos_ns_to_ticks(deadline_ns),
			     cos_ns_to_ticks(period_ns));
	core_resched(core, self);
	return error;
}

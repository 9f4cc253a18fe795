/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A core (core.h): entry into sched, the decision which thread runs, its dispatch, and the loop of
 * the scheduler thread. The shortest ways through here are inline, in switch.h.
 */
#include <mem/mem.h>
#include <mem/thread.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "switch.h"

/*
 * A thread runs that long before its equals: long compared to a switch (a microsecond), too short
 * to notice.
 */
#define SLICE_NS (10 * COS_NS_PER_MS)
/* A contender lends a lock's owner that much: a critical section is a few instructions. */
#define LEND_NS (50 * 1000)
/* With several runnable threads here and an idle core elsewhere: time until one is given away. */
#define SPREAD_NS COS_NS_PER_MS

struct core *cores;
static uint32_t ncores;
const uint32_t *core_mem_owner;
uint64_t core_slice, core_spreading;
static uint64_t lending; /* ticks */

bool core_init(uint32_t count)
{
	long pages = mem_map(count * sizeof(*cores), COS_PG_READ | COS_PG_WRITE | MEM_WIRED);

	if (pages < 0)
		return false;
	cores = (struct core *)pages;
	for (uint32_t i = 0; i < count; i++)
		cores[i].number = i;
	ncores = count;
	core_slice = cos_ns_to_ticks(SLICE_NS);
	lending = cos_ns_to_ticks(LEND_NS);
	core_spreading = cos_ns_to_ticks(SPREAD_NS);
	return true;
}

uint32_t core_count(void)
{
	return ncores;
}

struct core *core_here(void)
{
	return &cores[ncores > 1 ? cos_core() : 0];
}

void core_watch(const uint32_t *owner)
{
	core_mem_owner = owner;
}

/* The calling thread, NULL if it was never adopted. Its word is set once: thd.h, I3. */
static struct thd *find_self(void)
{
	struct thd *self = thd_get(cos_tid());

	if (self != NULL)
		cos_self_set(self);
	return self;
}

struct thd *core_pin(void)
{
	struct thd *self = find_self();

	core_set_pinned(self, 1);
	return self;
}

void core_unpin(struct thd *self)
{
	core_set_pinned(self, 0);
}

/* The scheduler thread has no struct thd, and stays where it is. */
static struct core *pin_and_lock(struct thd *self)
{
	struct core *core;

	core_set_pinned(self, 1);
	core = core_here();
	core_lock(core);
	return core;
}

void core_arrive(struct core *core, struct thd *thd)
{
	if (thd_state(thd) != THD_MOVING)
		return;
	__atomic_fetch_sub(&core->narriving, 1, __ATOMIC_RELAXED);
	core_ready(core, thd);
}

struct core *core_enter_slow(struct thd **self)
{
	struct core *core;

	*self = find_self();
	core = pin_and_lock(*self);
	if (*self == NULL)
		return core;
	/* It runs, so it no longer waits: the kernel's event of that is still to come. */
	if (thd_state(*self) == THD_RECEIVING) {
		thd_set_state(*self, THD_READY);
		runq_prepend(&core->runq, *self);
	}
	/* It was lent the processor here before the scheduler thread took its arrival in. */
	core_arrive(core, *self);
	return core;
}

void core_unready(struct core *core, struct thd *thd, enum thd_state state)
{
	if (thd_state(thd) == THD_READY)
		runq_remove(&core->runq, thd);
	cos_timeout_remove(&core->timeouts, &thd->timeout);
	thd_set_state(thd, state);
	if (state == THD_DEAD) {
		cbs_clear(thd);
		thd->next = core->dead;
		core->dead = thd;
	}
}

/* It no longer waits, and becomes ready here, or on the core that it was bound to meanwhile. */
static void unpark(struct core *core, struct thd *thd)
{
	int32_t bound = thd_bound(thd);

	if (bound >= 0 && (uint32_t)bound != core->number) {
		core_unready(core, thd, THD_LEAVING);
		inbox_post(thd, REQUEST_BIND);
	} else {
		core_ready(core, thd);
	}
}

void core_permit(struct core *core, struct thd *thd)
{
	thd->permit = 1;
	if (thd_state(thd) == THD_PARKED)
		unpark(core, thd);
}

void core_wake(struct core *core, struct thd *thd)
{
	/*
	 * If it still waits for an interrupt, the kernel refuses the dispatch, and it goes on
	 * waiting.
	 */
	if (thd_state(thd) == THD_RECEIVING)
		core_ready(core, thd);
	else
		core_permit(core, thd);
}

void core_prio(struct core *core, struct thd *thd, uint8_t prio)
{
	bool ready = thd_state(thd) == THD_READY;

	if (ready)
		runq_remove(&core->runq, thd);
	thd->prio = prio;
	(void)cos_op1((uint64_t)COS_CAP_THD(thd->tid), COS_THD_PRIO, prio);
	if (ready)
		runq_append(&core->runq, thd);
}

static void handle_event(struct core *core, struct thd *thd, uint64_t event)
{
	if (thd == NULL || thd_core(thd) != core->number || thd_state(thd) == THD_DEAD)
		return;
	if (event & COS_EVENT_DEAD)
		core_unready(core, thd, THD_DEAD);
	else if ((event & COS_EVENT_BLOCKED) && thd_state(thd) == THD_READY)
		core_unready(core, thd, THD_RECEIVING);
	else if ((event & COS_EVENT_READY) && thd_state(thd) == THD_RECEIVING)
		core_ready(core, thd);
}

/* Take the kernel's events in. From here on the token is good for a dispatch (I1). */
static void take_events(struct core *core)
{
	struct cos_results results;

	while (cos_op_r(core->arcv, COS_SCHED_EVENT, 0, 0, 0, 0, 0, 0, &results) == 1)
		handle_event(core, thd_get((long)results.rdi), results.rsi);
	core->token = results.rdx;
}

static void expire_timeouts(struct core *core, uint64_t now)
{
	struct cos_timeout *first;

	while ((first = cos_timeout_first(&core->timeouts)) != NULL && first->deadline <= now) {
		struct thd *thd = thd_of_timeout(first);

		if (thd_state(thd) == THD_THROTTLED && thd->capped) {
			core_ready(core, thd);
		} else if (thd_state(thd) == THD_THROTTLED) {
			cbs_replenish(core, thd);
		} else {
			thd->timed_out = 1;
			unpark(core, thd);
		}
	}
}

void core_vacate(struct core *core)
{
	core_account(core, NULL, cos_tsc());
}

/* A thread runs while since is not 0. If ran is the same before and after, since belongs to it. */
static uint64_t time_seen(const struct thd *thd)
{
	for (;;) {
		uint64_t ran = __atomic_load_n(&thd->ran, __ATOMIC_ACQUIRE);
		uint64_t since = __atomic_load_n(&thd->since, __ATOMIC_ACQUIRE);
		uint64_t now = cos_tsc();

		if (ran == __atomic_load_n(&thd->ran, __ATOMIC_ACQUIRE))
			return since != 0 && now > since ? ran + (now - since) : ran;
		cos_pause();
	}
}

/*
 * Never less than before: a switch is accounted to the moment at which it was decided, and a look
 * from another core may come between that and the account.
 */
uint64_t core_time_of(struct thd *thd)
{
	uint64_t time = time_seen(thd),
		 reported = __atomic_load_n(&thd->reported, __ATOMIC_RELAXED);

	while (time > reported)
		if (__atomic_compare_exchange_n(&thd->reported, &reported, time, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return time;
	return reported;
}

/* If current's time slice is over, its equals go first. */
static void rotate(struct core *core, uint64_t now)
{
	struct thd *current = core->current;

	if (current != NULL && thd_core(current) == core->number &&
	    thd_state(current) == THD_READY && now >= core->slice_end) {
		if (current->cbs.runtime == 0)
			runq_rotate(&core->runq, current);
		core->slice_end = now + core_slice;
	}
}

static bool can_run(const struct core *core, const struct thd *thd)
{
	enum thd_state state = thd != NULL ? thd_state(thd) : THD_NONE;

	/* Throttled threads too: nothing should wait a period for a lock that one of them holds. */
	return (state == THD_READY || state == THD_THROTTLED) && thd_core(thd) == core->number;
}

/*
 * A thread of this core that holds up another core: the owner of mem's lock, for which others spin,
 * or of a guard. NULL: none.
 */
static struct thd *find_holder(const struct core *core)
{
	uint32_t owner = core_mem_held() ? __atomic_load_n(core_mem_owner, __ATOMIC_RELAXED) : 0;
	struct thd *thd = owner != 0 ? thd_get((long)owner - 1) : NULL;

	if (can_run(core, thd))
		return thd;
	return can_run(core, core->boost) ? core->boost : NULL;
}

/* Throttle the thread that ran until now, if it has used up its runtime. */
static void check_runtime(struct core *core, uint64_t now)
{
	struct thd *current = core->current;

	if (current != NULL && current->cbs.runtime != 0 && thd_state(current) == THD_READY)
		cbs_check(core, current, now);
}

/* For how long thd may run; 0: its slice. */
static uint64_t limit_of(const struct thd *thd, bool lent)
{
	return lent ? lending : thd->cbs.runtime != 0 ? cbs_left(thd) : 0;
}

/* The most urgent runnable thread whose budget has time left; NULL: none. */
static struct thd *choose(struct core *core, uint64_t now)
{
	struct thd *next;

	while ((next = runq_first(&core->runq)) != NULL && next->budget != NULL &&
	       !budget_pay(core, next->budget, now))
		budget_throttle(core, next, now);
	return next;
}

/*
 * The tcap to dispatch on, for budget's time, or with NULL the core's own. 0: the one that is
 * charged already.
 */
static uint64_t charge(struct core *core, const struct budget *budget, uint64_t now)
{
	if (budget != NULL)
		return budget_tcap(core, budget);
	budget_settle(core, now);
	if (!(core->special & CORE_CHARGED))
		return 0;
	core->special &= ~CORE_CHARGED;
	return core->own_tcap;
}

static long dispatch_on(uint64_t tcap, long tid, uint64_t timeout, uint64_t token)
{
	if (tcap == 0)
		return core_dispatch(tid, timeout, token);
	return cos_op3((uint64_t)COS_CAP_THD(tid), COS_THD_RUN, timeout, token, tcap);
}

/* A dispatch on a tcap was refused, so the tcap of before is still charged. */
static void handle_charge_refusal(struct core *core, long error)
{
	core->special |= CORE_CHARGED;
	if (error == -COS_ETIMEDOUT)
		budget_used_up(core, cos_tsc());
}

/* A dispatch of thd, decided when token was the latest, was refused. Under the lock. */
static void handle_refusal(struct core *core, struct thd *thd, long error, uint64_t token)
{
	take_events(core);
	if (!can_run(core, thd))
		return;
	/*
	 * COS_EBUSY: the kernel says that it waits. If there was an event since then, that may have
	 * been its own; without one it does wait. That a thread is dead is believed from an event
	 * only: an error could be about the thread that had this id before.
	 */
	if (error == -COS_EBUSY && token == core->token)
		core_unready(core, thd, THD_RECEIVING);
}

struct core *core_refused(struct core *core, struct thd *thd, long error, uint64_t token)
{
	struct core *here = pin_and_lock(cos_self_get());

	if (here == core)
		handle_refusal(core, thd, error, token);
	return here;
}

/*
 * One decision and its dispatch. Unlocks and unpins, also if the decision is for self. False: it
 * was refused, or put off (I2), and *at, the core that this thread is on by now, is locked again.
 */
static bool dispatch_next(struct core **at, struct thd *self)
{
	struct core *core = *at;
	uint64_t now, timeout = 0, token = 0, tcap;
	struct thd *next, *holder;
	long error, tid = core->sched_tid;

	if (cos_lend_waited(&core->lock)) {
		core_leave(core, self);
		*at = pin_and_lock(self);
		return false;
	}
	now = cos_tsc();
	check_runtime(core, now);
	expire_timeouts(core, now);
	holder = find_holder(core);
	next = holder != NULL ? holder : choose(core, now);
	core->boost = NULL;
	core->special &= ~CORE_BOOST;
	/* A limited thread is dispatched even so, to be stopped when its time is used up. */
	if (next != NULL && next == self && core->current == self && !next->limited) {
		core_leave(core, self);
		return true;
	}
	if (next != NULL) {
		timeout = core_prepare(core, next, limit_of(next, holder != NULL), now);
		token = core->token;
		tid = next->tid;
	} else {
		core_account(core, NULL, now);
	}
	/* A holder runs on the time of the thread that waits for it, not on its own budget's. */
	tcap = charge(core, next != NULL && holder == NULL ? next->budget : NULL, now);
	core_set_pinned(self, 0);
	cos_lend_release(&core->lock);
	error = dispatch_on(tcap, tid, timeout, token);
	if (error >= 0)
		return true;
	*at = next != NULL ? core_refused(core, next, error, token) : pin_and_lock(self);
	/*
	 * If it is on another core by now, core's scheduler thread has run since and is charged
	 * right.
	 */
	if (tcap != 0 && *at == core)
		handle_charge_refusal(core, error);
	return false;
}

void core_resched(struct core *core, struct thd *self)
{
	while (!dispatch_next(&core, self))
		;
}

void core_block(struct core *core, struct thd *self)
{
	for (;;) {
		if (core == NULL)
			core = pin_and_lock(self);
		core_resched(core, self);
		/* Only threads of this core change it, and this one runs. */
		if (thd_state(self) == THD_READY)
			return;
		core = NULL;
	}
}

void core_lend(struct core *core, struct thd *self, struct thd *thd)
{
	uint64_t timeout = core_prepare(core, thd, lending, cos_tsc());
	long tid = thd->tid;

	core_leave(core, self);
	(void)core_dispatch(tid, timeout, 0);
}

/*
 * Destroy the dead threads. mem is called without the lock, and the thread's place is reset before:
 * its id may be given to another thread at once.
 */
static void reap(struct core *core)
{
	while (core->dead != NULL) {
		struct thd *thd = core->dead;
		long tid = thd->tid, error;

		core->dead = thd->next;
		if (core->current == thd)
			core_vacate(core);
		thd_reset(thd);
		core_unlock(core);
		error = mem_thd_destroy(tid);
		if (error < 0)
			cos_log("sched: thread %ld is dead but stays: error %ld\n", tid, error);
		core_lock(core);
	}
}

/*
 * Make the scheduler thread, which is about to idle, run on the core's own time. False: look again.
 */
static bool run_on_own(struct core *core, uint64_t until, uint64_t now)
{
	uint64_t tcap = charge(core, NULL, now);
	long error = tcap != 0 ? dispatch_on(tcap, core->sched_tid, until, core->token) : 0;

	if (error < 0)
		handle_charge_refusal(core, error);
	return error >= 0;
}

/* No thread can run: unlock, and halt until one may. */
static void idle(struct core *core, uint64_t now)
{
	struct cos_timeout *first = cos_timeout_first(&core->timeouts);
	uint64_t until = first != NULL ? first->deadline : 0;
	uint64_t token = core->token;

	core_account(core, NULL, now);
	if (!run_on_own(core, until, now)) {
		core_unlock(core);
		return;
	}
	/*
	 * Lends to no contender (I2): the decision to halt would be old, and no event would say so.
	 */
	cos_lend_release(&core->lock);
	/* With an event pending it does not halt: the event announced what is in the inbox. */
	if (cos_op1(core->arcv, COS_ARCV_WAIT, COS_ARCV_POLL) > 0)
		return;
	spread_idle(core);
	/* Refused if an interrupt came between: the thread that it woke may have set a timeout. */
	(void)cos_op2(COS_CAP_HW, COS_HW_IDLE, until, token);
	spread_busy();
}

_Noreturn void core_run(struct core *core)
{
	for (;;) {
		uint64_t now;

		core_lock(core);
		/* First the token, then the inbox: what is put there later makes the token old. */
		take_events(core);
		inbox_take(core);
		reap(core);
		now = cos_tsc();
		check_runtime(core, now);
		expire_timeouts(core, now);
		rotate(core, now);
		spread_out(core);
		if (runq_first(&core->runq) == NULL)
			idle(core, now);
		else if (!dispatch_next(&core, NULL))
			core_unlock(core);
	}
}

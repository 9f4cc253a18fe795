/* SPDX-License-Identifier: BSD-2-Clause */
#include <mem/mem.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "core.h"

#define SLICE_NS (10 * COS_NS_PER_MS)
/* What a lock's owner gets of a contender: its critical section is a few instructions. */
#define LEND_NS (50 * 1000)
/* Until the scheduler thread looks whether a core that idles takes one of several. */
#define SPREAD_NS COS_NS_PER_MS

static struct core *cores;
static uint32_t ncores;
static const uint32_t *mem_owner;

bool core_init(uint32_t count)
{
	long pages = mem_map(count * sizeof(*cores), COS_PG_READ | COS_PG_WRITE | MEM_WIRED);

	if (pages < 0)
		return false;
	cores = (struct core *)pages;
	for (uint32_t i = 0; i < count; i++)
		cores[i].number = i;
	ncores = count;
	return true;
}

uint32_t core_count(void)
{
	return ncores;
}

struct core *core_get(uint32_t number)
{
	return &cores[number];
}

struct core *core_here(void)
{
	return &cores[ncores > 1 ? cos_core() : 0];
}

void core_watch(const uint32_t *owner)
{
	mem_owner = owner;
}

void core_lock(struct core *core)
{
	cos_lend_lock(&core->lock);
}

void core_unlock(struct core *core)
{
	cos_lend_unlock(&core->lock);
}

/* Who looks at it does so on the same core: the order of the program is all that it takes. */
static void set_pinned(struct thd *self, uint8_t pinned)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (self != NULL)
		__atomic_store_n(&self->pinned, pinned, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

struct thd *core_pin(void)
{
	struct thd *self = thd_get(cos_tid());

	set_pinned(self, 1);
	return self;
}

void core_unpin(struct thd *self)
{
	set_pinned(self, 0);
}

/* The scheduler thread has no struct thd, and stays where it is. */
static struct core *pin_and_lock(struct thd *self)
{
	struct core *core;

	set_pinned(self, 1);
	core = core_here();
	core_lock(core);
	return core;
}

static void unlock_and_unpin(struct core *core, struct thd *self)
{
	core_unlock(core);
	set_pinned(self, 0);
}

struct core *core_enter(struct thd **self)
{
	struct core *core;

	*self = thd_get(cos_tid());
	core = pin_and_lock(*self);
	/* It runs, so it waits no longer: the kernel's news of that is still on its way. */
	if (*self != NULL && thd_state(*self) == THD_RECEIVING) {
		thd_set_state(*self, THD_READY);
		runq_prepend(&core->runq, *self);
	}
	return core;
}

void core_leave(struct core *core, struct thd *self)
{
	unlock_and_unpin(core, self);
}

void core_ready(struct core *core, struct thd *thd)
{
	timeout_remove(&core->timeouts, &thd->timeout);
	thd_set_state(thd, THD_READY);
	runq_append(&core->runq, thd);
}

void core_unready(struct core *core, struct thd *thd, enum thd_state state)
{
	if (thd_state(thd) == THD_READY)
		runq_remove(&core->runq, thd);
	timeout_remove(&core->timeouts, &thd->timeout);
	thd_set_state(thd, state);
	if (state == THD_DEAD) {
		thd->next = core->dead;
		core->dead = thd;
	}
}

/* It waits no longer: here, or where it has been told to be meanwhile. */
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
	/* One that waits for an interrupt all the same is refused by the kernel, and waits on. */
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
	(void)cos_op1((uint64_t)MEM_THD_CAP(thd->tid), COS_THD_PRIO, prio);
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

/* Takes the kernel's news in; from here on the token is good for a dispatch. */
static void take_events(struct core *core)
{
	struct cos_results results;

	while (cos_op_r(core->arcv, COS_SCHED_EVENT, 0, 0, 0, 0, 0, 0, &results) == 1)
		handle_event(core, thd_get((long)results.rdi), results.rsi);
	core->token = results.rdx;
}

static void expire_timeouts(struct core *core, uint64_t now)
{
	struct timeout *first;

	while ((first = timeout_first(&core->timeouts)) != NULL && first->deadline <= now) {
		struct thd *thd = thd_of_timeout(first);

		thd->timed_out = 1;
		unpark(core, thd);
	}
}

/* core_time_of is the other side: each store is seen after the ones before it. */
static void account(struct core *core, struct thd *next, uint64_t now)
{
	uint32_t version = core->account_version;
	struct thd *current = core->current;

	__atomic_store_n(&core->account_version, version + 1, __ATOMIC_RELAXED);
	if (current != NULL)
		__atomic_store_n(&current->ran_ns, current->ran_ns + (now - core->switched_ns),
				 __ATOMIC_RELEASE);
	__atomic_store_n(&core->switched_ns, now, __ATOMIC_RELEASE);
	__atomic_store_n(&core->current, next, __ATOMIC_RELEASE);
	__atomic_store_n(&core->account_version, version + 2, __ATOMIC_RELEASE);
}

void core_vacate(struct core *core)
{
	account(core, NULL, cos_now_ns());
}

uint64_t core_time_of(const struct thd *thd)
{
	for (;;) {
		const struct core *core = core_get(thd_core(thd));
		uint32_t version = __atomic_load_n(&core->account_version, __ATOMIC_ACQUIRE);
		uint64_t ran_ns = __atomic_load_n(&thd->ran_ns, __ATOMIC_ACQUIRE);

		if (__atomic_load_n(&core->current, __ATOMIC_ACQUIRE) == thd) {
			uint64_t since = __atomic_load_n(&core->switched_ns, __ATOMIC_ACQUIRE);
			uint64_t now = cos_now_ns();

			if (now > since)
				ran_ns += now - since;
		}
		if (version % 2 == 0 && core->number == thd_core(thd) &&
		    version == __atomic_load_n(&core->account_version, __ATOMIC_RELAXED))
			return ran_ns;
		cos_pause();
	}
}

/* Is current's time slice over? Then its equals go first. */
static void rotate(struct core *core, uint64_t now)
{
	struct thd *current = core->current;

	if (current != NULL && thd_core(current) == core->number &&
	    thd_state(current) == THD_READY && now >= core->slice_end_ns) {
		runq_remove(&core->runq, current);
		runq_append(&core->runq, current);
		core->slice_end_ns = now + SLICE_NS;
	}
}

/* The TSC at which the scheduler thread should have a look, if thd runs now. */
static uint64_t choose_timeout(struct core *core, uint64_t end_ns)
{
	struct timeout *first = timeout_first(&core->timeouts);

	if (first != NULL && first->deadline < end_ns)
		end_ns = first->deadline;
	return cos_tsc_at_ns(end_ns);
}

/* Makes thd current, for limit_ns at most if that is not 0. The timeout for its dispatch. */
static uint64_t prepare(struct core *core, struct thd *thd, uint64_t limit_ns, uint64_t now)
{
	uint64_t end_ns;

	if (core->current != thd)
		core->slice_end_ns = now + SLICE_NS;
	account(core, thd, now);
	end_ns = core->slice_end_ns;
	if (limit_ns == 0 && spread_wanted(core))
		limit_ns = SPREAD_NS;
	if (limit_ns != 0 && now + limit_ns < end_ns)
		end_ns = now + limit_ns;
	return choose_timeout(core, end_ns);
}

static bool can_run(const struct core *core, const struct thd *thd)
{
	return thd != NULL && thd_state(thd) == THD_READY && thd_core(thd) == core->number;
}

/*
 * Somebody here who holds up another core: the owner of mem's lock, for which others spin, or of a
 * guard. NULL: nobody.
 */
static struct thd *find_holder(const struct core *core)
{
	uint32_t owner = mem_owner != NULL ? __atomic_load_n(mem_owner, __ATOMIC_RELAXED) : 0;
	struct thd *thd = owner != 0 ? thd_get((long)owner - 1) : NULL;

	if (can_run(core, thd))
		return thd;
	return can_run(core, core->boost) ? core->boost : NULL;
}

static long dispatch(long tid, uint64_t timeout_tsc, uint64_t token)
{
	return cos_op2((uint64_t)MEM_THD_CAP(tid), COS_THD_SWITCH, timeout_tsc, token);
}

/* A dispatch of thd, decided when token was the latest, was refused. Under the lock. */
static void handle_refusal(struct core *core, struct thd *thd, long error, uint64_t token)
{
	take_events(core);
	if (!can_run(core, thd))
		return;
	/* It may have had its event since then; without any news it waits as the kernel says. */
	if (error == -COS_EBUSY && token == core->token)
		core_unready(core, thd, THD_RECEIVING);
	else if (error == -COS_EDEAD || error == -COS_ECAP)
		core_unready(core, thd, THD_DEAD);
}

/*
 * One decision and its dispatch; unlocks and unpins. False: it was refused, and *at, the core that
 * we are on by now, is locked again.
 */
static bool dispatch_next(struct core **at, struct thd *self)
{
	struct core *core = *at;
	uint64_t now = cos_now_ns(), timeout = 0, token = 0;
	struct thd *next, *holder;
	long error, tid = core->sched_tid;

	expire_timeouts(core, now);
	holder = find_holder(core);
	next = holder != NULL ? holder : runq_first(&core->runq);
	core->boost = NULL;
	if (next != NULL) {
		timeout = prepare(core, next, holder != NULL ? LEND_NS : 0, now);
		token = core->token;
		tid = next->tid;
	} else {
		account(core, NULL, now);
	}
	unlock_and_unpin(core, self);
	error = dispatch(tid, timeout, token);
	if (error >= 0)
		return true;
	*at = pin_and_lock(self);
	if (*at == core && next != NULL)
		handle_refusal(core, next, error, token);
	return false;
}

void core_resched(struct core *core, struct thd *self)
{
	for (;;) {
		/* Nobody is more urgent than we are. */
		if (self != NULL && core->current == self && runq_first(&core->runq) == self &&
		    find_holder(core) == NULL) {
			core_leave(core, self);
			return;
		}
		if (dispatch_next(&core, self))
			return;
	}
}

struct core *core_block(struct core *core, struct thd *self)
{
	for (;;) {
		while (!dispatch_next(&core, self))
			;
		core = pin_and_lock(self);
		if (thd_state(self) == THD_READY)
			return core;
	}
}

void core_lend(struct core *core, struct thd *self, struct thd *thd)
{
	uint64_t timeout = prepare(core, thd, LEND_NS, cos_now_ns());
	long tid = thd->tid;

	unlock_and_unpin(core, self);
	(void)dispatch(tid, timeout, 0);
}

/*
 * Destroys the dead. Unlocked meanwhile, and the thread is forgotten before: its tid may be given
 * to another one at once.
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

/* Nothing can run: unlocks, and halts until something may. */
static void idle(struct core *core, uint64_t now)
{
	struct timeout *first = timeout_first(&core->timeouts);
	uint64_t until = first != NULL ? cos_tsc_at_ns(first->deadline) + 1 : 0;
	uint64_t token = core->token;

	account(core, NULL, now);
	core_unlock(core);
	/* As long as it has events it is not halted: they told of what is in the inbox. */
	if (cos_op1(core->arcv, COS_ARCV_WAIT, COS_ARCV_POLL) > 0)
		return;
	spread_idle(core);
	/* Refused when an interrupt came between: what runs then may have set a time. */
	(void)cos_op2(COS_CAP_HW, COS_HW_IDLE, until, token);
	spread_busy();
}

_Noreturn void core_run(struct core *core)
{
	for (;;) {
		uint64_t now;

		core_lock(core);
		/* First the token, then the inbox: who puts something there later changes it. */
		take_events(core);
		inbox_take(core);
		reap(core);
		now = cos_now_ns();
		expire_timeouts(core, now);
		rotate(core, now);
		spread_out(core);
		if (runq_first(&core->runq) == NULL)
			idle(core, now);
		else if (!dispatch_next(&core, NULL))
			core_unlock(core);
	}
}

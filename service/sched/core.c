/* SPDX-License-Identifier: BSD-2-Clause */
#include <mem/mem.h>
#include <cos/cap.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/syscall.h>
#include "core.h"

#define SLICE_NS (10 * COS_NS_PER_MS)

static struct core core0;

struct core *core_here(void)
{
	return &core0;
}

void core_lock(struct core *core)
{
	cos_lend_lock(&core->lock);
}

void core_unlock(struct core *core)
{
	cos_lend_unlock(&core->lock);
}

struct thd *core_enter(struct core *core)
{
	struct thd *self;

	core_lock(core);
	self = thd_get(cos_tid());
	/* It runs, so it waits no longer: the kernel's news of that is still on its way. */
	if (self != NULL && self->state == THD_RECEIVING) {
		self->state = THD_READY;
		runq_prepend(&core->runq, self);
	}
	return self;
}

void core_ready(struct core *core, struct thd *thd)
{
	timeout_remove(&core->timeouts, &thd->timeout);
	thd->state = THD_READY;
	runq_append(&core->runq, thd);
}

void core_unready(struct core *core, struct thd *thd, enum thd_state state)
{
	if (thd->state == THD_READY)
		runq_remove(&core->runq, thd);
	timeout_remove(&core->timeouts, &thd->timeout);
	thd->state = (uint8_t)state;
	if (state == THD_DEAD) {
		thd->next = core->dead;
		core->dead = thd;
	}
}

static void handle_event(struct core *core, struct thd *thd, uint64_t event)
{
	if (thd == NULL || thd->state == THD_DEAD)
		return;
	if (event & COS_EVENT_DEAD)
		core_unready(core, thd, THD_DEAD);
	else if ((event & COS_EVENT_BLOCKED) && thd->state == THD_READY)
		core_unready(core, thd, THD_RECEIVING);
	else if ((event & COS_EVENT_READY) && thd->state == THD_RECEIVING)
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
		core_ready(core, thd);
	}
}

static void account(struct core *core, uint64_t now)
{
	if (core->current != NULL)
		core->current->ran_ns += now - core->switched_ns;
	core->switched_ns = now;
}

/* Is current's time slice over? Then its equals go first. */
static void rotate(struct core *core, uint64_t now)
{
	struct thd *current = core->current;

	if (current != NULL && current->state == THD_READY && now >= core->slice_end_ns) {
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

/* Makes thd current. The timeout for its dispatch. */
static uint64_t prepare(struct core *core, struct thd *thd, uint64_t now)
{
	account(core, now);
	if (core->current != thd) {
		core->current = thd;
		core->slice_end_ns = now + SLICE_NS;
	}
	return choose_timeout(core, core->slice_end_ns);
}

static long dispatch(long tid, uint64_t timeout_tsc, uint64_t token)
{
	return cos_op2((uint64_t)MEM_THD_CAP(tid), COS_THD_SWITCH, timeout_tsc, token);
}

/* A dispatch of thd, decided when token was the latest, was refused. Locks. */
static void handle_refusal(struct core *core, struct thd *thd, long error, uint64_t token)
{
	core_lock(core);
	take_events(core);
	/* It may have had its event since then; without any news it waits as the kernel says. */
	if (error == -COS_EBUSY && thd->state == THD_READY && token == core->token)
		core_unready(core, thd, THD_RECEIVING);
	else if ((error == -COS_EDEAD || error == -COS_ECAP) && thd->state == THD_READY)
		core_unready(core, thd, THD_DEAD);
}

/* One decision and its dispatch; unlocks. False: it was refused, and the lock is held again. */
static bool dispatch_next(struct core *core)
{
	uint64_t now = cos_now_ns(), timeout, token;
	struct thd *next;
	long error;

	expire_timeouts(core, now);
	next = runq_first(&core->runq);
	if (next == NULL) {
		account(core, now);
		core->current = NULL;
		core_unlock(core);
		(void)dispatch(core->sched_tid, 0, 0);
		return true;
	}
	timeout = prepare(core, next, now);
	token = core->token;
	core_unlock(core);
	error = dispatch(next->tid, timeout, token);
	if (error >= 0)
		return true;
	handle_refusal(core, next, error, token);
	return false;
}

void core_resched(struct core *core)
{
	for (;;) {
		struct thd *next = runq_first(&core->runq);

		/* Nobody is more urgent than we are. */
		if (next != NULL && (long)next->tid == cos_tid() && core->current == next) {
			core_unlock(core);
			return;
		}
		if (dispatch_next(core))
			return;
	}
}

void core_block(struct core *core, struct thd *self)
{
	for (;;) {
		while (!dispatch_next(core))
			;
		core_lock(core);
		if (self->state == THD_READY)
			break;
	}
	core_unlock(core);
}

void core_lend(struct core *core, struct thd *thd, uint64_t limit_ns)
{
	uint64_t now = cos_now_ns(), timeout;

	account(core, now);
	core->current = thd;
	core->slice_end_ns = now + SLICE_NS;
	timeout = choose_timeout(core, now + limit_ns);
	core_unlock(core);
	(void)dispatch(thd->tid, timeout, 0);
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
			core->current = NULL;
		*thd = (struct thd){.tid = (uint32_t)tid};
		core_unlock(core);
		error = mem_thd_destroy(tid);
		if (error < 0)
			cos_log("sched: thread %ld is dead but stays: error %ld\n", tid, error);
		core_lock(core);
	}
}

_Noreturn void core_run(struct core *core)
{
	for (;;) {
		struct timeout *first;
		uint64_t now, until, token;

		core_lock(core);
		take_events(core);
		reap(core);
		now = cos_now_ns();
		expire_timeouts(core, now);
		rotate(core, now);
		if (runq_first(&core->runq) != NULL) {
			if (!dispatch_next(core))
				core_unlock(core);
			continue;
		}
		first = timeout_first(&core->timeouts);
		until = first != NULL ? cos_tsc_at_ns(first->deadline) + 1 : 0;
		token = core->token;
		account(core, now);
		core->current = NULL;
		core_unlock(core);
		/* Refused when an interrupt came between: what runs then may have set a time. */
		(void)cos_op2(COS_CAP_HW, COS_HW_IDLE, until, token);
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Receive end-points: events and waiting. The protocol is in arcv.h. */
#include "arcv.h"
#include "core.h"

static inline void notify(struct cpu *c, struct thd *receiver, uint64_t events)
{
	if (receiver->state != THD_BLOCKED) {
		if (receiver->events < INT64_MAX - events)
			receiver->events += events;
		if (receiver != c->sched)
			return;
		/*
		 * D4: decisions made without this event are outdated, the scheduler thread's own
		 * too.
		 */
		c->token++;
		/* Before any thread ran on this core, core_first is about to run it. */
		if (c->thd && receiver != c->thd)
			core_activate(c, receiver);
		return;
	}
	/* E1: its count is 0, so these are all events that its wait returns. */
	receiver->state = THD_RUNNABLE;
	receiver->reg[COS_REG_RAX] = events;
	core_event(c, receiver, COS_EVENT_READY);
	if (c->thd && !(receiver->tcap && receiver->tcap->budget == 0) &&
	    tcap_prio(receiver, receiver->tcap) < tcap_prio(c->thd, c->tcap))
		core_activate(c, receiver);
}

void arcv_notify(struct thd *receiver, uint64_t events)
{
	notify(cpu(), receiver, events);
}

__attribute__((flatten, optimize("omit-frame-pointer"))) int64_t arcv_send(struct thd *receiver)
{
	struct cpu *c = cpu();

	if (!receiver->arcv_caps)
		return -COS_EDEAD;
	if (receiver->core != c->core)
		return core_send(receiver);
	notify(c, receiver, 1);
	return 0;
}

__attribute__((flatten)) int64_t arcv_wait(struct thd *thd, bool poll)
{
	int64_t events = (int64_t)thd->events;

	/* If the core's scheduler thread blocked, nothing would run. It idles (COS_HW_IDLE). */
	if (events || poll || thd == cpu()->sched) {
		thd->events = 0;
		return events;
	}
	thd->state = THD_BLOCKED;
	core_event(cpu(), thd, COS_EVENT_BLOCKED);
	core_dispatch_sched(thd);
	return 0;
}

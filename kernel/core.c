/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include "arcv.h"
#include "core.h"
#include "inv.h"
#include "log.h"
#include "machine.h"
#include "pgtbl.h"

void core_enter(void)
{
	cpu()->thd->top = cpu()->frame;
}

void core_dispatch(struct thd *thd)
{
	struct thd *old = cpu()->thd;

	thd->started = true;
	if (thd == old)
		return;
	thd_state_save(old);
	thd_state_load(thd);
	cpu()->thd = thd;
}

void core_dispatch_sched(void)
{
	struct thd *sched = cpu()->sched;

	if (!sched || sched->state == THD_DEAD) {
		log_print("core %lu: no scheduler thread to run\n", cpu()->core);
		machine_halt(MACHINE_HALT_PANIC);
	}
	core_dispatch(sched);
}

void core_event_drop(struct thd *thd)
{
	if (!thd->pending)
		return;
	thd->pending = 0;
	if (thd->pending_prev)
		thd->pending_prev->pending_next = thd->pending_next;
	else
		cpu()->events_head = thd->pending_next;
	if (thd->pending_next)
		thd->pending_next->pending_prev = thd->pending_prev;
	else
		cpu()->events_tail = thd->pending_prev;
	thd->pending_next = thd->pending_prev = NULL;
}

void core_event(struct thd *thd, uint8_t event)
{
	struct cpu *c = cpu();

	c->token++;
	if (!thd->pending) {
		thd->pending_prev = c->events_tail;
		if (c->events_tail)
			c->events_tail->pending_next = thd;
		else
			c->events_head = thd;
		c->events_tail = thd;
	}
	/* Dead stays dead; of ready and blocked the latest is the truth. */
	if (thd->pending != COS_EVENT_DEAD)
		thd->pending = event;
}

uint8_t core_event_take(uint64_t *tid)
{
	struct thd *thd = cpu()->events_head;
	uint8_t event;

	if (!thd)
		return 0;
	event = thd->pending;
	*tid = thd->id;
	core_event_drop(thd);
	return event;
}

void core_thd_died(struct thd *thd)
{
	thd->state = THD_DEAD;
	core_event(thd, COS_EVENT_DEAD);
	if (thd == cpu()->thd)
		core_dispatch_sched();
}

void core_deadline(uint64_t tsc)
{
	/* The timer's registers are slow to reach: not when it stays off. */
	if (tsc == 0 && cpu()->deadline_tsc == 0)
		return;
	cpu()->deadline_tsc = tsc;
	timer_arm(tsc);
}

void core_timer(void)
{
	struct cpu *c = cpu();

	if (!c->deadline_tsc)
		return;
	/* The timer's clock is coarser than the TSC: it may be early. */
	if (machine_tsc() < c->deadline_tsc) {
		timer_arm(c->deadline_tsc);
		return;
	}
	c->deadline_tsc = 0;
	if (c->sched)
		core_dispatch_sched();
}

void core_interrupt(unsigned vector)
{
	struct thd *receiver = cpu()->irq[vector];

	if (receiver)
		arcv_notify(receiver);
}

/*
 * Settle on a thread that can run: a component that was stopped is left, and an address where no
 * user code can be is a fault. Each round shortens the thread's invocation stack, deepens it toward
 * COS_EDEPTH, or passes to the scheduler thread, so the loop ends.
 */
void core_exit(void)
{
	struct cpu *c = cpu();
	struct thd *thd;

	for (;;) {
		thd = c->thd;
		if (thd->top->epoch != thd->top->comp->epoch)
			inv_unwind(thd);
		else if (thd->reg[COS_REG_IP] >= USER_END)
			inv_fault(thd, FAULT_PROTECTION, 0, 0);
		else
			break;
	}
	c->frame = thd->top;
	c->tid = thd->id;
	if (thd->top->comp->space != c->space) {
		c->space = thd->top->comp->space;
		space_switch(c->space);
	}
}

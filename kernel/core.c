/* SPDX-License-Identifier: BSD-2-Clause */
/* Cores: dispatching, events, the timer, events between cores. The protocol is in core.h. */
#include <stdatomic.h>
#include <stddef.h>
#include "arcv.h"
#include "core.h"
#include "inv.h"
#include "log.h"
#include "mem.h"

static struct cpu *cores[CORES_MAX];
static _Atomic unsigned ncores;

unsigned core_count(void)
{
	return atomic_load_explicit(&ncores, memory_order_relaxed);
}

struct cpu *core_cpu(unsigned core)
{
	return cores[core];
}

void core_add(struct cpu *c)
{
	c->core = core_count();
	c->token = 1;
	c->deadline_tsc = c->armed_tsc = c->budget_end = UINT64_MAX;
	quiesce_enter(c);
	c->epoch_passed = 1; /* stamp 0: free since before any core ran */
	cores[c->core] = c;
	atomic_fetch_add(&ncores, 1);
}

void core_poke(unsigned core)
{
	if (!atomic_exchange(&cores[core]->poked, true))
		machine_interrupt(cores[core]->machine_id);
}

void core_poke_others(void)
{
	for (unsigned i = 0; i < core_count(); i++)
		if (i != cpu()->core && atomic_load(&cores[i]->epoch_noted) != QUIESCE_IDLE)
			core_poke(i);
}

/* -> the core that has it in its inbox: by now that may be this one. */
static unsigned inbox_push(struct thd *thd)
{
	struct cpu *c = cores[atomic_load(&thd->core)];
	struct thd *first = atomic_load(&c->inbox);

	do
		thd->sent_next = first;
	while (!atomic_compare_exchange_weak(&c->inbox, &first, thd));
	return (unsigned)c->core;
}

int core_send(struct thd *thd)
{
	int err;

	if (atomic_fetch_add(&thd->sent, 1))
		return 0;
	/* E3: the inbox holds a reference to it. */
	err = mem_ref(thd);
	if (err)
		thd->sent = 0;
	else
		core_poke(inbox_push(thd));
	return err;
}

static void core_deliver(struct thd *thd)
{
	if (atomic_load(&thd->core) != cpu()->core)
		core_poke(inbox_push(thd));
	else if (thd_put(thd))
		/*
		 * It cannot end yet, and this is the last reference: try again at the next
		 * interrupt.
		 */
		(void)inbox_push(thd);
	else if (mem_kind(thd) == KIND_THD)
		arcv_notify(thd, atomic_exchange(&thd->sent, 0));
}

static void core_take_sent(void)
{
	struct thd *next;

	for (struct thd *thd = atomic_exchange(&cpu()->inbox, NULL); thd; thd = next) {
		next = thd->sent_next;
		core_deliver(thd);
	}
}

void core_poked(void)
{
	atomic_store(&cpu()->poked, false);
	/* Without a scheduler thread there is no queue for events of threads. */
	if (cpu()->sched)
		core_take_sent();
}

void core_idle(void)
{
	quiesce_idle();
	machine_idle();
	quiesce_enter(cpu());
}

int core_move(struct thd *thd, uint64_t core)
{
	struct cpu *c = cpu();

	if (core >= core_count())
		return -COS_EINVAL;
	if (thd->core != c->core)
		return -COS_ECORE;
	if (thd == c->thd || thd == c->sched || thd->sched || thd->tcap || thd->below)
		return -COS_EBUSY;
	core_event_drop(thd);
	atomic_store(&thd->core, (uint32_t)core);
	return 0;
}

int core_sched_set(struct thd *thd)
{
	struct cpu *c = cores[thd->core];
	struct thd *old = c->sched;
	int err = mem_ref(thd);

	if (err)
		return err;
	if (c == cpu()) {
		thd->event_queue = old->event_queue;
		err = thd_put(old);
		c->sched = err ? old : thd;
	} else {
		old = NULL;
		if (!atomic_compare_exchange_strong(&c->sched, &old, thd))
			err = -COS_ECORE;
	}
	if (err)
		(void)thd_put(thd);
	else if (c != cpu())
		core_poke((unsigned)c->core);
	return err;
}

void core_first(void)
{
	struct cpu *c = cpu();

	while (!c->sched)
		core_idle();
	c->thd = c->sched;
	c->thd->started = true;
	core_take_sent();
	core_exit(c);
}

void core_activate(struct cpu *c, struct thd *thd)
{
	core_charge(c, thd->tcap);
	core_dispatch(c, thd);
}

static bool core_can_run(const struct thd *thd)
{
	return thd && thd->state == THD_RUNNABLE && !(thd->tcap && thd->tcap->budget == 0);
}

void core_dispatch_sched(const struct thd *thd)
{
	struct cpu *c = cpu();
	struct thd *sched = thd->sched;

	/* A scheduler thread without time waits for time from its own scheduler thread. */
	while (sched && !core_can_run(sched))
		sched = sched->sched;
	if (sched) {
		core_activate(c, sched);
		return;
	}
	if (c->sched->state == THD_DEAD)
		log_panic("core %lu: its scheduler thread is dead", c->core);
	core_charge(c, NULL);
	core_dispatch(c, c->sched);
}

static struct event_queue *core_event_queue(const struct cpu *c, const struct thd *thd)
{
	struct thd *sched = thd->sched;

	return sched ? &sched->event_queue : &c->sched->event_queue;
}

void core_event_drop(struct thd *thd)
{
	struct event_queue *queue = core_event_queue(cpu(), thd);

	if (!thd->pending)
		return;
	thd->pending = 0;
	*(thd->pending_prev ? &thd->pending_prev->pending_next : &queue->first) = thd->pending_next;
	*(thd->pending_next ? &thd->pending_next->pending_prev : &queue->last) = thd->pending_prev;
	thd->pending_next = thd->pending_prev = NULL;
}

void core_event(struct cpu *c, struct thd *thd, uint8_t event)
{
	struct event_queue *queue = core_event_queue(c, thd);

	c->token++;
	if (!thd->pending) {
		thd->pending_prev = queue->last;
		*(queue->last ? &queue->last->pending_next : &queue->first) = thd;
		queue->last = thd;
	}
	/* D7 */
	if (thd->pending != COS_EVENT_DEAD)
		thd->pending = event;
	if (thd->sched)
		arcv_notify(thd->sched, 1);
}

uint8_t core_event_take(const struct thd *sched, uint64_t *tid)
{
	struct thd *thd = sched->event_queue.first;
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
	core_event(cpu(), thd, COS_EVENT_DEAD);
	if (thd == cpu()->thd)
		core_dispatch_sched(thd);
}

int64_t core_unready(struct cpu *c, struct thd *thd)
{
	if (thd->core != c->core)
		return -COS_ECORE;
	if (thd->state == THD_DEAD)
		return -COS_EDEAD;
	/* In a component that was stopped it does not wait any more: it leaves it. */
	if (thd->top->epoch == thd_comp(thd)->epoch)
		return -COS_EBUSY;
	thd->state = THD_RUNNABLE;
	return 0;
}

void core_arm(struct cpu *c)
{
	c->armed_tsc = c->deadline_tsc < c->budget_end ? c->deadline_tsc : c->budget_end;
	if (c->armed_tsc != UINT64_MAX)
		timer_arm(c->armed_tsc);
}

void core_timer(void)
{
	struct cpu *c = cpu();
	uint64_t now = machine_tsc();

	c->armed_tsc = UINT64_MAX;
	if (now >= c->budget_end) {
		/* Tell the thread that supplied the budget. */
		tcap_charge(c);
		c->token++;
		core_dispatch_sched(c->thd);
	} else if (now >= c->deadline_tsc) {
		c->deadline_tsc = UINT64_MAX;
		c->token++;
		core_dispatch_sched(c->thd);
	}
	/*
	 * D6: it was armed for an earlier deadline, or went off early, since its clock is coarser.
	 */
	if (c->armed_tsc == UINT64_MAX)
		core_arm(c);
}

void core_interrupt(unsigned vector)
{
	struct thd *receiver = cpu()->irq[vector];

	if (!receiver)
		return;
	if (receiver->core == cpu()->core)
		arcv_notify(receiver, 1);
	else
		(void)core_send(receiver);
}

/*
 * Settle on a thread that can run (D2): a stopped component is left, and an address at which there
 * can be no user code is a fault. Each round shortens the thread's invocation stack, fills more of
 * it, or passes to a scheduler thread, so the loop ends.
 */
void core_settle(void)
{
	for (;;) {
		struct thd *thd = cpu()->thd;

		if (thd->top->epoch != thd->top->comp->epoch)
			inv_unwind(thd);
		else if (thd->reg[COS_REG_IP] >= USER_END)
			inv_fault(thd, FAULT_PROTECTION, 0, 0);
		else
			return;
	}
}

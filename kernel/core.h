/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cores: what runs on each, and the little that the kernel knows of scheduling.
 *
 * A thread is bound to a core, and nobody else changes it. What another core has for it, events,
 * comes by the core's inbox: a list of threads that are sent to, each with the number of events, and an
 * interrupt.
 *
 * A core has one scheduler thread (COS_HW_SCHED; at first the first component's), and any number of others below it, which decide
 * about their threads (COS_THD_SCHED) with the time that they are given (tcap.h). One is dispatched when the running thread blocks
 * or dies, and when the timeout given with COS_THD_SWITCH passes. What happened to threads waits
 * for it in a list, one entry a thread, of which only the latest of READY and BLOCKED is kept. Each
 * entry added changes the core's event token, so that a switch decided on old news is refused
 * (COS_EAGAIN).
 *
 * In the kernel interrupts are off. Code below changes what cpu()->thd is; the machine's exit
 * path calls core_exit and resumes whatever thread that is by then.
 */
#ifndef KERNEL_CORE_H
#define KERNEL_CORE_H

#include <stdbool.h>
#include <stdint.h>
#include "machine.h"
#include "pgtbl.h"
#include "quiesce.h"
#include "tcap.h"
#include "thd.h"

#define CPU_VECTORS 256
#define CORES_MAX 256

struct cpu {
	uint64_t kstack; /* up to core: entry.S uses these */
	uint64_t user_sp;
	struct invocation
		*top; /* of the running thread; thd->top is valid only in the kernel's C */
	struct thd *thd;
	uint64_t tid;
	uint64_t space; /* what the page-table register holds */
	uint64_t core;
	_Atomic(struct thd *) sched;
	struct tcap *tcap; /* what is charged, NULL: nothing */
	uint64_t tcap_since;
	uint64_t budget_end; /* when its time is up */
	uint64_t token;
	uint64_t deadline_tsc; /* UINT64_MAX: never */
	uint64_t armed_tsc;    /* when the timer goes off */
	struct thd *irq[CPU_VECTORS];
	_Atomic(struct thd *) inbox;
	_Atomic uint64_t epoch_noted; /* quiesce.h */
	uint64_t epoch_own;	      /* what this core wrote there */
	uint64_t epoch_flushed;
	uint64_t epoch_passed; /* every stamp below has */
	_Atomic bool poked;    /* an interrupt is on its way to it */
	uint32_t machine_id;
};

/* How many there are; those of numbers below exist. */
unsigned core_count(void);
struct cpu *core_cpu(unsigned core);
/* One more, which runs from now on. */
void core_add(struct cpu *cpu);
/* Have it enter the kernel. */
void core_poke(unsigned core);
/* All others, if they are not idle. */
void core_poke_others(void);
/* The interrupt of core_poke: take what was sent. */
void core_poked(void);
/* Halt until an interrupt, which is handled. */
void core_idle(void);
/* The thread's core has events for it: COS_EDEAD. */
__attribute__((noinline)) int core_send(struct thd *receiver);
/* Bind a thread of this core to another one: COS_EINVAL, COS_EBUSY. */
int core_move(struct thd *thd, uint64_t core);
/* The scheduler thread of the core that thd is bound to: COS_ECORE, COS_EDEAD, COS_EBUSY. */
int core_sched_set(struct thd *thd);
/* A core that has nothing yet waits for a scheduler thread, and makes it the running one. */
void core_first(void);

/*
 * Every entry from user level starts with core_enter and ends with core_exit, which settles on a
 * thread that can run.
 */
void core_settle(void);
static inline void quiesce_enter(struct cpu *c)
{
	if (quiesce_epoch != c->epoch_own)
		quiesce_note(c);
}

static inline void core_enter(struct cpu *c)
{
	c->thd->top = c->top;
	quiesce_enter(c);
}

static inline void core_exit(struct cpu *c)
{
	struct thd *thd = c->thd;
	struct comp *comp = thd->top->comp;

	if (thd->top->epoch != comp->epoch || thd->reg[COS_REG_IP] >= USER_END) {
		core_settle();
		thd = c->thd;
		comp = thd->top->comp;
	}
	c->top = thd->top;
	c->tid = thd->id;
	if (comp->space != c->space) {
		c->space = comp->space;
		space_switch(comp->space);
	}
}

/* Run thd, which must not be blocked or dead, when the kernel is left. */
static inline void core_dispatch(struct cpu *c, struct thd *thd)
{
	struct thd *old = c->thd;

	thd->started = true;
	if (thd == old)
		return;
	thd_state_switch(old, thd);
	c->thd = thd;
}

/* Charge what runs from now on to tcap; NULL: to nobody. */
static inline void core_charge(struct cpu *c, struct tcap *tcap)
{
	if (tcap != c->tcap)
		tcap_switch(c, tcap);
}

/* Run thd on its own time: an event does. */
void core_activate(struct cpu *c, struct thd *thd);
/* Run the scheduler thread that decides about thd. */
void core_dispatch_sched(const struct thd *thd);
/* Queue news of thd for the scheduler. */
void core_event(struct cpu *c, struct thd *thd, uint8_t event);
/* Take the oldest of what a scheduler thread has not taken, 0 when there is none. */
uint8_t core_event_take(const struct thd *sched, uint64_t *tid);
void core_event_drop(struct thd *thd);
/* The thread has no component left to run in. */
void core_thd_died(struct thd *thd);

/* Dispatch the scheduler thread at that time, 0: never. */
__attribute__((noinline)) void core_arm(struct cpu *c);
static inline void core_deadline(struct cpu *c, uint64_t tsc)
{
	c->deadline_tsc = tsc - 1; /* never is later than all */
	/* A timer that goes off too early costs less than to set it anew each time. */
	if (c->deadline_tsc < c->armed_tsc)
		core_arm(c);
}

/* COS_THD_SWITCH. */
int64_t core_unready(struct cpu *c, struct thd *thd);
static inline int64_t core_switch(struct cpu *c, struct thd *thd, uint64_t timeout_tsc,
				  uint64_t token)
{
	int64_t err = 0;

	if (token && token != c->token)
		return -COS_EAGAIN;
	if (thd->core_state != c->core)
		err = core_unready(c, thd);
	if (err)
		return err;
	core_deadline(c, timeout_tsc);
	core_dispatch(c, thd);
	return 0;
}

/* The timer went off. */
void core_timer(void);
/* A device's interrupt. */
void core_interrupt(unsigned vector);

#endif

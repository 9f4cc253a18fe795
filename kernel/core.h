/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cores: what runs on each, and the little that the kernel knows of scheduling.
 *
 * DEFINITIONS
 *	running thread		cpu()->thd, which is resumed when the kernel is left. Functions here
 *				change it; the machine's exit path calls core_exit and resumes
 *				whatever thread that is by then.
 *	scheduler thread	of a core: cpu()->sched (COS_HW_SCHED; at first the first
 *				component's). Of a thread: thd->sched (COS_THD_SCHED), or else the
 *				core's. It has the events of its threads, is dispatched when one of
 *				them blocks or dies or its time is up, and decides with
 *				COS_THD_SWITCH what runs next.
 *	event			READY, BLOCKED or DEAD of a thread, for its scheduler thread.
 *	token			of a core: changes with each event and each timeout.
 *	inbox			of a core: a list of threads for which other cores have sent events,
 *				and an interrupt.
 *
 * STATES of a thread
 *	runnable	THD_RUNNABLE
 *	blocked		THD_BLOCKED: waits for an event at its end-point (arcv.h)
 *	dead		THD_DEAD: has no invocation left to run in; ends with its last reference
 *
 * TRANSITIONS
 *	runnable -> blocked	[arcv_wait]
 *	blocked -> runnable	[arcv_notify]; [core_unready], when its component was stopped, to
 *				leave it
 *	runnable -> dead	[core_thd_died]
 *
 * INVARIANTS of dispatching
 *	D1	A thread runs on the core that it is bound to. Only that core reads or changes it,
 *		but for `sent`, its place in an inbox, and its references. Its core binds it to
 *		another one [core_move].
 *	D2	The thread that is resumed is runnable, its topmost invocation is not stale, and its
 *		ip is below USER_END [core_exit, core_settle].
 *	D3	A core's scheduler thread never blocks. If it dies, the machine ends with a panic.
 *	D4	Each event and each timeout that passes changes the token. So COS_THD_SWITCH with a
 *		token is refused if it was decided on old state (COS_EAGAIN).
 *	D5	From a thread up through thd->sched there is an end, the core's scheduler thread
 *		[op_thd]. So [core_dispatch_sched] ends.
 *	D6	The timer goes off no later than deadline_tsc and budget_end, whichever is earlier
 *		(armed_tsc).
 *	D7	A thread is in its scheduler thread's event queue if and only if `pending` is not 0.
 *		It is there once, with the latest of READY and BLOCKED; DEAD stays.
 *
 * INVARIANTS of events between cores
 *	E3	A thread is in an inbox, or on its way in or out, if and only if its `sent` is not
 *		0. That place holds a reference to the thread.
 *	E4	A core clears `poked` before it takes the inbox. So what comes after is followed by
 *		an interrupt.
 *	E5	A thread that was moved while it was in an inbox is passed on to its core's. So no
 *		event is lost, but with its receiver.
 *
 * kernel/proof/inbox.pml checks D1 and E3 to E5 over all interleavings. tests/kernel/check.c looks
 * at D1, D2 and D7 at every exit to user level. tests/kernel/boot (threads.c, tcap.c, cores.c)
 * tests D3 to D6 and E5.
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
#define CORES_MAX 256 /* as many as 8-bit APIC ids can name; COMP_CORES is the limit above */

struct cpu {
	uint64_t kstack; /* entry.S uses the fields up to core */
	uint64_t user_sp;
	struct invocation *top; /* of the running thread (thd.h) */
	struct thd *thd;
	uint64_t tid;
	uint64_t space; /* what the page-table register holds */
	uint64_t core;
	_Atomic(struct thd *) sched;
	struct tcap *tcap; /* what is charged; NULL: the core's own time, without end */
	uint64_t tcap_since;
	uint64_t budget_end; /* when tcap has no time left; UINT64_MAX: never */
	uint64_t token;
	uint64_t deadline_tsc; /* UINT64_MAX: never */
	uint64_t armed_tsc;    /* when the timer goes off */
	struct thd *irq[CPU_VECTORS];
	_Atomic(struct thd *) inbox;
	_Atomic uint64_t epoch_noted; /* quiesce.h */
	uint64_t epoch_own;	      /* the same, for this core alone */
	uint64_t epoch_flushed;	      /* when it last dropped its translations */
	uint64_t epoch_passed;	      /* every stamp below has passed */
	_Atomic bool poked;	      /* an interrupt is on its way to it */
	uint32_t machine_id;	      /* its APIC id */
};

/* How many cores run; their numbers begin at 0. */
unsigned core_count(void);
struct cpu *core_cpu(unsigned core);
/* Add this core, with the next number. */
void core_add(struct cpu *cpu);
/* Interrupt a core, so that it enters the kernel; all others that are not idle. */
void core_poke(unsigned core);
void core_poke_others(void);
/* The interrupt of core_poke: take the inbox. */
void core_poked(void);
/* Halt until an interrupt, which is handled. */
void core_idle(void);
/*
 * One event for a thread of another core. COS_EDEAD: it was freed meanwhile; COS_EBUSY: it has too
 * many references.
 */
__attribute__((noinline)) int core_send(struct thd *receiver);
/*
 * Bind a thread of this core to another one. COS_EINVAL: no such core; COS_ECORE: it is not this
 * core's; COS_EBUSY: it runs, is a scheduler thread, or has a scheduler thread or a tcap of its
 * own.
 */
int core_move(struct thd *thd, uint64_t core);
/*
 * Make thd the scheduler thread of the core that it is bound to. COS_ECORE: another core, which has
 * one; else as mem_ref of it and thd_put of the former one.
 */
int core_sched_set(struct thd *thd);
/* On a core without threads: wait for a scheduler thread, and make it the running one. */
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

/* Make thd, which is runnable, the running thread. */
static inline void core_dispatch(struct cpu *c, struct thd *thd)
{
	struct thd *old = c->thd;

	thd->started = true;
	if (thd == old)
		return;
	thd_state_switch(old, thd);
	c->thd = thd;
}

/* Charge what runs from now on to tcap; NULL: the core's own time. */
static inline void core_charge(struct cpu *c, struct tcap *tcap)
{
	if (tcap != c->tcap)
		tcap_switch(c, tcap);
}

/* Run thd on its own tcap, because of an event. */
void core_activate(struct cpu *c, struct thd *thd);
/* Run thd's scheduler thread, or the next one up that can run. */
void core_dispatch_sched(const struct thd *thd);
/* Queue an event of thd for its scheduler thread. */
void core_event(struct cpu *c, struct thd *thd, uint8_t event);
/* Take the oldest event of a scheduler thread's queue: COS_EVENT_* and the thread's id; 0: none. */
uint8_t core_event_take(const struct thd *sched, uint64_t *tid);
void core_event_drop(struct thd *thd);
/* The thread has no invocation left: it dies. */
void core_thd_died(struct thd *thd);

/* Set the timer to the earlier of deadline_tsc and budget_end. */
__attribute__((noinline)) void core_arm(struct cpu *c);
/* Dispatch the scheduler thread at that time, 0: never. */
static inline void core_deadline(struct cpu *c, uint64_t tsc)
{
	c->deadline_tsc = tsc - 1; /* 0 becomes UINT64_MAX */
	/* To be interrupted too early now and then costs less than to set the timer each time. */
	if (c->deadline_tsc < c->armed_tsc)
		core_arm(c);
}

/* Why a thread that is not runnable on this core cannot run; 0: it can now. */
int64_t core_unready(struct cpu *c, struct thd *thd);
/* COS_THD_SWITCH. */
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

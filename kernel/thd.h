/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads, and the invocation stack that makes one migrate between components.
 *
 * A thread is one page: the invocation stack, which grows downward from THD_STACK_SIZE to the
 *start of the page (so that "no room" is "the low twelve bits of the frame's address are zero"),
 *the state of the FPU, and the rest.
 *
 * The topmost frame names the component that the thread is in and how it was entered; its
 * registers are filled only when the thread leaves it for another one, so what invoked us stands in
 *the frame above (at the next higher address). Entering by COS_SINV fills ip, sp and flags, by the
 *gate also rbx, rbp and rdi; an exception puts a struct fault with all the rest between the two
 *frames:
 *
 *	| frame: offender | struct fault | frame: pager |	addresses fall to the right
 *
 * While a thread is not running user code, its registers are in reg[], top is its topmost frame;
 * of one that came by SYSCALL, rcx and r11 are not there.
 */
#ifndef KERNEL_THD_H
#define KERNEL_THD_H

#include <stdbool.h>
#include <stdint.h>
#include "comp.h"
#include "select.h"

#define THD_STACK_SIZE 2880
#define THD_FPU_SIZE 832

#define INV_REGS 6 /* COS_REG_IP to COS_REG_RDI */

struct invocation {
	struct comp *comp;
	uint32_t epoch;
	uint32_t kind; /* COS_INV_*: how comp was entered */
	uint64_t reg[INV_REGS];
};

struct fault {
	uint64_t reg[COS_NREGS - INV_REGS];
	uint64_t vector;
	uint64_t address;
	uint64_t error;
	uint64_t asked_handler; /* or still the pager */
};

enum thd_state { THD_RUNNABLE, THD_BLOCKED, THD_DEAD };

/* What happened to threads, for a scheduler: a list of them. */
struct event_queue {
	struct thd *first, *last;
};

struct thd {
	uint8_t stack[THD_STACK_SIZE];
	uint8_t fpu[THD_FPU_SIZE];
	uint64_t reg[COS_NREGS];
	uint64_t fs_base;
	uint64_t gs_base;
	struct invocation *top;
	uint64_t id;
	uint64_t prio;
	_Atomic uint64_t arcv_caps; /* receive end-point: capabilities to it, 0: there is none */
	uint64_t events;	    /* counted since the last COS_ARCV_WAIT */
	union {
		struct {
			_Atomic uint32_t core;
			enum thd_state state;
		};
		uint64_t core_state; /* runnable: its core */
	};
	bool fpu_used;
	bool started;	       /* was dispatched once */
	bool by_syscall;       /* rcx and r11 are lost to it, or not its own yet */
	uint8_t pending;       /* COS_EVENT_* for the scheduler; in the list when not 0 */
	_Atomic uint64_t sent; /* events from other cores; in the core's inbox when not 0 */
	struct thd *sent_next;
	struct thd *pending_next, *pending_prev;
	struct tcap *tcap;	     /* when an event dispatches it; NULL: none */
	_Atomic(struct thd *) sched; /* who decides about it, NULL: the core's scheduler thread */
	uint64_t below;		     /* how many threads it is that for */
	struct event_queue event_queue;
};

/* Starts at ip in comp, at its first dispatch: COS_EINVAL, COS_ETYPE, COS_EBUSY. */
int thd_make(uint64_t pa, struct comp *comp, uint64_t id, uint64_t ip, uint64_t argument,
	     struct thd **thd);
/* Drop a reference. When it is the last: COS_EBUSY: the thread runs; COS_ECORE; or see comp_last. */
int thd_put(struct thd *thd);

/* Drop its references to a scheduler thread and a tcap. */
void thd_unsched(struct thd *thd);

static inline struct comp *thd_comp(const struct thd *thd)
{
	return thd->top->comp;
}

/* The frame of what invoked us, or NULL; *fault: the rest of its registers, or NULL. */
struct invocation *thd_caller(struct thd *thd, struct fault **fault);

#endif

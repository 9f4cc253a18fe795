/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads, and the invocation stack by which one thread moves between components.
 *
 * A thread is one page: the invocation stack, which grows downward from THD_STACK_SIZE to the start
 * of the page; the state of the FPU; and the rest.
 *
 * DEFINITIONS
 *	invocation	struct invocation: a component that the thread is in, how it was entered,
 *			and, once the thread has left it for another, the registers with which it
 *			will go on.
 *	top		the topmost invocation, at the lowest address: where the thread is.
 *	caller		the invocation below the topmost one, at the next higher address: what
 *			invoked it.
 *	fault		struct fault: the registers that an invocation has no room for, between an
 *			offender's invocation and that of its pager or handler:
 *
 *	| invocation: offender | struct fault | invocation: pager |	addresses fall to the right
 *
 * WHAT MAY BE TRUSTED, by where the thread is
 *	user code, path		On the invocation path too, its registers are in the CPU and its
 *				topmost invocation is cpu()->top; reg[] and thd->top are outdated.
 *	kernel's C		As cpu()->thd: reg[] and thd->top. After SYSCALL reg[] has no rcx
 *				and r11 (by_syscall).
 *	not running		All of it, but only its own core may look (core.h, D1).
 *
 * INVARIANTS
 *	I1	All invocations lie in the thread's page, one above the other; the highest is the
 *		outermost (COS_INV_BASE), and is the only one of that kind.
 *	I2	Invocations are of 64 bytes and aligned to them. So there is no room for another if
 *		and only if the low twelve bits of top are zero.
 *	I3	The registers that an invocation holds depend on the kind of the one above: ip, sp
 *		and flags for COS_INV_SINV; also rbx, rbp and rdi for COS_INV_GATE; all, with struct
 *		fault, for COS_INV_FAULT. The topmost holds none.
 *	I4	No invocation is resumed at an address that is not canonical: ip came from SYSCALL
 *		(at most USER_END), or was checked to be below USER_END when it was set
 *		[op_caller_set], or is checked before the resume [inv_return, core_exit]. Its flags
 *		are flags that user level may have.
 *	I5	The component of each invocation exists: the outermost is a reference, the others
 *		are counted in inside[] (comp.h).
 *
 * The functions that push and pop are in inv.h. tests/kernel/check.c looks at I1, I2 and I5 at
 * every exit to user level, tests/kernel/host/stacks_test.c at the same after each of its random
 * steps; tests/kernel/boot/invocation.c tests I2 to I4.
 */
#ifndef KERNEL_THD_H
#define KERNEL_THD_H

#include <stdbool.h>
#include <stdint.h>
#include "comp.h"
#include "select.h"

#define THD_STACK_SIZE 2880 /* 45 invocations: what the page has left */
#define THD_FPU_SIZE 832    /* XSAVE's area for x87, SSE and AVX (SDM 1, 13.4) */

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
	uint64_t asked_handler; /* else the pager is being asked */
};

enum thd_state { THD_RUNNABLE, THD_BLOCKED, THD_DEAD };

/* Threads with an event that their scheduler thread has not taken, oldest first. */
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
	_Atomic uint64_t arcv_caps; /* capabilities to its receive end-point; 0: it has none */
	uint64_t events;	    /* counted since the last COS_ARCV_WAIT */
	union {
		struct {
			_Atomic uint32_t core;
			enum thd_state state;
		};
		uint64_t core_state; /* equals the core's number if it is runnable there */
	};
	bool fpu_used;
	bool started;	       /* was dispatched once */
	bool by_syscall;       /* SYSRET may set rcx and r11, which SYSCALL has overwritten */
	uint8_t pending;       /* COS_EVENT_* for its scheduler thread; 0: not in the queue */
	_Atomic uint64_t sent; /* events from other cores; not 0: in the core's inbox */
	struct thd *sent_next;
	struct thd *pending_next, *pending_prev;
	struct tcap *tcap;	     /* charged when an event dispatches it; NULL: none */
	_Atomic(struct thd *) sched; /* its scheduler thread; NULL: the core's */
	uint64_t below;		     /* how many threads have this one as sched */
	struct event_queue event_queue;
};

/*
 * Make a thread of this core, which starts at ip in comp at its first dispatch. COS_EINVAL: id or
 * ip; else as mem_claim of the page and mem_ref of comp.
 */
int thd_make(uint64_t pa, struct comp *comp, uint64_t id, uint64_t ip, uint64_t argument,
	     struct thd **thd);
/*
 * Drop a reference; with the last one the thread ends. COS_EBUSY: it is the running thread;
 * COS_ECORE: it is another core's; else as comp_last of the component that it was made in.
 */
int thd_put(struct thd *thd);

/* Drop its references to a scheduler thread and a tcap (COS_THD_SCHED). */
void thd_unsched(struct thd *thd);

static inline struct comp *thd_comp(const struct thd *thd)
{
	return thd->top->comp;
}

/* The caller's invocation, NULL: none; *fault: the rest of its registers, NULL: none. */
struct invocation *thd_caller(struct thd *thd, struct fault **fault);

#endif

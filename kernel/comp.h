/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Components: a capability table, a page table, and where to go when the program in it makes a
 * system call or faults (its targets).
 *
 * DEFINITIONS
 *	epoch		counts stops and starts: even while the component runs, odd while it is
 *			stopped, COMP_ENDED when it never runs again.
 *	stale		of an invocation (thd.h): entered before a stop, so that its epoch is not
 *			the component's.
 *	inside		by core, how many invocations of the component are on threads' stacks, but
 *			for threads' outermost ones, which are references. They come and go on the
 *			invocation path, so each core has a counter of its own.
 *
 * STATES
 *	running		epoch even
 *	stopped		epoch odd: invocations of it fail with COS_EREBOOT, threads in it leave it
 *	ended		epoch COMP_ENDED: the same, for good
 *
 * TRANSITIONS
 *	running -> stopped	[comp_stop]
 *	stopped -> running	[comp_start]; invocations from before stay stale
 *	any -> ended		[comp_last], when the last reference is to be dropped
 *	ended -> a free page	[comp_put]
 *
 * INVARIANTS
 *	L1	An invocation has the component's epoch of when it was entered, which is even. The
 *		epoch never has the same value again after a stop.
 *	L2	No thread executes user code in a stale invocation for longer than until its core
 *		enters the kernel (core_settle unwinds). comp_stop interrupts the other cores, so
 *		that they do.
 *	L3	The sum of inside[] is the number of invocations in it. It is exact only when no
 *		thread can enter or leave meanwhile.
 *	L4	A component is freed only after it has ended, with one reference left, when nothing
 *		was inside after every core had been in the kernel since the end. So no core is on
 *		its way into it.
 *	L5	When its last reference is dropped, a component holds no last reference to its
 *		tables or to another component: those go first, and freeing never cascades.
 *	L6	A reader of a target that reads comp first finds entry and token that belong to it:
 *		a target is set only when the former one has been taken away and that stamp has
 *		passed.
 *
 * kernel/proof/component.pml checks L4 over all interleavings, tests/kernel/host/stacks_test.c L1
 * to L3 by random steps. tests/kernel/boot tests L2 and L4 on several cores (cores.c: restart,
 * revoke), and L5 (invocation.c).
 */
#ifndef KERNEL_COMP_H
#define KERNEL_COMP_H

#include <stdbool.h>
#include <stdint.h>
#include "captbl.h"

#define COMP_CORES 448	      /* counters that fit in the page; at least CORES_MAX */
#define COMP_ENDED UINT32_MAX /* epoch: it never starts again */

#define COMP_TARGETS 3

struct comp {
	_Atomic uint32_t epoch;
	uint32_t kind_sinv; /* COS_INV_SINV, so that entry.S copies it together with the epoch */
	uint64_t space;	    /* what the CPU's page-table register is loaded with */
	struct captbl *captbl;
	union {
		struct target target[COMP_TARGETS]; /* by COS_COMP_SET_* */
		struct {
			struct target gate, pager, handler;
		};
	};
	uint64_t *pgtbl;
	uint64_t id;
	_Atomic uint64_t ended;	      /* stamp (quiesce.h) of the end */
	_Atomic uint64_t target_gone; /* stamp of when a target was last taken away */
	_Atomic bool target_setting;
	uint8_t pad[512 - 129];
	int64_t inside[COMP_CORES];
};

/* Make a component of a free kernel page. Errors as mem_claim of it and mem_ref of the tables. */
int comp_make(uint64_t pa, struct captbl *captbl, uint64_t *pgtbl, uint64_t id, struct comp **comp);
/*
 * May the caller's reference go? Always, if it is not the last. COS_EBUSY: a thread is in the
 * component, or it holds the last reference to one of its tables or to another component (L5).
 * Otherwise the component ends; COS_EAGAIN: another core may still be on its way into it (L4).
 */
int comp_last(struct comp *comp);
/* Drop a reference. Errors as comp_last. */
int comp_put(struct comp *comp);

static inline bool comp_running(const struct comp *comp)
{
	return !(comp->epoch & 1);
}

/* Both do nothing if it is so already. COS_EDEAD: it has ended, or was stopped 2^31 times. */
void comp_stop(struct comp *comp);
int comp_start(struct comp *comp);

/*
 * Let a target of comp lead to what the sinv capability leads to; NULL: nowhere. COS_EAGAIN: it
 * leads nowhere now, or another core is setting one; COS_EBUSY: the former target's component
 * cannot go (comp_last).
 */
int comp_set_target(struct comp *comp, struct target *target, const struct cap *sinv);

#endif

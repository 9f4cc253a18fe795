/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Temporal capabilities: time of a core, which runs out.
 *
 * A core charges everything that it runs to its current tcap, whatever thread runs and whatever it
 * invokes. With none it runs on its own time, which is unlimited; its scheduler thread does. Time
 * comes from there (COS_HW_TIME) and is handed on (COS_TCAP_TRANSFER).
 *
 * INVARIANTS
 *	B1	A tcap belongs to one core, and only that core reads or changes it.
 *	B2	Time in tcaps comes only from a core's own and leaves only by being used or with the
 *		tcap: a transfer takes from one what it gives to the other.
 *	B3	When the current tcap runs out, the core enters the kernel (budget_end, core.h D6),
 *		and the running thread's scheduler thread is dispatched.
 *	B4	A tcap is no more urgent than any tcap that gave it time. A thread that an event
 *		dispatches is no more urgent than its tcap.
 *	B5	No budget exceeds UINT64_MAX / 4, so sums with the TSC do not overflow.
 *
 * tests/kernel/boot tests B2 to B4 (tcap.c) and B5 (attacks.c); tests/kernel/check.c looks at B1.
 */
#ifndef KERNEL_TCAP_H
#define KERNEL_TCAP_H

#include <stdint.h>

struct cpu;
struct thd;

struct tcap {
	uint64_t budget; /* ticks of the TSC; of the current tcap: at the last charge */
	uint64_t prio;	 /* smaller is more urgent */
	uint64_t core;
};

/* Make a tcap of this core, without time, of a free kernel page. Errors as mem_claim. */
int tcap_make(uint64_t pa, uint64_t prio, struct tcap **tcap);
/*
 * Drop a reference. The last one: COS_EBUSY: it is the core's current tcap; COS_ECORE: another
 * core's.
 */
int tcap_put(struct tcap *tcap);
/*
 * Move ticks from one tcap of this core, NULL: from the core's own time, to another. COS_EINVAL:
 * there are fewer, or the other would have too many (B5); COS_ECORE.
 */
int tcap_transfer(struct tcap *from, struct tcap *to, uint64_t ticks);
/* Charge the time since the last charge to the current tcap. */
void tcap_charge(struct cpu *c);
/* Make another tcap the current one; NULL: the core's own time. */
__attribute__((noinline)) void tcap_switch(struct cpu *c, struct tcap *tcap);
/* How urgent a thread is on a tcap; NULL: without one (B4). */
uint64_t tcap_prio(const struct thd *thd, const struct tcap *tcap);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quiescence: when what was taken away is no longer in use on any core.
 *
 * The kernel does not lock what it reads. An operation on one core may use a capability, a table or
 * an object that another core takes away meanwhile. So what is taken away keeps its contents until
 * no core can be in such an operation, nor have a translation of a mapping that went.
 *
 * DEFINITIONS
 *	epoch		a counter, one for all cores. It is the time by which reuse is decided.
 *	stamp		the epoch in which something was taken away.
 *	noted		of a core: the epoch at its last entry to the kernel from user level (but
 *			for the invocation path), or at its last return from the idle halt.
 *	passed		of a stamp: every core has noted a later epoch. What has that stamp may be
 *			used anew.
 *
 * STATES of a core
 *	running		epoch_noted is an epoch
 *	idle		epoch_noted is QUIESCE_IDLE: the core is halted and uses nothing
 *
 * TRANSITIONS
 *	running -> running	[quiesce_note], when the epoch has changed since the last entry
 *	running -> idle		[quiesce_idle]
 *	idle -> running		[quiesce_note], by way of the old epoch (Q4)
 *
 * INVARIANTS
 *	Q1	A locked instruction makes what is taken away impossible to find, before its stamp
 *		is read.
 *	Q2	A core notes the epoch before it looks anything up, and keeps no result of a lookup
 *		from one entry to the next.
 *	Q3	A core drops all translations of user addresses before it notes a new epoch.
 *	Q4	A core that was idle is seen to be back before it reads the epoch: whatever epoch
 *		begins after that waits for it.
 *	Q5	An epoch begins only when an operation waits for the one before (quiesce_passed).
 *
 * Q1 to Q4 give: when a stamp has passed, no core uses what has it. kernel/proof/quiesce.pml checks
 * that over all interleavings, tests/kernel/boot/cores.c (quiesce, remap, revoke) on several cores.
 */
#ifndef KERNEL_QUIESCE_H
#define KERNEL_QUIESCE_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

/* In epoch_noted: the core is idle. Later than every stamp. */
#define QUIESCE_IDLE UINT64_MAX

/* The stamp for what was just taken away (Q1). */
uint64_t quiesce_stamp(void);
/*
 * May what has that stamp be used anew? If not, a later epoch begins and the cores that lag are
 * interrupted, so that it will do to ask again.
 */
bool quiesce_passed(uint64_t stamp);
extern _Atomic uint64_t quiesce_epoch;
/*
 * This core enters the kernel from user level, or is back from the idle halt (core.h:
 * quiesce_enter).
 */
void quiesce_note(struct cpu *c);
/* This core is about to halt. */
void quiesce_idle(void);

#endif

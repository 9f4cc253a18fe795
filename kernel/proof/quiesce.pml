/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was taken away is in use nowhere when it is used anew (kernel/quiesce.h, Q1 to Q4).
 *
 * Core 0 unmaps a page and withdraws a capability (pgtbl_unmap, captbl_withdraw), gives both the
 * stamp of the epoch, and uses both anew when quiesce_passed says so. Core 1 runs in user level,
 * where it reaches the page by what translation it has; enters the kernel, where it looks the
 * capability up and uses it; and is idle. Epochs begin for other reasons too.
 *
 * Variants that must fail
 *	PLANT_WAKE	an idle core reads the epoch before it is seen to be back (Q4): the kernel
 *			did so once
 *	PLANT_STORE	the epoch is noted without a barrier (Q2)
 *	PLANT_LEAST	a stamp passes one epoch too early
 *	PLANT_STAMP	the stamp is read before the thing is taken away (Q1)
 */
#define CORES 2
#define EPOCHS 4
#include "cores.pml"

bool mapped = true, listed = true, anew;

inline idle(c)
{
	quiesce_idle(c);
	/* Halted. */
	quiesce_enter(c)
}

proctype core(byte c)
{
	QUIESCE_LOCALS;

	do
	:: true -> /* User level. */
		if
		:: tlb[c] -> assert(!anew)
		:: d_step { mapped -> tlb[c] = true }
		:: else
		fi
	:: true -> quiesce_enter(c);
		if
		:: listed -> assert(!anew)
		:: else
		fi
	:: true -> quiesce_enter(c);
		idle(c)
	od
}

proctype freer()
{
	byte stamp;
	QUIESCE_LOCALS;

	quiesce_enter(0);
#ifdef PLANT_STAMP
	stamp = epoch;
	mapped = false;
	listed = false;
#else
	mapped = false;
	listed = false;
	stamp = epoch;
#endif
	do
	:: true -> quiesce_enter(0);
		quiesce_passed(0, stamp);
		if
		:: passed_ -> break
		:: else
		fi
	:: true -> quiesce_enter(0);
		idle(0)
	od;
	anew = true
}

proctype others()
{
	do
	:: epoch < EPOCHS -> epoch++
	:: else -> break
	od
}

init
{
	atomic {
		run freer();
		run core(1);
		run others()
	}
}

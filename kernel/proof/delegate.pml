/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child is good only while its parent is there, and what takes the parent's slot is not its
 * parent (kernel/captbl.h, C1, C4, C5).
 *
 * Core 0 removes the parent (captbl_withdraw, captbl_remove) and publishes another capability in
 * the same slot when captbl_take lets it, again and again. Core 1 delegates from what it finds
 * there (captbl_find, captbl_delegate). Core 2 looks the child up (captbl_good). Each capability in
 * the parent's slot has a number, which its child keeps. An entry of the kernel that begins after
 * capability n was removed must not find a child of n good.
 *
 * Variants that must fail
 *	PLANT_ORDER	captbl_delegate reads `removed`, but does not look whether the parent is
 *			still there
 *	PLANT_WAIT	captbl_take does not wait
 *	PLANT_COUNT	`removed` rises before the parent is withdrawn
 */
#define CORES 3
#define PARENTS 3
#include "cores.pml"

#define NONE 0
#define BUSY 1
#define THERE 2

byte parent = THERE, number = 1, removed;
byte child = NONE, child_number, child_removed;
byte gone; /* the number of the capability that was removed last */

proctype remover()
{
	byte stamp;
	QUIESCE_LOCALS;

	do
	:: number < PARENTS ->
		quiesce_enter(0);
#ifdef PLANT_COUNT
		removed++;
		parent = BUSY;
#else
		parent = BUSY;
		removed++;
#endif
		stamp = epoch;
		parent = NONE;
		gone = number;
		do
		:: quiesce_enter(0);
#ifdef PLANT_WAIT
			break
#else
			quiesce_passed(0, stamp);
			if
			:: passed_ -> break
			:: else
			fi
#endif
		od;
		number++;
		parent = THERE
	:: else -> break
	od;
	quiesce_idle(0)
}

proctype delegator()
{
	byte found, count;
	QUIESCE_LOCALS;

	do
	:: true -> quiesce_enter(1);
		if
		:: child == NONE && parent == THERE ->
			found = number;
			count = removed;
#ifndef PLANT_ORDER
			if
			:: parent == THERE ->
#endif
				child_number = found;
				child_removed = count;
				child = THERE
#ifndef PLANT_ORDER
			:: else
			fi
#endif
		:: else
		fi;
		found = 0;
		count = 0
	:: true -> quiesce_enter(1);
		quiesce_idle(1);
		quiesce_enter(1)
	od
}

/* It also empties the child's slot at times, so that another child can come there. */
proctype user()
{
	byte before;
	QUIESCE_LOCALS;

	do
	:: true ->
		before = gone;
		quiesce_enter(2);
		if
		:: child == THERE && removed == child_removed -> assert(child_number > before)
		:: else
		fi;
		before = 0
	:: true -> quiesce_enter(2);
		d_step {
			if
			:: child == THERE -> child = NONE; child_number = 0; child_removed = 0
			:: else
			fi
		}
	od
}

init
{
	atomic {
		run remover();
		run delegator();
		run user()
	}
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A component is not freed while a thread is in it (kernel/comp.h, L4).
 *
 * Core 1 invokes it and returns (x86_64/entry.S: sinv, sret), may be interrupted in it (core_exit,
 * inv_unwind), and enters the kernel from its own component. Core 0 removes the sinv capability,
 * then the last capability of the component (comp_put, comp_last, mem_free), until that is done.
 * Core 2 stops and starts it by the same capability, as long as it finds that (comp_stop,
 * comp_start). The path reads the epoch once (N4), and counts the thread by a plain store, which
 * others see later (TSO).
 *
 * Variants that must fail
 *	PLANT_STAMP	comp_stop takes the stamp that comp_last waits for, and what is stopped can
 *			be started meanwhile: the kernel did so once
 *	PLANT_WAIT	comp_last does not wait
 *	PLANT_AGAIN	comp_last does not look again after it has waited
 *	PLANT_TWICE	the path reads the epoch twice
 */
#define CORES 3
#define ENDED 255
#define OPS 2 /* of core 2 */
#define DRAIN(c)                               \
	if                                     \
	:: c == 1 -> inside = inside_own       \
	:: else                                \
	fi
bool inside, inside_own; /* of core 1, in memory and as it sees it */
#include "cores.pml"

bool sinv_listed = true, comp_listed = true;
byte refs = 2, comp_epoch, stop_stamp;
bool freed;

active proctype store_buffer()
{
	do
	:: inside != inside_own -> inside = inside_own
	od
}

proctype invoker()
{
	byte e;
	QUIESCE_LOCALS;

	do
	:: quiesce_enter(1)
	:: sinv_listed ->
		e = comp_epoch;
		if
		:: e & 1
		:: else ->
#ifdef PLANT_TWICE
			e = comp_epoch;
#endif
			inside_own = true;
			do
			:: true -> assert(!freed) /* user level */
			:: true -> inside_own = false; /* sret */
				break
			:: true -> quiesce_enter(1);
				if
				:: e != comp_epoch -> assert(!freed);
					inside_own = false; /* inv_unwind */
					break
				:: else -> assert(!(e & 1))
				fi
			od
		fi;
		e = 0
	od
}

inline comp_stop()
{
	d_step { comp_epoch = comp_epoch | 1 };
#ifdef PLANT_STAMP
	stop_stamp = epoch
#endif
}

inline comp_last()
{
	ok = false;
	if
	:: inside
	:: else ->
#ifdef PLANT_STAMP
		if
		:: !(comp_epoch & 1) -> comp_stop()
		:: else
		fi;
#else
		if
		:: comp_epoch != ENDED ->
			comp_epoch = ENDED;
			stop_stamp = epoch
		:: else
		fi;
#endif
#ifdef PLANT_WAIT
		ok = true
#else
		quiesce_passed(0, stop_stamp);
#ifdef PLANT_AGAIN
		ok = passed_
#else
		if
		:: passed_ -> ok = !inside
		:: else
		fi
#endif
#endif
	fi
}

proctype remover()
{
	bool ok;
	QUIESCE_LOCALS;

	quiesce_enter(0);
	sinv_listed = false;
	refs--;
	do
	:: quiesce_enter(0);
		comp_listed = false;
		comp_last();
		if
		:: ok -> break
		:: else
		fi;
		comp_listed = true
	od;
	assert(refs == 1);
	freed = true
}

proctype starter()
{
	byte n;
	QUIESCE_LOCALS;

	do
	:: n < OPS ->
		quiesce_enter(2);
		if
		:: comp_listed ->
			if
			:: comp_stop()
			:: d_step { (comp_epoch & 1) && comp_epoch != ENDED -> comp_epoch++ }
			:: true
			fi
		:: else
		fi;
		n++
	:: else -> break
	od;
	quiesce_idle(2)
}

init
{
	atomic {
		if
		:: comp_epoch = 0
		:: comp_epoch = 1; stop_stamp = 1 /* stopped long ago */
		fi;
		run remover();
		run invoker();
		run starter()
	}
}

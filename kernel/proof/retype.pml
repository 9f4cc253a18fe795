/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page is not user and kernel memory at once, nor reached through a page table that is something
 * else (kernel/mem.h, M1, M2, M4; kernel/pgtbl.h, P3, P5, P7).
 *
 * Core 1 maps a page in a table of level 1 (pgtbl_map: mem_user_ref, the exchange of the entry, the
 * look at the table), uses it, and unmaps it (pgtbl_unmap: mem_user_unref), again and again. Core 0
 * unlinks that table, frees it with what it maps (pgtbl_put), and uses it anew. When the page is
 * free, core 0 makes it kernel memory and an object (mem_retype, mem_claim).
 *
 * Variants that must fail
 *	PLANT_COUNT	mem_user_ref looks at the type, then counts, in two steps
 *	PLANT_TABLE	no look at the table after the entry was set (P7)
 *	PLANT_WAIT	mem_take does not wait (M2)
 */
#define CORES 2
#define MAPS 3
#include "cores.pml"

bool user = true;  /* the page's type, else kernel */
bool object;	   /* it is an object of the kernel */
byte page_refs;
byte page_stamp;   /* of when it became free */
bool entry;	   /* maps the page */
bool linked = true, table = true; /* the table is linked, and is one */

/* Take the entry out: the one that does drops the reference. */
inline entry_take()
{
	d_step { was = entry; entry = false }
}

inline mem_user_unref()
{
	do
	:: true -> stamp = epoch;
		d_step {
			count = page_refs;
			if
			:: count == 1 -> page_refs = 0; page_stamp = stamp
			:: else -> page_refs--
			fi
		};
		count = 0;
		break
	od
}

inline pgtbl_map()
{
	ok = false;
	if
	:: !entry ->
#ifdef PLANT_COUNT
		ok = user;
		page_refs = (ok -> page_refs + 1 : page_refs);
#else
		d_step { ok = user; page_refs = (ok -> page_refs + 1 : page_refs) };
#endif
		if
		:: ok ->
			d_step { was = entry; entry = true };
			assert(!was);
#ifndef PLANT_TABLE
			if
			:: !table ->
				entry_take();
				if
				:: was -> mem_user_unref()
				:: else
				fi
			:: else
			fi
#endif
		:: else
		fi
	:: else
	fi;
	was = false;
	ok = false
}

inline pgtbl_unmap()
{
	entry_take();
	if
	:: was ->
		tlb[1] = false;
		mem_user_unref()
	:: else
	fi;
	was = false
}

proctype mapper()
{
	bool was, ok;
	byte stamp, count, maps;
	QUIESCE_LOCALS;

	do
	:: true -> /* User level. */
		if
		:: tlb[1] -> assert(user && !object)
		:: d_step { linked && entry -> tlb[1] = true }
		:: else
		fi
	:: true -> quiesce_enter(1);
		if
		:: linked && maps < MAPS -> maps++;
			pgtbl_map()
		:: else
		fi
	:: true -> quiesce_enter(1);
		if
		:: linked -> pgtbl_unmap()
		:: else
		fi
	:: true -> quiesce_enter(1);
		quiesce_idle(1);
		quiesce_enter(1)
	od
}

inline table_free()
{
	quiesce_enter(0);
	linked = false;
	tlb[0] = false;
	table_stamp = epoch;
	table = false;
	entry_take();
	if
	:: was -> mem_user_unref()
	:: else
	fi
}

proctype retyper()
{
	bool was, free, gone;
	byte stamp, count, table_stamp;
	QUIESCE_LOCALS;

	do
	:: linked && !gone -> table_free()
	:: !linked && !gone ->
		/* The table's page is used anew. */
		quiesce_enter(0);
		quiesce_passed(0, table_stamp);
		if
		:: passed_ -> assert(!entry);
			gone = true
		:: else
		fi
	:: user ->
		quiesce_enter(0);
		d_step { free = page_refs == 0; stamp = page_stamp };
		if
		:: free ->
#ifdef PLANT_WAIT
			passed_ = true;
#else
			quiesce_passed(0, stamp);
#endif
			/* mem_take: if the word is still the same. */
			d_step {
				if
				:: passed_ && page_refs == 0 && page_stamp == stamp -> user = false
				:: else
				fi
			}
		:: else
		fi
	:: !user && !object ->
		quiesce_enter(0);
		assert(page_refs == 0 && !entry);
		object = true
	:: object && gone -> break
	od;
	quiesce_idle(0)
}

init
{
	atomic {
		run mapper();
		run retyper()
	}
}

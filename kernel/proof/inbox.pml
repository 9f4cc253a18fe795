/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events from other cores: none is lost, and no thread is used that is something else by then
 * (kernel/core.h, D1, E3 to E5).
 *
 * There are two senders (core_send, inbox_push, core_poke) and two receiving cores (core_poked,
 * core_take_sent, core_deliver); two threads are on the first of these. One thread moves to the
 * other core at some time (core_move). The other is destroyed: its last capability is removed on
 * its core (thd_put), and its page is used anew when the operations that were under way have ended
 * (which quiesce.pml shows). When nothing can happen any more, a thread has got as many events as
 * were sent.
 *
 * Variants that must fail
 *	PLANT_CLEAR	the inbox is taken before the next interrupt can be asked for (E4)
 *	PLANT_LOSE	`sent` is read, then set to 0, in two steps
 *	PLANT_REF	the inbox holds no reference (E3)
 *	PLANT_NEXT	the rest of the list is looked up after the delivery
 *	PLANT_SELF	a core does not interrupt itself for a thread that it passes on, which may
 *			have come back to it meanwhile: the kernel did so once
 */
#define SENDERS 2
#define SENDS(s) (2 - s)
#define MOVES 0 /* this thread moves, */
#define GOES 1	/* and this one goes */
#define NONE 2

byte inbox[2] = NONE;
bool poked[2], interrupt[2];

byte next[2] = NONE;
byte on[2], sent[2], events[2], accepted[2];
byte refs[2] = 1;
bool listed[2] = true, freed[2], anew[2];
bool sending[SENDERS];

inline core_poke(c)
{
	d_step {
		if
		:: !poked[c] -> poked[c] = true; interrupt[c] = true
		:: else
		fi
	}
}

inline inbox_push(t, self)
{
	assert(!anew[t]);
	to = on[t];
	first = inbox[to];
	do
	:: next[t] = first;
		d_step {
			if
			:: inbox[to] == first -> inbox[to] = t; pushed = true
			:: else -> first = inbox[to]; pushed = false
			fi
		};
		if
		:: pushed -> break
		:: else
		fi
	od;
#ifdef PLANT_SELF
	poke = to != self;
#endif
	if
	:: poke -> core_poke(to)
	:: else
	fi
}

proctype sender(byte s)
{
	byte n, t, old, to, first;
	bool pushed, poke;

	do
	:: n < SENDS(s) ->
		sending[s] = true;
		if
		:: t = 0
		:: t = 1
		fi;
		if
		:: listed[t] ->
			assert(!anew[t]);
			d_step { old = sent[t]; sent[t]++; accepted[t]++ };
			if
			:: old == 0 ->
#ifdef PLANT_REF
				poke = true;
				inbox_push(t, NONE)
#else
				d_step {
					if
					:: !freed[t] -> refs[t]++; pushed = true
					:: else -> pushed = false
					fi
				};
				if
				:: pushed -> poke = true;
					inbox_push(t, NONE)
				:: else
				fi
#endif
			:: else
			fi
		:: else
		fi;
		d_step {
			sending[s] = false;
			old = 0; to = 0; first = 0; pushed = false; poke = false;
			n++
		}
	:: else -> break
	od
}

/* False in put: it was the last. */
inline mem_unref(t)
{
	d_step {
		if
		:: refs[t] > 1 -> refs[t]--; put = true
		:: else -> put = false
		fi
	}
}

inline mem_free(t)
{
	d_step {
		if
		:: refs[t] == 1 -> refs[t] = 0; freed[t] = true; put = true
		:: else -> put = false
		fi
	}
}

inline core_deliver(t, c)
{
	assert(!anew[t]);
	if
	:: on[t] != c -> poke = true;
		inbox_push(t, c)
	:: else ->
#ifdef PLANT_REF
		put = true;
#else
		mem_unref(t);
		if
		:: !put -> mem_free(t)
		:: else
		fi;
#endif
		if
		:: !put -> poke = false;
			inbox_push(t, c)
		:: put && !freed[t] ->
#ifdef PLANT_LOSE
			got = sent[t];
			sent[t] = 0;
#else
			d_step { got = sent[t]; sent[t] = 0 };
#endif
			events[t] = events[t] + got;
			got = 0
		:: else
		fi
	fi
}

proctype core(byte c)
{
	byte t, rest, to, first, got;
	bool pushed, put, moved, poke;

	do
	:: interrupt[c] ->
		interrupt[c] = false;
#ifdef PLANT_CLEAR
		d_step { t = inbox[c]; inbox[c] = NONE };
		poked[c] = false;
#else
		poked[c] = false;
		d_step { t = inbox[c]; inbox[c] = NONE };
#endif
		do
		:: t != NONE ->
			rest = next[t];
			core_deliver(t, c);
#ifdef PLANT_NEXT
			rest = next[t];
#endif
			d_step {
				t = rest; rest = 0; to = 0; first = 0;
				pushed = false; poke = false; put = false
			}
		:: else -> break
		od
	:: c == on[MOVES] && !moved ->
		on[MOVES] = 1 - c;
		moved = true
	:: c == on[GOES] && listed[GOES] ->
		listed[GOES] = false;
		mem_unref(GOES);
		if
		:: !put -> mem_free(GOES);
			if
			:: !put -> listed[GOES] = true /* COS_EAGAIN */
			:: else
			fi
		:: else
		fi
	od
}

active proctype user()
{
	freed[GOES];
	!sending[0];
	!sending[1];
	anew[GOES] = true
}

active proctype judge()
{
	timeout;
	assert(sent[MOVES] == 0 && events[MOVES] == accepted[MOVES]);
	assert(freed[GOES] || (sent[GOES] == 0 && events[GOES] == accepted[GOES]))
}

init
{
	atomic {
		run sender(0);
		run sender(1);
		run core(0);
		run core(1)
	}
}

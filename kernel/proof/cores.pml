/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * quiesce.c for the models: quiesce_enter, quiesce_idle, quiesce_passed (kernel/quiesce.h, Q2 to
 * Q5). Each line is one access to memory that other cores see. All accesses of the kernel here are
 * locked instructions or loads. So there is no store buffer to model, but where a variant takes the
 * lock away (PLANT_STORE).
 *
 * A process is a core, one of CORES; each declares QUIESCE_LOCALS.
 */
#define IDLE 255
#define QUIESCE_LOCALS byte now_, i_, least_, noted_; bool passed_

#ifndef DRAIN
#define DRAIN(c) /* a locked instruction empties the core's store buffer */
#endif

byte epoch = 2;
byte noted[CORES] = 2;
byte flushed[CORES] = 2;
byte passed_below[CORES] = 2;
bool tlb[CORES]; /* has a translation of the page that the model is about */

#ifdef PLANT_STORE
/* quiesce_enter's store as a plain one: a store buffer of one entry, which empties at any time. */
byte buffered[CORES];
bool buffer_full[CORES];
#define NOTE(c, value) buffered[c] = value; buffer_full[c] = true
#define NOTED_OWN(c) (buffer_full[c] -> buffered[c] : noted[c])
active proctype store_buffers()
{
	do
	:: atomic { buffer_full[0] -> noted[0] = buffered[0]; buffer_full[0] = false }
	:: atomic { buffer_full[1] -> noted[1] = buffered[1]; buffer_full[1] = false }
	od
}
#else
#define NOTE(c, value) noted[c] = value
#define NOTED_OWN(c) noted[c]
#endif

inline quiesce_enter(c)
{
#ifndef PLANT_WAKE
	/*
	 * Q4. The kernel lacked this once: it read the epoch before others could see the core back.
	 */
	if
	:: NOTED_OWN(c) == IDLE -> NOTE(c, flushed[c])
	:: else
	fi;
#endif
	now_ = epoch;
	if
	:: now_ == NOTED_OWN(c)
	:: else ->
		if
		:: now_ != flushed[c] -> tlb[c] = false
		:: else
		fi;
		flushed[c] = now_;
		DRAIN(c);
		NOTE(c, now_)
	fi;
	now_ = 0
}

inline quiesce_idle(c)
{
#ifdef PLANT_STORE
	!buffer_full[c];
#endif
	noted[c] = IDLE
}

inline quiesce_passed(c, stamp)
{
	if
	:: stamp < passed_below[c] -> passed_ = true
	:: else ->
		d_step { if :: epoch == stamp -> epoch = stamp + 1 :: else fi };
		least_ = IDLE;
		i_ = 0;
		do
		:: i_ < CORES ->
			d_step {
				noted_ = noted[i_];
				least_ = (noted_ < least_ -> noted_ : least_);
				i_++
			}
		:: else -> break
		od;
		passed_below[c] = least_;
		noted_ = 0;
		i_ = 0;
#ifdef PLANT_LEAST
		passed_ = stamp <= least_
#else
		passed_ = stamp < least_
#endif
	fi
}

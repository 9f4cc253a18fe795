/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads as sched knows them.
 *
 * I1  A thread belongs to its core: only threads on that core change it, under that core's lock,
 *     except the members that are marked as for other cores.
 * I2  A thread that may be on another core reads `state` before `core`, as thd_get and then
 *     thd_core do: if the thread turns out to be this core's, its state was this core's too.
 * I3  A struct thd stays at its place for ever, so a pointer to it is good even after the thread
 *     has died; a new thread of the same id takes its place.
 *
 * States:
 *	NONE -> READY		create_in, sched_adopt
 *	READY -> PARKED		sched_park, sched_unpark_park
 *	PARKED -> READY		a permit, sched_wake_all, the deadline (unpark in core.c)
 *	READY -> RECEIVING	the kernel's event that the thread waits (handle_event), or a
 *				refused dispatch (handle_refusal)
 *	RECEIVING -> READY	the kernel's event that it has been woken (handle_event); its own
 *				entry into sched (core_enter_slow); sched_wake_all
 *	READY, PARKED -> LEAVING	bound to another core (go, unpark in core.c)
 *	LEAVING -> READY	it stays after all (leave in inbox.c)
 *	READY, LEAVING, NONE -> MOVING	spread_move, on the core that it leaves
 *	MOVING -> READY		core_arrive, on the core that it comes to
 *	READY -> THROTTLED	cbs_check, cbs_begin, cbs_end, budget_throttle
 *	THROTTLED -> READY	its timeout (expire_timeouts); sched_thd_deadline with no runtime
 *	any -> DEAD		sched_thd_exit, the kernel's event that it died
 *	DEAD -> NONE		reap in core.c
 */
#ifndef SCHED_THD_H
#define SCHED_THD_H

#include <stdbool.h>
#include <stdint.h>
#include <cos/cap.h>
#include <sched/sched.h>
#include <cos/layout.h>
#include "budget.h"
#include "cbs.h"
#include <cos/timeout.h>

enum thd_state {
	THD_NONE,      /* no such thread */
	THD_READY,     /* in a queue */
	THD_PARKED,    /* in sched_park */
	THD_RECEIVING, /* in COS_ARCV_WAIT */
	THD_LEAVING,   /* in sched_thd_bind, for another core */
	THD_MOVING,    /* bound to its new core by the kernel; that core has yet to take it in */
	THD_THROTTLED, /* could run, but its runtime or its budget is used up */
	THD_DEAD,      /* to be destroyed */
};

#define THD_ALIGN 256 /* sixteen a page, and an index is a shift */
struct thd {
	struct cos_timeout timeout; /* first member: see thd_of_timeout */
	struct thd *next;	    /* in its ring (runq.h); of the dead: their list */
	struct thd *previous;
	uint64_t ran;	   /* up to the last switch, ticks of the TSC; other cores look at it */
	uint64_t since;	   /* TSC of the switch to it, 0: it does not run; other cores read it */
	uint64_t reported; /* the most that core_time_of has returned */
	uint32_t tid;
	uint8_t prio;
	uint8_t state;
	uint8_t permit;
	uint8_t timed_out; /* the deadline ended its park */
	uint8_t pinned;	   /* set by the thread itself: it is inside sched and stays on its core */
	uint8_t limited;   /* has a deadline or a budget: the quick switch does not apply */
	uint8_t capped;	   /* THD_THROTTLED because of its budget, not its deadline */
	/* For other cores. */
	uint8_t wanted_prio;
	uint32_t core;	   /* number of its core */
	int32_t bound;	   /* core to stay on, or THD_ANY */
	uint32_t maker;	   /* component that had it made, and alone may change it (thd_is_of) */
	uint32_t requests; /* REQUEST_* (core.h); not 0: it is in an inbox, or about to be */
	struct thd *inbox_next;
	struct cbs cbs;
	struct budget *budget; /* NULL: none */
} __attribute__((aligned(THD_ALIGN)));

#define THD_ANY (-1)

static inline struct thd *thd_of_timeout(struct cos_timeout *timeout)
{
	return (struct thd *)timeout;
}

static inline enum thd_state thd_state(const struct thd *thd)
{
	return (enum thd_state)__atomic_load_n(&thd->state, __ATOMIC_ACQUIRE);
}

static inline void thd_set_state(struct thd *thd, enum thd_state state)
{
	__atomic_store_n(&thd->state, (uint8_t)state, __ATOMIC_RELEASE);
}

static inline uint32_t thd_core(const struct thd *thd)
{
	return __atomic_load_n(&thd->core, __ATOMIC_ACQUIRE);
}

static inline int32_t thd_bound(const struct thd *thd)
{
	return __atomic_load_n(&thd->bound, __ATOMIC_RELAXED);
}

/* Did that component have the thread made? */
static inline bool thd_is_of(const struct thd *thd, long client)
{
	return __atomic_load_n(&thd->maker, __ATOMIC_RELAXED) == client;
}

#define THD_CHUNK (COS_PAGE_SIZE / sizeof(struct thd))
#define THD_NCHUNKS ((COS_CAPTBL_MAX - COS_CAP_THD(0)) / THD_CHUNK)
extern struct thd *thd_chunks[THD_NCHUNKS];

static inline struct thd *thd_chunk(size_t i)
{
	return __atomic_load_n(&thd_chunks[i], __ATOMIC_ACQUIRE);
}

/* The place of that thread id, in which there may be no thread (THD_NONE); NULL: no such place. */
static inline struct thd *thd_at(long tid)
{
	size_t i = (size_t)tid / THD_CHUNK;
	struct thd *chunk = i < THD_NCHUNKS ? thd_chunk(i) : NULL;

	return chunk != NULL ? &chunk[(size_t)tid % THD_CHUNK] : NULL;
}

/* The thread of that id, or NULL. */
static inline struct thd *thd_get(long tid)
{
	struct thd *thd = thd_at(tid);

	return thd != NULL && thd_state(thd) != THD_NONE ? thd : NULL;
}

/*
 * The place of that thread id, made if it is missing. NULL: out of memory, or tid is out of range.
 */
struct thd *thd_place(long tid);
/* Reset all but `requests` and `inbox_next`: the place may still be in an inbox. */
void thd_reset(struct thd *thd);
/* For a thread that was just made. */
void thd_set_budget(struct thd *thd, struct budget *budget);
/* Every thread id is below this. */
long thd_limit(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads as sched knows them.
 *
 * A thread is its core's: only threads on that core, under that core's lock, change it, but for
 * what is said to be for other cores. Who is not sure to be on that core reads `state` before
 * `core`, as thd_get and then thd_core do: if the thread is this core's then, the state was too.
 */
#ifndef SCHED_THD_H
#define SCHED_THD_H

#include <stdbool.h>
#include <stdint.h>
#include <mem/thread.h>
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
	THD_MOVING,    /* bound to its core by the kernel, which has yet to take it in */
	THD_THROTTLED, /* has used its runtime up, or its budget is empty; but for that it could run */
	THD_DEAD,      /* to be destroyed */
};

#define THD_ALIGN 256
struct thd {
	struct cos_timeout timeout; /* first member: see thd_of_timeout */
	struct thd *next;	    /* in its ring (runq.h); of the dead: their list */
	struct thd *previous;
	uint64_t ran;	   /* up to the last switch, ticks of the TSC; other cores look at it */
	uint64_t since;	   /* TSC of that switch, 0: it does not run; likewise */
	uint64_t reported; /* the most that core_time_of has said */
	uint32_t tid;
	uint8_t prio;
	uint8_t state;
	uint8_t permit;
	uint8_t timed_out; /* the deadline ended its park */
	uint8_t pinned;	   /* its own: it is inside sched and knows its core */
	uint8_t limited;   /* has a deadline or is in a budget: no plain case of a switch */
	uint8_t capped;	   /* of a throttled one: it is by its budget */
	/* For other cores. */
	uint8_t wanted_prio;
	uint32_t core;	   /* number of its core */
	int32_t bound;	   /* core that it is to stay on, THD_ANY */
	uint32_t requests; /* REQUEST_*, see core.h; not 0: it is in an inbox or will be at once */
	struct thd *inbox_next;
	struct cbs cbs;
	struct budget *budget; /* NULL: in none */
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

#define THD_CHUNK (COS_PAGE_SIZE / sizeof(struct thd))
#define THD_NCHUNKS ((COS_CAPTBL_MAX - MEM_THD_CAP(0)) / THD_CHUNK)
extern struct thd *thd_chunks[THD_NCHUNKS];

static inline struct thd *thd_chunk(size_t i)
{
	return __atomic_load_n(&thd_chunks[i], __ATOMIC_ACQUIRE);
}

/* Its place, which may be nobody's (THD_NONE); NULL if there is none. */
static inline struct thd *thd_at(long tid)
{
	size_t i = (size_t)tid / THD_CHUNK;
	struct thd *chunk = i < THD_NCHUNKS ? thd_chunk(i) : NULL;

	return chunk != NULL ? &chunk[(size_t)tid % THD_CHUNK] : NULL;
}

/* NULL if sched does not have it. */
static inline struct thd *thd_get(long tid)
{
	struct thd *thd = thd_at(tid);

	return thd != NULL && thd_state(thd) != THD_NONE ? thd : NULL;
}

/* Its place, in state THD_NONE if it is new; NULL: out of memory, or tid is out of range. */
struct thd *thd_place(long tid);
/* All but what says in which inbox it is: that may outlast the thread that had this tid. */
void thd_reset(struct thd *thd);
/* Of one that was just made. */
void thd_set_budget(struct thd *thd, struct budget *budget);
/* All tids are below. */
long thd_limit(void);

#endif

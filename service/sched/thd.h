/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads as sched knows them, and the queues of those that can run: a list a priority, and a mask
 * of the lists that are not empty. The running thread stays in its queue.
 */
#ifndef SCHED_THD_H
#define SCHED_THD_H

#include <stdbool.h>
#include <stdint.h>
#include <sched/sched.h>
#include "timeout.h"

enum thd_state {
	THD_NONE,      /* no such thread */
	THD_READY,     /* in a queue */
	THD_PARKED,    /* in sched_park */
	THD_RECEIVING, /* in COS_ARCV_WAIT */
	THD_DEAD,      /* to be destroyed */
};

struct thd {
	struct timeout timeout; /* first member: see thd_of_timeout */
	struct thd *next;	/* in its queue; of the dead: their list */
	struct thd *previous;
	uint64_t ran_ns; /* up to the last switch */
	uint32_t tid;
	uint8_t prio;
	uint8_t state;
	uint8_t permit;
	uint8_t timed_out; /* the deadline ended its park */
};

static inline struct thd *thd_of_timeout(struct timeout *timeout)
{
	return (struct thd *)timeout;
}

/* NULL if sched does not have it. */
struct thd *thd_get(long tid);
/* Its place, in state THD_NONE if it is new; NULL: out of memory, or tid is out of range. */
struct thd *thd_place(long tid);
/* All tids are below. */
long thd_limit(void);

#define RUNQ_NPRIOS (SCHED_PRIO_LAST + 1)
struct runq {
	uint64_t mask;
	struct thd *first[RUNQ_NPRIOS];
	struct thd *last[RUNQ_NPRIOS];
};

void runq_append(struct runq *runq, struct thd *thd);
void runq_prepend(struct runq *runq, struct thd *thd);
void runq_remove(struct runq *runq, struct thd *thd);
/* The first of the most urgent, or NULL. */
struct thd *runq_first(const struct runq *runq);

#endif

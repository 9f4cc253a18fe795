/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Components: a capability table, a page table, and where to go when the program in it makes a
 * system call or faults.
 *
 * Liveness: epoch is even while the component runs, odd while it is stopped. A thread's frame
 * remembers the epoch at which the thread entered; a frame whose epoch is not the component's was
 * entered before a stop, and is unwound when the thread next runs in it (thd.h).
 *
 * Lifetime: capabilities, threads that were made in it, and gates that lead to it are references;
 * frames on threads' stacks are counted by core in inside[], since they come and go on the
 * invocation path. A component is freed when neither is left. So that none comes in meanwhile,
 * it is stopped for good before, and every core has left the invocation path since.
 */
#ifndef KERNEL_COMP_H
#define KERNEL_COMP_H

#include <stdbool.h>
#include <stdint.h>
#include "captbl.h"

#define COMP_CORES 448	      /* that fit in the page */
#define COMP_ENDED UINT32_MAX /* epoch: it never starts again */

#define COMP_TARGETS 3

struct comp {
	_Atomic uint32_t epoch;
	uint32_t kind_sinv; /* COS_INV_SINV: stored to a frame together with epoch */
	uint64_t space;	    /* what the CPU's page-table register is loaded with */
	struct captbl *captbl;
	union {
		struct target target[COMP_TARGETS]; /* by COS_COMP_SET_* */
		struct {
			struct target gate, pager, handler;
		};
	};
	uint64_t *pgtbl;
	uint64_t id;
	_Atomic uint64_t ended;	      /* stamps (quiesce.h): of the end, */
	_Atomic uint64_t target_gone; /* of the last target that was taken away */
	_Atomic bool target_setting;
	uint8_t pad[512 - 129];
	int64_t inside[COMP_CORES];
};

/* COS_ETYPE, COS_EBUSY: the page, or too many references. */
int comp_make(uint64_t pa, struct captbl *captbl, uint64_t *pgtbl, uint64_t id, struct comp **comp);
/*
 * If the caller's reference is the last, may it go? COS_EBUSY when the component is in use, or holds
 * the last reference to its tables or to another component: those go first. Otherwise it is stopped
 * for good, and COS_EAGAIN: another core may be on its way into it.
 */
int comp_last(struct comp *comp);
/* Drop a reference: as comp_last. */
int comp_put(struct comp *comp);

static inline bool comp_running(const struct comp *comp)
{
	return !(comp->epoch & 1);
}

/* Idempotent. COS_EDEAD: it ended, or was stopped two thousand million times. */
void comp_stop(struct comp *comp);
int comp_start(struct comp *comp);

/* Let its target lead to what the sinv capability leads to, NULL: nowhere. COS_EAGAIN: it leads
 * nowhere now; COS_EBUSY: see comp_last. */
int comp_set_target(struct comp *comp, struct target *target, const struct cap *sinv);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Temporal capabilities: time of a core, that runs out. What a core does is charged to its current one,
 * whoever runs and whatever it invokes; without one it is the core's own time, which its scheduler thread
 * has without end. Time comes from that (COS_HW_TIME) and is handed on. A thread that an event dispatches
 * runs on its own tcap, and is no more urgent than that allows.
 */
#ifndef KERNEL_TCAP_H
#define KERNEL_TCAP_H

#include <stdint.h>

struct cpu;
struct thd;

struct tcap {
	uint64_t budget; /* ticks of the TSC; of the current one, as of the last charge */
	uint64_t prio;
	uint64_t core;
};

/* COS_ETYPE, COS_EBUSY, COS_EAGAIN: the page. */
int tcap_make(uint64_t pa, uint64_t prio, struct tcap **tcap);
/* Drop a reference. When it is the last: COS_EBUSY: it is the current one; COS_ECORE. */
int tcap_put(struct tcap *tcap);
/* Ticks of from, NULL: of the core's own, to another of this core: COS_EINVAL, COS_ECORE. */
int tcap_transfer(struct tcap *from, struct tcap *to, uint64_t ticks);
/* Charge what was used so far to the current one. */
void tcap_charge(struct cpu *c);
/* What runs from now on is charged to another one; NULL: to nobody. */
__attribute__((noinline)) void tcap_switch(struct cpu *c, struct tcap *tcap);
/* How urgent a thread is on a tcap, or without one. */
uint64_t tcap_prio(const struct thd *thd, const struct tcap *tcap);

#endif

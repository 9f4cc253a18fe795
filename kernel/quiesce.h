/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quiescence: when nothing that was taken away is in use any more, on any core.
 *
 * The kernel does not lock what it reads: an operation on one core may use a capability, a table or
 * an object that another core takes away meanwhile. So that stays as it is until no core can be in
 * such an operation, nor have a translation of the mapping that went. Time is counted in epochs, one
 * counter for all: what is taken away gets the stamp of the epoch in which it was. A core notes the
 * epoch whenever it enters the kernel from user level (off the invocation path) or leaves the idle
 * halt, and drops its translations if the epoch is another one than last time. A stamp has passed
 * when every core has noted a later epoch.
 *
 * The order on which this rests: taken away, with a locked instruction, before the stamp is read;
 * the epoch is noted before anything is looked up.
 */
#ifndef KERNEL_QUIESCE_H
#define KERNEL_QUIESCE_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

/* A core that is halted, and so uses nothing. */
#define QUIESCE_IDLE UINT64_MAX

/* The stamp for what was just taken away. */
uint64_t quiesce_stamp(void);
/* May it be used anew? If not, a later epoch has begun, and the cores that lag are interrupted. */
bool quiesce_passed(uint64_t stamp);
/* This core enters the kernel, or it ends or begins to be idle. */
extern _Atomic uint64_t quiesce_epoch;
void quiesce_note(struct cpu *c);
void quiesce_idle(void);

#endif

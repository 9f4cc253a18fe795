/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invocation: everything that is not on the fast path in x86_64/entry.S. The thread's registers are
 * in reg[]; these move it between components by changing its stack of frames (thd.h).
 */
#ifndef KERNEL_INV_H
#define KERNEL_INV_H

#include "thd.h"

/* Enter target through the gate: COS_ENOENT, COS_EREBOOT, COS_EDEPTH. */
int inv_gate(struct thd *thd);
/* COS_SRET, where the fast path declines: always changes the thread's registers. */
void inv_return(struct thd *thd);
/* An exception of the component that the thread is in. */
void inv_fault(struct thd *thd, uint64_t vector, uint64_t address, uint64_t error);
/* The component that the thread is in was stopped, or failed for good: leave it. */
void inv_unwind(struct thd *thd);

#endif

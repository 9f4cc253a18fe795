/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Invocation: how a thread moves between components, but for the fast path in x86_64/entry.S. The
 * thread's registers are in reg[]; these functions change them together with the invocation stack
 * (thd.h, I1 to I5).
 *
 * TRANSITIONS of the stack
 *	push COS_INV_SINV	entry.S (sinv), [op_sinv]
 *	push COS_INV_GATE	entry.S (gate), [inv_gate]
 *	push COS_INV_FAULT	[inv_fault] for the pager or the handler, [inv_return] for the
 *				handler after the pager has declined
 *	pop			entry.S (sret), [inv_return]: the caller goes on with the result;
 *				or, after a fault was resolved, with all registers as they were
 *	unwind			[inv_unwind], [inv_return]: stale invocations (comp.h) are popped
 *				until one is found that is not; its code gets COS_EREBOOT. A thread
 *				without any left dies.
 *
 * A push fails with COS_EREBOOT when the target is stopped, with COS_EDEPTH when the stack is full
 * (I2), and then changes nothing. Of a fault neither is reported: it is as if the pager or handler
 * had declined.
 */
#ifndef KERNEL_INV_H
#define KERNEL_INV_H

#include "thd.h"

/* Enter the component's gate. COS_ENOENT: it has none; COS_EREBOOT, COS_EDEPTH as above. */
int inv_gate(struct thd *thd);
/* COS_SRET, when it is not for the fast path. Changes the thread's registers in any case. */
void inv_return(struct thd *thd);
/* The thread's code has raised an exception: ask the pager or the handler, or unwind. */
void inv_fault(struct thd *thd, uint64_t vector, uint64_t address, uint64_t error);
/* Leave the component that the thread is in: it was stopped, or nothing resolves its fault. */
void inv_unwind(struct thd *thd);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * storage: a rump kernel as a server of system calls, in the manner of rump's sysproxy. Each client
 * component is one process of the rump kernel (forked from process 1 at its first call), each
 * thread of it one lwp there. Numbers, argument order and structures are NetBSD's
 * (rump/include/rump).
 */
#ifndef INTERFACE_STORAGE_H
#define INTERFACE_STORAGE_H

#include "interface.h"

/*
 * System call num with its arguments as NetBSD's argument structure has them, padding included
 * (pread: fd, buf, len, PAD, offset), at most five. Pointers are addresses in windows or shared
 * buffers, anything else is EFAULT. v0 = 0, a positive NetBSD errno, or negative COS_E*; v1 = the
 * call's result.
 */
COS_INTERFACE struct cos_pair storage_syscall(long num, unsigned long a0, unsigned long a1,
					      unsigned long a2, unsigned long a3, unsigned long a4);
/* Wake the client's thread tid out of an interruptible sleep in a call: EINTR there. */
COS_INTERFACE long storage_interrupt(long tid);
/*
 * The next signal that the rump kernel raised for the client's process, by NetBSD's number; blocks
 * until there is one, or until deadline_ns (0: for ever): COS_ETIMEDOUT. One that was raised twice
 * before it was asked for comes once.
 */
COS_INTERFACE long storage_signal(unsigned long deadline_ns);
/* How often this rump kernel was started: changes when what was held in it is gone. */
COS_INTERFACE long storage_generation(void);

#endif

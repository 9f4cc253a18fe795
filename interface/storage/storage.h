/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * storage: a rump kernel as a server of system calls, in the manner of rump's sysproxy.
 * Audience: everyone.
 *
 * Each client component is one process of the rump kernel, forked from process 1 at its first call;
 * each of its threads is one lwp of that process. Numbers, argument order and structures are
 * NetBSD's (rump/include/rump).
 */
#ifndef INTERFACE_STORAGE_H
#define INTERFACE_STORAGE_H

#include "interface.h"

/*
 * Make system call num. Its arguments, at most five, are in the order of NetBSD's argument
 * structure, padding included (pread: fd, buf, len, PAD, offset). Pointers are addresses in windows
 * or shared buffers; any other is EFAULT. v0 = 0, a positive NetBSD errno, or negative COS_E*; v1 =
 * the call's result.
 */
COS_INTERFACE struct cos_pair storage_syscall(long num, unsigned long a0, unsigned long a1,
					      unsigned long a2, unsigned long a3, unsigned long a4);
/* Wake the client's thread tid out of an interruptible sleep in a call: EINTR there. */
COS_INTERFACE long storage_interrupt(long tid);
/*
 * Wait for the next signal that the rump kernel raises for the client's process: its NetBSD number,
 * or COS_ETIMEDOUT at deadline_ns (0: wait for ever). A signal that was raised twice between two
 * calls is returned once.
 */
COS_INTERFACE long storage_signal(unsigned long deadline_ns);
/* How often this rump kernel was started: if it has changed, files and sockets in it are gone. */
COS_INTERFACE long storage_generation(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * errno for local code, which is code of a component that calls the rump kernel in it (rump_sys_*).
 */
#ifndef RUMPUSER_COS_ERRNO_H
#define RUMPUSER_COS_ERRNO_H

/*
 * Not NetBSD's: the last value that the calling thread gave to rumpuser_seterrno; 0 in a new
 * thread.
 */
int rumpuser_geterrno(void);

#endif

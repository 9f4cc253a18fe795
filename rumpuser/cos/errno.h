/* SPDX-License-Identifier: BSD-2-Clause */
/* errno of local code: what a component calls a rump kernel in it by (rump_sys_*). */
#ifndef RUMPUSER_COS_ERRNO_H
#define RUMPUSER_COS_ERRNO_H

/* Ours: what rumpuser_seterrno last gave the calling thread, 0 in a new one. */
int rumpuser_geterrno(void);

#endif

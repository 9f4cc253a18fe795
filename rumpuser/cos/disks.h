/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RUMPUSER_COS_DISKS_H
#define RUMPUSER_COS_DISKS_H

/* Once, when the rump kernel has started. What cannot be attached is said in the log. */
void disks_attach(void);

#endif

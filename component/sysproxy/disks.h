/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef COMPONENT_SYSPROXY_DISKS_H
#define COMPONENT_SYSPROXY_DISKS_H

/* Once, when the rump kernel has started. What cannot be attached is said in the log. */
void disks_attach(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of a rump kernel's disks, at its start. */
#ifndef COMPONENT_SYSPROXY_DISKS_H
#define COMPONENT_SYSPROXY_DISKS_H

/* Called once, when the rump kernel has started. A disk that cannot be attached is logged. */
void disks_attach(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The first network interface of NetBSD's rump kernel, at its start. */
#ifndef COMPONENT_SYSPROXY_NETCONFIG_H
#define COMPONENT_SYSPROXY_NETCONFIG_H

/* Called once, when the rump kernel has started. A failure is logged. */
void netconfig_apply(void);

#endif

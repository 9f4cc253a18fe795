/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef COMPONENT_SYSPROXY_NETCONFIG_H
#define COMPONENT_SYSPROXY_NETCONFIG_H

/* Once, when the rump kernel has started. What cannot be done is said in the log. */
void netconfig_apply(void);

#endif

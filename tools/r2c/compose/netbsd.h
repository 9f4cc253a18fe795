/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Components with NetBSD's rump kernel (docs/netbsd.md). The component's object has the
 * hypercalls and the interface. $RUMP_PREFIX/lib/librump*.a, as NetBSD's own build installs them,
 * are linked with all their members, since these find each other by link sets and not by name.
 */
#ifndef R2C_COMPOSE_NETBSD_H
#define R2C_COMPOSE_NETBSD_H

#include "system.h"

/*
 * One relocatable object of the component's own and its libraries, in the system's folder under
 * build/; its path becomes the component's. False: reported.
 */
bool netbsd_link(struct sys *sys, struct sys_component *component);

#endif

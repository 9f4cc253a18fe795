/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of sys_read (system.h). False: the mistakes are reported. */
#ifndef R2C_COMPOSE_SYSTEM_PARTS_H
#define R2C_COMPOSE_SYSTEM_PARTS_H

#include "system.h"

/* Find exports and imports in the objects, join them, and put the components in the order of start.
 */
bool sys_wire(struct sys *sys);
/* Devices, parameters, windows and blobs. */
bool sys_give(struct sys *sys);

#endif

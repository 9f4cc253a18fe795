/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem: receive end-points, on which a thread waits for events.
 * Audience: sched, dev.
 */
#ifndef INTERFACE_MEM_ARCV_H
#define INTERFACE_MEM_ARCV_H

#include "interface.h"

/*
 * An end-point for thread tid: v0 = its capability in the domain of the thread, v1 = its capability
 * in the caller's domain.
 */
COS_INTERFACE struct cos_pair mem_arcv_create(long tid);

#endif

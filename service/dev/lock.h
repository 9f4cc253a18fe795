/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev_lock guards everything that changes after dev has started: configuration accesses are two
 * port accesses each; mappings, vectors, and what devices reach are recorded. No interface function
 * is called with it held that could come back here (mem and sched do not know dev).
 */
#ifndef SERVICE_DEV_LOCK_H
#define SERVICE_DEV_LOCK_H

#include <cos/sync.h>

extern struct cos_mutex dev_lock;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dev_lock guards all that changes after dev has started: configuration registers (an access is two
 * of ports), mappings, vectors, and what devices reach. With it held dev calls only mem and sched,
 * which never call dev.
 */
#ifndef SERVICE_DEV_LOCK_H
#define SERVICE_DEV_LOCK_H

#include <cos/sync.h>

extern struct cos_mutex dev_lock;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A component that ends by a hypercall, in the way that it is asked to.
 * Audience: everyone.
 */
#ifndef ENDER_H
#define ENDER_H

#include "interface.h"

#define ENDER_EXIT 1  /* with status 42 */
#define ENDER_PANIC 2 /* in a thread of the rump kernel */
#define ENDER_TERM 3  /* by a signal */
#define ENDER_ABORT 4 /* by a signal that leaves a report */

/* Returns only for a number that is no way of ending. */
COS_INTERFACE long ender_end(long how);

#endif

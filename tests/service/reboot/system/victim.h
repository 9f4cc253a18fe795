/* SPDX-License-Identifier: BSD-2-Clause */
/* A component that fails in the way that it is asked to. */
#ifndef VICTIM_H
#define VICTIM_H

#include "interface.h"

#define VICTIM_READ_NULL 1
#define VICTIM_DIVIDE 2
#define VICTIM_PANIC 3
#define VICTIM_WRITE_TEXT 4
#define VICTIM_OVERFLOW_STACK 5

/* Returns how; not for a way of failing. */
COS_INTERFACE long victim_fail(long how);

#endif

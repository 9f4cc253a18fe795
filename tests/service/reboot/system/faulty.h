/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A component that fails in the way that it is asked to.
 * Audience: everyone.
 */
#ifndef FAULTY_H
#define FAULTY_H

#include "interface.h"

#define FAULTY_READ_NULL 1
#define FAULTY_DIVIDE 2
#define FAULTY_PANIC 3
#define FAULTY_WRITE_TEXT 4
#define FAULTY_OVERFLOW_STACK 5

/* Returns how; not for a way of failing. */
COS_INTERFACE long faulty_fail(long how);

#endif

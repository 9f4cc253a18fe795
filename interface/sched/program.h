/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched: threads of programs.
 * Audience: posix.
 */
#ifndef INTERFACE_SCHED_PROGRAM_H
#define INTERFACE_SCHED_PROGRAM_H

#include "interface.h"

/*
 * A thread in component comp, under the budget of that number (SCHED_BUDGET_NONE: under none).
 * gate_number >= 0: it starts as if by that system call, through comp's gate. tid or COS_ENOMEM;
 * COS_EPERM: comp is no program that the caller made.
 */
COS_INTERFACE long sched_thd_create_in(long comp, unsigned long ip, unsigned long arg, long prio,
				       long gate_number, long budget);

#endif

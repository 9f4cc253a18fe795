/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls. Each takes the arguments as the program passed them, and returns the result or
 * -LX_E*, -LX_RESTART or -LX_RESTART_NOHAND. The manual pages, section 2, say what each does.
 *
 * To add one: its line in calls.list.h, the function in the file that it belongs to, and a program
 * in tests/linux.
 */
#ifndef POSIX_CALLS_H
#define POSIX_CALLS_H

#include <stdint.h>

struct gate_frame;
struct thread;

#define HAVE(number, name) long sys_##name(struct thread *t, const uint64_t *a);
#define NONE(number, name)
#include "calls.list.h"
#undef HAVE
#undef NONE

/* table.c. From the gate (arch/x86_64/gate.S); the result is the program's rax. */
long posix_syscall(struct gate_frame *f, long cos_tid, long comp);

const char *call_name(uint64_t number); /* NULL: no such number */

#endif

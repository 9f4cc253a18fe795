/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading programs. */
#ifndef POSIX_EXEC_EXEC_H
#define POSIX_EXEC_EXEC_H

#include <stdbool.h>

struct exec_args;
struct thread;

/*
 * Replace the process's program by the file at path (as posix has it in its own memory). 0: t->start
 * is what it starts with, in the process's address space; if *moved, that is not the one in which t
 * is (thread_restart). -LX_E*: *dead tells whether the old program is gone by then.
 */
long exec_load(struct thread *t, const char *path, struct exec_args *args, bool *dead, bool *moved);

#endif

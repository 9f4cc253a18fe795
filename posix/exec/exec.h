/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading programs. */
#ifndef POSIX_EXEC_EXEC_H
#define POSIX_EXEC_EXEC_H

#include <stdbool.h>

struct exec_args;
struct thread;

/*
 * Replace the process's program by the file at path, a string of posix's own. 0: t->start is what
 * the program starts with; *moved: in another address space than t's own (thread_restart). -LX_E*;
 * *dead: the old program is gone (exec.c, V1).
 */
long exec_load(struct thread *t, const char *path, struct exec_args *args, bool *dead, bool *moved);

#endif

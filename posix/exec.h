/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading programs: static ELF64 executables for x86-64, fixed (ET_EXEC) or position-independent
 * (ET_DYN), and scripts that name an interpreter in their first line.
 */
#ifndef POSIX_EXEC_H
#define POSIX_EXEC_H

#include <stddef.h>
#include "thread.h"

/* Argument and environment strings, one after the other. */
struct exec_args {
	char *text;
	size_t len, size;
	unsigned argc, envc;
};
/* False: out of memory. Arguments first, then the environment. */
bool exec_args_add(struct exec_args *args, const char *s);

/*
 * Replace the process's program by the file at path (as posix has it in its own memory). 0: t->start
 * is what it starts with, in the process's address space; if *moved, that is not the one in which t
 * is (thread_restart). -LX_E*: *dead tells whether the old program is gone by then.
 */
long exec_load(struct thread *t, const char *path, struct exec_args *args, bool *dead, bool *moved);

/* Layout of a program's address space, from the top: posix's page, a gap, the stack, its guard. */
#ifndef PROGRAM_TOP
#define PROGRAM_TOP COS_SLOT(1ul)
#endif
#define PROGRAM_TRAMPOLINE (PROGRAM_TOP - 2 * PAGE)
#define PROGRAM_STACK_TOP (PROGRAM_TOP - 4 * PAGE)
/* Where position-independent programs are put. */
#ifndef PROGRAM_DYN_BASE
#define PROGRAM_DYN_BASE 0x1000000000ul
#endif

#endif

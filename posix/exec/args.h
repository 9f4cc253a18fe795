/* SPDX-License-Identifier: BSD-2-Clause */
/* Argument and environment strings of a new program. */
#ifndef POSIX_EXEC_ARGS_H
#define POSIX_EXEC_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thread;

/* Strings one after the other with their NULs: arguments first, then the environment. */
struct exec_args {
	char *text;
	size_t len, size;
	unsigned argc, envc;
};
/* False: out of memory. */
bool exec_args_add(struct exec_args *args, const char *s);
/* Add the strings of a NULL-terminated array in the program, and count them. 0 or -LX_E*. */
long exec_args_user(struct thread *t, uint64_t array, struct exec_args *args, unsigned *count);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program finds on its stack. */
#ifndef POSIX_EXEC_STACK_H
#define POSIX_EXEC_STACK_H

#include <stdint.h>

struct exec_args;
struct image;
struct thread;

/*
 * Build it as the psABI (3.4.1) says: argc, argv, environment, auxiliary vector; the strings above.
 * 0, and *sp is the stack pointer, or -LX_E*.
 */
long stack_build(struct thread *t, const struct image *im, const char *path,
		 const struct exec_args *args, uint64_t *sp);

#endif

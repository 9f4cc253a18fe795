/* SPDX-License-Identifier: BSD-2-Clause */
/* The component's start, and the end of the program that it started. */
#ifndef POSIX_INIT_INIT_H
#define POSIX_INIT_INIT_H

/* A program is gone. When it is the first one: everything is written to the disks, the status told,
 * the system ended. */
struct process;
void init_program_ended(struct process *proc);
struct process *init_main_program(void); /* NULL: none yet */
/* Name for uname. */
const char *init_hostname(void);

#define STACK_SIZE (8ul << 20)

#endif

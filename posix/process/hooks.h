/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the other folders keep of a process and its threads. A folder supplies one struct; table.c
 * has all of them, in the order in which they are called. A NULL member: nothing to do.
 */
#ifndef POSIX_PROCESS_HOOKS_H
#define POSIX_PROCESS_HOOKS_H

struct process;
struct thread;

struct process_hooks {
	/*
	 * A process is made. 0 or -LX_ENOMEM; then `end` is called of the entries before this one.
	 */
	long (*create)(struct process *proc);
	/* t, by now its process's only thread, gives the program up for a new one. */
	void (*exec)(struct thread *t);
	/* t ends, but its process need not: the memory is there, and other threads may go on. */
	void (*thread_end)(struct thread *t);
	/*
	 * All threads have left, and the memory is still there: from now on nothing happens to the
	 * process. t: the last thread, NULL: there is none.
	 */
	void (*stop)(struct process *proc, struct thread *t);
	/* The memory is gone: give back what is held. */
	void (*end)(struct process *proc);
};

/* NULL at the end. */
extern const struct process_hooks *const process_hooks[];

#endif

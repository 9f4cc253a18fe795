/* SPDX-License-Identifier: BSD-2-Clause */
/* File locks: flock's belong to an open file, fcntl's record locks to a process. */
#ifndef POSIX_FILE_LOCKS_H
#define POSIX_FILE_LOCKS_H

#include <stdint.h>

struct file;
struct process;
struct thread;

/* The commands of fcntl that lock and tell of locks. */
long file_lock(struct thread *t, struct file *f, int cmd, uint64_t arg);
/* The record locks of a process on a file end with any of its descriptors. */
void posix_locks_drop(struct process *proc, struct file *f);
/* Those of an open file end with it. */
void file_locks_drop(struct file *f);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* File locks. */
#ifndef POSIX_FILE_LOCKS_H
#define POSIX_FILE_LOCKS_H

#include <stdint.h>

struct file;
struct process;
struct thread;

/* fcntl's commands LX_F_GETLK to LX_F_OFD_SETLKW. */
long file_lock(struct thread *t, struct file *f, int cmd, uint64_t arg);
/* The record locks of a process on a file end with any of its descriptors. */
void posix_locks_drop(struct process *proc, struct file *f);
/* The locks of an open file end with it. */
void file_locks_drop(struct file *f);

#endif

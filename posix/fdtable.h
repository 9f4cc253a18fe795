/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_FDTABLE_H
#define POSIX_FDTABLE_H

#include "file.h"

struct process;

/* 0 or -LX_EBADF. */
long fd_close(struct thread *t, int fd);
/* Set (0, 1) or only tell (-1) close-on-exec: what it is, -LX_EBADF. */
long fd_cloexec(struct thread *t, int fd, int set);
/* The record locks (fcntl) of a process on a file end with any of its descriptors. locks.c. */
void posix_locks_drop(struct process *proc, struct file *f);
/* Those of an open file (flock) end with it. */
void file_locks_drop(struct file *f);
/* fcntl. */
long file_lock(struct thread *t, struct file *f, int cmd, uint64_t arg);

/* Two files as two descriptors, whose numbers go to out; takes the references over. */
long fd_pair(struct thread *t, struct file *f[2], bool cloexec, uint64_t out);

#endif

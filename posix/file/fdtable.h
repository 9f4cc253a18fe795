/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptors: the numbers that a process has for open files. */
#ifndef POSIX_FILE_FDTABLE_H
#define POSIX_FILE_FDTABLE_H

#include <stdbool.h>
#include <stdint.h>

struct file;
struct process_hooks;
struct thread;

extern const struct process_hooks fdtable_hooks;

/* The file of a descriptor with a reference, NULL: EBADF. */
struct file *fd_get(struct thread *t, int fd);
/* Likewise, if it is open for reading, or writing. */
struct file *fd_for_read(struct thread *t, uint64_t fd);
struct file *fd_for_write(struct thread *t, uint64_t fd);
/*
 * The lowest free descriptor >= from gets f and takes over the caller's reference, on failure as
 * well. fd or -LX_EMFILE, -LX_ENOMEM.
 */
long fd_install(struct thread *t, struct file *f, int from, bool cloexec);
/* Two descriptors for two files; the numbers go to out. Takes the references over. 0 or -LX_E*. */
long fd_pair(struct thread *t, struct file *f[2], bool cloexec, uint64_t out);
/* 0 or -LX_EBADF. */
long fd_close(struct thread *t, int fd);
/* Set close-on-exec (0, 1) or leave it (-1): its value, or -LX_EBADF. */
long fd_cloexec(struct thread *t, int fd, int set);

#endif

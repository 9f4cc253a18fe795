/* SPDX-License-Identifier: BSD-2-Clause */
/* Files without a name that show state of posix: eventfd, timerfd, signalfd, epoll. */
#ifndef POSIX_FILE_ANON_H
#define POSIX_FILE_ANON_H

#include <stddef.h>
#include <stdint.h>

struct file;
struct file_ops;
struct lx_stat;
struct thread;

/* A file with a zeroed object of that size; O_NONBLOCK as in flags. NULL: out of memory. */
struct file *anon_create(const struct file_ops *ops, size_t size, uint64_t flags);
long anon_stat(struct thread *t, struct file *f, struct lx_stat *st);
/* A release that only frees the object. */
void anon_release(struct file *f);
/* A new number for what has no inode on a disk. */
uint64_t anon_inode(void);

#endif

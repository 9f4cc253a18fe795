/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_PROCFS_H
#define POSIX_PROCFS_H

#include "file.h"

/* A file of /proc, made as it is opened. NULL with *error 0: none that we make. */
struct file *procfs_open(struct thread *t, const char *abs, unsigned flags, long *error);

#endif

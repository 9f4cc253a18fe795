/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes. */
#ifndef POSIX_FILE_PIPE_H
#define POSIX_FILE_PIPE_H

#include <stdint.h>

struct file;
struct lx_stat;

/* Reader and writer. 0 or -LX_ENOMEM. */
long pipe_create(struct file *ends[2], unsigned flags);
/* What stat says of a pipe: also for the console's streams, which may be one. */
void pipe_stat(struct lx_stat *st, uint64_t ino, unsigned mode);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes, as files. */
#ifndef POSIX_FILE_PIPE_H
#define POSIX_FILE_PIPE_H

#include <stdint.h>

struct lx_stat;

#define PIPE_SIZE 65536u /* bytes that a pipe holds: as Linux has it at first */

/* stat of a pipe; the console's streams are reported as one, too. */
void pipe_stat(struct lx_stat *st, uint64_t ino, unsigned mode);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RUMPUSER_COS_FILE_H
#define RUMPUSER_COS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Up to the file's end: *donep bytes. EBADF, EINVAL; ENOSPC: a write beyond the end (*donep were
 * written). */
int file_transfer(int fd, bool write, void *data, size_t len_bytes, int64_t off, size_t *donep);

#endif

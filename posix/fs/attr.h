/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the storage backend about one file. */
#ifndef POSIX_FS_ATTR_H
#define POSIX_FS_ATTR_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/*
 * The backend's call num(fd, x, y, z) for a file of storage. sync: its mappings are written back
 * first. 0 or -LX_E*.
 */
long attr_fd_call(struct thread *t, int num, uint64_t fd, uint64_t x, uint64_t y, uint64_t z,
		  bool sync);
/* The backend's call num(dirfd, path, x, y, z). 0 or -LX_E*. */
long attr_path_call(struct thread *t, int num, uint64_t dirfd, uint64_t path, uint64_t x,
		    uint64_t y, uint64_t z);

#endif

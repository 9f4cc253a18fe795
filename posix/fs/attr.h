/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the storage backend about one file. */
#ifndef POSIX_FS_ATTR_H
#define POSIX_FS_ATTR_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* num(fd, x, y, z) for a descriptor of storage; sync: after what its mappings hold is written. */
long attr_fd_call(struct thread *t, int num, uint64_t fd, uint64_t x, uint64_t y, uint64_t z,
		  bool sync);
/* num(dirfd, path, x, y, z). */
long attr_path_call(struct thread *t, int num, uint64_t dirfd, uint64_t path, uint64_t x,
		    uint64_t y, uint64_t z);

#endif

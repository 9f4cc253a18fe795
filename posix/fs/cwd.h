/* SPDX-License-Identifier: BSD-2-Clause */
/* The working directory. */
#ifndef POSIX_FS_CWD_H
#define POSIX_FS_CWD_H

struct thread;

/* chdir to a path in posix's own memory. 0 or -LX_E*. */
long cwd_set(struct thread *t, const char *name);

#endif

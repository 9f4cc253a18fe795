/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_FS_CWD_H
#define POSIX_FS_CWD_H

struct thread;

/* chdir by a name that posix has. 0 or -LX_E*. */
long cwd_set(struct thread *t, const char *name);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the storage backend. */
#ifndef POSIX_FS_STORAGE_H
#define POSIX_FS_STORAGE_H

struct file;
struct path;
struct thread;

/* Open with Linux's flags; mode for a new file. NULL: *error is why. */
struct file *storage_open(struct thread *t, const struct path *p, unsigned flags, unsigned mode,
			  long *error);

#endif

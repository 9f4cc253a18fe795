/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories as programs list them. The entries are read from the backend as a whole when a
 * listing begins, and again after a seek to 0. The offset of a directory is the number of an entry,
 * so a position that telldir gave stays valid while entries are added and removed.
 */
#ifndef POSIX_FS_DIRLIST_H
#define POSIX_FS_DIRLIST_H

#include "file/file.h"

/* lseek of a directory that is being listed. */
long dirlist_seek(struct thread *t, struct file *f, int64_t offset, int whence);
/* A listing, NULL: none. */
void dirlist_free(void *list);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories as programs list them. The entries are read from the backend when a listing begins
 * (and anew after a seek to 0); the offset of a directory is the number of the entry, so that
 * telldir and seekdir hold.
 */
#ifndef POSIX_FS_DIRLIST_H
#define POSIX_FS_DIRLIST_H

#include "file/file.h"

long dirlist_seek(struct thread *t, struct file *f, int64_t offset, int whence);
void dirlist_free(void *list);

#endif

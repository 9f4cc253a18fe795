/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path arguments. The backend resolves paths, from its root or from a directory descriptor of its
 * own. posix copies the string into the thread's shared buffer, finds the descriptor, and
 * recognises a path into a tree of its own (tree.h).
 *
 * Not there: such a path is recognised by its letters alone, so not through a symbolic link, and
 * not relative to a descriptor other than the working directory.
 */
#ifndef POSIX_FS_PATH_H
#define POSIX_FS_PATH_H

#include <stdbool.h>
#include <stdint.h>

struct file;
struct lx_stat;
struct thread;

/* AT_FDCWD as a system call's argument. */
#define PATH_CWD ((uint64_t)LX_AT_FDCWD)

struct path {
	struct file *dir; /* referenced; NULL: an absolute path */
	long dirfd;	  /* the backend's */
	char *name;	  /* in the thread's shared buffer */
	char *synth; /* normalised absolute path if it leads into a tree of posix's own (tree.h) */
};

/*
 * The path at addr relative to dirfd; slot: SHARED_PATH0 or SHARED_PATH1. 0, or -LX_EFAULT, _ENOENT
 * (empty), _ENAMETOOLONG, _EBADF, _ENOTDIR, _ENOMEM; then there is nothing to put.
 */
long path_get(struct thread *t, int dirfd, uint64_t addr, unsigned slot, struct path *p);
void path_put(struct path *p);
/* A string of posix's own as a path from the backend's root. */
void path_absolute(struct thread *t, const char *name, unsigned slot, struct path *p);
/*
 * The absolute form of a name in dir, with ".", ".." and doubled slashes removed as letters,
 * without a look at links. The caller frees it. NULL: out of memory.
 */
char *path_normalise(const char *dir, const char *name);
/* The path as a string from the root, which the caller frees. NULL: out of memory. */
char *path_string(struct thread *t, const struct path *p);

/* Open any file, one in posix's own trees included. NULL: *error is why. */
struct file *path_open(struct thread *t, const struct path *p, unsigned flags, unsigned mode,
		       long *error);
/* Likewise, by an absolute path in posix's own memory. */
struct file *open_absolute(struct thread *t, const char *name, unsigned flags, long *error);
long path_stat(struct thread *t, const struct path *p, unsigned at_flags, struct lx_stat *st);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path arguments. The backend resolves paths, from a directory descriptor of its own or from its
 * root; posix brings the string into the thread's shared buffer, finds the descriptor, and
 * recognises what leads into a tree of posix's own (tree.h).
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
/* A string of posix's as path from the backend's root. */
void path_absolute(struct thread *t, const char *name, unsigned slot, struct path *p);
/* The absolute form, "." and ".." and doubled slashes taken away by the letter; NULL: out of
 * memory. */
char *path_normalise(const char *dir, const char *name);
/* What path p is as a string from the root. */
char *path_string(struct thread *t, const struct path *p);

/* Any file, posix's own included. */
struct file *path_open(struct thread *t, const struct path *p, unsigned flags, unsigned mode,
		       long *error);
/* By an absolute path as posix's own caller has it. */
struct file *open_absolute(struct thread *t, const char *name, unsigned flags, long *error);
long path_stat(struct thread *t, const struct path *p, unsigned at_flags, struct lx_stat *st);

#endif

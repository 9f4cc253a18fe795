/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trees of posix's own files, each below one directory: /dev and /proc (folder synth). A path into
 * one is recognised by its letters. A file that the tree does not have is looked for in the storage
 * backend.
 */
#ifndef POSIX_FS_TREE_H
#define POSIX_FS_TREE_H

#include <stddef.h>

struct file;
struct thread;

/* abs: a normalised absolute path, root or below it. */
struct synth_ops {
	const char *root;
	/* NULL: *error is why, 0: there is none such. */
	struct file *(*open)(struct thread *t, const char *abs, unsigned flags, long *error);
	/* The target's length, at most size; -LX_ENOENT: no such link. */
	long (*readlink)(struct thread *t, const char *abs, char *to, size_t size);
};

/* All of them (table.c), NULL at the end. */
extern const struct synth_ops *const synth_trees[];

/* The tree that path s leads into by its letters, NULL: none. */
const struct synth_ops *tree_of(const char *s);

#endif

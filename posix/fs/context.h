/* SPDX-License-Identifier: BSD-2-Clause */
/* Working directory and umask: what CLONE_FS shares. */
#ifndef POSIX_FS_CONTEXT_H
#define POSIX_FS_CONTEXT_H

#include "base/os.h"

struct file;
struct process_hooks;

struct fs_context {
	unsigned refs;
	struct cos_mutex lock;
	struct file *cwd;
	char *cwd_path; /* its name at chdir: only to recognise /dev and /proc */
	unsigned umask;
};

extern const struct process_hooks fs_hooks;

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of posix's own making, under /dev and /proc. */
#ifndef POSIX_SYNTH_SYNTH_H
#define POSIX_SYNTH_SYNTH_H

#include <stddef.h>

struct file;
struct thread;

/* A file of that absolute path. NULL: *error is why, 0: there is none such. */
struct file *special_open(struct thread *t, const char *abs, unsigned flags, long *error);
/* Length, or -LX_ENOENT: no such link. */
long special_readlink(struct thread *t, const char *abs, char *to, size_t size);
/* /dev/null. NULL: out of memory. */
struct file *null_file(unsigned flags);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree /dev. */
#ifndef POSIX_SYNTH_DEV_H
#define POSIX_SYNTH_DEV_H

struct file;
struct synth_ops;

extern const struct synth_ops dev_tree;

/* /dev/null. NULL: out of memory. */
struct file *null_file(unsigned flags);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What the trees of posix's own making share: names for the caller's descriptors. */
#ifndef POSIX_SYNTH_SYNTH_H
#define POSIX_SYNTH_SYNTH_H

#include <stddef.h>

struct file;
struct thread;

/*
 * Open the file of a descriptor, by its number as a string. A file of storage is opened again by
 * its path; any other is the same open file, as after dup. NULL: *error is why.
 */
struct file *synth_fd_open(struct thread *t, const char *number, unsigned flags, long *error);
/* What a link to the descriptor shows. Length, or -LX_ENOENT. */
long synth_fd_link(struct thread *t, const char *number, char *to, size_t size);
/* As much of a link's target as fits: its length. */
long synth_link(const char *target, char *to, size_t size);

#endif

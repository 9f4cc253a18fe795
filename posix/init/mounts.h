/* SPDX-License-Identifier: BSD-2-Clause */
/* The composition's file systems (docs/composition.md, MOUNTn). */
#ifndef POSIX_INIT_MOUNTS_H
#define POSIX_INIT_MOUNTS_H

#include <stdbool.h>

/*
 * Mount what the composition says, then make it the backend's root. False: one could not be; the
 * reason is in the log and with r2c.
 */
bool mounts_begin(void);
/*
 * The end of the system: all is written to the disks, and their file systems are marked clean.
 */
void mounts_end(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POSIX_FS_MOUNT_H
#define POSIX_FS_MOUNT_H

#include <stdbool.h>

/*
 * Mount what the composition says (MOUNTn), then make it the backend's root. False: one could not
 * be; the reason was told.
 */
bool mount_all(void);
/*
 * The end of the system: all is written to the disks, and their file systems are marked clean by
 * becoming read-only, which they can while programs still have files open.
 */
void mount_end(void);

#endif

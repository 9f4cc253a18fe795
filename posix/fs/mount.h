/* SPDX-License-Identifier: BSD-2-Clause */
/* Mounting a file system of the storage backend. */
#ifndef POSIX_FS_MOUNT_H
#define POSIX_FS_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/fstype.h"

/* In memory that the backend sees: what mount's arguments point to. */
struct mount_buffer {
	char path[1024];
	char type[32];
	char device[64];
	union fs_args args;
};

/*
 * The backend's name for a device of the composition: "virtio-blk#1" is its /dev/ld1, a path is
 * itself. False: a device of no known kind.
 */
bool mount_device(const char *device, char *out, size_t size);
/*
 * Mount b->device, of that type, on b->path, which is made if it is missing. root: it becomes "/".
 * 0 or -LX_E*.
 */
long mount_fs(struct mount_buffer *b, const struct fs_type *type, bool root, bool readonly);
/* Why that failed, in words. */
const char *mount_reason(long error);
/*
 * Write the file system on b->path and mark it clean, by making it read-only, which is possible
 * while programs have files open. 0 or -LX_E*: it is written, but not marked.
 */
long mount_clean(struct mount_buffer *b, const struct fs_type *type);

#endif

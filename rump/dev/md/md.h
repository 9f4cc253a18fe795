/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * md, the RAM disk: a block device that keeps its data in an array of memory.
 *
 * Supported: reads, writes, flushes (nothing to do), disks attached and detached while the kernel
 * runs. Not supported: sectors other than 512 bytes, read-only disks.
 *
 * The parameter RUMP_MD (a size in bytes, with k, m or g) makes md0 at start, zeroed. The functions
 * below attach others, from outside the rump kernel.
 */
#ifndef RUMP_DEV_MD_MD_H
#define RUMP_DEV_MD_MD_H

#include <stdint.h>

/*
 * Attach /dev/md<unit>. disk is the array, which the caller keeps until the detach, or NULL for a
 * zeroed one. size: in bytes, a multiple of 512. EEXIST, EINVAL, ENOMEM.
 */
int rump_md_attach(unsigned unit, void *disk, uint64_t size);
/* ENXIO: no such disk; EBUSY: it is mounted. */
int rump_md_detach(unsigned unit);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * md, the RAM disk: a block device whose disk is an array of memory.
 *
 * The parameter RUMP_MD (a size in bytes, with k, m or g) makes md0 at start, zeroed. Any number of
 * others are attached by the calls below, from outside the rump kernel.
 */
#ifndef RUMP_DEV_MD_MD_H
#define RUMP_DEV_MD_MD_H

#include <stdint.h>

/*
 * Attach /dev/md<unit>. disk is the array, kept by the caller until the detach (an image in
 * memory), or NULL for a zeroed one of its own. size is in bytes, a multiple of 512. EEXIST,
 * EINVAL, ENOMEM.
 */
int rump_md_attach(unsigned unit, void *disk, uint64_t size);
/* ENXIO; EBUSY while it is mounted. */
int rump_md_detach(unsigned unit);

#endif

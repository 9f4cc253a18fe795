/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * block: disks that another component drives. A disk is known by its name, which is its driver's
 * ("ld0", the first virtio disk of the component; "ld0p1", the first partition of that), and, once
 * looked up, by its number. Calls block the calling thread until the device has answered; whoever
 * wants several requests in flight calls from several threads, and orders those that meet on the
 * disk himself. Nothing is held for a client: numbers stay what they are over a restart of either
 * side, and a request that failed with COS_EREBOOT may be sent again. COS_EAGAIN: the component has
 * not started yet (one that is imported weakly must come first in the composition).
 */
#ifndef INTERFACE_BLOCK_H
#define INTERFACE_BLOCK_H

#include "interface.h"

#define BLOCK_NAME_MAX 32 /* with the NUL */
#define BLOCK_READ 0
#define BLOCK_WRITE 1
#define BLOCK_WRITE_STABLE 2 /* on stable storage before the call returns */

/*
 * The disk of a name, whose characters are in the words' bytes from the lowest, filled up with NUL:
 * its number, or COS_ENOENT.
 */
COS_INTERFACE long block_find(unsigned long name0, unsigned long name1, unsigned long name2,
			      unsigned long name3);
/* v0 = size in bytes, v1 = size of a sector in bytes; COS_ENOENT. */
COS_INTERFACE struct cos_pair block_size(long disk);
/*
 * op on len_bytes at byte off of the disk, both multiples of the sector size. buffer is in a shared
 * buffer of the caller (mem_shm_create), which the server must be let see: `sees` of the server in
 * the composition names the caller. 0; COS_EINVAL: unaligned, nothing, or beyond the end;
 * COS_EFAULT; COS_EPERM: the disk is read-only; COS_ENOMEM, COS_EIO: some of it may have been done.
 */
COS_INTERFACE long block_transfer(long disk, long op, unsigned long buffer, unsigned long len_bytes,
				  unsigned long off_bytes);
/*
 * All that was written before the call is on stable storage when it returns. COS_ENOENT, COS_EIO.
 */
COS_INTERFACE long block_flush(long disk);

#endif

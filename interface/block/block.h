/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * block: disks that another component drives.
 * Audience: everyone.
 *
 * A disk is known by the name that its driver gives it ("ld0", the first virtio disk of the
 * component; "ld0p1", the first partition of that one), and, once looked up, by its number. Calls
 * block the calling thread until the device has answered. A client that wants several requests in
 * flight calls from several threads, and itself orders requests that overlap on the disk. The
 * server holds nothing for a client: numbers stay the same over a restart of either side, and a
 * request that failed with COS_EREBOOT may be sent again. COS_EAGAIN: the component has not started
 * yet (one that is imported weakly must come first in the composition).
 */
#ifndef INTERFACE_BLOCK_H
#define INTERFACE_BLOCK_H

#include "interface.h"

#define BLOCK_NAME_MAX 32 /* with the NUL */
#define BLOCK_READ 0
#define BLOCK_WRITE 1
#define BLOCK_WRITE_STABLE 2 /* on stable storage before the call returns */

/*
 * The number of the disk of that name, or COS_ENOENT. The words hold the name's characters from
 * their lowest byte on, filled up with NUL.
 */
COS_INTERFACE long block_find(unsigned long name0, unsigned long name1, unsigned long name2,
			      unsigned long name3);
/* v0 = size in bytes, v1 = size of a sector in bytes; COS_ENOENT. */
COS_INTERFACE struct cos_pair block_size(long disk);
/*
 * Do op on len_bytes at byte off of the disk, both multiples of the sector size. buffer is in a
 * shared buffer of the caller (mem_shm_create). The server must see that buffer: `sees` of the
 * server in the composition names the caller. 0; COS_EINVAL: unaligned, length 0, or beyond the
 * end; COS_EFAULT; COS_EPERM: the disk is read-only; COS_ENOMEM, COS_EIO: some of it may have been
 * done.
 */
COS_INTERFACE long block_transfer(long disk, long op, unsigned long buffer, unsigned long len_bytes,
				  unsigned long off_bytes);
/* Bring all that was written before this call to stable storage. 0; COS_ENOENT, COS_EIO. */
COS_INTERFACE long block_flush(long disk);

#endif

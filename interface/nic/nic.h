/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nic: network interfaces that another component drives, by number from 0. Whole Ethernet frames
 * without their check sequence, copied once each way.
 * Audience: everyone.
 *
 * A client asks for frames by a thread that waits in the server. The server holds nothing for a
 * client but frames that have arrived; when their queue is full, later ones are lost. So after a
 * restart of either side the client just asks again. An interface has one client, the first that
 * calls any of these functions for it: others get COS_EBUSY while that one runs.
 *
 * All may return COS_ENOENT: no such interface; COS_EBUSY; COS_ENOMEM; COS_EAGAIN: the component
 * has not started yet (one that is imported weakly must come first in the composition).
 */
#ifndef INTERFACE_NIC_H
#define INTERFACE_NIC_H

#include "interface.h"

#define NIC_FRAME_MIN 14   /* a header */
#define NIC_FRAME_MAX 1514 /* IEEE 802.3, 3.2.7: an MTU of 1500 and the header */

/* v0 = the hardware address, its first byte the lowest, v1 = 1 if the link is up. */
COS_INTERFACE struct cos_pair nic_info(long nic);
/*
 * Send a frame, which is in a shared buffer of the caller (mem_shm_create). The server must see
 * that buffer: `sees` of the server in the composition names the caller. When this returns the
 * frame has been copied; it may be lost later, as on any Ethernet. 0; COS_EINVAL: too short or too
 * long; COS_EFAULT; COS_EAGAIN: the queue is full, the frame is lost; COS_EIO: the device has
 * failed.
 */
COS_INTERFACE long nic_send(long nic, unsigned long buffer, unsigned long len_bytes);
/*
 * Wait for a frame, which is put into the buffer (as above): its length. deadline_ns is of the
 * monotonic clock, 0: none. COS_EINVAL: room is less than NIC_FRAME_MAX; COS_ETIMEDOUT; COS_EINTR:
 * nic_receive_stop; COS_EFAULT: a frame that came is lost; COS_EIO.
 */
COS_INTERFACE long nic_receive(long nic, unsigned long buffer, unsigned long room_bytes,
			       unsigned long deadline_ns);
/* Make the thread that waits in nic_receive return, or the next one that calls it. */
COS_INTERFACE long nic_receive_stop(long nic);
/*
 * How many frames the server has lost. v0: incoming, because no client asked in time or the length
 * was out of range. v1: outgoing, because the queue was full or the device had failed.
 */
COS_INTERFACE struct cos_pair nic_lost(long nic);

#endif

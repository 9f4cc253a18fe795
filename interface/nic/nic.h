/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nic: network interfaces that another component drives, by number from 0. Whole Ethernet frames
 * without their check sequence, copied once each way. A client asks for frames by a thread that
 * waits in the server; nothing is held for a client but what has arrived (the oldest, when that is
 * more than a queue), so after a restart of either side it just asks again. An interface has one
 * client, the first that calls any of these for it: others get COS_EBUSY while it runs.
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
 * A frame, in a shared buffer of the caller (mem_shm_create), which the server must be let see:
 * `sees` of the server in the composition names the caller. It was copied when this returns; frames
 * may be lost later, as on any Ethernet. 0; COS_EINVAL: too short or too long; COS_EFAULT;
 * COS_EAGAIN: the queue is full, the frame is lost; COS_EIO: the device has failed.
 */
COS_INTERFACE long nic_send(long nic, unsigned long buffer, unsigned long len_bytes);
/*
 * Wait for a frame: its length, and the frame in the buffer, which is as above. deadline_ns of the
 * monotonic clock, 0: none. COS_EINVAL: room is less than NIC_FRAME_MAX; COS_ETIMEDOUT; COS_EINTR:
 * nic_receive_stop; COS_EFAULT: a frame that came is lost; COS_EIO.
 */
COS_INTERFACE long nic_receive(long nic, unsigned long buffer, unsigned long room_bytes,
			       unsigned long deadline_ns);
/* Let the one who waits in nic_receive come back, now or as soon as it comes. */
COS_INTERFACE long nic_receive_stop(long nic);
/*
 * How many frames the server lost so far: v0 that came in, because nobody asked in time or they
 * were not of a length that is passed on; v1 that were to go out, because the queue was full or the
 * device had failed.
 */
COS_INTERFACE struct cos_pair nic_lost(long nic);

#endif

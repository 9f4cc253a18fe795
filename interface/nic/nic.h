/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nic: network interfaces that another component drives, by number from 0. Whole Ethernet frames without their
 * check sequence, copied once each way. A client asks for frames by a thread that waits in the server; nothing is held for a
 * client but what has arrived, so after a restart of either side it just asks again. An interface has one client, the
 * first that asks (COS_EBUSY for others while it runs).
 */
#ifndef INTERFACE_NIC_H
#define INTERFACE_NIC_H

#include "interface.h"

#define NIC_FRAME_MAX 1514 /* IEEE 802.3, 3.2.7: an MTU of 1500 and the header */

/* v0 = the hardware address, its first byte the lowest, v1 = 1 if the link is up; COS_ENOENT: no such interface. */
COS_INTERFACE struct cos_pair nic_info(long nic);
/*
 * A frame, in a shared buffer of the caller (mem_shm_create), which sees the server: `sees` of the composition. It was copied
 * when this returns; frames may be lost later, as on any Ethernet. 0; COS_EINVAL: too short or too long; COS_EFAULT;
 * COS_EAGAIN: the queue is full; COS_EIO: the device has failed.
 */
COS_INTERFACE long nic_send(long nic, unsigned long buffer, unsigned long len_bytes);
/*
 * Wait for a frame: its length, and the frame in the buffer. deadline_ns of the monotonic clock, 0: none. COS_EINVAL: room is less
 * than NIC_FRAME_MAX; COS_ETIMEDOUT; COS_EINTR: nic_receive_stop; COS_EFAULT; COS_EIO.
 */
COS_INTERFACE long nic_receive(long nic, unsigned long buffer, unsigned long room_bytes,
			       unsigned long deadline_ns);
/* Let the one who waits in nic_receive come back, now or as soon as it comes. */
COS_INTERFACE long nic_receive_stop(long nic);

#endif

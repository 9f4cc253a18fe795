/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Not NetBSD's: the network cards of a rump kernel without a protocol stack, for a host that serves
 * them to others. Cards are numbered from 0 in the order in which they were found. Frames are whole
 * Ethernet frames without their check sequence. 0 or a NetBSD errno; ENOENT: no card has the
 * number.
 *
 * A function of the caller copies a frame straight from or to where the card has it. The function
 * runs without a lock and with a virtual CPU, and its result becomes the result of the call.
 */
#ifndef RUMP_NIC_H
#define RUMP_NIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUMP_NIC_MAC_LEN 6
#define RUMP_NIC_FRAME_MIN 14	/* a header */
#define RUMP_NIC_FRAME_MAX 1514 /* IEEE 802.3, 3.2.7: an MTU of 1500 and the header */

struct rump_nic_copy {
	int (*copy)(void *arg, void *frame, size_t len_bytes);
	void *arg;
};

int rump_pub_nic_info(int number, uint8_t mac[RUMP_NIC_MAC_LEN], bool *link_up);
/*
 * copy fills the frame in. EINVAL: too short or too long; EAGAIN: the queue is full; EIO: the card
 * failed.
 */
int rump_pub_nic_send(int number, size_t len_bytes, struct rump_nic_copy copy);
/*
 * Wait for a frame for timeout_ns (below 0: for ever); copy takes it. If the copy fails, the frame
 * is lost. ETIMEDOUT; EINTR: rump_pub_nic_receive_stop; EIO: the card failed, and all frames that
 * had arrived were taken.
 */
int rump_pub_nic_receive(int number, int64_t timeout_ns, struct rump_nic_copy copy,
			 size_t *len_bytes);
/* One waiting receiver returns; if there is none, the next one does. */
int rump_pub_nic_receive_stop(int number);
/*
 * Counts of lost frames. received: frames that were not taken in time, too long or too short. sent:
 * frames that came while the queue was full.
 */
int rump_pub_nic_lost(int number, uint64_t *received, uint64_t *sent);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ours, not NetBSD's: the network cards of a rump kernel without a protocol stack, for a host that
 * hands them on. Numbers from 0, in the order in which the cards were found. Frames are whole
 * Ethernet frames without their check sequence. 0 or a NetBSD errno; ENOENT: no card has the
 * number.
 *
 * A frame is copied by the caller's function, straight from or to where the card has it: it runs
 * without a lock, with a virtual CPU, and what it returns the call returns.
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
/* copy fills the frame in. EINVAL: too short or too long; EAGAIN: the queue is full; EIO: failed.
 */
int rump_pub_nic_send(int number, size_t len_bytes, struct rump_nic_copy copy);
/*
 * Wait for a frame for timeout_ns (below 0: for ever); copy takes it. It is gone when copy fails.
 * ETIMEDOUT; EINTR: rump_pub_nic_receive_stop; EIO: failed, and all that had arrived was taken.
 */
int rump_pub_nic_receive(int number, int64_t timeout_ns, struct rump_nic_copy copy,
			 size_t *len_bytes);
/* One who waits there comes back, now or, if there is none, as soon as one comes. */
int rump_pub_nic_receive_stop(int number);
/* Frames that were lost here: those that came and were not taken in time, or were too long or too
 * short; those that were to be sent while the queue was full. */
int rump_pub_nic_lost(int number, uint64_t *received, uint64_t *sent);

#endif

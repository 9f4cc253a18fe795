/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio network cards (virtio 1.2, 5.1) for their two drivers: net/, which passes frames to lwIP,
 * and nic/, which passes them to the host.
 */
#ifndef RUMP_DEV_VIRTIO_ETHER_ETHER_H
#define RUMP_DEV_VIRTIO_ETHER_ETHER_H

#include <stdbool.h>
#include <stdint.h>

#include "dev/virtio/virtio.h"

/* 5.1.3 */
#define VIRTIO_NET_F_CSUM 0
#define VIRTIO_NET_F_GUEST_CSUM 1
#define VIRTIO_NET_F_MTU 3
#define VIRTIO_NET_F_MAC 5
#define VIRTIO_NET_F_MRG_RXBUF 15
#define VIRTIO_NET_F_STATUS 16

/* 5.1.2 */
#define ETHER_RX_QUEUE 0
#define ETHER_TX_QUEUE 1

/* 5.1.4: offsets in struct virtio_net_config */
#define ETHER_CONFIG_MTU 10
#define ETHER_MAC_LEN 6

/* 5.1.6: precedes each frame, in both directions. */
struct ether_hdr {
	uint8_t eh_flags;
	uint8_t eh_gso_type;
	uint16_t eh_hdr_len;
	uint16_t eh_gso_size;
	uint16_t eh_csum_start;
	uint16_t eh_csum_offset;
	uint16_t eh_num_buffers;
};
#define ETHER_HDR_F_NEEDS_CSUM 1
#define ETHER_HDR_F_DATA_VALID 2
_Static_assert(sizeof(struct ether_hdr) == 12, "virtio 1.2, 5.1.6");

/* Both are called after virtio_negotiate. The card's address, or a made-up one if it has none. */
void ether_mac(struct virtio_dev *vd, uint8_t mac[ETHER_MAC_LEN]);
/* A card that does not report its link is up. */
bool ether_link_up(struct virtio_dev *vd);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* What both drivers of virtio network cards share: the address and the state of the link. */
#include "dev/virtio/ether/ether.h"

#include "kern/printf.h"
#include "kern/string.h"

/* 5.1.4 */
#define CONFIG_MAC 0
#define CONFIG_STATUS 6
#define STATUS_LINK_UP 1

void ether_mac(struct virtio_dev *vd, uint8_t mac[ETHER_MAC_LEN])
{
	size_t got = 0;

	if (virtio_has(vd, VIRTIO_NET_F_MAC)) {
		virtio_config_read(vd, CONFIG_MAC, mac, ETHER_MAC_LEN);
		return;
	}
	if (rumpuser_getrandom(mac, ETHER_MAC_LEN, 0, &got) != 0 || got != ETHER_MAC_LEN)
		panic("%s: no random numbers for an address", vd->vd_name);
	mac[0] = (uint8_t)((mac[0] & ~1u) | 2u); /* IEEE 802, 8.4: locally administered */
}

bool ether_link_up(struct virtio_dev *vd)
{
	uint16_t status = STATUS_LINK_UP;

	if (virtio_has(vd, VIRTIO_NET_F_STATUS))
		virtio_config_read(vd, CONFIG_STATUS, &status, sizeof(status));
	return (status & STATUS_LINK_UP) != 0;
}

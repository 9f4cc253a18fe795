/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract between the protocols and the drivers of Ethernet interfaces.
 *
 * I1 A driver fills a struct ifnet and calls netif_attach, which names the interface, gives it the
 *    configured addresses and brings it up.
 * I2 All functions here, and the driver's functions called from here, run with the core lock
 *    (net.h). It is the driver's lock as well, and an interrupt handler takes it first.
 * I3 Frames are lwIP's pbuf chains. if_transmit does not own the chain. The driver takes a
 *    reference (pbuf_ref) while the device reads it, and must not change it, except for the
 *    PBUF_LINK_ENCAPSULATION_HLEN bytes before the payload of frames made here.
 * I4 netif_deliver owns the chain that it is given. A driver's buffers are custom pbufs; their free
 *    function is called with the core lock.
 */
#ifndef RUMP_NET_NETIF_H
#define RUMP_NET_NETIF_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/netif.h"
#include "lwip/pbuf.h"

#include "net/net.h"

/* What a device can do; the rest is done in software. */
#define IFCAP_CSUM_TX 0x01u /* TCP over IPv4 and IPv6: finish a sum begun with the pseudo header */
#define IFCAP_CSUM_RX 0x02u /* frames may come with IFRX_CSUM_OK */

struct ifnet;
struct iftx {
	bool it_csum;	      /* finish a checksum: */
	uint16_t it_start;    /* sum from here to the end of the frame */
	uint16_t it_csum_off; /* store the sum at this offset from it_start */
};

struct ifnet_ops {
	/*
	 * Queue a frame. 0; RUMP_ENOBUFS: the queue is full and the frame dropped (protocols repeat
	 * what matters); RUMP_EIO: the device has failed.
	 */
	int (*if_transmit)(struct ifnet *ifp, struct pbuf *p, const struct iftx *tx);
	/* The last frame of a batch was queued: notify the device. */
	void (*if_flush)(struct ifnet *ifp);
};

struct ifnet {
	/* Set by the driver. */
	const struct ifnet_ops *if_ops;
	void *if_softc;
	const char *if_driver; /* "vioif" becomes vioif0 */
	uint8_t if_mac[6];
	uint16_t if_mtu;
	unsigned if_cap;
	bool if_link; /* state of the link at attach */
	/* Private to netif.c and config.c. */
	struct netif if_netif;
	char if_name[16];
	ip4_addr_t if_reported; /* the address that was last reported on the console */
	bool if_dhcp;		/* a DHCP server is asked */
	ip6_addr_t if_gw6;	/* the configured gateway; any: none, routers are learned */
	struct ifnet *if_next;
	bool if_queued; /* frames were queued since if_flush */
	struct {
		uint64_t rx_packets, rx_bytes, rx_dropped, tx_packets, tx_bytes, tx_dropped;
	} if_stats;
};

/* Receive flags. */
#define IFRX_CSUM_OK 0x01u /* the checksum of TCP or UDP was verified, or needs no check */

/* Never fails for a well-formed ifp. Core lock not held. */
void netif_attach(struct ifnet *ifp);
/* Core lock held in all below. */
void netif_deliver(struct ifnet *ifp, struct pbuf *p, unsigned flags);
void netif_link(struct ifnet *ifp, bool up);

/* In net_core.c, called before it releases the core lock. */
void netif_flush(void);

/* The interface that was attached first; the others follow by if_next. NULL: none. */
struct ifnet *netif_first(void);
/* The name that programs see for any interface in lwIP's list, "lo0" included. */
const char *netif_name(struct netif *nif);

/* Without a parameter, the first interface gets what QEMU's user networking expects. */
#define NET_CONFIG_DEFAULT "10.0.2.15/24 gw 10.0.2.2 auto6"
/*
 * Apply a configuration string (README.md) to an interface. EINVAL: the wrong part is reported on
 * the console.
 */
int netif_configure(struct ifnet *ifp, const char *config);
/* Called once, before the first interface. */
void netif_config_init(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the protocols and the drivers of Ethernet interfaces.
 *
 *  1. A driver fills a struct ifnet and calls netif_attach, which names the interface, gives it the
 *     addresses that the configuration says and brings it up.
 *  2. Everything here, and the driver's functions that are called from here, runs with the core
 *     lock (net.h): it is the driver's lock as well. An interrupt handler takes it first.
 *  3. Frames are lwIP's pbuf chains. if_transmit does not own the chain: it takes a reference
 *     (pbuf_ref) for as long as the device reads from it, and must not change it, except the bytes
 *     before the payload (PBUF_LINK_ENCAPSULATION_HLEN of them are there on frames made here).
 *  4. netif_deliver owns the chain given to it. A driver's own buffers come as custom pbufs, whose
 *     free function is called with the core lock.
 */
#ifndef RUMP_NET_NETIF_H
#define RUMP_NET_NETIF_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/netif.h"
#include "lwip/pbuf.h"

#include "net/net.h"

/* What a device does by itself; the rest is done in software. */
#define IFCAP_CSUM_TX 0x01u /* TCP of either IP: finish a sum begun with the pseudo header */
#define IFCAP_CSUM_RX 0x02u /* frames may come with IFRX_CSUM_OK */

struct ifnet;
struct iftx {
	bool it_csum;	      /* finish a checksum: */
	uint16_t it_start;    /* from here to the end of the frame */
	uint16_t it_csum_off; /* and store it so far after the start */
};

struct ifnet_ops {
	/*
	 * Queue a frame. 0; RUMP_ENOBUFS: the queue is full, the frame is dropped (protocols
	 * repeat what matters); RUMP_EIO: the device is out of order.
	 */
	int (*if_transmit)(struct ifnet *ifp, struct pbuf *p, const struct iftx *tx);
	/* The last of a batch was queued: tell the device. */
	void (*if_flush)(struct ifnet *ifp);
};

struct ifnet {
	/* the driver's */
	const struct ifnet_ops *if_ops;
	void *if_softc;
	const char *if_driver; /* "vioif": becomes vioif0 */
	uint8_t if_mac[6];
	uint16_t if_mtu;
	unsigned if_cap;
	bool if_link; /* at attach */
	/* netif.c's and config.c's */
	struct netif if_netif;
	char if_name[16];
	ip4_addr_t if_said; /* the address last told to the console */
	bool if_dhcp;	    /* asks a DHCP server */
	ip6_addr_t if_gw6;  /* configured gateway; any: none, routers are learned */
	struct ifnet *if_next;
	bool if_queued; /* frames were queued since if_flush */
	struct {
		uint64_t rx_packets, rx_bytes, rx_dropped, tx_packets, tx_bytes, tx_dropped;
	} if_stats;
};

/* Receive flags. */
#define IFRX_CSUM_OK 0x01u /* TCP's or UDP's checksum was verified, or need not be */

/* Never fails for a well-formed ifp. Core lock not held. */
void netif_attach(struct ifnet *ifp);
/* Core lock held in all below. */
void netif_deliver(struct ifnet *ifp, struct pbuf *p, unsigned flags);
void netif_link(struct ifnet *ifp, bool up);

/* Of net_core.c, before it lets go of the core lock. */
void netif_flush(void);

/* The interface that was attached first; the others follow by if_next. NULL: none. */
struct ifnet *netif_first(void);
/* The name that programs see of any interface of lwIP's list, "lo0" included. */
const char *netif_name(struct netif *nif);

/* Without a parameter the first interface is what QEMU's user networking expects it to be. */
#define NET_CONFIG_DEFAULT "10.0.2.15/24 gw 10.0.2.2 auto6"
/* Apply a configuration string (README.md) to an interface. EINVAL: which part is wrong is said on
 * the console. */
int netif_configure(struct ifnet *ifp, const char *config);
/* Once, before the first interface. */
void netif_config_init(void);

#endif

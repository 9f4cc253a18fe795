/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ethernet interfaces: names, start-up, frames in and out, and the remaining checksums.
 *
 * Out: for TCP over a device with IFCAP_CSUM_TX lwIP leaves the sum zero. The sum of the pseudo
 * header is stored here, and the device adds the rest. In: lwIP does not check TCP and UDP on these
 * interfaces; frames that the device has not verified are checked here.
 */
#include "lwip/opt.h"
#include "lwip/etharp.h"
#include "lwip/ethip6.h"
#include "lwip/inet_chksum.h"
#include "lwip/ip.h"
#include "lwip/prot/ethernet.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"
#include "lwip/prot/tcp.h"
#include "lwip/prot/udp.h"
#include "netif/ethernet.h"

#include "kern/printf.h"
#include "kern/string.h"
#include "net/netif.h"

static struct ifnet *iflist;

/*
 * Find the transport header of an IP packet with its headers in the first pbuf: *offp is its offset
 * in the frame; returns the protocol. 0: a fragment, extension headers, too short, or not IP.
 */
static unsigned frame_transport(struct pbuf *p, unsigned *offp, ip_addr_t *src, ip_addr_t *dst,
				unsigned *lenp)
{
	const struct eth_hdr *eth = p->payload;
	unsigned off = SIZEOF_ETH_HDR, hlen;

	if (p->len < off)
		return 0;
	if (eth->type == PP_HTONS(ETHTYPE_IP)) {
		const struct ip_hdr *ip = (const void *)((const char *)p->payload + off);

		if (p->len < off + IP_HLEN || IPH_V(ip) != 4)
			return 0;
		hlen = IPH_HL_BYTES(ip);
		if (hlen < IP_HLEN || lwip_ntohs(IPH_LEN(ip)) < hlen ||
		    (IPH_OFFSET(ip) & PP_HTONS(IP_OFFMASK | IP_MF)) != 0)
			return 0;
		ip_addr_copy_from_ip4(*src, ip->src);
		ip_addr_copy_from_ip4(*dst, ip->dest);
		*offp = off + hlen;
		*lenp = lwip_ntohs(IPH_LEN(ip)) - hlen;
		return IPH_PROTO(ip);
	}
	if (eth->type == PP_HTONS(ETHTYPE_IPV6)) {
		const struct ip6_hdr *ip6 = (const void *)((const char *)p->payload + off);

		if (p->len < off + IP6_HLEN || IP6H_V(ip6) != 6)
			return 0;
		ip_addr_copy_from_ip6_packed(*src, ip6->src);
		ip_addr_copy_from_ip6_packed(*dst, ip6->dest);
		*offp = off + IP6_HLEN;
		*lenp = IP6H_PLEN(ip6);
		return IP6H_NEXTH(ip6);
	}
	return 0;
}

/* The pseudo header's sum, folded and not complemented (virtio 1.2, 5.1.6.2; RFC 9293, 3.1). */
static uint16_t pseudo_sum(const ip_addr_t *src, const ip_addr_t *dst, unsigned proto, unsigned len)
{
	uint32_t sum = PP_HTONS(proto) + lwip_htons((uint16_t)len);
	unsigned n = IP_IS_V4(src) ? 4 : 16;

	sum += net_chksum(ip_2_ip6(src), (int)n);
	sum += net_chksum(ip_2_ip6(dst), (int)n);
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)((sum >> 16) + (sum & 0xffff));
}

static err_t ether_transmit(struct netif *nif, struct pbuf *p)
{
	struct ifnet *ifp = nif->state;
	struct iftx tx = {false, 0, 0};
	unsigned off, len;
	ip_addr_t src, dst;
	int error;

	if ((ifp->if_cap & IFCAP_CSUM_TX) != 0 &&
	    frame_transport(p, &off, &src, &dst, &len) == IP_PROTO_TCP &&
	    p->len >= off + TCP_HLEN) {
		struct tcp_hdr *th = (void *)((char *)p->payload + off);

		th->chksum = pseudo_sum(&src, &dst, IP_PROTO_TCP, len);
		tx.it_csum = true;
		tx.it_start = (uint16_t)off;
		tx.it_csum_off = offsetof(struct tcp_hdr, chksum);
	}
	error = ifp->if_ops->if_transmit(ifp, p, &tx);
	if (error != 0) {
		ifp->if_stats.tx_dropped++;
		return error == RUMP_ENOBUFS ? ERR_MEM : ERR_IF;
	}
	ifp->if_queued = true;
	ifp->if_stats.tx_packets++;
	ifp->if_stats.tx_bytes += p->tot_len;
	return ERR_OK;
}

void netif_flush(void)
{
	for (struct ifnet *ifp = iflist; ifp != NULL; ifp = ifp->if_next) {
		if (ifp->if_queued) {
			ifp->if_queued = false;
			ifp->if_ops->if_flush(ifp);
		}
	}
}

/* Whether the checksum of TCP or UDP is right; true as well if there is none to check here. */
static bool frame_checksum_ok(struct pbuf *p)
{
	unsigned off, len, proto;
	ip_addr_t src, dst;
	bool ok;

	proto = frame_transport(p, &off, &src, &dst, &len);
	if ((proto != IP_PROTO_TCP && proto != IP_PROTO_UDP) || off + len > p->tot_len ||
	    off >= p->len)
		return true;
	if (proto == IP_PROTO_UDP && p->len >= off + UDP_HLEN && IP_IS_V4(&src) &&
	    ((const struct udp_hdr *)((char *)p->payload + off))->chksum == 0)
		return true; /* RFC 768: the sender made none */
	if (pbuf_remove_header(p, off) != 0)
		return true;
	/* The frame may be padded: use the length that IP gives. */
	ok = ip_chksum_pseudo_partial(p, (u8_t)proto, (u16_t)len, (u16_t)len, &src, &dst) == 0;
	pbuf_add_header_force(p, off);
	return ok;
}

void netif_deliver(struct ifnet *ifp, struct pbuf *p, unsigned flags)
{
	KASSERT(net_locked());
	ifp->if_stats.rx_packets++;
	ifp->if_stats.rx_bytes += p->tot_len;
	if ((flags & IFRX_CSUM_OK) == 0 && !frame_checksum_ok(p)) {
		ifp->if_stats.rx_dropped++;
		pbuf_free(p);
		return;
	}
	if (ifp->if_netif.input(p, &ifp->if_netif) != ERR_OK)
		pbuf_free(p);
}

static err_t ether_init(struct netif *nif)
{
	struct ifnet *ifp = nif->state;

	nif->name[0] = 'e';
	nif->name[1] = 'n';
	nif->output = etharp_output;
	nif->output_ip6 = ethip6_output;
	nif->linkoutput = ether_transmit;
	nif->mtu = ifp->if_mtu;
	nif->hwaddr_len = ETH_HWADDR_LEN;
	memcpy(nif->hwaddr, ifp->if_mac, ETH_HWADDR_LEN);
	nif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET;
	return ERR_OK;
}

void netif_attach(struct ifnet *ifp)
{
	unsigned unit = 0, sums;
	struct ifnet **pp;
	char config[256];

	net_init();
	net_lock();
	for (pp = &iflist; *pp != NULL; pp = &(*pp)->if_next)
		unit += strcmp((*pp)->if_driver, ifp->if_driver) == 0;
	ksnprintf(ifp->if_name, sizeof(ifp->if_name), "%s%u", ifp->if_driver, unit);
	ifp->if_next = NULL;
	*pp = ifp;
	netif_add_noaddr(&ifp->if_netif, ifp, ether_init, ethernet_input);
	sums = NETIF_CHECKSUM_ENABLE_ALL &
	       ~(unsigned)(NETIF_CHECKSUM_CHECK_TCP | NETIF_CHECKSUM_CHECK_UDP);
	/*
	 * UDP's is computed here: that of a datagram that is fragmented later cannot be offloaded.
	 */
	if ((ifp->if_cap & IFCAP_CSUM_TX) != 0)
		sums &= ~(unsigned)NETIF_CHECKSUM_GEN_TCP;
	NETIF_SET_CHECKSUM_CTRL(&ifp->if_netif, (u16_t)sums);
	if (ifp->if_link)
		netif_set_link_up(&ifp->if_netif);
	kprintf("%s: %02x:%02x:%02x:%02x:%02x:%02x, mtu %u%s\n", ifp->if_name, ifp->if_mac[0],
		ifp->if_mac[1], ifp->if_mac[2], ifp->if_mac[3], ifp->if_mac[4], ifp->if_mac[5],
		ifp->if_mtu, ifp->if_link ? "" : ", no link");
	/* RUMP_NET configures the first interface; others have theirs by name: RUMP_NET_vioif1. */
	ksnprintf(config, sizeof(config), "RUMP_NET_%s", ifp->if_name);
	{
		char value[256];
		int error = rumpuser_getparam(config, value, sizeof(value));

		if (error != 0 && iflist == ifp)
			error = rumpuser_getparam("RUMP_NET", value, sizeof(value));
		if (error != 0)
			kstrlcpy(value, iflist == ifp ? NET_CONFIG_DEFAULT : "none", sizeof(value));
		netif_configure(ifp, value);
	}
	net_unlock();
}

void netif_link(struct ifnet *ifp, bool up)
{
	KASSERT(net_locked());
	if (up == !!netif_is_link_up(&ifp->if_netif))
		return;
	kprintf("%s: link %s\n", ifp->if_name, up ? "up" : "down");
	if (up)
		netif_set_link_up(&ifp->if_netif);
	else
		netif_set_link_down(&ifp->if_netif);
}

struct ifnet *netif_first(void)
{
	return iflist;
}

const char *netif_name(struct netif *nif)
{
	if ((nif->flags & NETIF_FLAG_ETHERNET) == 0)
		return "lo0";
	return ((struct ifnet *)nif->state)->if_name;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors. lwIP answers ICMP, but reports incoming errors to nothing. A raw listener sees them
 * first, finds the socket that the quoted packet belonged to, and passes the error on. It leaves
 * every message to lwIP.
 */
#include "lwip/opt.h"
#include "lwip/icmp.h"
#include "lwip/prot/icmp.h"
#include "lwip/prot/icmp6.h"
#include "lwip/prot/ip4.h"
#include "lwip/prot/ip6.h"
#include "lwip/raw.h"

#include "kern/printf.h"
#include "net/icmp.h"
#include "net/net.h"

/* The ports, which both TCP's and UDP's header begin with. */
struct quoted_ports {
	u16_t src, dst;
};

/* RFC 1122, 4.2.3.9 and 4.1.3.3: the codes that make another attempt useless. */
static int unreachable_errno(unsigned code, bool *hard)
{
	*hard = code == ICMP_DUR_PROTO || code == ICMP_DUR_PORT;
	if (*hard)
		return RUMP_ECONNREFUSED;
	switch (code) {
	case ICMP_DUR_NET:
		return RUMP_ENETUNREACH;
	case ICMP_DUR_FRAG:
		return RUMP_EMSGSIZE;
	default:
		return RUMP_EHOSTUNREACH;
	}
}

static u8_t icmp4_seen(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *addr)
{
	unsigned off, hlen;
	struct icmp_echo_hdr icmp; /* the errors begin in the same way */
	struct ip_hdr ip;
	struct quoted_ports ports;
	ip_addr_t src, dst;
	bool hard;
	int error;

	(void)arg;
	(void)pcb;
	(void)addr;
	/* The packet includes its IP header. */
	off = IPH_HL_BYTES((const struct ip_hdr *)p->payload);
	if (pbuf_copy_partial(p, &icmp, sizeof(icmp), (u16_t)off) != sizeof(icmp) ||
	    icmp.type != ICMP_DUR)
		return 0;
	off += sizeof(icmp);
	if (pbuf_copy_partial(p, &ip, sizeof(ip), (u16_t)off) != sizeof(ip) || IPH_V(&ip) != 4)
		return 0;
	hlen = IPH_HL_BYTES(&ip);
	if (hlen < IP_HLEN || (IPH_OFFSET(&ip) & PP_HTONS(IP_OFFMASK)) != 0 ||
	    pbuf_copy_partial(p, &ports, sizeof(ports), (u16_t)(off + hlen)) != sizeof(ports))
		return 0;
	error = unreachable_errno(icmp.code, &hard);
	ip_addr_copy_from_ip4(src, ip.src);
	ip_addr_copy_from_ip4(dst, ip.dest);
	socket_unreachable(IPH_PROTO(&ip), &src, lwip_ntohs(ports.src), &dst, lwip_ntohs(ports.dst),
			   error, hard);
	return 0;
}

static u8_t icmp6_seen(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *addr)
{
	struct icmp6_hdr icmp;
	struct ip6_hdr ip;
	struct quoted_ports ports;
	ip_addr_t src, dst;
	unsigned off = IP6_HLEN;
	bool hard;
	int error;

	(void)arg;
	(void)pcb;
	(void)addr;
	if (pbuf_copy_partial(p, &icmp, sizeof(icmp), (u16_t)off) != sizeof(icmp) ||
	    icmp.type != ICMP6_TYPE_DUR)
		return 0;
	off += sizeof(icmp);
	if (pbuf_copy_partial(p, &ip, sizeof(ip), (u16_t)off) != sizeof(ip) || IP6H_V(&ip) != 6 ||
	    pbuf_copy_partial(p, &ports, sizeof(ports), (u16_t)(off + IP6_HLEN)) != sizeof(ports))
		return 0;
	hard = icmp.code == ICMP6_DUR_PORT;
	error = hard				  ? RUMP_ECONNREFUSED
		: icmp.code == ICMP6_DUR_NO_ROUTE ? RUMP_ENETUNREACH
						  : RUMP_EHOSTUNREACH;
	ip_addr_copy_from_ip6_packed(src, ip.src);
	ip_addr_copy_from_ip6_packed(dst, ip.dest);
	socket_unreachable(IP6H_NEXTH(&ip), &src, lwip_ntohs(ports.src), &dst,
			   lwip_ntohs(ports.dst), error, hard);
	return 0;
}

void icmp_errors_init(void)
{
	struct raw_pcb *v4 = raw_new_ip_type(IPADDR_TYPE_V4, IP_PROTO_ICMP);
	struct raw_pcb *v6 = raw_new_ip_type(IPADDR_TYPE_V6, IP6_NEXTH_ICMP6);

	if (v4 == NULL || v6 == NULL)
		panic("net: no memory for the first sockets");
	raw_recv(v4, icmp4_seen, NULL);
	raw_recv(v6, icmp6_seen, NULL);
}

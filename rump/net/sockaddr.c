/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket addresses. The length byte is set on the way out and ignored on the way in. The argument's
 * length counts: callers from systems without the byte leave it zero.
 */
#include "lwip/opt.h"
#include "lwip/def.h"
#include "lwip/ip6.h"
#include "lwip/netif.h"

#include "kern/copy.h"
#include "kern/string.h"
#include "net/so_tcp.h"
#include "net/sockaddr.h"
#include "net/socket.h"

int sockaddr_family(const void *uaddr, uint32_t len, int *family)
{
	struct rump_sockaddr sa;
	int error;

	if (len < offsetof(struct rump_sockaddr, sa_data))
		return RUMP_EINVAL;
	error = copyin(uaddr, &sa, offsetof(struct rump_sockaddr, sa_data));
	*family = sa.sa_family;
	return error;
}

static int sockaddr_in4(const void *uaddr, uint32_t len, ip_addr_t *addr, u16_t *port)
{
	struct rump_sockaddr_in sin;
	int error;

	if (len < sizeof(sin))
		return RUMP_EINVAL;
	error = copyin(uaddr, &sin, sizeof(sin));
	if (error != 0)
		return error;
	ip_addr_set_ip4_u32(addr, sin.sin_addr);
	*port = lwip_ntohs(sin.sin_port);
	return 0;
}

int sockaddr_in(const struct socket *so, const void *uaddr, uint32_t len, ip_addr_t *addr,
		u16_t *port)
{
	struct rump_sockaddr_in6 sin6;
	ip6_addr_t *a6;
	int error, family;
	uint32_t w[4];

	error = sockaddr_family(uaddr, len, &family);
	if (error != 0)
		return error;
	if (family != so->so_domain)
		return RUMP_EAFNOSUPPORT;
	memset(addr, 0, sizeof(*addr));
	if (family == RUMP_AF_INET)
		return sockaddr_in4(uaddr, len, addr, port);
	if (len < sizeof(sin6))
		return RUMP_EINVAL;
	error = copyin(uaddr, &sin6, sizeof(sin6));
	if (error != 0)
		return error;
	*port = lwip_ntohs(sin6.sin6_port);
	memcpy(w, sin6.sin6_addr, sizeof(w));
	if (w[0] == 0 && w[1] == 0 && w[2] == PP_HTONL(0xffff)) {
		if (so->so_v6only)
			return RUMP_EADDRNOTAVAIL;
		ip_addr_set_ip4_u32(addr, w[3]);
		return 0;
	}
	if ((w[0] | w[1] | w[2] | w[3]) == 0 && !so->so_v6only) {
		*addr = *IP_ANY_TYPE;
		return 0;
	}
	IP_SET_TYPE(addr, IPADDR_TYPE_V6);
	a6 = ip_2_ip6(addr);
	IP6_ADDR(a6, w[0], w[1], w[2], w[3]);
	if (ip6_addr_has_scope(a6, IP6_UNKNOWN))
		ip6_addr_set_zone(a6, (u8_t)sin6.sin6_scope_id);
	return 0;
}

uint32_t sockaddr_out(const struct socket *so, const ip_addr_t *addr, u16_t port,
		      struct rump_sockaddr_storage *ss)
{
	struct rump_sockaddr_in *sin = (void *)ss;
	struct rump_sockaddr_in6 *sin6 = (void *)ss;

	memset(ss, 0, sizeof(*ss));
	if (so->so_domain == RUMP_AF_INET) {
		sin->sin_len = sizeof(*sin);
		sin->sin_family = RUMP_AF_INET;
		sin->sin_port = lwip_htons(port);
		sin->sin_addr = IP_IS_V4(addr) ? ip4_addr_get_u32(ip_2_ip4(addr)) : 0;
		return sizeof(*sin);
	}
	sin6->sin6_len = sizeof(*sin6);
	sin6->sin6_family = RUMP_AF_INET6;
	sin6->sin6_port = lwip_htons(port);
	if (IP_IS_V4(addr) && !IP_IS_ANY_TYPE_VAL(*addr)) {
		sin6->sin6_addr[10] = sin6->sin6_addr[11] = 0xff;
		memcpy(&sin6->sin6_addr[12], ip_2_ip4(addr), 4);
	} else if (IP_IS_V6(addr)) {
		memcpy(sin6->sin6_addr, ip_2_ip6(addr)->addr, 16);
		sin6->sin6_scope_id = ip6_addr_zone(ip_2_ip6(addr));
	}
	return sizeof(*sin6);
}

bool addr_is_local(const ip_addr_t *addr)
{
	struct netif *nif;

	if (ip_addr_isany(addr))
		return true;
	NETIF_FOREACH(nif)
	{
		if (IP_IS_V4(addr) && ip4_addr_cmp(ip_2_ip4(addr), netif_ip4_addr(nif)))
			return true;
		if (IP_IS_V6(addr)) {
			for (int i = 0; i < LWIP_IPV6_NUM_ADDRESSES; i++) {
				if (!ip6_addr_isinvalid(netif_ip6_addr_state(nif, i)) &&
				    ip6_addr_cmp_zoneless(ip_2_ip6(addr), netif_ip6_addr(nif, i)))
					return true;
			}
		}
	}
	return false;
}

void addr_loopback(ip_addr_t *addr)
{
	if (!ip_addr_isany(addr))
		return;
	if (IP_IS_V4(addr) && !IP_IS_ANY_TYPE_VAL(*addr))
		IP_ADDR4(addr, 127, 0, 0, 1);
	else
		IP_ADDR6_HOST(addr, 0, 0, 0, 1);
}

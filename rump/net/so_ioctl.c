/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioctl on sockets: how much there is to read, and which interfaces exist (NetBSD's requests of
 * <sys/sockio.h>, with a struct ifreq of 144 bytes). An interface cannot be changed by ioctl; its
 * configuration is a parameter.
 */
#include "lwip/opt.h"

#include "kern/string.h"
#include "net/netif.h"
#include "net/socket.h"

#define IFNAMSIZ 16
struct ifreq {
	char ifr_name[IFNAMSIZ];
	union {
		struct rump_sockaddr_in ifru_sin;
		struct rump_sockaddr_storage ifru_space;
		short ifru_flags;
		int ifru_mtu;
	} ifr_ifru;
};
_Static_assert(sizeof(struct ifreq) == 144, "NetBSD's struct ifreq");
struct ifconf {
	int ifc_len;
	void *ifc_buf;
};

#define IOWR(num, type) RUMP_IOC(RUMP_IOC_IN | RUMP_IOC_OUT, 'i', num, sizeof(type))
#define SIOCGIFFLAGS IOWR(17, struct ifreq)
#define SIOCGIFADDR IOWR(33, struct ifreq)
#define SIOCGIFBRDADDR IOWR(35, struct ifreq)
#define SIOCGIFNETMASK IOWR(37, struct ifreq)
#define SIOCGIFCONF IOWR(38, struct ifconf)
#define SIOCGIFMTU IOWR(126, struct ifreq)

#define IFF_UP 0x0001
#define IFF_BROADCAST 0x0002
#define IFF_LOOPBACK 0x0008
#define IFF_RUNNING 0x0040
#define IFF_MULTICAST ((short)0x8000)

static struct netif *netif_by_name(const char *name)
{
	struct netif *nif;

	NETIF_FOREACH(nif)
	{
		if (strncmp(netif_name(nif), name, IFNAMSIZ) == 0)
			return nif;
	}
	return NULL;
}

static void sin_set(struct ifreq *ifr, u32_t addr)
{
	memset(&ifr->ifr_ifru, 0, sizeof(ifr->ifr_ifru));
	ifr->ifr_ifru.ifru_sin.sin_len = sizeof(struct rump_sockaddr_in);
	ifr->ifr_ifru.ifru_sin.sin_family = RUMP_AF_INET;
	ifr->ifr_ifru.ifru_sin.sin_addr = addr;
}

static short netif_flags(const struct netif *nif)
{
	bool loop = (nif->flags & NETIF_FLAG_ETHERNET) == 0;

	return (short)((netif_is_up(nif) ? IFF_UP : 0) |
		       (loop || netif_is_link_up(nif) ? IFF_RUNNING : 0) |
		       (loop ? IFF_LOOPBACK : IFF_BROADCAST) | IFF_MULTICAST);
}

/*
 * One entry for each interface with an IPv4 address, as many as fit. Without a buffer: the room
 * needed.
 */
static int ifconf_get(struct ifconf *ifc)
{
	int room = ifc->ifc_len, used = 0, error;
	struct netif *nif;
	struct ifreq ifr;

	NETIF_FOREACH(nif)
	{
		if (ip4_addr_isany(netif_ip4_addr(nif)))
			continue;
		if (ifc->ifc_buf != NULL) {
			if (room - used < (int)sizeof(ifr))
				break;
			memset(&ifr, 0, sizeof(ifr));
			kstrlcpy(ifr.ifr_name, netif_name(nif), sizeof(ifr.ifr_name));
			sin_set(&ifr, ip4_addr_get_u32(netif_ip4_addr(nif)));
			error = copyout(&ifr, (char *)ifc->ifc_buf + used, sizeof(ifr));
			if (error != 0)
				return error;
		}
		used += (int)sizeof(ifr);
	}
	ifc->ifc_len = used;
	return 0;
}

static int ifreq_get(unsigned long req, struct ifreq *ifr)
{
	struct netif *nif = netif_by_name(ifr->ifr_name);
	u32_t addr, mask;

	if (nif == NULL)
		return RUMP_ENXIO;
	addr = ip4_addr_get_u32(netif_ip4_addr(nif));
	mask = ip4_addr_get_u32(netif_ip4_netmask(nif));
	switch (req) {
	case SIOCGIFFLAGS:
		ifr->ifr_ifru.ifru_flags = netif_flags(nif);
		return 0;
	case SIOCGIFMTU:
		ifr->ifr_ifru.ifru_mtu = nif->mtu != 0 ? nif->mtu : 65535;
		return 0;
	}
	if (addr == 0)
		return RUMP_EADDRNOTAVAIL;
	sin_set(ifr, req == SIOCGIFADDR	     ? addr
		     : req == SIOCGIFNETMASK ? mask
					     : (addr & mask) | ~mask);
	return 0;
}

int socket_ioctl(struct socket *so, unsigned long req, void *data)
{
	struct rcvchunk *rc;
	int n, error = 0;

	net_lock();
	switch (req) {
	case RUMP_FIONREAD:
		/* Of a stream everything there is, otherwise the next datagram. */
		rc = list_first(&so->so_rcvq, struct rcvchunk, rc_node);
		n = so->so_type == RUMP_SOCK_STREAM ? (int)so->so_rcvlen
		    : rc != NULL		    ? (int)rc->rc_len
						    : 0;
		if ((so->so_state & SS_LISTEN) != 0)
			error = RUMP_EINVAL;
		memcpy(data, &n, sizeof(n));
		break;
	case SIOCGIFCONF:
		error = ifconf_get(data);
		break;
	case SIOCGIFFLAGS:
	case SIOCGIFADDR:
	case SIOCGIFBRDADDR:
	case SIOCGIFNETMASK:
	case SIOCGIFMTU:
		error = ifreq_get(req, data);
		break;
	default:
		error = RUMP_ENOTTY;
	}
	net_unlock();
	return error;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses from a configuration string: words separated by blanks, in any order.
 *
 *	none			no address; the interface stays down
 *	dhcp			IPv4 address, mask and gateway from a DHCP server
 *	10.0.2.15/24		an IPv4 address; at most one
 *	fec0::15/64		an IPv6 address; any number up to lwIP's; the prefix is 64
 *	gw 10.0.2.2		the gateway, of either family
 *	auto6			IPv6 by stateless autoconfiguration (RFC 4862)
 *
 * A link-local IPv6 address is there whenever the interface is up.
 */
#include "lwip/opt.h"
#include "lwip/dhcp.h"
#include "lwip/ip_addr.h"
#include "lwip/nd6.h"

#include "kern/callout.h"
#include "kern/component.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "kern/sync.h"
#include "net/netif.h"

#define DHCP_WAIT_NS 10000000000 /* in this time lwIP asks three times */

static char hostname[64];     /* sent to DHCP servers */
static struct kcv changed_cv; /* an interface's address changed */

/*
 * The next word of *sp into word; false at the end. A word that is too long is cut, and then not
 * valid.
 */
static bool word_next(const char **sp, char *word, size_t size)
{
	const char *s = *sp;
	size_t n = 0;

	while (*s == ' ' || *s == '\t' || *s == ',')
		s++;
	while (*s != '\0' && *s != ' ' && *s != '\t' && *s != ',') {
		if (n + 1 < size)
			word[n++] = *s;
		s++;
	}
	word[n] = '\0';
	*sp = s;
	return n != 0;
}

/* Split ADDRESS/LENGTH. -1: there is no valid length. */
static int prefix_split(char *word)
{
	int len = 0, digits = 0;

	while (*word != '\0' && *word != '/')
		word++;
	if (*word == '\0')
		return -1;
	*word++ = '\0';
	for (; *word >= '0' && *word <= '9' && digits < 4; word++, digits++)
		len = len * 10 + (*word - '0');
	return *word == '\0' && digits > 0 ? len : -1;
}

static int address_add(struct ifnet *ifp, char *word)
{
	struct netif *nif = &ifp->if_netif;
	int len = prefix_split(word);
	ip_addr_t addr;
	ip4_addr_t mask;
	s8_t idx;

	if (!ipaddr_aton(word, &addr))
		return RUMP_EINVAL;
	if (IP_IS_V4(&addr)) {
		if (len < 0 || len > 32)
			return RUMP_EINVAL;
		ip4_addr_set_u32(&mask, len == 0 ? 0 : lwip_htonl(0xffffffffu << (32 - len)));
		netif_set_addr(nif, ip_2_ip4(&addr), &mask, netif_ip4_gw(nif));
		return 0;
	}
	if (len != 64)
		return RUMP_EINVAL;
	if (netif_add_ip6_address(nif, ip_2_ip6(&addr), &idx) != ERR_OK)
		return RUMP_ENOBUFS;
	/* A configured address is usable at once, without a second of duplicate detection. */
	netif_ip6_addr_set_state(nif, idx, IP6_ADDR_PREFERRED);
	return 0;
}

static int gateway_set(struct ifnet *ifp, const char *word)
{
	ip_addr_t addr;

	if (!ipaddr_aton(word, &addr))
		return RUMP_EINVAL;
	if (IP_IS_V4(&addr))
		netif_set_gw(&ifp->if_netif, ip_2_ip4(&addr));
	else {
		ip6_addr_assign_zone(ip_2_ip6(&addr), IP6_UNICAST, &ifp->if_netif);
		ip6_addr_copy(ifp->if_gw6, *ip_2_ip6(&addr));
	}
	return 0;
}

const struct ip6_addr *net_nd6_gateway(struct netif *nif)
{
	struct ifnet *ifp;

	for (ifp = netif_first(); ifp != NULL; ifp = ifp->if_next) {
		if (&ifp->if_netif == nif && !ip6_addr_isany(&ifp->if_gw6))
			return &ifp->if_gw6;
	}
	return NULL;
}

void netif_config_init(void)
{
	cv_init(&changed_cv);
}

static bool has_gateway(const struct ifnet *ifp)
{
	return !ip4_addr_isany(netif_ip4_gw(&ifp->if_netif)) || !ip6_addr_isany(&ifp->if_gw6);
}

/* Packets for no attached network go to the first interface with a gateway, or nowhere. */
static void default_update(void)
{
	struct ifnet *ifp = netif_first();

	while (ifp != NULL && !has_gateway(ifp))
		ifp = ifp->if_next;
	netif_set_default(ifp != NULL ? &ifp->if_netif : NULL);
}

/* Report an interface's new address on the console; lwIP calls this for other changes, too. */
static void status_changed(struct netif *nif)
{
	struct ifnet *ifp = nif->state;

	default_update();
	cv_broadcast(&changed_cv);
	if (!netif_is_up(nif) || ip4_addr_isany(netif_ip4_addr(nif)) ||
	    ip4_addr_cmp(&ifp->if_reported, netif_ip4_addr(nif)))
		return;
	ip4_addr_copy(ifp->if_reported, *netif_ip4_addr(nif));
	kprintf("%s: %s", netif_name(nif), ip4addr_ntoa(netif_ip4_addr(nif)));
	kprintf(" mask %s", ip4addr_ntoa(netif_ip4_netmask(nif)));
	kprintf(" gateway %s\n", ip4addr_ntoa(netif_ip4_gw(nif)));
}

int netif_configure(struct ifnet *ifp, const char *config)
{
	struct netif *nif = &ifp->if_netif;
	bool dhcp = false, none = false;
	const char *s = config;
	char word[64];
	int error = 0;

	KASSERT(net_locked());
	ip6_addr_set_any(&ifp->if_gw6);
	netif_create_ip6_linklocal_address(nif, 1);
	while (error == 0 && word_next(&s, word, sizeof(word))) {
		if (strcmp(word, "none") == 0)
			none = true;
		else if (strcmp(word, "dhcp") == 0)
			dhcp = true;
		else if (strcmp(word, "auto6") == 0)
			netif_set_ip6_autoconfig_enabled(nif, 1);
		else if (strcmp(word, "gw") == 0)
			error = word_next(&s, word, sizeof(word)) ? gateway_set(ifp, word)
								  : RUMP_EINVAL;
		else
			error = address_add(ifp, word);
	}
	if (error != 0) {
		kprintf("%s: \"%s\": not understood at \"%s\"\n", ifp->if_name, config, word);
		return error;
	}
	if (none)
		return 0;
	netif_set_status_callback(nif, status_changed);
	if (rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, hostname, sizeof(hostname)) == 0)
		netif_set_hostname(nif, hostname);
	netif_set_up(nif);
	default_update();
	ifp->if_dhcp = dhcp;
	if (dhcp && dhcp_start(nif) != ERR_OK)
		return RUMP_ENOBUFS;
	return 0;
}

static bool is_waited_for(struct ifnet *ifp)
{
	return ifp->if_dhcp && netif_is_link_up(&ifp->if_netif) &&
	       ip4_addr_isany(netif_ip4_addr(&ifp->if_netif));
}

/*
 * Programs start with the addresses in place, as on a Linux that configures its network at boot. A
 * DHCP server that does not answer is asked again and again (RFC 2131, 4.1), but waited for only
 * DHCP_WAIT_NS.
 */
RUMP_COMPONENT(RUMP_COMPONENT_NET_IFCFG, net_config)
{
	int64_t until = clock_monotonic_ns() + DHCP_WAIT_NS, left;
	struct ifnet *ifp;

	net_lock();
	for (ifp = netif_first(); ifp != NULL;) {
		left = until - clock_monotonic_ns();
		if (!is_waited_for(ifp) || left <= 0) {
			if (is_waited_for(ifp))
				kprintf("%s: no address by DHCP yet\n", ifp->if_name);
			ifp = ifp->if_next;
			continue;
		}
		net_wait(&changed_cv, left);
	}
	net_unlock();
}

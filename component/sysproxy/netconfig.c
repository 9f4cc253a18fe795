/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configures the first network interface of NetBSD's rump kernel from the same text that configures
 * the rump kernel in this tree (RUMP_NET, docs/composition.md). NetBSD leaves that to its user.
 */
#include "netconfig.h"

#include <cos/param.h>
#include <cos/string.h>
#include <rump/errno.h>
#include <rump/netconfig.h>

#include "rumpuser/cos/hyp.h"

/* Longer than an IPv6 address with its prefix length; a longer word is cut, and then refused. */
#define WORD_MAX 64

extern __typeof__(rump_pub_netconfig_ifcreate) rump_pub_netconfig_ifcreate __attribute__((weak));
extern __typeof__(rump_pub_netconfig_ifsetlinkstr) rump_pub_netconfig_ifsetlinkstr
	__attribute__((weak));
extern __typeof__(rump_pub_netconfig_ifup) rump_pub_netconfig_ifup __attribute__((weak));
extern __typeof__(rump_pub_netconfig_ipv4_ifaddr_cidr) rump_pub_netconfig_ipv4_ifaddr_cidr
	__attribute__((weak));
extern __typeof__(rump_pub_netconfig_ipv6_ifaddr) rump_pub_netconfig_ipv6_ifaddr
	__attribute__((weak));
extern __typeof__(rump_pub_netconfig_ipv4_gw) rump_pub_netconfig_ipv4_gw __attribute__((weak));
extern __typeof__(rump_pub_netconfig_ipv6_gw) rump_pub_netconfig_ipv6_gw __attribute__((weak));
extern __typeof__(rump_pub_netconfig_dhcp_ipv4_oneshot) rump_pub_netconfig_dhcp_ipv4_oneshot
	__attribute__((weak));

static const char *word_next(const char *s, char *word)
{
	size_t n = 0;

	while (*s == ' ' || *s == ',')
		s++;
	for (; *s && *s != ' ' && *s != ','; s++)
		if (n + 1 < WORD_MAX)
			word[n++] = *s;
	word[n] = '\0';
	return s;
}

/* ADDRESS/LENGTH */
static int address_add(const char *ifname, char *word)
{
	char *slash = strchr(word, '/');
	int len = 0;

	if (!slash)
		return RUMP_EINVAL;
	*slash++ = '\0';
	for (; *slash >= '0' && *slash <= '9' && len <= 128; slash++)
		len = 10 * len + *slash - '0';
	if (*slash)
		return RUMP_EINVAL;
	return strchr(word, ':') ? rump_pub_netconfig_ipv6_ifaddr(ifname, word, len)
				 : rump_pub_netconfig_ipv4_ifaddr_cidr(ifname, word, len);
}

static int gateway_set(const char *word)
{
	return strchr(word, ':') ? rump_pub_netconfig_ipv6_gw(word)
				 : rump_pub_netconfig_ipv4_gw(word);
}

/* Brings shmif0 up, on the bus of that name (rumpuser/cos/bus_file.c). */
static const char *bus_up(const char *bus)
{
	static const char *const shmif = "shmif0";
	char path[WORD_MAX];

	cos_snprintf(path, sizeof(path), "bus:%s", bus);
	if (rump_pub_netconfig_ifcreate && rump_pub_netconfig_ifcreate(shmif) == 0 &&
	    rump_pub_netconfig_ifsetlinkstr(shmif, path) == 0 &&
	    rump_pub_netconfig_ifup(shmif) == 0)
		return shmif;
	return NULL;
}

/*
 * The interface that the composition names; otherwise the first of the possible ones that comes up.
 * Interfaces of the component's own devices exist already; virt0, a card of another component
 * (rumpuser/cos/virtif.c), has to be created.
 */
static const char *interface_up(void)
{
	static const char *const names[] = {"vioif0", "wm0"}, *const virt = "virt0";
	const char *bus = cos_param("RUMP_BUS");

	if (bus)
		return bus_up(bus);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (rump_pub_netconfig_ifup(names[i]) == 0)
			return names[i];
	if (rump_pub_netconfig_ifcreate && rump_pub_netconfig_ifcreate(virt) == 0 &&
	    rump_pub_netconfig_ifup(virt) == 0)
		return virt;
	return NULL;
}

void netconfig_apply(void)
{
	const char *config = cos_param("RUMP_NET"), *s = config, *ifname;
	char word[WORD_MAX];
	int error = 0;

	if (!rump_pub_netconfig_ifup || !config || strcmp(config, "none") == 0)
		return;
	ifname = interface_up();
	if (!ifname) {
		cos_log("RUMP_NET=%s: there is no network interface\n", config);
		return;
	}
	for (s = word_next(s, word); word[0]; s = word_next(s, word)) {
		if (strcmp(word, "dhcp") == 0) {
			error = rump_pub_netconfig_dhcp_ipv4_oneshot(ifname);
		} else if (strcmp(word, "auto6") == 0) {
			/* NetBSD sets a link-local address by itself; netconfig's call faults */
			continue;
		} else if (strcmp(word, "gw") == 0) {
			s = word_next(s, word);
			error = gateway_set(word);
		} else {
			error = address_add(ifname, word);
		}
		if (error)
			cos_log("%s: RUMP_NET=%s: error %d at %s\n", ifname, config, error, word);
	}
}

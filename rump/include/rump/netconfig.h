/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NetBSD's netconfig component (librumpnet_config): interfaces and their addresses, by name and as
 * text. The rump kernel in this tree configures itself by its parameters (rump/net/README.md) and has
 * none of these. 0 or a NetBSD errno.
 */
#ifndef RUMP_NETCONFIG_H
#define RUMP_NETCONFIG_H

/* An interface that is not there by itself: "virt0", "shmif0". EEXIST; EINVAL: there is no such kind. */
int rump_pub_netconfig_ifcreate(const char *ifname);
/* What it is connected to, for the kinds that say so by a text: "shmif0" to a file. */
int rump_pub_netconfig_ifsetlinkstr(const char *ifname, const char *linkstr);
int rump_pub_netconfig_ifup(const char *ifname);
/* mask is the number of bits. */
int rump_pub_netconfig_ipv4_ifaddr_cidr(const char *ifname, const char *addr, int mask);
int rump_pub_netconfig_ipv6_ifaddr(const char *ifname, const char *addr, int prefix_len);
int rump_pub_netconfig_ipv4_gw(const char *gateway);
int rump_pub_netconfig_ipv6_gw(const char *gateway);
/* Asks once, and waits for the answer. */
int rump_pub_netconfig_dhcp_ipv4_oneshot(const char *ifname);

#endif

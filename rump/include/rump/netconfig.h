/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NetBSD's netconfig component (librumpnet_config): interfaces and their addresses, by name and as
 * text. The rump kernel in this tree has none of these functions: it configures itself from its
 * parameters (rump/net/README.md). 0 or a NetBSD errno.
 */
#ifndef RUMP_NETCONFIG_H
#define RUMP_NETCONFIG_H

/*
 * Create an interface that does not exist by itself: "virt0", "shmif0". EEXIST; EINVAL: no such
 * kind.
 */
int rump_pub_netconfig_ifcreate(const char *ifname);
/* Connect an interface of a kind that takes a text for that: "shmif0" to a file. */
int rump_pub_netconfig_ifsetlinkstr(const char *ifname, const char *linkstr);
int rump_pub_netconfig_ifup(const char *ifname);
/* mask is a number of bits. */
int rump_pub_netconfig_ipv4_ifaddr_cidr(const char *ifname, const char *addr, int mask);
int rump_pub_netconfig_ipv6_ifaddr(const char *ifname, const char *addr, int prefix_len);
int rump_pub_netconfig_ipv4_gw(const char *gateway);
int rump_pub_netconfig_ipv6_gw(const char *gateway);
/* Sends one request and waits for the answer. */
int rump_pub_netconfig_dhcp_ipv4_oneshot(const char *ifname);

#endif

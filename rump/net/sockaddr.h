/* SPDX-License-Identifier: BSD-2-Clause */
/* Socket addresses of NetBSD's layout, to lwIP's and back. */
#ifndef RUMP_NET_SOCKADDR_H
#define RUMP_NET_SOCKADDR_H

#include <rump/socket.h>

#include "lwip/ip_addr.h"

struct socket;

/*
 * Copy in and translate an address given to a socket. Checks its family and translates what the
 * socket's family allows: an IPv4-mapped IPv6 address becomes an IPv4 one, and the unspecified
 * address of a socket of both families one of any type. EFAULT; EINVAL: length; EAFNOSUPPORT;
 * EADDRNOTAVAIL: mapped, but the socket is IPv6 only.
 */
int sockaddr_in(const struct socket *so, const void *uaddr, uint32_t len, ip_addr_t *addr,
		u16_t *port);
/* The family alone. EFAULT, EINVAL. */
int sockaddr_family(const void *uaddr, uint32_t len, int *family);
/* An address in the form of the socket's family; returns the length in bytes. */
uint32_t sockaddr_out(const struct socket *so, const ip_addr_t *addr, u16_t port,
		      struct rump_sockaddr_storage *ss);
/* Whether it is an address of this host, so that a socket may be bound to it. */
bool addr_is_local(const ip_addr_t *addr);

#endif

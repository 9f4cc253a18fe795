/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by so_tcp.c (connections), so_stream.c (their data) and so_dgram.c. */
#ifndef RUMP_NET_SO_TCP_H
#define RUMP_NET_SO_TCP_H

#include "lwip/ip_addr.h"

#include "net/socket.h"

int tcp_so_send(struct socket *so, struct uio *uio, int flags, const ip_addr_t *to, u16_t port);
int tcp_so_receive(struct socket *so, struct uio *uio, int flags, ip_addr_t *from, u16_t *port,
		   int *mflags, size_t *fullp);
/* Wait until sent data is acknowledged, at most so_linger. Core lock held. */
void tcp_so_linger(struct socket *so);

/*
 * A UDP packet from here was refused; the socket that is connected to that address gets an error.
 */
void udp_unreachable(u16_t local_port, const ip_addr_t *remote, u16_t remote_port, int error);

/* The unspecified address, of the socket's family or of both. */
static inline const ip_addr_t *so_any(const struct socket *so)
{
	return so->so_domain == RUMP_AF_INET ? IP4_ADDR_ANY
	       : so->so_v6only		     ? IP6_ADDR_ANY
					     : IP_ANY_TYPE;
}

/* The unspecified address as a destination means this host: replace it by the loopback address. */
void addr_loopback(ip_addr_t *addr);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Between so_tcp.c (connections), so_stream.c (their data) and so_dgram.c. */
#ifndef RUMP_NET_SO_TCP_H
#define RUMP_NET_SO_TCP_H

#include "lwip/ip_addr.h"

#include "net/socket.h"

int tcp_so_send(struct socket *so, struct uio *uio, int flags, const ip_addr_t *to, u16_t port);
int tcp_so_receive(struct socket *so, struct uio *uio, int flags, ip_addr_t *from, u16_t *port,
		   int *mflags, size_t *fullp);
/* Wait until what was sent is acknowledged, at most so_linger. Core lock held. */
void tcp_so_linger(struct socket *so);

/* A UDP packet of ours was refused; a socket connected to there has an error now. */
void udp_unreachable(u16_t local_port, const ip_addr_t *remote, u16_t remote_port, int error);

/* The unspecified address of the socket's family or families. */
static inline const ip_addr_t *so_any(const struct socket *so)
{
	return so->so_domain == RUMP_AF_INET ? IP4_ADDR_ANY
	       : so->so_v6only		     ? IP6_ADDR_ANY
					     : IP_ANY_TYPE;
}

/* The unspecified address, as a destination, is this host: make it the loopback address. */
void addr_loopback(ip_addr_t *addr);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors about packets that sockets here have sent (RFC 1122, 3.2.2.1; RFC 4443, 3). */
#ifndef RUMP_NET_ICMP_H
#define RUMP_NET_ICMP_H

#include <stdbool.h>

#include "lwip/ip_addr.h"

/* Start listening for them. Core lock held. */
void icmp_errors_init(void);

/*
 * In socket.c: a packet of protocol proto from local to remote could not be delivered. hard: the
 * port or protocol does not exist, and a connection attempt ends; otherwise the failure may be
 * temporary.
 */
void socket_unreachable(unsigned proto, const ip_addr_t *local, u16_t local_port,
			const ip_addr_t *remote, u16_t remote_port, int error, bool hard);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions that lwIP calls besides its configuration; they are in net_mem.c, net_core.c and
 * so_tcp.c.
 */
#ifndef RUMP_NET_ARCH_HOOKS_H
#define RUMP_NET_ARCH_HOOKS_H

#include <stddef.h>
#include <stdint.h>

void *net_mem_malloc(size_t len);
void *net_mem_calloc(size_t n, size_t len);
void net_mem_free(void *mem);

/* The Internet checksum's sum of len bytes, folded, in memory order (RFC 1071). */
uint16_t net_chksum(const void *data, int len);

/* Initial sequence numbers by RFC 6528. The arguments are ip_addr_t. */
struct ip_addr;
uint32_t net_tcp_isn(const struct ip_addr *local, uint16_t local_port, const struct ip_addr *remote,
		     uint16_t remote_port);
#define LWIP_HOOK_TCP_ISN net_tcp_isn

/* The configured IPv6 gateway of an interface, or NULL. */
struct netif;
const struct ip6_addr *net_nd6_gateway(struct netif *nif);
#define LWIP_HOOK_ND6_GET_GW(netif, dest) net_nd6_gateway(netif)

/* A SYN for a listening socket with a full queue is dropped: the peer repeats it. */
struct tcp_pcb;
signed char net_tcp_inpacket(struct tcp_pcb *pcb);
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, hdr, optlen, opt1len, opt2, p) net_tcp_inpacket(pcb)

/* The single copy on the way out: in tcp_out.c the source is the caller's memory. */
#ifdef RUMP_NET_TCP_OUT
void net_tcp_copyin(void *dst, const void *src, size_t len);
#define MEMCPY(dst, src, len) net_tcp_copyin(dst, src, len)
#endif

#endif

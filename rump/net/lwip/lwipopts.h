/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP's options: its core only (no threads and no sockets of its own), entered with the core lock
 * held (net.h), with memory from the rump kernel's allocator and timers from net_timer.c. The
 * number of objects is not limited, except in caches (ARP, neighbours, routers), which replace
 * their oldest entry.
 */
#ifndef RUMP_NET_LWIPOPTS_H
#define RUMP_NET_LWIPOPTS_H

/* The core alone. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_TIMERS 0
#define LWIP_RAW 1
#define LWIP_UDP 1
#define LWIP_TCP 1
#define LWIP_DNS 0
#define LWIP_IGMP 0
#define LWIP_SNMP 0

/* Memory: net_mem.c. */
#define MEM_ALIGNMENT 16
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_SIZE 0x10000
#define mem_clib_malloc net_mem_malloc
#define mem_clib_free net_mem_free
#define mem_clib_calloc net_mem_calloc
#define LWIP_SUPPORT_CUSTOM_PBUF 1

/* Links. Room before a frame for a driver's header (virtio-net: 12 bytes). */
#define PBUF_LINK_ENCAPSULATION_HLEN 16
#define ETH_PAD_SIZE 0
#define LWIP_ARP 1
#define LWIP_ETHERNET 1
#define ARP_TABLE_SIZE 127
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 64
#define LWIP_HAVE_LOOPIF 1
#define LWIP_NETIF_LOOPBACK 1
#define LWIP_NETIF_LOOPBACK_MULTITHREADING 0
#define LWIP_LOOPBACK_MAX_PBUFS 0
#define LWIP_LOOPIF_MULTICAST 1
#define LWIP_NETIF_HOSTNAME 1
#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_NETIF_LINK_CALLBACK 0
#define LWIP_NETIF_TX_SINGLE_PBUF 0

/* Checksums: a device may do TCP's and UDP's; netif.c does the rest. */
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1
#define LWIP_CHKSUM net_chksum

/* IPv4 */
#define LWIP_IPV4 1
#define IP_FORWARD 0
#define IP_REASSEMBLY 1
/* Of all datagrams together: one of 64 KiB comes in 45 fragments by Ethernet. */
#define IP_REASS_MAX_PBUFS 512
#define IP_FRAG 1
#define IP_DEFAULT_TTL 64
#define IP_SOF_BROADCAST 1
#define IP_SOF_BROADCAST_RECV 0
#define LWIP_ICMP 1
#define LWIP_BROADCAST_PING 0
#define LWIP_DHCP 1
#define LWIP_DHCP_CHECK_LINK_UP 1
#define DHCP_DOES_ARP_CHECK 0
#define LWIP_DHCP_BOOTP_FILE 0
#define LWIP_DHCP_GET_NTP_SRV 0
#define LWIP_AUTOIP 0
#define LWIP_MULTICAST_TX_OPTIONS 1

/* IPv6 */
#define LWIP_IPV6 1
#define LWIP_IPV6_MLD 0
#define LWIP_IPV6_AUTOCONFIG 1
#define LWIP_IPV6_SEND_ROUTER_SOLICIT 1
#define LWIP_IPV6_DHCP6 0
#define LWIP_IPV6_NUM_ADDRESSES 8
#define LWIP_ICMP6 1
#define IPV6_FRAG_COPYHEADER 1 /* pointers of 64 bits do not fit over a fragment header */
#define LWIP_ND6_NUM_NEIGHBORS 127
#define LWIP_ND6_NUM_DESTINATIONS 127
#define MEMP_NUM_ND6_QUEUE 64
#define LWIP_ND6_QUEUEING 1
#define LWIP_ND6_TCP_REACHABILITY_HINTS 1

/* TCP */
#define TCP_MSS 1460
#define TCP_CALCULATE_EFF_SEND_MSS 1
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 5
#define TCP_WND (512 * 1024)
#define TCP_SND_BUF (1024 * 1024)
#define TCP_SND_QUEUELEN 16384
#define MEMP_NUM_TCP_SEG TCP_SND_QUEUELEN
#define TCP_SNDLOWAT (32 * 1024)
#define TCP_SNDQUEUELOWAT 1024
#define TCP_OVERSIZE TCP_MSS
#define TCP_QUEUE_OOSEQ 1
#define LWIP_TCP_SACK_OUT 1
/* As many blocks as an option can have (RFC 2018, 3). */
#define LWIP_TCP_MAX_SACK_NUM 4
#define LWIP_TCP_TIMESTAMPS 1
#define LWIP_TCP_KEEPALIVE 1
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 0xff
#define TCP_SYNMAXRTX 6
#define TCP_MAXRTX 12
#define TCP_MSL 30000UL
#define SO_REUSE 1
#define SO_REUSE_RXTOALL 0

#define LWIP_CALLBACK_API 1
#define LWIP_NETBUF_RECVINFO 1

#include "arch/hooks.h"

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* NetBSD's socket structures and constants. Addresses begin with their length in bytes. */
#ifndef RUMP_SOCKET_H
#define RUMP_SOCKET_H

#include <rump/types.h>

typedef uint32_t rump_socklen_t;

struct rump_sockaddr {
	uint8_t sa_len;
	uint8_t sa_family;
	char sa_data[14];
};
struct rump_sockaddr_in {
	uint8_t sin_len;
	uint8_t sin_family;
	uint16_t sin_port; /* network byte order, as the address */
	uint32_t sin_addr;
	uint8_t sin_zero[8];
};
struct rump_sockaddr_in6 {
	uint8_t sin6_len;
	uint8_t sin6_family;
	uint16_t sin6_port;
	uint32_t sin6_flowinfo;
	uint8_t sin6_addr[16];
	uint32_t sin6_scope_id;
};
struct rump_sockaddr_un {
	uint8_t sun_len;
	uint8_t sun_family;
	char sun_path[104];
};
struct rump_sockaddr_storage {
	uint8_t ss_len;
	uint8_t ss_family;
	char ss_pad1[6];
	int64_t ss_align;
	char ss_pad2[112];
};
struct rump_msghdr {
	void *msg_name;
	rump_socklen_t msg_namelen;
	struct rump_iovec *msg_iov;
	int msg_iovlen;
	void *msg_control;
	rump_socklen_t msg_controllen;
	int msg_flags;
};
struct rump_cmsghdr {
	rump_socklen_t cmsg_len;
	int cmsg_level;
	int cmsg_type;
};
struct rump_mmsghdr {
	struct rump_msghdr msg_hdr;
	unsigned msg_len;
};
struct rump_linger {
	int l_onoff;
	int l_linger;
};

#define RUMP_AF_UNSPEC 0
#define RUMP_AF_LOCAL 1
#define RUMP_AF_UNIX RUMP_AF_LOCAL
#define RUMP_AF_INET 2
#define RUMP_AF_INET6 24

#define RUMP_SOCK_STREAM 1
#define RUMP_SOCK_DGRAM 2
#define RUMP_SOCK_RAW 3
#define RUMP_SOCK_SEQPACKET 5
#define RUMP_SOCK_CLOEXEC 0x10000000
#define RUMP_SOCK_NONBLOCK 0x20000000
#define RUMP_SOCK_NOSIGPIPE 0x40000000
#define RUMP_SOCK_FLAGS_MASK 0xf0000000

#define RUMP_SOL_SOCKET 0xffff
#define RUMP_SO_DEBUG 0x0001
#define RUMP_SO_ACCEPTCONN 0x0002
#define RUMP_SO_REUSEADDR 0x0004
#define RUMP_SO_KEEPALIVE 0x0008
#define RUMP_SO_DONTROUTE 0x0010
#define RUMP_SO_BROADCAST 0x0020
#define RUMP_SO_LINGER 0x0080
#define RUMP_SO_OOBINLINE 0x0100
#define RUMP_SO_REUSEPORT 0x0200
#define RUMP_SO_NOSIGPIPE 0x0800
#define RUMP_SO_TIMESTAMP 0x2000
#define RUMP_SO_SNDBUF 0x1001
#define RUMP_SO_RCVBUF 0x1002
#define RUMP_SO_SNDLOWAT 0x1003
#define RUMP_SO_RCVLOWAT 0x1004
#define RUMP_SO_ERROR 0x1007
#define RUMP_SO_TYPE 0x1008
#define RUMP_SO_SNDTIMEO 0x100b
#define RUMP_SO_RCVTIMEO 0x100c
#define RUMP_SOMAXCONN 128

#define RUMP_MSG_OOB 0x0001
#define RUMP_MSG_PEEK 0x0002
#define RUMP_MSG_DONTROUTE 0x0004
#define RUMP_MSG_EOR 0x0008
#define RUMP_MSG_TRUNC 0x0010
#define RUMP_MSG_CTRUNC 0x0020
#define RUMP_MSG_WAITALL 0x0040
#define RUMP_MSG_DONTWAIT 0x0080
#define RUMP_MSG_NOSIGNAL 0x0400
#define RUMP_MSG_CMSG_CLOEXEC 0x0800
#define RUMP_MSG_NBIO 0x1000
#define RUMP_MSG_WAITFORONE 0x2000

#define RUMP_SHUT_RD 0
#define RUMP_SHUT_WR 1
#define RUMP_SHUT_RDWR 2

#define RUMP_SCM_RIGHTS 0x01

#define RUMP_IPPROTO_IP 0
#define RUMP_IPPROTO_ICMP 1
#define RUMP_IPPROTO_TCP 6
#define RUMP_IPPROTO_UDP 17
#define RUMP_IPPROTO_IPV6 41
#define RUMP_IPPROTO_ICMPV6 58
#define RUMP_IP_HDRINCL 2
#define RUMP_IP_TOS 3
#define RUMP_IP_TTL 4
#define RUMP_IP_MULTICAST_IF 9
#define RUMP_IP_MULTICAST_TTL 10
#define RUMP_IP_MULTICAST_LOOP 11
#define RUMP_IP_ADD_MEMBERSHIP 12
#define RUMP_IP_DROP_MEMBERSHIP 13
#define RUMP_IP_PKTINFO 25
#define RUMP_IP_RECVPKTINFO 26
#define RUMP_IPV6_UNICAST_HOPS 4
#define RUMP_IPV6_MULTICAST_IF 9
#define RUMP_IPV6_MULTICAST_HOPS 10
#define RUMP_IPV6_MULTICAST_LOOP 11
#define RUMP_IPV6_JOIN_GROUP 12
#define RUMP_IPV6_LEAVE_GROUP 13
#define RUMP_IPV6_CHECKSUM 26
#define RUMP_IPV6_V6ONLY 27
#define RUMP_IPV6_TCLASS 61
#define RUMP_TCP_NODELAY 1
#define RUMP_TCP_MAXSEG 2
#define RUMP_TCP_KEEPIDLE 3
#define RUMP_TCP_KEEPINTVL 5
#define RUMP_TCP_KEEPCNT 6

_Static_assert(sizeof(struct rump_msghdr) == 48, "NetBSD's struct msghdr");
_Static_assert(sizeof(struct rump_sockaddr_storage) == 128, "NetBSD's struct sockaddr_storage");

#endif

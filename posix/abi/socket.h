/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's sockets. */
#ifndef POSIX_ABI_SOCKET_H
#define POSIX_ABI_SOCKET_H

#include <stddef.h>
#include <stdint.h>
#include "abi/fs.h"

#define LX_AF_UNSPEC 0
#define LX_AF_UNIX 1
#define LX_AF_INET 2
#define LX_AF_INET6 10
#define LX_SOCK_TYPE_MASK 0xf
#define LX_SOCK_STREAM 1
#define LX_SOCK_DGRAM 2
#define LX_SOCK_RAW 3
#define LX_SOCK_SEQPACKET 5
#define LX_SOCK_CLOEXEC LX_O_CLOEXEC
#define LX_SOCK_NONBLOCK LX_O_NONBLOCK
#define LX_SOL_SOCKET 1
#define LX_SCM_RIGHTS 1
#define LX_SCM_CREDENTIALS 2
#define LX_MSG_OOB 0x1
#define LX_MSG_PEEK 0x2
#define LX_MSG_DONTROUTE 0x4
#define LX_MSG_CTRUNC 0x8
#define LX_MSG_TRUNC 0x20
#define LX_MSG_DONTWAIT 0x40
#define LX_MSG_EOR 0x80
#define LX_MSG_WAITALL 0x100
#define LX_MSG_NOSIGNAL 0x4000
#define LX_MSG_MORE 0x8000
#define LX_MSG_WAITFORONE 0x10000
#define LX_MSG_CMSG_CLOEXEC 0x40000000
#define LX_SHUT_RD 0
#define LX_SHUT_WR 1
#define LX_SHUT_RDWR 2
struct lx_sockaddr_un {
	uint16_t family;
	char path[108];
};
struct lx_sockaddr_storage {
	uint16_t family;
	uint8_t data[126];
};
struct lx_msghdr {
	uint64_t name;
	uint32_t namelen;
	uint32_t pad0;
	uint64_t iov;
	uint64_t iovlen;
	uint64_t control;
	uint64_t controllen;
	int32_t flags;
	uint32_t pad1;
};
struct lx_mmsghdr {
	struct lx_msghdr hdr;
	uint32_t len;
	uint32_t pad;
};
struct lx_cmsghdr {
	uint64_t len;
	int32_t level;
	int32_t type;
};
struct lx_ucred {
	int32_t pid;
	uint32_t uid;
	uint32_t gid;
};

_Static_assert(sizeof(struct lx_msghdr) == 56, "Linux's struct msghdr");

#endif

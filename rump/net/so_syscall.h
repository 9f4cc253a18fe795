/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the socket system calls. */
#ifndef RUMP_NET_SO_SYSCALL_H
#define RUMP_NET_SO_SYSCALL_H

#include "net/socket.h"

/* The socket of a descriptor, its file referenced. EBADF, ENOTSOCK, EOPNOTSUPP. */
int socket_get(struct lwp *l, int64_t fd, struct file **fpp, struct socket **sop);
/* A name to the caller's buffer of *ulen bytes; *ulen becomes its full length. EFAULT, EINVAL. */
int name_copyout(const struct socket *so, const ip_addr_t *addr, u16_t port, void *uname,
		 rump_socklen_t *ulen);

#endif

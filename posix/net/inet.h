/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets of the network backend. */
#ifndef POSIX_NET_INET_H
#define POSIX_NET_INET_H

struct file;
struct thread;

/* family: LX_AF_INET or LX_AF_INET6. 0 or -LX_E*. */
long inet_create(struct thread *t, int family, int type, int protocol, struct file **out);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets: the system calls are one, what is behind them are two: inet.c (the network backend) and
 * unix.c. */
#ifndef POSIX_NET_SOCKET_H
#define POSIX_NET_SOCKET_H

#include "abi/socket.h"
#include "file/file.h"

/* An address as the program gave it or will get it. */
struct address {
	struct lx_sockaddr_storage ss;
	unsigned len;
};

struct message {
	const struct iov *iov;
	int n;
	struct address *address; /* to, or where from is put; NULL: none */
	/* AF_UNIX: files that travel along; received ones belong to the receiver. */
	struct file **files;
	unsigned nfiles;
	int flags; /* LX_MSG_* of the call */
	int told;  /* and on receipt those that tell of it */
};

struct socket_ops {
	int family;
	long (*bind)(struct thread *, struct file *, const struct address *);
	/* -LX_EINPROGRESS: wait for POLLOUT and call again, until it is not -LX_EALREADY. */
	long (*connect)(struct thread *, struct file *, const struct address *);
	long (*listen)(struct thread *, struct file *, int backlog);
	long (*accept)(struct thread *, struct file *, struct file **, struct address *);
	long (*name)(struct thread *, struct file *, bool peer, struct address *);
	long (*send)(struct thread *, struct file *, struct message *);
	long (*recv)(struct thread *, struct file *, struct message *);
	long (*shutdown)(struct thread *, struct file *, int how);
	long (*setopt)(struct thread *, struct file *, int level, int name, uint64_t value,
		       uint32_t len);
	long (*getopt)(struct thread *, struct file *, int level, int name, void *value,
		       uint32_t *len);
};

/* The head of a socket's object. */
struct socket {
	const struct socket_ops *ops;
	int type, protocol; /* LX_SOCK_* without flags */
	bool listening;
};

static inline const struct socket_ops *socket_ops(const struct file *f)
{
	return ((const struct socket *)f->object)->ops;
}

/* The socket of a descriptor with a reference; NULL: *error is why. */
struct file *socket_get(struct thread *t, uint64_t fd, long *error);
/* An address in the program. 0 or -LX_EINVAL, -LX_EFAULT. */
long address_get(struct thread *t, uint64_t addr, uint64_t len, struct address *a);
/* As much as fits; the length that the address has whole is told. addr 0: nowhere. */
long address_put(struct thread *t, uint64_t addr, uint64_t len_addr, const struct address *a);

#endif

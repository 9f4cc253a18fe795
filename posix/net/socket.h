/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets. The system calls (socket.c, message.c, sockopt.c) are the same for all; what a socket
 * is, its ops say: inet.c, of the network backend, or unix.c.
 */
#ifndef POSIX_NET_SOCKET_H
#define POSIX_NET_SOCKET_H

#include "abi/socket.h"
#include "file/file.h"

/* An address as programs have it. */
struct address {
	struct lx_sockaddr_storage ss;
	unsigned len;
};

/* The longest backlog: Linux's net.core.somaxconn, which /proc says, too. */
#define SOCKET_BACKLOG_MAX 4096

struct message {
	const struct iov *iov;
	int n;
	struct address *address; /* the receiver's, or room for the sender's; NULL: none */
	/*
	 * AF_UNIX: files that are sent along. The receiver of files owns the array and references.
	 */
	struct file **files;
	unsigned nfiles;
	int flags;     /* LX_MSG_* of the call */
	int out_flags; /* on receipt, LX_MSG_* for the program */
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

/* What the object of every socket begins with. */
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
/*
 * An address to the program, cut to the room at len_addr, which becomes the whole length. addr 0:
 * to nowhere. 0 or -LX_EINVAL, -LX_EFAULT.
 */
long address_put(struct thread *t, uint64_t addr, uint64_t len_addr, const struct address *a);

#endif

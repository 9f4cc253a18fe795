/* SPDX-License-Identifier: BSD-2-Clause */
/* What inet.c and inet_option.c share. */
#ifndef POSIX_NET_INET_SOCKET_H
#define POSIX_NET_INET_SOCKET_H

#include "net/socket.h"

#include <rump/socket.h>

struct inet {
	struct socket socket;
	int family;
	bool connecting; /* a connect() has begun, and its success has not been reported yet */
	/* What it takes to make the socket again, should the backend be restarted. */
	struct address bound;
	int backlog;
};

/* The thread's shared buffer during one call. */
struct inet_args {
	struct rump_msghdr msg;
	struct rump_pollfd pollfd;
	rump_socklen_t len;
	struct rump_sockaddr_storage address;
	uint8_t option[256];
};
struct inet_args *inet_args(struct thread *t);

/* SO_ERROR, which reading clears: 0 or -LX_E*. */
long inet_error(struct thread *t, struct file *f);
long inet_setopt(struct thread *t, struct file *f, int level, int name, uint64_t value,
		 uint32_t len);
long inet_getopt(struct thread *t, struct file *f, int level, int name, void *value, uint32_t *len);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_UNIX sockets as unix.c (the object), unix_name.c (addresses) and unix_queue.c (data) share
 * them.
 */
#ifndef POSIX_NET_UNIX_SOCKET_H
#define POSIX_NET_UNIX_SOCKET_H

#include <cos/list.h>
#include "base/os.h"
#include "net/socket.h"

#define UNIX_QUEUE_BYTES 212992u /* Linux's net.core.wmem_default */
#define UNIX_QUEUE_DATAGRAMS 64u

struct packet {
	struct list_node link;
	size_t len, taken;
	struct file **files;
	unsigned nfiles;
	struct address from;
	char data[];
};

struct unix_socket {
	struct socket socket;
	struct file *file; /* NULL when closed: the struct lives on while a peer refers to it */
	unsigned refs;
	struct unix_socket *peer; /* connected to; referenced */
	struct list_node queue;
	size_t bytes;
	unsigned packets;
	bool no_read, no_write; /* shut down */
	bool peer_gone;
	struct address name;
	uint64_t dev, ino;
	struct list_node bound; /* in the list of bound sockets */
	/* Listening: those that connected and wait for accept, by their other ends. */
	struct list_node backlog, pending;
	unsigned nbacklog, max_backlog;
	struct lx_ucred peer_cred;
	uint64_t inode;
};

/* Guards all of them: peers refer to each other both ways, and sections are short. */
extern struct cos_mutex unix_lock;
extern struct list_node unix_bound; /* link bound of those that have an address */

/* A socket with its file. NULL: out of memory. */
struct unix_socket *unix_new(int type);
/* Without the lock. */
void packet_free(struct packet *p);
/* The rest under the lock. */
void unix_put(struct unix_socket *u);
void unix_join(struct unix_socket *a, struct unix_socket *b);
void unix_wake(struct unix_socket *u, unsigned events);

/* unix_name.c. The socket that an address leads to, with the lock held at success. */
long unix_lookup(struct thread *t, const struct address *a, int type, struct unix_socket **out);
long unix_bind(struct thread *t, struct file *f, const struct address *a);
long unix_connect(struct thread *t, struct file *f, const struct address *a);
long unix_listen(struct thread *t, struct file *f, int backlog);
long unix_accept(struct thread *t, struct file *f, struct file **out, struct address *a);
long unix_name(struct thread *t, struct file *f, bool peer, struct address *a);

/* unix_queue.c */
long unix_send(struct thread *t, struct file *f, struct message *m);
long unix_recv(struct thread *t, struct file *f, struct message *m);
long unix_read(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset);
long unix_write(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset);
unsigned unix_poll(struct thread *t, struct file *f);

#endif

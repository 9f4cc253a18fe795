/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_UNIX sockets, as unix.c (the object), unix_name.c (addresses) and unix_queue.c (data) share
 * them.
 *
 * X1. One lock guards all sockets, since peers refer to each other both ways.
 * X2. A struct lives while it is referenced: by its file, and by each socket that has it as peer.
 *     When its file goes, `file` is NULL.
 * X3. Peers of streams and sequenced packets are mutual. When one of them closes, both lose their
 *     peer, and peer_gone is set in the other. A datagram socket's peer is where it sends to, and
 *     need not know it.
 * X4. connect makes the accepted end at once: it waits in the listener's backlog, with a file that
 *     has no descriptor yet, until accept installs it or the listener closes.
 * X5. What is sent goes to the receiver's queue. Files that travel with it are referenced there,
 *     and are put without the lock, since the last reference may be a socket's.
 *
 * Not there: circles of sockets that are sent through each other are not found (Linux collects
 * them), SCM_CREDENTIALS, SO_PASSCRED.
 */
#ifndef POSIX_NET_UNIX_SOCKET_H
#define POSIX_NET_UNIX_SOCKET_H

#include <cos/list.h>
#include "base/os.h"
#include "net/socket.h"

#define UNIX_QUEUE_BYTES 212992u /* as Linux's net.core.wmem_default */
#define UNIX_QUEUE_DATAGRAMS 64u /* small ones would take much memory */

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
	struct file *file; /* NULL: closed (X2) */
	unsigned refs;
	struct unix_socket *peer; /* X3; referenced */
	struct list_node queue;
	size_t bytes;
	unsigned packets;
	bool no_read, no_write; /* shut down */
	bool peer_gone;
	struct address name;
	uint64_t dev, ino;
	struct list_node bound; /* in the list of bound sockets */
	/* X4: a listener's accepted ends, by `pending`. */
	struct list_node backlog, pending;
	unsigned nbacklog, max_backlog;
	struct lx_ucred peer_cred;
	uint64_t inode;
};

/* X1 */
extern struct cos_mutex unix_lock;
extern struct list_node unix_bound; /* all that have an address, by `bound` */

/* A socket with its file. NULL: out of memory. */
struct unix_socket *unix_new(int type);
/* Without the lock (X5). */
void packet_free(struct packet *p);
/* These under the lock. */
void unix_put(struct unix_socket *u);
void unix_join(struct unix_socket *a, struct unix_socket *b);
void unix_wake(struct unix_socket *u, unsigned events);

/* unix_name.c. The socket of an address. 0, and the lock is held; or -LX_E*. */
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

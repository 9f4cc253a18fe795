/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX: sending and receiving. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "file/file.h"
#include "mm/user.h"
#include "net/socket.h"
#include "net/unix_socket.h"
#include "process/thread.h"

static bool full(const struct unix_socket *to, size_t len)
{
	if (to->socket.type == LX_SOCK_STREAM)
		return to->bytes >= UNIX_QUEUE_BYTES;
	return to->packets &&
	       (to->bytes + len > UNIX_QUEUE_BYTES || to->packets >= UNIX_QUEUE_DATAGRAMS);
}

/* Does the peer send no more? A datagram socket receives from others as well. */
static bool peer_ended(const struct unix_socket *u)
{
	return u->socket.type != LX_SOCK_DGRAM && (u->peer_gone || (u->peer && u->peer->no_write));
}

/* Under the lock: may u send to that socket, NULL: it has no peer? 0 or -LX_E*. */
static long send_check(struct unix_socket *u, struct unix_socket *to, size_t len)
{
	if (u->no_write || (to && to->no_read))
		return -LX_EPIPE;
	if (to && to->file)
		return full(to, len) ? -LX_EAGAIN : 0;
	if (u->socket.type != LX_SOCK_DGRAM)
		return u->peer_gone ? -LX_EPIPE : -LX_ENOTCONN;
	if (!to && !u->peer_gone)
		return -LX_ENOTCONN;
	/* The first datagram to a receiver that is gone is refused, which ends the connection. */
	u->peer_gone = false;
	if (u->peer) {
		unix_put(u->peer);
		u->peer = NULL;
	}
	return -LX_ECONNREFUSED;
}

long unix_send(struct thread *t, struct file *f, struct message *m)
{
	struct unix_socket *u = f->object, *to = NULL;
	size_t len = iov_len(m->iov, m->n);
	bool stream = u->socket.type == LX_SOCK_STREAM;
	struct packet *p;
	long r;

	if (m->flags & LX_MSG_OOB)
		return -LX_EOPNOTSUPP;
	if (stream && len == 0 && !m->nfiles)
		return 0;
	if (!stream && len > UNIX_QUEUE_BYTES)
		return -LX_EMSGSIZE;
	len = MIN(len, (size_t)UNIX_QUEUE_BYTES / 2);
	p = cos_malloc(sizeof(*p) + len);
	if (!p)
		return -LX_ENOMEM;
	*p = (struct packet){.len = len};
	r = iov_take(m->iov, m->n, 0, p->data, len);
	if (r < 0 || (size_t)r < len) {
		cos_free(p);
		return -LX_EFAULT;
	}
	if (m->nfiles) {
		p->files = cos_malloc(m->nfiles * sizeof(*p->files));
		if (!p->files) {
			cos_free(p);
			return -LX_ENOMEM;
		}
		for (unsigned i = 0; i < m->nfiles; i++)
			p->files[i] = file_get(m->files[i]);
		p->nfiles = m->nfiles;
	}
	r = 0;
	if (m->address && u->socket.type == LX_SOCK_DGRAM) {
		r = unix_lookup(t, m->address, u->socket.type, &to);
		if (r < 0) {
			packet_free(p);
			return r;
		}
	} else {
		if (m->address && stream) /* of sequenced packets, an address is ignored */
			r = u->peer ? -LX_EISCONN : -LX_EOPNOTSUPP;
		cos_mutex_lock(&unix_lock);
		to = u->peer;
	}
	if (r == 0)
		r = send_check(u, to, len);
	if (r == 0) {
		p->from = u->name;
		list_add_tail(&to->queue, &p->link);
		to->bytes += len;
		to->packets++;
		unix_wake(to, LX_POLLIN | LX_POLLRDNORM);
	}
	cos_mutex_unlock(&unix_lock);
	if (r < 0) {
		packet_free(p);
		return r;
	}
	return (long)len;
}

/* Under the lock: what receiving from an empty queue gives. */
static long recv_nothing(const struct unix_socket *u)
{
	if (u->socket.type != LX_SOCK_DGRAM && !u->peer && !u->peer_gone)
		return u->socket.type == LX_SOCK_STREAM ? -LX_EINVAL : -LX_ENOTCONN;
	return u->no_read || peer_ended(u) ? 0 : -LX_EAGAIN;
}

long unix_recv(struct thread *t, struct file *f, struct message *m)
{
	struct unix_socket *u = f->object;
	size_t want = iov_len(m->iov, m->n), done = 0;
	bool stream = u->socket.type == LX_SOCK_STREAM, peek = m->flags & LX_MSG_PEEK;
	int flags = 0;
	struct list_node *n;
	long r = 0;

	(void)t;
	cos_mutex_lock(&unix_lock);
	if (list_empty(&u->queue)) {
		r = recv_nothing(u);
		cos_mutex_unlock(&unix_lock);
		if (m->address)
			m->address->len = 0;
		return r;
	}
	for (n = u->queue.next; n != &u->queue && (done < want || done == 0);) {
		struct packet *p = container_of(n, struct packet, link);
		size_t part = MIN(p->len - p->taken, want - done);

		if (done > 0 && p->nfiles)
			break; /* a read does not go beyond a place where files were sent */
		if (part > 0) {
			r = iov_put(m->iov, m->n, done, p->data + p->taken, part);
			if (r < 0)
				break;
			part = (size_t)r;
		}
		done += part;
		if (m->address)
			*m->address = p->from;
		if (p->nfiles && !peek) {
			m->files = p->files;
			m->nfiles = p->nfiles;
			p->files = NULL;
			p->nfiles = 0;
		}
		n = n->next;
		if (!stream && part < p->len)
			flags |= LX_MSG_TRUNC;
		if (!stream && m->flags & LX_MSG_TRUNC)
			done = p->len;
		if (!peek) {
			p->taken += part;
			u->bytes -= stream ? part : p->len;
			if (!stream || p->taken == p->len) {
				list_remove(&p->link);
				u->packets--;
				cos_free(p->files);
				cos_free(p);
			}
		}
		if (!stream || part == 0 || m->nfiles)
			break;
	}
	if (done &&
	    !peek) /* any datagram socket may be waiting for room here: wake all that are bound */
		for (struct list_node *b = unix_bound.next;
		     u->socket.type == LX_SOCK_DGRAM && b != &unix_bound; b = b->next)
			unix_wake(container_of(b, struct unix_socket, bound),
				  LX_POLLOUT | LX_POLLWRNORM);
	if (!peek)
		unix_wake(u->peer, LX_POLLOUT | LX_POLLWRNORM);
	cos_mutex_unlock(&unix_lock);
	m->out_flags = flags;
	return done || r >= 0 ? (long)done : r;
}

long unix_read(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset)
{
	struct message m = {.iov = iov, .n = n};
	long r = unix_recv(t, f, &m);

	(void)offset;
	for (unsigned i = 0; i < m.nfiles; i++)
		file_put(m.files[i]); /* read has no room for files: they are closed */
	cos_free(m.files);
	return r;
}

long unix_write(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset)
{
	struct message m = {.iov = iov, .n = n};

	(void)offset;
	return unix_send(t, f, &m);
}

unsigned unix_poll(struct thread *t, struct file *f)
{
	struct unix_socket *u = f->object;
	unsigned mask = 0;

	(void)t;
	cos_mutex_lock(&unix_lock);
	if (!list_empty(&u->queue) || !list_empty(&u->backlog))
		mask |= LX_POLLIN | LX_POLLRDNORM;
	if (u->no_read || peer_ended(u))
		mask |= LX_POLLIN | LX_POLLRDNORM | LX_POLLRDHUP;
	if ((u->peer_gone && u->socket.type != LX_SOCK_DGRAM) || (u->no_read && u->no_write))
		mask |= LX_POLLHUP;
	if (!u->socket.listening && (!u->peer || !full(u->peer, 1)))
		mask |= LX_POLLOUT | LX_POLLWRNORM;
	cos_mutex_unlock(&unix_lock);
	return mask;
}

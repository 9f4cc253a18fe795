/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_UNIX sockets: streams, datagrams and sequenced packets between processes of this system, with
 * open files as passengers (SCM_RIGHTS). All of it is in posix. The rules are in unix_socket.h.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "file/anon.h"
#include "file/file.h"
#include "mm/user.h"
#include "net/socket.h"
#include "net/unix.h"
#include "net/unix_socket.h"
#include "process/thread.h"

struct cos_mutex unix_lock;
struct list_node unix_bound = LIST_INIT(unix_bound);
static const struct file_ops unix_file_ops;
static const struct socket_ops unix_ops;

void packet_free(struct packet *p)
{
	for (unsigned i = 0; i < p->nfiles; i++)
		file_put(p->files[i]);
	cos_free(p->files);
	cos_free(p);
}

void unix_put(struct unix_socket *u)
{
	if (--u->refs == 0)
		cos_free(u);
}

struct unix_socket *unix_new(int type)
{
	struct unix_socket *u = cos_calloc(1, sizeof(*u));
	struct file *f = file_create(&unix_file_ops, FILE_UNIX, LX_O_RDWR);

	if (!u || !f) {
		cos_free(u);
		cos_free(f);
		return NULL;
	}
	u->socket = (struct socket){&unix_ops, type, 0, false};
	u->file = f;
	u->refs = 1;
	u->inode = anon_inode();
	list_init(&u->queue);
	list_init(&u->bound);
	list_init(&u->backlog);
	list_init(&u->pending);
	f->object = u;
	return u;
}

static bool type_ok(int type)
{
	return type == LX_SOCK_STREAM || type == LX_SOCK_DGRAM || type == LX_SOCK_SEQPACKET;
}

long unix_create(int type, struct file **out)
{
	struct unix_socket *u;

	if (!type_ok(type))
		return -LX_ESOCKTNOSUPPORT;
	u = unix_new(type);
	if (!u)
		return -LX_ENOMEM;
	*out = u->file;
	return 0;
}

void unix_join(struct unix_socket *a, struct unix_socket *b)
{
	a->peer = b;
	b->peer = a;
	a->refs++;
	b->refs++;
}

long unix_pair(int type, struct file *out[2])
{
	struct unix_socket *a, *b;

	if (!type_ok(type))
		return -LX_ESOCKTNOSUPPORT;
	a = unix_new(type);
	b = unix_new(type);
	if (!a || !b) {
		if (a)
			file_put(a->file);
		if (b)
			file_put(b->file);
		return -LX_ENOMEM;
	}
	cos_mutex_lock(&unix_lock);
	unix_join(a, b);
	cos_mutex_unlock(&unix_lock);
	out[0] = a->file;
	out[1] = b->file;
	return 0;
}

void unix_wake(struct unix_socket *u, unsigned events)
{
	if (u && u->file)
		waitq_wake(&u->file->waitq, events);
}

/* Under the lock: u leaves its peer (X3), which can still read what u has sent. */
static void part(struct unix_socket *u)
{
	struct unix_socket *peer = u->peer;

	if (!peer)
		return;
	u->peer = NULL;
	if (peer->peer == u) {
		peer->peer = NULL;
		peer->peer_gone = true;
		unix_wake(peer, LX_POLLIN | LX_POLLOUT | LX_POLLHUP | LX_POLLRDHUP);
		unix_put(u);
	}
	unix_put(peer);
}

static void unix_release(struct file *f)
{
	struct unix_socket *u = f->object;
	struct list_node drop = LIST_INIT(drop);

	cos_mutex_lock(&unix_lock);
	list_remove(&u->bound);
	list_remove(&u->pending);
	while (!list_empty(&u->backlog)) {
		struct unix_socket *c = container_of(u->backlog.next, struct unix_socket, pending);

		/* X4: a connection that was not accepted */
		list_remove(&c->pending);
		list_add_tail(&drop, &c->pending);
	}
	part(u);
	u->file = NULL;
	cos_mutex_unlock(&unix_lock);
	while (!list_empty(&drop)) {
		struct unix_socket *c = container_of(drop.next, struct unix_socket, pending);

		list_remove(&c->pending);
		file_put(c->file);
	}
	while (!list_empty(&u->queue)) {
		struct packet *p = container_of(u->queue.next, struct packet, link);

		list_remove(&p->link);
		packet_free(p);
	}
	cos_mutex_lock(&unix_lock);
	unix_put(u);
	cos_mutex_unlock(&unix_lock);
}

static long unix_shutdown(struct thread *t, struct file *f, int how)
{
	struct unix_socket *u = f->object;
	long r = 0;

	(void)t;
	cos_mutex_lock(&unix_lock);
	if (!u->peer && !u->peer_gone && u->socket.type != LX_SOCK_DGRAM)
		r = -LX_ENOTCONN;
	if (r == 0) {
		u->no_read |= how != LX_SHUT_WR;
		u->no_write |= how != LX_SHUT_RD;
		unix_wake(u, LX_POLLIN | LX_POLLOUT | LX_POLLHUP);
		unix_wake(u->peer, LX_POLLIN | LX_POLLOUT | LX_POLLRDHUP);
	}
	cos_mutex_unlock(&unix_lock);
	return r;
}

#define SO_ERROR 4
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_PASSCRED 16
#define SO_PEERCRED 17
#define SO_DOMAIN 39

static long unix_setopt(struct thread *t, struct file *f, int level, int name, uint64_t value,
			uint32_t len)
{
	int32_t number;

	(void)f;
	if (level != LX_SOL_SOCKET)
		return -LX_EOPNOTSUPP;
	if (len < 4)
		return -LX_EINVAL;
	if (user_get(t, &number, value, 4) < 0)
		return -LX_EFAULT;
	/* Accepted without effect: the queue has one size, and an address is a file. */
	switch (name) {
	case 2: /* SO_REUSEADDR */
	case 6: /* SO_BROADCAST */
	case SO_SNDBUF:
	case SO_RCVBUF:
	case 9: /* SO_KEEPALIVE */
		return 0;
	default:
		return -LX_ENOPROTOOPT;
	}
}

static long unix_getopt(struct thread *t, struct file *f, int level, int name, void *value,
			uint32_t *len)
{
	struct unix_socket *u = f->object;
	int32_t number;

	(void)t;
	if (level != LX_SOL_SOCKET)
		return -LX_EOPNOTSUPP;
	switch (name) {
	case SO_PEERCRED:
		*len = MIN(*len, (uint32_t)sizeof(u->peer_cred));
		memcpy(value, &u->peer_cred, *len);
		return 0;
	case SO_ERROR:
	case SO_PASSCRED:
	case 2:
	case 6:
	case 9:
		number = 0;
		break;
	case SO_SNDBUF:
	case SO_RCVBUF:
		number = UNIX_QUEUE_BYTES;
		break;
	case SO_DOMAIN:
		number = LX_AF_UNIX;
		break;
	default:
		return -LX_ENOPROTOOPT;
	}
	*len = MIN(*len, 4u);
	memcpy(value, &number, *len);
	return 0;
}

static long unix_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	(void)t;
	st->st_dev = 8;
	st->st_ino = ((struct unix_socket *)f->object)->inode;
	st->st_mode = LX_S_IFSOCK | 0777;
	st->st_nlink = 1;
	st->st_blksize = 4096;
	return 0;
}

static long unix_ioctl(struct thread *t, struct file *f, unsigned long request, uint64_t arg)
{
	struct unix_socket *u = f->object;
	int32_t n = 0;

	if (request != LX_FIONREAD)
		return -LX_ENOTTY;
	cos_mutex_lock(&unix_lock);
	if (u->socket.type == LX_SOCK_STREAM)
		n = (int32_t)u->bytes;
	else if (!list_empty(&u->queue))
		n = (int32_t)container_of(u->queue.next, struct packet, link)->len;
	cos_mutex_unlock(&unix_lock);
	return user_put(t, arg, &n, sizeof(n));
}

static const struct file_ops unix_file_ops = {
	.read = unix_read,
	.write = unix_write,
	.poll = unix_poll,
	.stat = unix_stat,
	.ioctl = unix_ioctl,
	.release = unix_release,
	.write_all = true,
};

static const struct socket_ops unix_ops = {
	.family = LX_AF_UNIX,
	.bind = unix_bind,
	.connect = unix_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.name = unix_name,
	.send = unix_send,
	.recv = unix_recv,
	.shutdown = unix_shutdown,
	.setopt = unix_setopt,
	.getopt = unix_getopt,
};

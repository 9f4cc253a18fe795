/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AF_UNIX sockets: streams, datagrams and sequenced packets between processes of this system, with
 * open files as passengers (SCM_RIGHTS). All within posix: a socket has a queue of what was sent to
 * it; a bound one is found by the device and inode of its file, or by its abstract name.
 *
 * One lock guards all of them: peers refer to each other both ways, and sections are short.
 */
#include "os.h"
#include "backend.h"
#include "linux/errno.h"
#include "mm.h"
#include "path.h"
#include "socket.h"
#include "thread.h"

#define QUEUE_BYTES 212992u /* Linux's net.core.wmem_default */
#define QUEUE_DATAGRAMS 64u

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

static struct cos_mutex lock;
static struct list_node bound = LIST_INIT(bound);
static const struct file_ops unix_file_ops;
static const struct socket_ops unix_ops;

static void packet_free(struct packet *p)
{
	for (unsigned i = 0; i < p->nfiles; i++)
		file_put(p->files[i]);
	cos_free(p->files);
	cos_free(p);
}

static void unix_put(struct unix_socket *u)
{
	if (--u->refs == 0)
		cos_free(u);
}

static struct unix_socket *unix_new(int type)
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

/* Under the lock. */
static void join(struct unix_socket *a, struct unix_socket *b)
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
	cos_mutex_lock(&lock);
	join(a, b);
	cos_mutex_unlock(&lock);
	out[0] = a->file;
	out[1] = b->file;
	return 0;
}

static void wake(struct unix_socket *u, unsigned events)
{
	if (u && u->file)
		waitq_wake(&u->file->waitq, events);
}

/* Under the lock: u and its peer part; the peer reads what is there, then the end. */
static void part(struct unix_socket *u)
{
	struct unix_socket *peer = u->peer;

	if (!peer)
		return;
	u->peer = NULL;
	if (peer->peer == u) {
		peer->peer = NULL;
		peer->peer_gone = true;
		wake(peer, LX_POLLIN | LX_POLLOUT | LX_POLLHUP | LX_POLLRDHUP);
		unix_put(u);
	}
	unix_put(peer);
}

static void unix_release(struct file *f)
{
	struct unix_socket *u = f->object;
	struct list_node drop = LIST_INIT(drop);

	cos_mutex_lock(&lock);
	list_remove(&u->bound);
	list_remove(&u->pending);
	while (!list_empty(&u->backlog)) {
		struct unix_socket *c = container_of(u->backlog.next, struct unix_socket, pending);

		/* The accepted end that nobody accepted: its file was never a descriptor's. */
		list_remove(&c->pending);
		list_add_tail(&drop, &c->pending);
	}
	part(u);
	u->file = NULL;
	cos_mutex_unlock(&lock);
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
	cos_mutex_lock(&lock);
	unix_put(u);
	cos_mutex_unlock(&lock);
}

/* Who is bound to an address: referenced by nothing, so under the lock. */
static struct unix_socket *find(const struct address *a, uint64_t dev, uint64_t ino)
{
	struct list_node *p;
	bool abstract = a->len > 2 && a->ss.data[0] == 0;

	list_for_each(p, &bound) {
		struct unix_socket *u = container_of(p, struct unix_socket, bound);

		if (abstract ? u->name.len == a->len &&
				       !memcmp(u->name.ss.data, a->ss.data, a->len - 2)
			     : ino && u->dev == dev && u->ino == ino)
			return u;
	}
	return NULL;
}

/* The path of an address as a string of its own: Linux takes it up to its length or a NUL. */
static long path_of(struct thread *t, const struct address *a, struct path *p)
{
	char *name = shared_at(t, SHARED_PATH0);
	size_t len = MIN((size_t)a->len - 2, sizeof(((struct lx_sockaddr_un *)0)->path));

	*p = (struct path){.dirfd = RUMP_AT_FDCWD, .name = name};
	memcpy(name, a->ss.data, len);
	name[len] = 0;
	if (name[0] != '/') {
		cos_mutex_lock(&t->proc->fs->lock);
		p->dir = t->proc->fs->cwd ? file_get(t->proc->fs->cwd) : NULL;
		cos_mutex_unlock(&t->proc->fs->lock);
		if (p->dir)
			p->dirfd = p->dir->backend_fd;
	}
	return 0;
}

static long check(const struct address *a)
{
	if (a->len < 2 || a->len > sizeof(struct lx_sockaddr_un))
		return -LX_EINVAL;
	return a->ss.family == LX_AF_UNIX ? 0 : -LX_EINVAL;
}

static long unix_bind(struct thread *t, struct file *f, const struct address *a)
{
	struct unix_socket *u = f->object;
	struct address name = *a;
	struct lx_stat st = {0};
	struct path p = {0};
	long r = check(a);

	if (r < 0)
		return r;
	if (u->name.len)
		return -LX_EINVAL;
	if (a->len == 2) { /* autobind: five digits in the abstract name space (unix(7)) */
		cos_snprintf((char *)name.ss.data + 1, 6, "%05lx",
			     (unsigned long)anon_inode() & 0xfffff);
		name.ss.data[0] = 0;
		name.len = 2 + 6;
	} else if (a->ss.data[0]) {
		path_of(t, a, &p);
		r = storage_call(RUMP_SYS_mknodat, p.dirfd, p.name,
				 RUMP_S_IFSOCK | (0777 & ~t->proc->fs->umask), 0, 0);
		if (r == 0)
			r = path_stat(t, &p, LX_AT_SYMLINK_NOFOLLOW, &st);
		path_put(&p);
		if (r < 0)
			return r == -LX_EEXIST ? -LX_EADDRINUSE : r;
	}
	cos_mutex_lock(&lock);
	if (name.ss.data[0] == 0 && find(&name, 0, 0)) {
		r = -LX_EADDRINUSE;
	} else {
		u->name = name;
		u->dev = st.st_dev;
		u->ino = st.st_ino;
		list_add_tail(&bound, &u->bound);
	}
	cos_mutex_unlock(&lock);
	return r;
}

/* The socket that an address leads to, with the lock held at success. */
static long lookup(struct thread *t, const struct address *a, int type, struct unix_socket **out)
{
	struct lx_stat st = {0};
	struct path p;
	long r = check(a);

	if (r == 0 && a->len == 2)
		r = -LX_EINVAL;
	if (r == 0 && a->ss.data[0]) {
		path_of(t, a, &p);
		r = path_stat(t, &p, 0, &st);
		path_put(&p);
		if (r == 0 && (st.st_mode & LX_S_IFMT) != LX_S_IFSOCK)
			r = -LX_ECONNREFUSED;
	}
	if (r < 0)
		return r;
	cos_mutex_lock(&lock);
	*out = find(a, st.st_dev, st.st_ino);
	if (!*out || !(*out)->file)
		r = -LX_ECONNREFUSED;
	else if ((*out)->socket.type != type)
		r = -LX_EPROTOTYPE;
	if (r < 0)
		cos_mutex_unlock(&lock);
	return r;
}

static struct lx_ucred cred_of(struct thread *t)
{
	return (struct lx_ucred){t->proc->pid, t->proc->euid, t->proc->egid};
}

static long unix_connect(struct thread *t, struct file *f, const struct address *a)
{
	struct unix_socket *u = f->object, *server, *end;
	long r;

	if (u->socket.type == LX_SOCK_DGRAM && a->len >= 2 && a->ss.family == LX_AF_UNSPEC) {
		cos_mutex_lock(&lock);
		if (u->peer) {
			unix_put(u->peer);
			u->peer = NULL;
		}
		cos_mutex_unlock(&lock);
		return 0;
	}
	if (u->socket.type != LX_SOCK_DGRAM && u->peer)
		return -LX_EISCONN;
	end = u->socket.type == LX_SOCK_DGRAM ? NULL : unix_new(u->socket.type);
	if (!end && u->socket.type != LX_SOCK_DGRAM)
		return -LX_ENOMEM;
	r = lookup(t, a, u->socket.type, &server);
	if (r == 0 && !end) { /* a datagram socket just remembers where to send */
		if (u->peer)
			unix_put(u->peer);
		u->peer = server;
		server->refs++;
		cos_mutex_unlock(&lock);
		return 0;
	}
	if (r == 0) {
		if (!server->socket.listening)
			r = -LX_ECONNREFUSED;
		else if (server->nbacklog > server->max_backlog)
			r = -LX_EAGAIN;
		if (r == 0) {
			join(u, end);
			end->name = server->name;
			end->peer_cred = cred_of(t);
			u->peer_cred = server->peer_cred;
			list_add_tail(&server->backlog, &end->pending);
			server->nbacklog++;
			wake(server, LX_POLLIN | LX_POLLRDNORM);
		}
		cos_mutex_unlock(&lock);
	}
	if (r < 0 && end)
		file_put(end->file);
	return r;
}

static long unix_listen(struct thread *t, struct file *f, int backlog)
{
	struct unix_socket *u = f->object;

	if (u->socket.type == LX_SOCK_DGRAM)
		return -LX_EOPNOTSUPP;
	if (!u->name.len || u->peer)
		return -LX_EINVAL;
	cos_mutex_lock(&lock);
	u->socket.listening = true;
	u->max_backlog = (unsigned)backlog;
	u->peer_cred = cred_of(t);
	cos_mutex_unlock(&lock);
	return 0;
}

static long unix_accept(struct thread *t, struct file *f, struct file **out, struct address *a)
{
	struct unix_socket *u = f->object, *end;
	long r = 0;

	(void)t;
	cos_mutex_lock(&lock);
	if (!u->socket.listening) {
		r = -LX_EINVAL;
	} else if (list_empty(&u->backlog)) {
		r = -LX_EAGAIN;
	} else {
		end = container_of(u->backlog.next, struct unix_socket, pending);
		list_remove(&end->pending);
		u->nbacklog--;
		*out = end->file;
		*a = end->peer && end->peer->name.len
			     ? end->peer->name
			     : (struct address){.ss.family = LX_AF_UNIX, .len = 2};
	}
	cos_mutex_unlock(&lock);
	return r;
}

static long unix_name(struct thread *t, struct file *f, bool peer, struct address *a)
{
	struct unix_socket *u = f->object;
	long r = 0;

	(void)t;
	cos_mutex_lock(&lock);
	if (peer)
		u = u->peer;
	if (!u)
		r = -LX_ENOTCONN;
	else
		*a = u->name.len ? u->name : (struct address){.ss.family = LX_AF_UNIX, .len = 2};
	cos_mutex_unlock(&lock);
	return r;
}

static bool full(const struct unix_socket *to, size_t len)
{
	if (to->socket.type == LX_SOCK_STREAM)
		return to->bytes >= QUEUE_BYTES;
	return to->packets && (to->bytes + len > QUEUE_BYTES || to->packets >= QUEUE_DATAGRAMS);
}

static long unix_send(struct thread *t, struct file *f, struct message *m)
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
	if (!stream && len > QUEUE_BYTES)
		return -LX_EMSGSIZE;
	len = MIN(len, (size_t)QUEUE_BYTES / 2);
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
		r = lookup(t, m->address, u->socket.type, &to);
		if (r < 0) {
			packet_free(p);
			return r;
		}
	} else {
		if (m->address)
			r = u->peer ? -LX_EISCONN : -LX_EOPNOTSUPP;
		cos_mutex_lock(&lock);
		to = u->peer;
	}
	if (r == 0) {
		if (u->no_write || (!to && u->peer_gone) || (to && to->no_read))
			r = -LX_EPIPE;
		else if (!to)
			r = -LX_ENOTCONN;
		else if (!to->file && stream)
			r = -LX_EPIPE;
		else if (!to->file)
			r = -LX_ECONNREFUSED;
		else if (full(to, len))
			r = -LX_EAGAIN;
	}
	if (r == 0) {
		p->from = u->name;
		list_add_tail(&to->queue, &p->link);
		to->bytes += len;
		to->packets++;
		wake(to, LX_POLLIN | LX_POLLRDNORM);
	}
	cos_mutex_unlock(&lock);
	if (r < 0) {
		packet_free(p);
		return r;
	}
	return (long)len;
}

static long unix_recv(struct thread *t, struct file *f, struct message *m)
{
	struct unix_socket *u = f->object;
	size_t want = iov_len(m->iov, m->n), done = 0;
	bool stream = u->socket.type == LX_SOCK_STREAM, peek = m->flags & LX_MSG_PEEK;
	int flags = 0;
	struct list_node *n;
	long r = 0;

	(void)t;
	cos_mutex_lock(&lock);
	if (list_empty(&u->queue)) {
		if (stream && !u->peer && !u->peer_gone)
			r = u->socket.listening ? -LX_EINVAL : -LX_EINVAL;
		else if (u->no_read || u->peer_gone || (u->peer && u->peer->no_write && stream))
			r = 0;
		else
			r = -LX_EAGAIN;
		cos_mutex_unlock(&lock);
		if (m->address)
			m->address->len = 0;
		return r;
	}
	for (n = u->queue.next; n != &u->queue && (done < want || done == 0);) {
		struct packet *p = container_of(n, struct packet, link);
		size_t part = MIN(p->len - p->taken, want - done);

		if (done > 0 && p->nfiles)
			break; /* files mark a place in the stream */
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
	if (done && !peek) /* who sends here, its peer or a stranger, may go on */
		for (struct list_node *b = bound.next;
		     u->socket.type == LX_SOCK_DGRAM && b != &bound; b = b->next)
			wake(container_of(b, struct unix_socket, bound),
			     LX_POLLOUT | LX_POLLWRNORM);
	if (!peek)
		wake(u->peer, LX_POLLOUT | LX_POLLWRNORM);
	cos_mutex_unlock(&lock);
	m->told = flags;
	return done || r >= 0 ? (long)done : r;
}

static long unix_read(struct thread *t, struct file *f, const struct iov *iov, int n,
		      int64_t offset)
{
	struct message m = {.iov = iov, .n = n};
	long r = unix_recv(t, f, &m);

	(void)offset;
	for (unsigned i = 0; i < m.nfiles; i++)
		file_put(m.files[i]); /* read takes no files: they are closed */
	cos_free(m.files);
	return r;
}

static long unix_write(struct thread *t, struct file *f, const struct iov *iov, int n,
		       int64_t offset)
{
	struct message m = {.iov = iov, .n = n};

	(void)offset;
	return unix_send(t, f, &m);
}

static unsigned unix_poll(struct thread *t, struct file *f)
{
	struct unix_socket *u = f->object;
	unsigned mask = 0;

	(void)t;
	cos_mutex_lock(&lock);
	if (!list_empty(&u->queue) || !list_empty(&u->backlog) || u->no_read || u->peer_gone ||
	    (u->peer && u->peer->no_write))
		mask |= LX_POLLIN | LX_POLLRDNORM;
	if (u->peer_gone || (u->no_read && u->no_write))
		mask |= LX_POLLHUP;
	if (u->peer_gone || u->no_read || (u->peer && u->peer->no_write))
		mask |= LX_POLLRDHUP;
	if (!u->socket.listening && (!u->peer || !full(u->peer, 1)))
		mask |= LX_POLLOUT | LX_POLLWRNORM;
	cos_mutex_unlock(&lock);
	return mask;
}

static long unix_shutdown(struct thread *t, struct file *f, int how)
{
	struct unix_socket *u = f->object;
	long r = 0;

	(void)t;
	cos_mutex_lock(&lock);
	if (!u->peer && !u->peer_gone && u->socket.type != LX_SOCK_DGRAM)
		r = -LX_ENOTCONN;
	if (r == 0) {
		u->no_read |= how != LX_SHUT_WR;
		u->no_write |= how != LX_SHUT_RD;
		wake(u, LX_POLLIN | LX_POLLOUT | LX_POLLHUP);
		wake(u->peer, LX_POLLIN | LX_POLLOUT | LX_POLLRDHUP);
	}
	cos_mutex_unlock(&lock);
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
	switch (name) { /* the queue has one size; addresses are files */
	case 2:		/* SO_REUSEADDR */
	case 6:		/* SO_BROADCAST */
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
		number = QUEUE_BYTES;
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
	cos_mutex_lock(&lock);
	if (u->socket.type == LX_SOCK_STREAM)
		n = (int32_t)u->bytes;
	else if (!list_empty(&u->queue))
		n = (int32_t)container_of(u->queue.next, struct packet, link)->len;
	cos_mutex_unlock(&lock);
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

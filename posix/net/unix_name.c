/* SPDX-License-Identifier: BSD-2-Clause */
/* AF_UNIX: addresses, and connecting by them. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "file/anon.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/path.h"
#include "net/socket.h"
#include "net/unix_socket.h"
#include "process/process.h"
#include "process/thread.h"

/* The socket that is bound to an address, without a reference: valid under the lock. */
static struct unix_socket *find(const struct address *a, uint64_t dev, uint64_t ino)
{
	struct list_node *p;
	bool abstract = a->len > 2 && a->ss.data[0] == 0;

	list_for_each(p, &unix_bound) {
		struct unix_socket *u = container_of(p, struct unix_socket, bound);

		if (abstract ? u->name.len == a->len &&
				       !memcmp(u->name.ss.data, a->ss.data, a->len - 2)
			     : ino && u->dev == dev && u->ino == ino)
			return u;
	}
	return NULL;
}

/* The path in an address, which ends at the address's length or at a NUL. */
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

long unix_bind(struct thread *t, struct file *f, const struct address *a)
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
	cos_mutex_lock(&unix_lock);
	if (name.ss.data[0] == 0 && find(&name, 0, 0)) {
		r = -LX_EADDRINUSE;
	} else {
		u->name = name;
		u->dev = st.st_dev;
		u->ino = st.st_ino;
		list_add_tail(&unix_bound, &u->bound);
	}
	cos_mutex_unlock(&unix_lock);
	return r;
}

long unix_lookup(struct thread *t, const struct address *a, int type, struct unix_socket **out)
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
	cos_mutex_lock(&unix_lock);
	*out = find(a, st.st_dev, st.st_ino);
	if (!*out || !(*out)->file)
		r = -LX_ECONNREFUSED;
	else if ((*out)->socket.type != type)
		r = -LX_EPROTOTYPE;
	if (r < 0)
		cos_mutex_unlock(&unix_lock);
	return r;
}

static struct lx_ucred cred_of(struct thread *t)
{
	return (struct lx_ucred){t->proc->pid, t->proc->euid, t->proc->egid};
}

long unix_connect(struct thread *t, struct file *f, const struct address *a)
{
	struct unix_socket *u = f->object, *server, *end;
	long r;

	if (u->socket.type == LX_SOCK_DGRAM && a->len >= 2 && a->ss.family == LX_AF_UNSPEC) {
		cos_mutex_lock(&unix_lock);
		if (u->peer) {
			unix_put(u->peer);
			u->peer = NULL;
		}
		cos_mutex_unlock(&unix_lock);
		return 0;
	}
	if (u->socket.type != LX_SOCK_DGRAM && u->peer)
		return -LX_EISCONN;
	end = u->socket.type == LX_SOCK_DGRAM ? NULL : unix_new(u->socket.type);
	if (!end && u->socket.type != LX_SOCK_DGRAM)
		return -LX_ENOMEM;
	r = unix_lookup(t, a, u->socket.type, &server);
	if (r == 0 && !end) { /* a datagram socket only remembers the receiver */
		if (u->peer)
			unix_put(u->peer);
		u->peer = server;
		server->refs++;
		cos_mutex_unlock(&unix_lock);
		return 0;
	}
	if (r == 0) {
		if (!server->socket.listening)
			r = -LX_ECONNREFUSED;
		else if (server->nbacklog > server->max_backlog)
			r = -LX_EAGAIN;
		if (r == 0) {
			unix_join(u, end);
			end->name = server->name;
			end->peer_cred = cred_of(t);
			u->peer_cred = server->peer_cred;
			list_add_tail(&server->backlog, &end->pending);
			server->nbacklog++;
			unix_wake(server, LX_POLLIN | LX_POLLRDNORM);
		}
		cos_mutex_unlock(&unix_lock);
	}
	if (r < 0 && end)
		file_put(end->file);
	return r;
}

long unix_listen(struct thread *t, struct file *f, int backlog)
{
	struct unix_socket *u = f->object;

	if (u->socket.type == LX_SOCK_DGRAM)
		return -LX_EOPNOTSUPP;
	if (!u->name.len || u->peer)
		return -LX_EINVAL;
	cos_mutex_lock(&unix_lock);
	u->socket.listening = true;
	u->max_backlog = (unsigned)backlog;
	u->peer_cred = cred_of(t);
	cos_mutex_unlock(&unix_lock);
	return 0;
}

long unix_accept(struct thread *t, struct file *f, struct file **out, struct address *a)
{
	struct unix_socket *u = f->object, *end;
	long r = 0;

	(void)t;
	cos_mutex_lock(&unix_lock);
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
	cos_mutex_unlock(&unix_lock);
	return r;
}

long unix_name(struct thread *t, struct file *f, bool peer, struct address *a)
{
	struct unix_socket *u = f->object;
	long r = 0;

	(void)t;
	cos_mutex_lock(&unix_lock);
	if (peer)
		u = u->peer;
	if (!u)
		r = -LX_ENOTCONN;
	else
		*a = u->name.len ? u->name : (struct address){.ss.family = LX_AF_UNIX, .len = 2};
	cos_mutex_unlock(&unix_lock);
	return r;
}

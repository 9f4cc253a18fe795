/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on sockets: making, naming, connecting, accepting. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/user.h"
#include "net/inet.h"
#include "net/socket.h"
#include "net/unix.h"
#include "process/thread.h"

static bool is_socket(const struct file *f)
{
	return f->kind == FILE_NETWORK || f->kind == FILE_UNIX;
}

struct file *socket_get(struct thread *t, uint64_t fd, long *error)
{
	struct file *f = fd_get(t, (int)fd);

	*error = f ? 0 : -LX_EBADF;
	if (f && !is_socket(f)) {
		file_put(f);
		f = NULL;
		*error = -LX_ENOTSOCK;
	}
	return f;
}

long address_get(struct thread *t, uint64_t addr, uint64_t len, struct address *a)
{
	if ((uint32_t)len > sizeof(a->ss))
		return -LX_EINVAL;
	memset(a, 0, sizeof(*a));
	a->len = (uint32_t)len;
	return user_get(t, &a->ss, addr, a->len);
}

long address_put(struct thread *t, uint64_t addr, uint64_t len_addr, const struct address *a)
{
	uint32_t room;

	if (!addr)
		return 0;
	if (user_get(t, &room, len_addr, sizeof(room)) < 0)
		return -LX_EFAULT;
	if ((int32_t)room < 0)
		return -LX_EINVAL;
	if (user_put(t, addr, &a->ss, MIN(room, a->len)) < 0)
		return -LX_EFAULT;
	return user_put(t, len_addr, &a->len, sizeof(a->len));
}

static long create(struct thread *t, int family, int type, int protocol, struct file **out)
{
	if (type < 1 || type > 5)
		return -LX_EINVAL;
	if (family == LX_AF_UNIX)
		return protocol && protocol != LX_AF_UNIX ? -LX_EPROTONOSUPPORT
							  : unix_create(type, out);
	if (family == LX_AF_INET || family == LX_AF_INET6)
		return inet_create(t, family, type, protocol, out);
	return -LX_EAFNOSUPPORT;
}

#define TYPE_FLAGS (LX_SOCK_CLOEXEC | LX_SOCK_NONBLOCK)

long sys_socket(struct thread *t, const uint64_t *a)
{
	int type = (int)a[1];
	struct file *f;
	long r;

	if (type & ~(LX_SOCK_TYPE_MASK | TYPE_FLAGS))
		return -LX_EINVAL;
	r = create(t, (int)a[0], type & LX_SOCK_TYPE_MASK, (int)a[2], &f);
	if (r < 0)
		return r;
	f->flags |= (unsigned)type & LX_SOCK_NONBLOCK;
	return fd_install(t, f, 0, type & LX_SOCK_CLOEXEC);
}

long sys_socketpair(struct thread *t, const uint64_t *a)
{
	int type = (int)a[1];
	struct file *f[2];
	long r;

	if (type & ~(LX_SOCK_TYPE_MASK | TYPE_FLAGS))
		return -LX_EINVAL;
	if ((int)a[0] != LX_AF_UNIX)
		return (int)a[0] == LX_AF_INET || (int)a[0] == LX_AF_INET6 ? -LX_EOPNOTSUPP
									   : -LX_EAFNOSUPPORT;
	if (a[2] && a[2] != LX_AF_UNIX)
		return -LX_EPROTONOSUPPORT;
	r = unix_pair(type & LX_SOCK_TYPE_MASK, f);
	if (r < 0)
		return r;
	for (int i = 0; i < 2; i++)
		f[i]->flags |= (unsigned)type & LX_SOCK_NONBLOCK;
	return fd_pair(t, f, type & LX_SOCK_CLOEXEC, a[3]);
}

long sys_bind(struct thread *t, const uint64_t *a)
{
	struct address addr;
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = address_get(t, a[1], a[2], &addr);
	if (r == 0)
		r = socket_ops(f)->bind(t, f, &addr);
	file_put(f);
	return r;
}

long sys_listen(struct thread *t, const uint64_t *a)
{
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = socket_ops(f)->listen(t, f, MIN(MAX((int)a[1], 0), SOCKET_BACKLOG_MAX));
	file_put(f);
	return r;
}

static long connect_again(struct thread *t, struct file *f, void *arg)
{
	long r = socket_ops(f)->connect(t, f, arg);

	return r == -LX_EALREADY || r == -LX_EINPROGRESS ? -LX_EAGAIN : r;
}

long sys_connect(struct thread *t, const uint64_t *a)
{
	struct address addr;
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = address_get(t, a[1], a[2], &addr);
	if (r == 0)
		r = socket_ops(f)->connect(t, f, &addr);
	if ((r == -LX_EINPROGRESS || r == -LX_EALREADY) && !(f->flags & LX_O_NONBLOCK)) {
		r = file_retry(t, f, LX_POLLOUT, false, deadline_after(f->write_timeout_ns),
			       connect_again, &addr);
		if (r == -LX_ETIMEDOUT && f->write_timeout_ns)
			r = -LX_EINPROGRESS;
	}
	file_put(f);
	return r;
}

struct accepting {
	struct file *new;
	struct address addr;
};

static long accept_one(struct thread *t, struct file *f, void *arg)
{
	struct accepting *x = arg;

	return socket_ops(f)->accept(t, f, &x->new, &x->addr);
}

static long accept_call(struct thread *t, const uint64_t *a, uint64_t flags)
{
	struct accepting x = {0};
	struct file *f;
	long r, fd;

	if (flags & ~(uint64_t)TYPE_FLAGS)
		return -LX_EINVAL;
	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = file_retry(t, f, LX_POLLIN, f->flags & LX_O_NONBLOCK,
		       deadline_after(f->read_timeout_ns), accept_one, &x);
	if (r == -LX_ETIMEDOUT && f->read_timeout_ns)
		r = -LX_EAGAIN;
	file_put(f);
	if (r < 0)
		return r;
	x.new->flags |= flags &LX_SOCK_NONBLOCK;
	fd = fd_install(t, x.new, 0, flags & LX_SOCK_CLOEXEC);
	if (fd >= 0) {
		r = address_put(t, a[1], a[2], &x.addr);
		if (r < 0) {
			fd_close(t, (int)fd);
			return r;
		}
	}
	return fd;
}

long sys_accept(struct thread *t, const uint64_t *a)
{
	return accept_call(t, a, 0);
}

long sys_accept4(struct thread *t, const uint64_t *a)
{
	return accept_call(t, a, a[3]);
}

static long name_call(struct thread *t, const uint64_t *a, bool peer)
{
	struct address addr;
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	memset(&addr, 0, sizeof(addr));
	r = socket_ops(f)->name(t, f, peer, &addr);
	file_put(f);
	return r < 0 ? r : a[1] ? address_put(t, a[1], a[2], &addr) : -LX_EFAULT;
}

long sys_getsockname(struct thread *t, const uint64_t *a)
{
	return name_call(t, a, false);
}

long sys_getpeername(struct thread *t, const uint64_t *a)
{
	return name_call(t, a, true);
}

long sys_shutdown(struct thread *t, const uint64_t *a)
{
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = a[1] > LX_SHUT_RDWR ? -LX_EINVAL : socket_ops(f)->shutdown(t, f, (int)a[1]);
	file_put(f);
	return r;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on sockets: arguments in and out, and waiting. */
#include "os.h"
#include "calls.h"
#include "clock.h"
#include "fdtable.h"
#include "linux/errno.h"
#include "mm.h"
#include "signal.h"
#include "socket.h"
#include "thread.h"

static bool is_socket(const struct file *f)
{
	return f->kind == FILE_NETWORK || f->kind == FILE_UNIX;
}

static const struct socket_ops *ops(const struct file *f)
{
	return ((const struct socket *)f->object)->ops;
}

static struct file *socket_get(struct thread *t, uint64_t fd, long *error)
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

static long address_get(struct thread *t, uint64_t addr, uint64_t len, struct address *a)
{
	if ((uint32_t)len > sizeof(a->ss))
		return -LX_EINVAL;
	memset(a, 0, sizeof(*a));
	a->len = (uint32_t)len;
	return user_get(t, &a->ss, addr, a->len);
}

/* As much as fits; the length that the address has whole is told. */
static long address_put(struct thread *t, uint64_t addr, uint64_t len_addr, const struct address *a)
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
		r = ops(f)->bind(t, f, &addr);
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
	r = ops(f)->listen(t, f, MIN(MAX((int)a[1], 0), 4096));
	file_put(f);
	return r;
}

static long connect_again(struct thread *t, struct file *f, void *arg)
{
	long r = ops(f)->connect(t, f, arg);

	return r == -LX_EALREADY || r == -LX_EINPROGRESS ? -LX_EAGAIN : r;
}

static uint64_t deadline_after(uint64_t ns)
{
	return ns ? cos_now_ns() + ns : 0;
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
		r = ops(f)->connect(t, f, &addr);
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

	return ops(f)->accept(t, f, &x->new, &x->addr);
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
	r = ops(f)->name(t, f, peer, &addr);
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
	r = a[1] > LX_SHUT_RDWR ? -LX_EINVAL : ops(f)->shutdown(t, f, (int)a[1]);
	file_put(f);
	return r;
}

static long send_once(struct thread *t, struct file *f, void *arg)
{
	return ops(f)->send(t, f, arg);
}

/* A stream's blocking send goes on until all is sent. */
static long send_message(struct thread *t, struct file *f, struct message *m)
{
	bool nonblock = f->flags & LX_O_NONBLOCK || m->flags & LX_MSG_DONTWAIT;
	size_t total = iov_len(m->iov, m->n), done = 0;
	uint64_t deadline = deadline_after(f->write_timeout_ns);
	struct iov *rest = NULL;
	int flags = m->flags;
	long r;

	for (;;) {
		r = file_retry(t, f, LX_POLLOUT, nonblock, deadline, send_once, m);
		if (r < 0)
			break;
		done += (size_t)r;
		if (nonblock || done >= total ||
		    ((struct socket *)f->object)->type != LX_SOCK_STREAM)
			break;
		if (!rest) {
			rest = cos_malloc((size_t)m->n * sizeof(*rest));
			if (!rest)
				break;
			memcpy(rest, m->iov, (size_t)m->n * sizeof(*rest));
		}
		/* Skip what was taken. */
		for (size_t skip = (size_t)r; skip > 0 && m->n > 0;) {
			size_t part = MIN(skip, rest[0].len);

			rest[0].base = (char *)rest[0].base + part;
			rest[0].len -= part;
			skip -= part;
			if (rest[0].len == 0) {
				m->n--;
				memmove(rest, rest + 1, (size_t)m->n * sizeof(*rest));
			}
		}
		m->iov = rest;
		m->nfiles = 0; /* they went with the first byte */
	}
	cos_free(rest);
	if (done)
		return (long)done;
	if (r == -LX_EPIPE && !(flags & LX_MSG_NOSIGNAL) &&
	    ((struct socket *)f->object)->type == LX_SOCK_STREAM)
		signal_send(t->proc, t, LX_SIGPIPE, NULL);
	if (f->write_timeout_ns && r == -LX_RESTART)
		return -LX_EINTR;
	return r == -LX_ETIMEDOUT && f->write_timeout_ns ? -LX_EAGAIN : r;
}

long sys_sendto(struct thread *t, const uint64_t *a)
{
	struct address addr;
	struct message m = {.n = 1, .flags = (int)a[3]};
	struct iov iov;
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = iov_user(t, a[1], a[2], &iov);
	if (r == 0 && a[4]) {
		r = address_get(t, a[4], a[5], &addr);
		m.address = &addr;
	}
	m.iov = &iov;
	if (r == 0)
		r = send_message(t, f, &m);
	file_put(f);
	return r;
}

static long recv_once(struct thread *t, struct file *f, void *arg)
{
	return ops(f)->recv(t, f, arg);
}

static long recv_message(struct thread *t, struct file *f, struct message *m)
{
	bool nonblock = f->flags & LX_O_NONBLOCK || m->flags & LX_MSG_DONTWAIT;
	bool all = m->flags & LX_MSG_WAITALL && !(m->flags & LX_MSG_PEEK) &&
		   ((struct socket *)f->object)->type == LX_SOCK_STREAM && m->n == 1;
	uint64_t deadline = deadline_after(f->read_timeout_ns);
	struct iov rest = *m->iov;
	size_t done = 0;
	long r;

	if (m->n == 1)
		m->iov = &rest;
	for (;;) {
		r = file_retry(t, f, LX_POLLIN, nonblock, deadline, recv_once, m);
		if (r <= 0 || !all)
			break;
		done += (size_t)r;
		rest.base = (char *)rest.base + r;
		rest.len -= (size_t)r;
		if (rest.len == 0)
			break;
	}
	if (done)
		return (long)done;
	if (f->read_timeout_ns && r == -LX_RESTART)
		return -LX_EINTR;
	return r == -LX_ETIMEDOUT && f->read_timeout_ns ? -LX_EAGAIN : r;
}

long sys_recvfrom(struct thread *t, const uint64_t *a)
{
	struct address addr = {.len = 0};
	struct message m = {.n = 1, .flags = (int)a[3], .address = a[4] ? &addr : NULL};
	struct iov iov;
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = iov_user(t, a[1], a[2], &iov);
	m.iov = &iov;
	if (r == 0)
		r = recv_message(t, f, &m);
	file_put(f);
	if (r >= 0 && a[4]) {
		long put = address_put(t, a[4], a[5], &addr);

		if (put < 0)
			return put;
	}
	return r;
}

#define FILES_MAX 253 /* SCM_MAX_FD */

/* The descriptors that a control message carries (cmsg(3)). */
static long control_get(struct thread *t, const struct lx_msghdr *h, struct message *m)
{
	uint64_t at = h->control, end = h->control + h->controllen;
	struct lx_cmsghdr c;
	int32_t fd;

	if (h->control == 0)
		return 0;
	while (at + sizeof(c) <= end) {
		if (user_get(t, &c, at, sizeof(c)) < 0)
			return -LX_EFAULT;
		if (c.len < sizeof(c) || c.len > end - at)
			return -LX_EINVAL;
		if (c.level == LX_SOL_SOCKET && c.type == LX_SCM_RIGHTS) {
			unsigned n = (unsigned)((c.len - sizeof(c)) / 4);

			if (n > FILES_MAX || m->nfiles)
				return -LX_EINVAL;
			m->files = cos_calloc(n + 1, sizeof(struct file *));
			if (!m->files)
				return -LX_ENOMEM;
			for (unsigned i = 0; i < n; i++) {
				if (user_get(t, &fd, at + sizeof(c) + 4 * i, 4) < 0)
					return -LX_EFAULT;
				m->files[i] = fd_get(t, fd);
				if (!m->files[i])
					return -LX_EBADF;
				m->nfiles++;
			}
		} else if (c.level == LX_SOL_SOCKET && c.type != LX_SCM_CREDENTIALS) {
			return -LX_EINVAL;
		}
		at += (c.len + 7) & ~7ull;
	}
	return 0;
}

static void files_put(struct message *m)
{
	for (unsigned i = 0; i < m->nfiles; i++)
		file_put(m->files[i]);
	cos_free(m->files);
	m->files = NULL;
	m->nfiles = 0;
}

static long send_msghdr(struct thread *t, struct file *f, uint64_t addr, int flags)
{
	struct message m = {.flags = flags};
	struct address to;
	struct lx_msghdr h;
	struct file **files;
	unsigned nfiles;
	long r;

	if (user_get(t, &h, addr, sizeof(h)) < 0)
		return -LX_EFAULT;
	if (h.iovlen > LX_IOV_MAX)
		return -LX_EMSGSIZE;
	r = iov_user_array(t, h.iov, (long)h.iovlen, shared_at(t, SHARED_IOV));
	if (r >= 0 && h.name) {
		r = address_get(t, h.name, h.namelen, &to);
		m.address = &to;
	}
	if (r >= 0)
		r = control_get(t, &h, &m);
	files = m.files;
	nfiles = m.nfiles;
	m.iov = shared_at(t, SHARED_IOV);
	m.n = (int)h.iovlen;
	if (r >= 0)
		r = send_message(t, f, &m);
	m.files = files;
	m.nfiles = nfiles;
	files_put(&m);
	return r;
}

long sys_sendmsg(struct thread *t, const uint64_t *a)
{
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = send_msghdr(t, f, a[1], (int)a[2]);
	file_put(f);
	return r;
}

/* Received files become descriptors, as many as the program has room for. */
static long control_put(struct thread *t, struct lx_msghdr *h, struct message *m, bool cloexec)
{
	struct lx_cmsghdr c = {0, LX_SOL_SOCKET, LX_SCM_RIGHTS};
	uint64_t room = h->controllen, at = h->control;
	unsigned n = 0, fit = room >= sizeof(c) ? (unsigned)((room - sizeof(c)) / 4) : 0;
	unsigned have = m->nfiles;
	long r = 0;

	h->controllen = 0;
	if (have == 0)
		return 0;
	for (; n < have && n < fit; n++) {
		long fd = fd_install(t, m->files[n], 0, cloexec);
		int32_t fd32 = (int32_t)fd;

		if (fd < 0) {
			n++; /* its reference is gone */
			break;
		}
		if (user_put(t, at + sizeof(c) + 4 * n, &fd32, 4) < 0) {
			fd_close(t, (int)fd);
			r = -LX_EFAULT;
			n++;
			break;
		}
		c.len = sizeof(c) + 4 * (n + 1);
	}
	for (unsigned i = n; i < have; i++)
		file_put(m->files[i]);
	if (n < have || c.len != sizeof(c) + 4 * have)
		m->told |= LX_MSG_CTRUNC;
	if (r == 0 && c.len) {
		r = user_put(t, at, &c, sizeof(c));
		h->controllen = MIN((c.len + 7) & ~7ull, room);
	}
	cos_free(m->files);
	m->files = NULL;
	m->nfiles = 0;
	return r;
}

static long recv_msghdr(struct thread *t, struct file *f, uint64_t addr, int flags)
{
	struct address from = {.len = 0};
	struct message m = {.flags = flags & ~LX_MSG_CMSG_CLOEXEC};
	struct lx_msghdr h;
	long r, e;

	if (user_get(t, &h, addr, sizeof(h)) < 0)
		return -LX_EFAULT;
	if (h.iovlen > LX_IOV_MAX)
		return -LX_EMSGSIZE;
	r = iov_user_array(t, h.iov, (long)h.iovlen, shared_at(t, SHARED_IOV));
	if (r < 0)
		return r;
	m.iov = shared_at(t, SHARED_IOV);
	m.n = (int)h.iovlen;
	m.address = h.name ? &from : NULL;
	r = recv_message(t, f, &m);
	if (r < 0)
		return r;
	if (h.name) {
		if (user_put(t, h.name, &from.ss, MIN(from.len, h.namelen)) < 0)
			r = -LX_EFAULT;
		h.namelen = from.len;
	}
	e = control_put(t, &h, &m, flags & LX_MSG_CMSG_CLOEXEC);
	if (e < 0)
		r = e;
	h.flags = m.told;
	return user_put(t, addr, &h, sizeof(h)) < 0 ? -LX_EFAULT : r;
}

long sys_recvmsg(struct thread *t, const uint64_t *a)
{
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	r = recv_msghdr(t, f, a[1], (int)a[2]);
	file_put(f);
	return r;
}

static long many(struct thread *t, const uint64_t *a, bool send)
{
	unsigned n = MIN((unsigned)a[2], (unsigned)LX_IOV_MAX), i;
	int flags = (int)a[3];
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	for (i = 0; i < n; i++) {
		uint64_t addr = a[1] + i * sizeof(struct lx_mmsghdr);
		uint32_t len;

		r = send ? send_msghdr(t, f, addr, flags)
			 : recv_msghdr(t, f, addr, flags & ~LX_MSG_WAITFORONE);
		if (r < 0)
			break;
		len = (uint32_t)r;
		if (user_put(t, addr + offsetof(struct lx_mmsghdr, len), &len, 4) < 0) {
			r = -LX_EFAULT;
			break;
		}
		if (flags & LX_MSG_WAITFORONE)
			flags |= LX_MSG_DONTWAIT;
	}
	file_put(f);
	return i ? (long)i : r;
}

long sys_sendmmsg(struct thread *t, const uint64_t *a)
{
	return many(t, a, true);
}

long sys_recvmmsg(struct thread *t, const uint64_t *a)
{
	if (a[4])
		return -LX_EINVAL; /* its timeout is looked at between messages only: of no use to
				      anyone */
	return many(t, a, false);
}

#define SO_TYPE 3
#define SO_RCVTIMEO 20
#define SO_SNDTIMEO 21
#define SO_ACCEPTCONN 30
#define SO_PROTOCOL 38

long sys_setsockopt(struct thread *t, const uint64_t *a)
{
	struct lx_timeval tv;
	struct file *f;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	if ((int)a[4] < 0) {
		r = -LX_EINVAL;
	} else if ((int)a[1] == LX_SOL_SOCKET && (a[2] == SO_RCVTIMEO || a[2] == SO_SNDTIMEO)) {
		r = a[4] < sizeof(tv) ? -LX_EINVAL : user_get(t, &tv, a[3], sizeof(tv));
		if (r == 0 && (uint64_t)tv.tv_usec >= 1000000)
			r = -LX_EDOM;
		if (r == 0)
			*(a[2] == SO_RCVTIMEO ? &f->read_timeout_ns : &f->write_timeout_ns) =
				tv.tv_sec < 0 ? 1 : timeval_ns(&tv);
	} else {
		r = ops(f)->setopt(t, f, (int)a[1], (int)a[2], a[3], (uint32_t)a[4]);
	}
	file_put(f);
	return r;
}

long sys_getsockopt(struct thread *t, const uint64_t *a)
{
	uint8_t value[256] = {0};
	struct socket *s;
	struct file *f;
	int32_t number = -1;
	uint32_t len;
	long r;

	f = socket_get(t, a[0], &r);
	if (!f)
		return r;
	s = f->object;
	r = user_get(t, &len, a[4], sizeof(len));
	if (r == 0 && (int32_t)len < 0)
		r = -LX_EINVAL;
	len = MIN(len, (uint32_t)sizeof(value));
	if (r == 0 && (int)a[1] == LX_SOL_SOCKET) {
		if (a[2] == SO_TYPE)
			number = s->type;
		else if (a[2] == SO_ACCEPTCONN)
			number = s->listening;
		else if (a[2] == SO_PROTOCOL)
			number = s->protocol;
	}
	if (r == 0 && number >= 0) {
		len = MIN(len, 4u);
		memcpy(value, &number, len);
	} else if (r == 0 && (int)a[1] == LX_SOL_SOCKET &&
		   (a[2] == SO_RCVTIMEO || a[2] == SO_SNDTIMEO)) {
		struct lx_timeval tv =
			ns_timeval(a[2] == SO_RCVTIMEO ? f->read_timeout_ns : f->write_timeout_ns);

		len = MIN(len, (uint32_t)sizeof(tv));
		memcpy(value, &tv, len);
	} else if (r == 0) {
		r = ops(f)->getopt(t, f, (int)a[1], (int)a[2], value, &len);
	}
	file_put(f);
	if (r == 0 &&
	    (user_put(t, a[3], value, len) < 0 || user_put(t, a[4], &len, sizeof(len)) < 0))
		r = -LX_EFAULT;
	return r;
}

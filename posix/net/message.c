/* SPDX-License-Identifier: BSD-2-Clause */
/* Sending and receiving: messages, and the descriptors that they carry. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/user.h"
#include "net/socket.h"
#include "process/thread.h"
#include "signal/signal.h"

static long send_once(struct thread *t, struct file *f, void *arg)
{
	return socket_ops(f)->send(t, f, arg);
}

/* A blocking send on a stream goes on until all is sent. Bytes or -LX_E*. */
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
		/* Skip what was sent. */
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
		m->nfiles = 0; /* files went with the first byte */
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
	return socket_ops(f)->recv(t, f, arg);
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

/* The files of the descriptors that control messages carry (cmsg(3)). 0 or -LX_E*. */
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

/* Received files become descriptors, as many as fit; the others are closed. 0 or -LX_E*. */
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
			n++; /* fd_install has put its reference */
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
		m->out_flags |= LX_MSG_CTRUNC;
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
	h.flags = m.out_flags;
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
		return -LX_EINVAL; /* Linux looks at this timeout between messages only */
	return many(t, a, false);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets of the network backend.
 *
 * B1. They are non-blocking there. A thread that waits does so on the file's queue, which the
 *     poller fires (poller.h).
 * B2. The address family, message flags and options are translated (abi/convert.h); where NetBSD's
 *     answers differ from Linux's, so are they.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "file/file.h"
#include "mm/user.h"
#include "net/inet.h"
#include "net/inet_socket.h"
#include "net/poller.h"
#include "net/socket.h"
#include "process/thread.h"

static const struct file_ops inet_file_ops;
static const struct socket_ops inet_ops;

struct inet_args *inet_args(struct thread *t)
{
	return shared_at(t, SHARED_ARGS);
}

static long inet_file(struct thread *t, int fd, int family, int type, int protocol,
		      struct file **out)
{
	struct file *f = file_create(&inet_file_ops, FILE_NETWORK, LX_O_RDWR);
	struct inet *s = cos_calloc(1, sizeof(*s));
	long r;

	if (!f || !s) {
		cos_free(f);
		cos_free(s);
		network_call(RUMP_SYS_close, fd);
		return -LX_ENOMEM;
	}
	s->socket = (struct socket){&inet_ops, type, protocol, false};
	s->family = family;
	f->object = s;
	f->backend_fd = fd;
	r = poller_watch(t, f);
	if (r < 0) {
		file_put(f);
		return r;
	}
	*out = f;
	return 0;
}

long inet_create(struct thread *t, int family, int type, int protocol, struct file **out)
{
	long fd;

	if (!network_present())
		return -LX_EAFNOSUPPORT;
	fd = network_call(RUMP_SYS___socket30, family_to_netbsd(family), type | RUMP_SOCK_NONBLOCK,
			  protocol);
	return fd < 0 ? fd : inet_file(t, (int)fd, family, type, protocol, out);
}

static void inet_release(struct file *f)
{
	poller_forget(f);
	network_call(RUMP_SYS_close, f->backend_fd);
	cos_free(f->object);
}

/* Translate an address into the shared buffer: its length there, or -LX_E*. */
static long address_in(struct thread *t, const struct inet *s, const struct address *a)
{
	unsigned len = sockaddr_to_netbsd(&a->ss, a->len, &inet_args(t)->address);

	if (a->len < 2)
		return -LX_EINVAL;
	if (a->ss.family != s->family && a->ss.family != LX_AF_UNSPEC)
		return -LX_EAFNOSUPPORT;
	return len ? (long)len : -LX_EINVAL;
}

static long inet_bind(struct thread *t, struct file *f, const struct address *a)
{
	struct inet *s = f->object;
	long r = address_in(t, s, a);

	if (r > 0)
		r = network_call(RUMP_SYS_bind, f->backend_fd, &inet_args(t)->address, r);
	if (r == 0)
		s->bound = *a;
	return r;
}

long inet_error(struct thread *t, struct file *f)
{
	int error = 0;
	long r;

	inet_args(t)->len = sizeof(int);
	r = network_call(RUMP_SYS_getsockopt, f->backend_fd, RUMP_SOL_SOCKET, RUMP_SO_ERROR,
			 inet_args(t)->option, &inet_args(t)->len);
	if (r < 0)
		return r;
	memcpy(&error, inet_args(t)->option, sizeof(error));
	return error ? -(long)linux_errno_from_netbsd(error) : 0;
}

static long inet_connect(struct thread *t, struct file *f, const struct address *a)
{
	struct inet *s = f->object;
	long r = s->connecting ? inet_error(t, f) : 0;

	/* The attempt failed. NetBSD would begin another. */
	if (r < 0) {
		s->connecting = false;
		return r;
	}
	r = address_in(t, s, a);
	if (r > 0)
		r = network_call(RUMP_SYS_connect, f->backend_fd, &inet_args(t)->address, r);
	/*
	 * Once connected, a repeated connect is 0 the first time on Linux, EISCONN at once on
	 * NetBSD.
	 */
	if (r == -LX_EISCONN && s->connecting)
		r = 0;
	s->connecting = r == -LX_EINPROGRESS || r == -LX_EALREADY;
	return r;
}

static unsigned inet_poll(struct thread *t, struct file *f)
{
	struct rump_pollfd *p = &inet_args(t)->pollfd;
	unsigned mask;

	*p = (struct rump_pollfd){f->backend_fd, RUMP_POLLIN | RUMP_POLLOUT | RUMP_POLLPRI, 0};
	if (network_call(RUMP_SYS_poll, p, 1, 0) < 0)
		return LX_POLLERR;
	mask = (uint16_t)p->revents &
	       (LX_POLLIN | LX_POLLPRI | LX_POLLOUT | LX_POLLERR | LX_POLLHUP);
	if (mask & LX_POLLIN)
		mask |= LX_POLLRDNORM;
	if (mask & LX_POLLOUT)
		mask |= LX_POLLWRNORM;
	if (f->peer_closed)
		mask |= LX_POLLRDHUP | LX_POLLIN | LX_POLLRDNORM;
	return mask;
}

static long inet_listen(struct thread *t, struct file *f, int backlog)
{
	struct inet *s = f->object;
	long r = network_call(RUMP_SYS_listen, f->backend_fd, backlog);

	if (r == 0) {
		s->backlog = backlog;
		s->socket.listening = true;
		/* NetBSD decides when a watch begins which events of the socket it reports. */
		r = poller_watch_again(t, f);
	}
	return r;
}

static void address_out(struct thread *t, struct address *a)
{
	if (a)
		a->len = sockaddr_to_linux(&inet_args(t)->address, &a->ss);
}

static long inet_accept(struct thread *t, struct file *f, struct file **out, struct address *a)
{
	struct inet *s = f->object;
	long fd;

	inet_args(t)->len = sizeof(inet_args(t)->address);
	fd = network_call(RUMP_SYS_accept, f->backend_fd, &inet_args(t)->address,
			  &inet_args(t)->len);
	if (fd < 0)
		return fd;
	address_out(t, a);
	network_call(RUMP_SYS_fcntl, fd, RUMP_F_SETFL, RUMP_O_NONBLOCK);
	return inet_file(t, (int)fd, s->family, s->socket.type, s->socket.protocol, out);
}

static long inet_name(struct thread *t, struct file *f, bool peer, struct address *a)
{
	long r;

	inet_args(t)->len = sizeof(inet_args(t)->address);
	r = network_call(peer ? RUMP_SYS_getpeername : RUMP_SYS_getsockname, f->backend_fd,
			 &inet_args(t)->address, &inet_args(t)->len);
	if (r == 0)
		address_out(t, a);
	return r;
}

/* The message's pieces into the shared buffer, as a msghdr of NetBSD's. */
static void message_in(struct thread *t, struct message *m)
{
	struct rump_msghdr *msg = &inet_args(t)->msg;

	if (m->iov != shared_at(t, SHARED_IOV))
		memcpy(shared_at(t, SHARED_IOV), m->iov, (size_t)m->n * sizeof(*m->iov));
	memset(msg, 0, sizeof(*msg));
	msg->msg_iov = shared_at(t, SHARED_IOV);
	msg->msg_iovlen = m->n;
}

/*
 * The result of sending. Without a connection NetBSD says ENOTCONN; on Linux a stream is EPIPE, or
 * waits while it is connecting.
 */
static long sent(const struct inet *s, long r)
{
	if (r != -LX_ENOTCONN || s->socket.type != LX_SOCK_STREAM)
		return r;
	return s->connecting ? -LX_EAGAIN : -LX_EPIPE;
}

static long inet_send(struct thread *t, struct file *f, struct message *m)
{
	int flags = msg_flags_to_netbsd(m->flags);
	struct rump_msghdr *msg = &inet_args(t)->msg;
	long r;

	if (m->nfiles)
		return -LX_EINVAL;
	if (m->n == 1 && !m->address)
		return sent(f->object, network_call(RUMP_SYS_sendto, f->backend_fd, m->iov->base,
						    m->iov->len, flags, 0));
	message_in(t, m);
	if (m->address) {
		r = address_in(t, f->object, m->address);
		if (r < 0)
			return r;
		msg->msg_name = &inet_args(t)->address;
		msg->msg_namelen = (rump_socklen_t)r;
	}
	return sent(f->object, network_call(RUMP_SYS_sendmsg, f->backend_fd, msg, flags));
}

static long inet_recv(struct thread *t, struct file *f, struct message *m)
{
	int flags = msg_flags_to_netbsd(m->flags) & ~RUMP_MSG_NOSIGNAL;
	struct rump_msghdr *msg = &inet_args(t)->msg;
	bool datagram = ((struct inet *)f->object)->socket.type != LX_SOCK_STREAM;
	long r;

	if (m->n == 1 && !m->address && !datagram) {
		r = network_call(RUMP_SYS_recvfrom, f->backend_fd, m->iov->base, m->iov->len, flags,
				 0);
		return r;
	}
	message_in(t, m);
	msg->msg_name = &inet_args(t)->address;
	msg->msg_namelen = sizeof(inet_args(t)->address);
	r = network_call(RUMP_SYS_recvmsg, f->backend_fd, msg, flags);
	if (r < 0)
		return r;
	m->out_flags = msg_flags_to_linux(msg->msg_flags);
	if (m->address) {
		m->address->len = 0;
		if (msg->msg_namelen && datagram)
			address_out(t, m->address);
	}
	return r;
}

static long inet_read(struct thread *t, struct file *f, const struct iov *iov, int n,
		      int64_t offset)
{
	struct message m = {.iov = iov, .n = n};

	(void)offset;
	return iov_len(iov, n) ? inet_recv(t, f, &m) : 0;
}

static long inet_write(struct thread *t, struct file *f, const struct iov *iov, int n,
		       int64_t offset)
{
	struct message m = {.iov = iov, .n = n};

	(void)offset;
	return inet_send(t, f, &m);
}

static long inet_shutdown(struct thread *t, struct file *f, int how)
{
	(void)t;
	return network_call(RUMP_SYS_shutdown, f->backend_fd, how); /* SHUT_* are the same */
}

static long inet_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	(void)t;
	st->st_dev = 8;
	st->st_ino = 100000 + (uint64_t)f->backend_fd;
	st->st_mode = LX_S_IFSOCK | 0777;
	st->st_nlink = 1;
	st->st_blksize = 4096;
	return 0;
}

static long inet_ioctl(struct thread *t, struct file *f, unsigned long request, uint64_t arg)
{
	int32_t *n = (int32_t *)inet_args(t)->option;
	long r;

	if (request != LX_FIONREAD)
		return -LX_ENOTTY;
	r = network_call(RUMP_SYS_ioctl, f->backend_fd, RUMP_FIONREAD, n);
	return r < 0 ? r : user_put(t, arg, n, sizeof(*n));
}

static const struct file_ops inet_file_ops = {
	.read = inet_read,
	.write = inet_write,
	.poll = inet_poll,
	.stat = inet_stat,
	.ioctl = inet_ioctl,
	.release = inet_release,
	.write_all = true,
};

static const struct socket_ops inet_ops = {
	.family = LX_AF_INET,
	.bind = inet_bind,
	.connect = inet_connect,
	.listen = inet_listen,
	.accept = inet_accept,
	.name = inet_name,
	.send = inet_send,
	.recv = inet_recv,
	.shutdown = inet_shutdown,
	.setopt = inet_setopt,
	.getopt = inet_getopt,
};

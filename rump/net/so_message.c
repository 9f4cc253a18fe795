/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls that move messages: sendto, recvfrom and the msg variants. */
#include "lwip/opt.h"

#include "kern/copy.h"
#include "kern/kmem.h"
#include "kern/string.h"
#include "kern/syscall.h"
#include "net/so_syscall.h"
#include "net/sockaddr.h"
#include "net/socket.h"

/* An error after part of a stream was moved is not reported: the count says how far it came. */
static int partial(const struct socket *so, size_t before, const struct uio *uio, int error)
{
	return so->so_type == RUMP_SOCK_STREAM && uio->uio_resid != before ? 0 : error;
}

static int flags_in(const struct file *fp, int flags)
{
	flags &= ~SOF_NBIO;
	return (fp->f_flag & RUMP_O_NONBLOCK) != 0 ? flags | SOF_NBIO : flags;
}

static int message_send(struct lwp *l, int64_t fd, const struct rump_msghdr *msg, struct uio *uio,
			int flags, rump_register_t *retval)
{
	size_t before = uio->uio_resid;
	struct socket *so;
	struct file *fp;
	ip_addr_t to;
	u16_t port = 0;
	int error;

	error = socket_get(l, fd, &fp, &so);
	if (error != 0)
		return error;
	if (msg->msg_control != NULL && msg->msg_controllen != 0)
		error = RUMP_EINVAL; /* these families have no such data */
	else if (msg->msg_name != NULL && so->so_type != RUMP_SOCK_STREAM)
		error = sockaddr_in(so, msg->msg_name, msg->msg_namelen, &to, &port);
	if (error == 0) {
		error = so->so_ops->so_send(
			so, uio, flags_in(fp, flags),
			msg->msg_name != NULL && so->so_type != RUMP_SOCK_STREAM ? &to : NULL,
			port);
		error = partial(so, before, uio, error);
	}
	if (error == 0)
		retval[0] = (rump_register_t)(before - uio->uio_resid);
	file_release(fp);
	return error;
}

/* Sets msg_name, msg_namelen (0 for a stream) and msg_flags. */
static int message_receive(struct lwp *l, int64_t fd, struct rump_msghdr *msg, struct uio *uio,
			   int flags, rump_register_t *retval)
{
	size_t before = uio->uio_resid, full = 0, got;
	struct rump_sockaddr_storage ss;
	struct socket *so;
	struct file *fp;
	ip_addr_t from;
	u16_t port = 0;
	uint32_t len;
	int error;

	error = socket_get(l, fd, &fp, &so);
	if (error != 0)
		return error;
	memset(&from, 0, sizeof(from));
	msg->msg_flags = 0;
	error = so->so_ops->so_receive(so, uio, flags_in(fp, flags), &from, &port, &msg->msg_flags,
				       &full);
	error = partial(so, before, uio, error);
	got = before - uio->uio_resid;
	if (error == 0 && msg->msg_name != NULL) {
		len = so->so_type != RUMP_SOCK_STREAM ? sockaddr_out(so, &from, port, &ss) : 0;
		if (len != 0)
			error = copyout(&ss, msg->msg_name,
					len < msg->msg_namelen ? len : msg->msg_namelen);
		msg->msg_namelen = len;
	} else
		msg->msg_namelen = 0;
	msg->msg_controllen = 0;
	/* With MSG_TRUNC the result is the datagram's own length. */
	if ((flags & RUMP_MSG_TRUNC) != 0 && so->so_type != RUMP_SOCK_STREAM && full > got)
		got = full;
	if (error == 0)
		retval[0] = (rump_register_t)got;
	file_release(fp);
	return error;
}

static int one_uio(struct uio *uio, struct rump_iovec *iov, int64_t base, int64_t len,
		   enum uio_rw rw)
{
	iov->iov_base = ARG_PTR(void *, base);
	iov->iov_len = (size_t)len;
	*uio = (struct uio){iov, 1, 0, iov->iov_len, rw, UIO_USER};
	return len < 0 ? RUMP_EINVAL : 0;
}

static int sys_sendto(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_msghdr msg = {.msg_name = ARG_PTR(void *, arg[4]),
				  .msg_namelen = (rump_socklen_t)arg[5]};
	struct rump_iovec iov;
	struct uio uio;
	int error = one_uio(&uio, &iov, arg[1], arg[2], UIO_WRITE);

	return error != 0 ? error : message_send(l, arg[0], &msg, &uio, (int)arg[3], retval);
}
RUMP_SYSCALL(sendto, RUMP_SYS_sendto, sys_sendto);

static int sys_recvfrom(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_socklen_t *ulen = ARG_PTR(rump_socklen_t *, arg[5]);
	struct rump_msghdr msg = {.msg_name = ARG_PTR(void *, arg[4])};
	struct rump_iovec iov;
	struct uio uio;
	int error = one_uio(&uio, &iov, arg[1], arg[2], UIO_READ);

	if (error == 0 && msg.msg_name != NULL && ulen != NULL)
		error = copyin(ulen, &msg.msg_namelen, sizeof(msg.msg_namelen));
	if (error == 0 && msg.msg_namelen > INT32_MAX)
		error = RUMP_EINVAL;
	if (error == 0)
		error = message_receive(l, arg[0], &msg, &uio, (int)arg[3], retval);
	if (error == 0 && msg.msg_name != NULL && ulen != NULL)
		error = copyout(&msg.msg_namelen, ulen, sizeof(msg.msg_namelen));
	return error;
}
RUMP_SYSCALL(recvfrom, RUMP_SYS_recvfrom, sys_recvfrom);

/* Most messages have few vectors: these need no allocation. */
#define IOV_ONSTACK 8

struct msg_uio {
	struct rump_iovec mu_small[IOV_ONSTACK], *mu_iov;
	struct uio mu_uio;
	size_t mu_bytes;
};

/* The vectors of a message, to be released by msg_uio_free. EMSGSIZE, EINVAL, ENOMEM, EFAULT. */
static int msg_uio_init(struct msg_uio *mu, const struct rump_msghdr *msg, enum uio_rw rw)
{
	int count = msg->msg_iovlen, error;

	mu->mu_iov = mu->mu_small;
	if (count < 0 || count > RUMP_IOV_MAX)
		return RUMP_EMSGSIZE;
	mu->mu_bytes = (size_t)count * sizeof(*mu->mu_iov);
	if (count > IOV_ONSTACK && (mu->mu_iov = kmem_alloc(mu->mu_bytes)) == NULL) {
		mu->mu_iov = mu->mu_small;
		return RUMP_ENOMEM;
	}
	mu->mu_uio = (struct uio){mu->mu_iov, count, 0, 0, rw, UIO_USER};
	error = count != 0 ? copyin(msg->msg_iov, mu->mu_iov, mu->mu_bytes) : 0;
	for (int i = 0; error == 0 && i < count; i++) {
		if (__builtin_add_overflow(mu->mu_uio.uio_resid, mu->mu_iov[i].iov_len,
					   &mu->mu_uio.uio_resid) ||
		    mu->mu_uio.uio_resid > INT64_MAX)
			error = RUMP_EINVAL;
	}
	return error;
}

static void msg_uio_free(struct msg_uio *mu)
{
	if (mu->mu_iov != mu->mu_small)
		kmem_free(mu->mu_iov, mu->mu_bytes);
}

static int one_sendmsg(struct lwp *l, int64_t fd, const void *umsg, int flags,
		       rump_register_t *retval)
{
	struct rump_msghdr msg;
	struct msg_uio mu;
	int error = copyin(umsg, &msg, sizeof(msg));

	if (error != 0)
		return error;
	error = msg_uio_init(&mu, &msg, UIO_WRITE);
	if (error == 0)
		error = message_send(l, fd, &msg, &mu.mu_uio, flags, retval);
	msg_uio_free(&mu);
	return error;
}

static int one_recvmsg(struct lwp *l, int64_t fd, void *umsg, int flags, rump_register_t *retval)
{
	struct rump_msghdr msg;
	struct msg_uio mu;
	int error = copyin(umsg, &msg, sizeof(msg));

	if (error != 0)
		return error;
	error = msg_uio_init(&mu, &msg, UIO_READ);
	if (error == 0 && msg.msg_name != NULL && msg.msg_namelen > INT32_MAX)
		error = RUMP_EINVAL;
	if (error == 0)
		error = message_receive(l, fd, &msg, &mu.mu_uio, flags, retval);
	msg_uio_free(&mu);
	return error != 0 ? error : copyout(&msg, umsg, sizeof(msg));
}

static int sys_sendmsg(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return one_sendmsg(l, arg[0], ARG_PTR(void *, arg[1]), (int)arg[2], retval);
}
RUMP_SYSCALL(sendmsg, RUMP_SYS_sendmsg, sys_sendmsg);

static int sys_recvmsg(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return one_recvmsg(l, arg[0], ARG_PTR(void *, arg[1]), (int)arg[2], retval);
}
RUMP_SYSCALL(recvmsg, RUMP_SYS_recvmsg, sys_recvmsg);

static int sys_sendmmsg(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_mmsghdr *um = ARG_PTR(struct rump_mmsghdr *, arg[1]);
	unsigned count = (unsigned)arg[2], done, n;
	rump_register_t sent[2] = {0, 0};
	int error = 0;

	if (count > RUMP_IOV_MAX)
		count = RUMP_IOV_MAX;
	for (done = 0; done < count; done++) {
		error = one_sendmsg(l, arg[0], &um[done].msg_hdr, (int)arg[3], sent);
		n = (unsigned)sent[0];
		if (error == 0)
			error = copyout(&n, &um[done].msg_len, sizeof(n));
		if (error != 0)
			break;
	}
	retval[0] = done;
	return done != 0 ? 0 : error;
}
RUMP_SYSCALL(sendmmsg, RUMP_SYS_sendmmsg, sys_sendmmsg);

/* A timeout is EINVAL. NetBSD checks it only between messages, which is no use to a caller. */
static int sys_recvmmsg(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_mmsghdr *um = ARG_PTR(struct rump_mmsghdr *, arg[1]);
	unsigned count = (unsigned)arg[2], done, n;
	rump_register_t got[2] = {0, 0};
	int flags = (int)arg[3], error = 0;

	if (arg[4] != 0)
		return RUMP_EINVAL;
	if (count > RUMP_IOV_MAX)
		count = RUMP_IOV_MAX;
	for (done = 0; done < count; done++) {
		error = one_recvmsg(l, arg[0], &um[done].msg_hdr, flags & ~RUMP_MSG_WAITFORONE,
				    got);
		n = (unsigned)got[0];
		if (error == 0)
			error = copyout(&n, &um[done].msg_len, sizeof(n));
		if (error != 0)
			break;
		if ((flags & RUMP_MSG_WAITFORONE) != 0)
			flags |= RUMP_MSG_DONTWAIT;
	}
	retval[0] = done;
	return done != 0 ? 0 : error;
}
RUMP_SYSCALL(recvmmsg, RUMP_SYS_recvmmsg, sys_recvmmsg);

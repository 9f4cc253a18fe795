/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls of sockets: making, naming and connecting them, and their options. */
#include "lwip/opt.h"

#include "kern/callout.h"
#include "kern/copy.h"
#include "kern/kmem.h"
#include "kern/string.h"
#include "kern/syscall.h"
#include "net/so_syscall.h"
#include "net/sockaddr.h"
#include "net/socket.h"

int socket_get(struct lwp *l, int64_t fd, struct file **fpp, struct socket **sop)
{
	int error = fd_getfile_type(l, (int)fd, DTYPE_SOCKET, RUMP_ENOTSOCK, fpp);

	if (error != 0)
		return error;
	if ((*fpp)->f_ops != &socket_fileops) { /* the file is not a socket of these families */
		file_release(*fpp);
		return RUMP_EOPNOTSUPP;
	}
	*sop = (*fpp)->f_data;
	return 0;
}

int name_copyout(const struct socket *so, const ip_addr_t *addr, u16_t port, void *uname,
		 rump_socklen_t *ulen)
{
	struct rump_sockaddr_storage ss;
	uint32_t len, room;
	int error;

	error = copyin(ulen, &room, sizeof(room));
	if (error != 0)
		return error;
	if (room > INT32_MAX)
		return RUMP_EINVAL;
	len = sockaddr_out(so, addr, port, &ss);
	error = copyout(&ss, uname, len < room ? len : room);
	return error != 0 ? error : copyout(&len, ulen, sizeof(len));
}

static int sys_socket(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int type = (int)arg[1] & ~RUMP_SOCK_FLAGS_MASK, flags = (int)arg[1] & RUMP_SOCK_FLAGS_MASK;
	const struct sockops *ops;
	int error, fd, proto;
	struct socket *so;
	struct file *fp;

	error = socket_protocol((int)arg[0], type, (int)arg[2], &ops, &proto);
	if (error != 0)
		return error;
	if (type == RUMP_SOCK_RAW && !cred_issuser(l->l_cred))
		return RUMP_EPERM;
	error = fd_allocfile(l, &fp, &fd);
	if (error != 0)
		return error;
	net_lock();
	so = socket_alloc((int)arg[0], type, proto, ops);
	error = so == NULL ? RUMP_ENOBUFS : ops->so_create(so);
	if (error != 0 && so != NULL)
		socket_free(so);
	net_unlock();
	if (error != 0) {
		fd_abort(l, fp, fd);
		return error;
	}
	socket_file(l, so, flags, fp, fd);
	retval[0] = fd;
	return 0;
}
RUMP_SYSCALL(socket, RUMP_SYS___socket30, sys_socket);

static int sys_bind(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct socket *so;
	struct file *fp;
	ip_addr_t addr;
	u16_t port;
	int error;

	(void)retval;
	error = socket_get(l, arg[0], &fp, &so);
	if (error != 0)
		return error;
	error = sockaddr_in(so, ARG_PTR(void *, arg[1]), (uint32_t)arg[2], &addr, &port);
	if (error == 0 && port != 0 && port < 1024 && !cred_issuser(l->l_cred))
		error = RUMP_EACCES;
	if (error == 0) {
		net_lock();
		error = so->so_ops->so_bind(so, &addr, port);
		net_unlock();
	}
	file_release(fp);
	return error;
}
RUMP_SYSCALL(bind, RUMP_SYS_bind, sys_bind);

static int sys_connect(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct socket *so;
	struct file *fp;
	ip_addr_t addr;
	u16_t port;
	int error, family;

	(void)retval;
	error = socket_get(l, arg[0], &fp, &so);
	if (error != 0)
		return error;
	error = sockaddr_family(ARG_PTR(void *, arg[1]), (uint32_t)arg[2], &family);
	if (error == 0 && family != RUMP_AF_UNSPEC)
		error = sockaddr_in(so, ARG_PTR(void *, arg[1]), (uint32_t)arg[2], &addr, &port);
	if (error == 0) {
		net_lock();
		error = family == RUMP_AF_UNSPEC
				? so->so_ops->so_disconnect(so)
				: so->so_ops->so_connect(so, &addr, port,
							 (fp->f_flag & RUMP_O_NONBLOCK) != 0);
		net_unlock();
	}
	file_release(fp);
	return error;
}
RUMP_SYSCALL(connect, RUMP_SYS_connect, sys_connect);

static int sys_listen(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct socket *so;
	struct file *fp;
	int error;

	(void)retval;
	error = socket_get(l, arg[0], &fp, &so);
	if (error != 0)
		return error;
	net_lock();
	error = so->so_ops->so_listen(so, (int)arg[1]);
	net_unlock();
	file_release(fp);
	return error;
}
RUMP_SYSCALL(listen, RUMP_SYS_listen, sys_listen);

/* Take the first connection of the queue; wait for one unless nbio. Core lock held. */
static int accept_take(struct socket *head, bool nbio, struct socket **sop)
{
	int64_t until = head->so_rcvtimeo_ns > 0 ? clock_monotonic_ns() + head->so_rcvtimeo_ns : 0;
	struct socket *so;
	int error;

	if (head->so_type != RUMP_SOCK_STREAM)
		return RUMP_EOPNOTSUPP;
	for (;;) {
		int64_t left = until != 0 ? until - clock_monotonic_ns() : 0;

		if ((head->so_state & SS_LISTEN) == 0)
			return RUMP_EINVAL;
		so = list_first(&head->so_acceptq, struct socket, so_acceptnode);
		if (so != NULL)
			break;
		if (nbio || left < 0 || (until != 0 && left == 0))
			return RUMP_EAGAIN;
		error = net_wait(&head->so_rcv_cv, left);
		if (error == RUMP_EINTR)
			return error;
	}
	list_remove(&so->so_acceptnode);
	so->so_head = NULL;
	head->so_qlen--;
	*sop = so;
	return 0;
}

/* flags -1: accept(2), where the new socket inherits the non-blocking mode. */
static int socket_accept(struct lwp *l, const int64_t *arg, int flags, rump_register_t *retval)
{
	void *uname = ARG_PTR(void *, arg[1]);
	struct socket *head, *so = NULL;
	struct file *fp, *nfp;
	int error, fd;

	error = socket_get(l, arg[0], &fp, &head);
	if (error != 0)
		return error;
	error = fd_allocfile(l, &nfp, &fd);
	if (error != 0)
		goto out;
	net_lock();
	error = accept_take(head, (fp->f_flag & RUMP_O_NONBLOCK) != 0, &so);
	net_unlock();
	if (error == 0 && uname != NULL) {
		error = name_copyout(so, &so->so_raddr, so->so_rport, uname,
				     ARG_PTR(rump_socklen_t *, arg[2]));
		if (error != 0) {
			net_lock();
			so->so_ops->so_close(so);
			socket_free(so);
			net_unlock();
		}
	}
	if (error != 0) {
		fd_abort(l, nfp, fd);
		goto out;
	}
	if (flags == -1)
		flags = (fp->f_flag & RUMP_O_NONBLOCK) != 0 ? RUMP_SOCK_NONBLOCK : 0;
	socket_file(l, so, flags, nfp, fd);
	retval[0] = fd;
out:
	file_release(fp);
	return error;
}

static int sys_accept(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return socket_accept(l, arg, -1, retval);
}
RUMP_SYSCALL(accept, RUMP_SYS_accept, sys_accept);

/* The signal mask is ignored: no signals are delivered in a rump kernel. */
static int sys_paccept(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int flags = (int)arg[4];

	if ((flags & ~RUMP_SOCK_FLAGS_MASK) != 0)
		return RUMP_EINVAL;
	return socket_accept(l, arg, flags, retval);
}
RUMP_SYSCALL(paccept, RUMP_SYS_paccept, sys_paccept);

static int sys_getname(struct lwp *l, const int64_t *arg, bool peer)
{
	struct socket *so;
	struct file *fp;
	ip_addr_t addr;
	u16_t port;
	int error;

	error = socket_get(l, arg[0], &fp, &so);
	if (error != 0)
		return error;
	net_lock();
	if (peer && (so->so_state & SS_CONNECTED) == 0)
		error = RUMP_ENOTCONN;
	addr = peer ? so->so_raddr : so->so_laddr;
	port = peer ? so->so_rport : so->so_lport;
	net_unlock();
	if (error == 0)
		error = name_copyout(so, &addr, port, ARG_PTR(void *, arg[1]),
				     ARG_PTR(rump_socklen_t *, arg[2]));
	file_release(fp);
	return error;
}

static int sys_getsockname(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return sys_getname(l, arg, false);
}
RUMP_SYSCALL(getsockname, RUMP_SYS_getsockname, sys_getsockname);

static int sys_getpeername(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return sys_getname(l, arg, true);
}
RUMP_SYSCALL(getpeername, RUMP_SYS_getpeername, sys_getpeername);

static int sys_shutdown(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct socket *so;
	struct file *fp;
	int error;

	(void)retval;
	error = socket_get(l, arg[0], &fp, &so);
	if (error != 0)
		return error;
	if (arg[1] < RUMP_SHUT_RD || arg[1] > RUMP_SHUT_RDWR)
		error = RUMP_EINVAL;
	else {
		net_lock();
		error = so->so_ops->so_shutdown(so, (int)arg[1]);
		net_unlock();
	}
	file_release(fp);
	return error;
}
RUMP_SYSCALL(shutdown, RUMP_SYS_shutdown, sys_shutdown);

#define OPTION_MAX 256 /* longer than any option here */

static int sys_setsockopt(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	uint32_t len = (uint32_t)arg[4];
	uint64_t value[OPTION_MAX / 8];
	struct socket *so;
	struct file *fp;
	int error;

	(void)retval;
	error = socket_get(l, arg[0], &fp, &so);
	if (error != 0)
		return error;
	if (len > INT32_MAX)
		error = RUMP_EINVAL;
	if (len > sizeof(value))
		len = sizeof(value);
	memset(value, 0, sizeof(value));
	if (error == 0)
		error = copyin(ARG_PTR(void *, arg[3]), value, len);
	if (error == 0) {
		net_lock();
		error = socket_setopt(so, (int)arg[1], (int)arg[2], value, len);
		net_unlock();
	}
	file_release(fp);
	return error;
}
RUMP_SYSCALL(setsockopt, RUMP_SYS_setsockopt, sys_setsockopt);

static int sys_getsockopt(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	rump_socklen_t *ulen = ARG_PTR(rump_socklen_t *, arg[4]);
	uint64_t value[OPTION_MAX / 8];
	struct socket *so;
	struct file *fp;
	uint32_t len;
	int error;

	(void)retval;
	error = socket_get(l, arg[0], &fp, &so);
	if (error != 0)
		return error;
	error = copyin(ulen, &len, sizeof(len));
	if (error == 0 && len > INT32_MAX)
		error = RUMP_EINVAL;
	if (error == 0) {
		if (len > sizeof(value))
			len = sizeof(value);
		net_lock();
		error = socket_getopt(so, (int)arg[1], (int)arg[2], value, &len);
		net_unlock();
	}
	if (error == 0)
		error = copyout(value, ARG_PTR(void *, arg[3]), len);
	if (error == 0)
		error = copyout(&len, ulen, sizeof(len));
	file_release(fp);
	return error;
}
RUMP_SYSCALL(getsockopt, RUMP_SYS_getsockopt, sys_getsockopt);

/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on descriptors: close, dup, fcntl, fstat, lseek, ioctl. */
#include <rump/errno.h>

#include "kern/copy.h"
#include "kern/file.h"
#include "kern/kmem.h"
#include "kern/string.h"
#include "kern/syscall.h"

static int sys_close(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return fd_close(l, (int)arg[0]);
}
RUMP_SYSCALL(close, RUMP_SYS_close, sys_close);

static int sys_dup(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct file *fp = fd_getfile(l, (int)arg[0]);
	int fd, error;

	if (fp == NULL)
		return RUMP_EBADF;
	error = fd_dup(l, fp, 0, false, &fd);
	file_release(fp);
	if (error == 0)
		retval[0] = fd;
	return error;
}
RUMP_SYSCALL(dup, RUMP_SYS_dup, sys_dup);

static int dup_to(struct lwp *l, int from, int to, bool cloexec, rump_register_t *retval)
{
	struct file *fp = fd_getfile(l, from);
	int error = 0;

	if (fp == NULL)
		return RUMP_EBADF;
	if (from != to)
		error = fd_dup2(l, fp, to, cloexec);
	file_release(fp);
	retval[0] = to;
	return error;
}

static int sys_dup2(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return dup_to(l, (int)arg[0], (int)arg[1], false, retval);
}
RUMP_SYSCALL(dup2, RUMP_SYS_dup2, sys_dup2);

static int sys_dup3(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int flags = (int)arg[2];

	if ((flags & ~(RUMP_O_CLOEXEC | RUMP_O_NONBLOCK | RUMP_O_NOSIGPIPE)) != 0 ||
	    (int)arg[0] == (int)arg[1])
		return RUMP_EINVAL;
	return dup_to(l, (int)arg[0], (int)arg[1], (flags & RUMP_O_CLOEXEC) != 0, retval);
}
RUMP_SYSCALL(dup3, RUMP_SYS_dup3, sys_dup3);

static int fcntl_setfl(struct file *fp, int flags)
{
	unsigned old = fp->f_flag, new;

	do {
		new = (old & ~(unsigned)FSETFL_MASK) | ((unsigned)flags & FSETFL_MASK);
	} while (!atomic_compare_exchange_weak(&fp->f_flag, &old, new));
	return fp->f_ops->fo_setfl != NULL ? fp->f_ops->fo_setfl(fp, new) : 0;
}

static int sys_fcntl(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int fd = (int)arg[0], cmd = (int)arg[1], error = 0, newfd;
	struct file *fp = fd_getfile(l, fd);
	bool cloexec;

	if (fp == NULL)
		return RUMP_EBADF;
	switch (cmd) {
	case RUMP_F_DUPFD:
	case RUMP_F_DUPFD_CLOEXEC:
		error = fd_dup(l, fp, (int)arg[2], cmd == RUMP_F_DUPFD_CLOEXEC, &newfd);
		if (error == 0)
			retval[0] = newfd;
		break;
	case RUMP_F_GETFD:
		error = fd_cloexec_get(l, fd, &cloexec);
		if (error == 0)
			retval[0] = cloexec ? RUMP_FD_CLOEXEC : 0;
		break;
	case RUMP_F_SETFD:
		error = fd_cloexec_set(l, fd, (arg[2] & RUMP_FD_CLOEXEC) != 0);
		break;
	case RUMP_F_GETFL:
		retval[0] = OFLAGS(fp->f_flag);
		break;
	case RUMP_F_SETFL:
		error = fcntl_setfl(fp, (int)arg[2]);
		break;
	case RUMP_F_GETLK:
	case RUMP_F_SETLK:
	case RUMP_F_SETLKW:
		error = fp->f_ops->fo_lock != NULL
				? fp->f_ops->fo_lock(fp, l, cmd, ARG_PTR(void *, arg[2]))
				: RUMP_EBADF;
		break;
	case RUMP_F_MAXFD:
		retval[0] = fd_highest(l);
		break;
	case RUMP_F_CLOSEM:
		file_release(fp);
		for (int i = fd_highest(l); i >= fd; i--)
			fd_close(l, i);
		return 0;
	default:
		error = RUMP_EINVAL;
		break;
	}
	file_release(fp);
	return error;
}
RUMP_SYSCALL(fcntl, RUMP_SYS_fcntl, sys_fcntl);

static int sys_fstat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct file *fp = fd_getfile(l, (int)arg[0]);
	struct rump_stat st;
	int error;

	(void)retval;
	if (fp == NULL)
		return RUMP_EBADF;
	memset(&st, 0, sizeof(st));
	error = fp->f_ops->fo_stat != NULL ? fp->f_ops->fo_stat(fp, &st) : RUMP_EOPNOTSUPP;
	file_release(fp);
	return error != 0 ? error : copyout(&st, ARG_PTR(void *, arg[1]), sizeof(st));
}
RUMP_SYSCALL(fstat, RUMP_SYS___fstat50, sys_fstat);

static int sys_lseek(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct file *fp = fd_getfile(l, (int)arg[0]);
	int64_t newoff;
	int error;

	if (fp == NULL)
		return RUMP_EBADF;
	if (fp->f_ops->fo_seek == NULL || !fp->f_seekable) {
		error = RUMP_ESPIPE;
	} else {
		mutex_enter(&fp->f_offlock);
		error = fp->f_ops->fo_seek(fp, arg[2], (int)arg[3], &newoff);
		if (error == 0)
			fp->f_offset = retval[0] = newoff;
		mutex_exit(&fp->f_offlock);
	}
	file_release(fp);
	return error;
}
RUMP_SYSCALL(lseek, RUMP_SYS_lseek, sys_lseek);

static int file_ioctl(struct lwp *l, struct file *fp, int fd, unsigned long req, void *data)
{
	int on;

	switch (req) {
	case RUMP_FIOCLEX:
	case RUMP_FIONCLEX:
		return fd_cloexec_set(l, fd, req == RUMP_FIOCLEX);
	case RUMP_FIONBIO:
	case RUMP_FIOASYNC: {
		unsigned bit = req == RUMP_FIONBIO ? RUMP_O_NONBLOCK : RUMP_O_ASYNC;

		memcpy(&on, data, sizeof(on));
		return fcntl_setfl(fp, (int)(on ? fp->f_flag | bit : fp->f_flag & ~bit));
	}
	default:
		return fp->f_ops->fo_ioctl != NULL ? fp->f_ops->fo_ioctl(fp, req, data)
						   : RUMP_ENOTTY;
	}
}

static int sys_ioctl(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	unsigned long req = (unsigned long)arg[1];
	size_t len = RUMP_IOC_LEN(req);
	void *uaddr = ARG_PTR(void *, arg[2]), *data = NULL;
	struct file *fp = fd_getfile(l, (int)arg[0]);
	int error = 0;

	(void)retval;
	if (fp == NULL)
		return RUMP_EBADF;
	if (len != 0) {
		data = kmem_zalloc(len);
		if (data == NULL) {
			error = RUMP_ENOMEM;
			goto out;
		}
	}
	if (req & RUMP_IOC_IN)
		error = copyin(uaddr, data, len);
	if (error == 0)
		error = file_ioctl(l, fp, (int)arg[0], req, len != 0 ? data : uaddr);
	if (error == 0 && (req & RUMP_IOC_OUT))
		error = copyout(data, uaddr, len);
	kmem_free(data, len);
out:
	file_release(fp);
	return error;
}
RUMP_SYSCALL(ioctl, RUMP_SYS_ioctl, sys_ioctl);

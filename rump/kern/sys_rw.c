/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * read, write and their vector and positioned forms. Bytes moved before an error are reported as
 * success; the error appears at the next call, as POSIX requires.
 */
#include <rump/errno.h>

#include "kern/copy.h"
#include "kern/file.h"
#include "kern/kmem.h"
#include "kern/syscall.h"

/* Most calls have few vectors: these need no allocation. */
#define IOV_ONSTACK 8

static int transfer(struct lwp *l, int fd, struct uio *uio, int64_t *off, rump_register_t *retval)
{
	struct file *fp = fd_getfile(l, fd);
	size_t len = uio->uio_resid;
	int error;

	if (fp == NULL)
		return RUMP_EBADF;
	if (off != NULL && !fp->f_seekable)
		error = RUMP_ESPIPE;
	else if (off != NULL && *off < 0)
		error = RUMP_EINVAL;
	else
		error = uio->uio_rw == UIO_READ ? file_read(fp, off, uio)
						: file_write(fp, off, uio);
	file_release(fp);
	if (uio->uio_resid != len)
		error = 0;
	retval[0] = (rump_register_t)(len - uio->uio_resid);
	return error;
}

static int transfer_buf(struct lwp *l, const int64_t *arg, enum uio_rw rw, int64_t *off,
			rump_register_t *retval)
{
	struct rump_iovec iov = {ARG_PTR(void *, arg[1]), (size_t)arg[2]};
	struct uio uio = {&iov, 1, 0, iov.iov_len, rw, UIO_USER};

	if (iov.iov_len > INT64_MAX)
		return RUMP_EINVAL;
	return transfer(l, (int)arg[0], &uio, off, retval);
}

static int transfer_vec(struct lwp *l, const int64_t *arg, enum uio_rw rw, int64_t *off,
			rump_register_t *retval)
{
	struct rump_iovec small[IOV_ONSTACK], *iov = small;
	int count = (int)arg[2], error;
	struct uio uio = {iov, count, 0, 0, rw, UIO_USER};
	size_t bytes = (size_t)count * sizeof(*iov);

	if (count <= 0 || count > RUMP_IOV_MAX)
		return RUMP_EINVAL;
	if (count > IOV_ONSTACK && (uio.uio_iov = iov = kmem_alloc(bytes)) == NULL)
		return RUMP_ENOMEM;
	error = copyin(ARG_PTR(void *, arg[1]), iov, bytes);
	for (int i = 0; i < count && error == 0; i++)
		if (__builtin_add_overflow(uio.uio_resid, iov[i].iov_len, &uio.uio_resid) ||
		    uio.uio_resid > INT64_MAX)
			error = RUMP_EINVAL;
	if (error == 0)
		error = transfer(l, (int)arg[0], &uio, off, retval);
	if (iov != small)
		kmem_free(iov, bytes);
	return error;
}

static int sys_read(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return transfer_buf(l, arg, UIO_READ, NULL, retval);
}
RUMP_SYSCALL(read, RUMP_SYS_read, sys_read);

static int sys_write(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return transfer_buf(l, arg, UIO_WRITE, NULL, retval);
}
RUMP_SYSCALL(write, RUMP_SYS_write, sys_write);

static int sys_pread(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int64_t off = arg[4];

	return transfer_buf(l, arg, UIO_READ, &off, retval);
}
RUMP_SYSCALL(pread, RUMP_SYS_pread, sys_pread);

static int sys_pwrite(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int64_t off = arg[4];

	return transfer_buf(l, arg, UIO_WRITE, &off, retval);
}
RUMP_SYSCALL(pwrite, RUMP_SYS_pwrite, sys_pwrite);

static int sys_readv(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return transfer_vec(l, arg, UIO_READ, NULL, retval);
}
RUMP_SYSCALL(readv, RUMP_SYS_readv, sys_readv);

static int sys_writev(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return transfer_vec(l, arg, UIO_WRITE, NULL, retval);
}
RUMP_SYSCALL(writev, RUMP_SYS_writev, sys_writev);

static int sys_preadv(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int64_t off = arg[4];

	return transfer_vec(l, arg, UIO_READ, &off, retval);
}
RUMP_SYSCALL(preadv, RUMP_SYS_preadv, sys_preadv);

static int sys_pwritev(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int64_t off = arg[4];

	return transfer_vec(l, arg, UIO_WRITE, &off, retval);
}
RUMP_SYSCALL(pwritev, RUMP_SYS_pwritev, sys_pwritev);

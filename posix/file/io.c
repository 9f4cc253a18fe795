/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading, writing and seeking by descriptor. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/user.h"
#include "process/thread.h"

typedef long transfer_fn(struct thread *, struct file *, const struct iov *, int, int64_t);

/* One buffer, at offset unless that is FILE_OFFSET_OWN. Takes the reference over; f NULL: EBADF. */
static long transfer_one(struct thread *t, struct file *f, uint64_t addr, uint64_t len,
			 int64_t offset, transfer_fn *fn)
{
	struct iov iov;
	long r;

	if (!f)
		return -LX_EBADF;
	if (offset != FILE_OFFSET_OWN && !f->ops->seekable)
		r = -LX_ESPIPE;
	else
		r = iov_user(t, addr, len, &iov);
	if (r == 0)
		r = fn(t, f, &iov, 1, offset);
	file_put(f);
	return r;
}

static long transfer_many(struct thread *t, struct file *f, uint64_t addr, uint64_t n,
			  int64_t offset, transfer_fn *fn)
{
	struct iov *iov;
	long r;

	if (!f)
		return -LX_EBADF;
	iov = shared_at(t, SHARED_IOV);
	if (offset != FILE_OFFSET_OWN && !f->ops->seekable)
		r = -LX_ESPIPE;
	else
		r = iov_user_array(t, addr, (long)n, iov);
	if (r > 0 || (r == 0 && n > 0))
		r = fn(t, f, iov, (int)n, offset);
	file_put(f);
	return r;
}

long sys_read(struct thread *t, const uint64_t *a)
{
	return transfer_one(t, fd_for_read(t, a[0]), a[1], a[2], FILE_OFFSET_OWN, file_read);
}

long sys_write(struct thread *t, const uint64_t *a)
{
	return transfer_one(t, fd_for_write(t, a[0]), a[1], a[2], FILE_OFFSET_OWN, file_write);
}

long sys_pread64(struct thread *t, const uint64_t *a)
{
	if ((int64_t)a[3] < 0)
		return -LX_EINVAL;
	return transfer_one(t, fd_for_read(t, a[0]), a[1], a[2], (int64_t)a[3], file_read);
}

long sys_pwrite64(struct thread *t, const uint64_t *a)
{
	if ((int64_t)a[3] < 0)
		return -LX_EINVAL;
	return transfer_one(t, fd_for_write(t, a[0]), a[1], a[2], (int64_t)a[3], file_write);
}

long sys_readv(struct thread *t, const uint64_t *a)
{
	return transfer_many(t, fd_for_read(t, a[0]), a[1], a[2], FILE_OFFSET_OWN, file_read);
}

long sys_writev(struct thread *t, const uint64_t *a)
{
	return transfer_many(t, fd_for_write(t, a[0]), a[1], a[2], FILE_OFFSET_OWN, file_write);
}

long sys_preadv(struct thread *t, const uint64_t *a)
{
	if ((int64_t)a[3] < 0)
		return -LX_EINVAL;
	return transfer_many(t, fd_for_read(t, a[0]), a[1], a[2], (int64_t)a[3], file_read);
}

long sys_pwritev(struct thread *t, const uint64_t *a)
{
	if ((int64_t)a[3] < 0)
		return -LX_EINVAL;
	return transfer_many(t, fd_for_write(t, a[0]), a[1], a[2], (int64_t)a[3], file_write);
}

long sys_lseek(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	long r;

	if (!f)
		return -LX_EBADF;
	if (a[2] > LX_SEEK_HOLE)
		r = -LX_EINVAL;
	else
		r = f->ops->lseek ? f->ops->lseek(t, f, (int64_t)a[1], (int)a[2]) : -LX_ESPIPE;
	file_put(f);
	return r;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing by descriptor. */
#include "os.h"
#include "calls.h"
#include "fdtable.h"
#include "file.h"
#include "linux/errno.h"
#include "mm.h"
#include "thread.h"

#define OFFSET_MAX INT64_MAX

static struct file *fd_for_read(struct thread *t, uint64_t fd)
{
	struct file *f = fd_get(t, (int)fd);

	if (f && !file_readable(f)) {
		file_put(f);
		f = NULL;
	}
	return f;
}

static struct file *fd_for_write(struct thread *t, uint64_t fd)
{
	struct file *f = fd_get(t, (int)fd);

	if (f && !file_writable(f)) {
		file_put(f);
		f = NULL;
	}
	return f;
}

typedef long transfer_fn(struct thread *, struct file *, const struct iov *, int, int64_t);

/* One buffer, positioned if offset is not FILE_OFFSET_OWN. Takes the reference over. */
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

/*
 * From one file to another through the thread's shared buffer: the backends take and give data
 * there, so it is copied once in and once out. offset, if not own, is advanced by what was moved.
 */
static long send_file(struct thread *t, struct file *out, struct file *in, int64_t *offset,
		      uint64_t len)
{
	char *buffer = shared_at(t, SHARED_DATA);
	uint64_t done = 0;
	long r = 0;

	while (done < len) {
		struct iov iov = {buffer, MIN(len - done, (uint64_t)SHARED_DATA_SIZE)};
		long got, sent;

		got = r = in->ops->read(t, in, &iov, 1, *offset);
		if (got <= 0)
			break;
		iov.len = (size_t)got;
		sent = r = file_write(t, out, &iov, 1, FILE_OFFSET_OWN);
		if (sent < got && *offset == FILE_OFFSET_OWN) /* it was read, but not taken */
			in->ops->lseek(t, in, MAX(sent, 0) - got, LX_SEEK_CUR);
		if (sent <= 0)
			break;
		done += (uint64_t)sent;
		if (*offset != FILE_OFFSET_OWN)
			*offset += sent;
		if (sent < got)
			break;
	}
	return done ? (long)done : r;
}

long sys_sendfile(struct thread *t, const uint64_t *a)
{
	struct file *out = fd_for_write(t, a[0]), *in = fd_for_read(t, a[1]);
	int64_t offset = FILE_OFFSET_OWN;
	long r = 0;

	if (!out || !in)
		r = -LX_EBADF;
	else if (!in->ops->seekable || !in->ops->lseek ||
		 (out->flags & LX_O_APPEND && out->ops->seekable))
		r = -LX_EINVAL;
	else if (a[2])
		r = user_get(t, &offset, a[2], sizeof(offset));
	if (r == 0 && a[2] && offset < 0)
		r = -LX_EINVAL;
	if (r == 0 && (int64_t)a[3] < 0)
		r = -LX_EINVAL;
	if (r == 0)
		r = send_file(t, out, in, &offset, MIN(a[3], (uint64_t)LX_RW_MAX));
	if (r > 0 && a[2] && user_put(t, a[2], &offset, sizeof(offset)) < 0)
		r = -LX_EFAULT;
	if (out)
		file_put(out);
	if (in)
		file_put(in);
	return r;
}

static long set_flags(struct thread *t, struct file *f, unsigned flags)
{
	const unsigned may = LX_O_APPEND | LX_O_NONBLOCK | LX_O_ASYNC | LX_O_DIRECT | LX_O_NOATIME;
	long r = 0;

	flags = (f->flags & ~may) | (flags & may);
	if (f->ops->set_flags)
		r = f->ops->set_flags(t, f, flags);
	if (r == 0)
		f->flags = flags;
	return r;
}

long sys_fcntl(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	int cmd = (int)a[1];
	long r;

	if (!f)
		return -LX_EBADF;
	switch (cmd) {
	case LX_F_DUPFD:
	case LX_F_DUPFD_CLOEXEC:
		if ((int)a[2] < 0 || a[2] >= t->proc->limits[LX_RLIMIT_NOFILE].cur)
			r = -LX_EINVAL;
		else
			return fd_install(t, f, (int)a[2], cmd == LX_F_DUPFD_CLOEXEC);
		break;
	case LX_F_GETFD:
		r = fd_cloexec(t, (int)a[0], -1);
		break;
	case LX_F_SETFD:
		r = fd_cloexec(t, (int)a[0], a[2] & LX_FD_CLOEXEC);
		r = r < 0 ? r : 0;
		break;
	case LX_F_GETFL:
		r = f->flags | (f->ops->seekable && !(f->flags & LX_O_PATH) ? LX_O_LARGEFILE : 0);
		break;
	case LX_F_SETFL:
		r = set_flags(t, f, (unsigned)a[2]);
		break;
	case LX_F_GETLK:
	case LX_F_SETLK:
	case LX_F_SETLKW:
	case LX_F_OFD_GETLK:
	case LX_F_OFD_SETLK:
	case LX_F_OFD_SETLKW:
		r = file_lock(t, f, cmd, a[2]);
		break;
	case LX_F_GETOWN:
		r = 0;
		break;
	case LX_F_GETPIPE_SZ:
		r = f->kind == FILE_PIPE ? 65536 : -LX_EBADF;
		break;
	default:
		r = -LX_EINVAL;
	}
	file_put(f);
	return r;
}

long sys_ioctl(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	int on;
	long r;

	if (!f)
		return -LX_EBADF;
	switch ((unsigned)a[1]) {
	case LX_FIONBIO:
		r = user_get(t, &on, a[2], sizeof(on));
		if (r == 0)
			r = set_flags(t, f,
				      on ? f->flags | LX_O_NONBLOCK
					 : f->flags & ~(unsigned)LX_O_NONBLOCK);
		break;
	case LX_FIOCLEX:
	case LX_FIONCLEX:
		r = fd_cloexec(t, (int)a[0], (unsigned)a[1] == LX_FIOCLEX);
		r = r < 0 ? r : 0;
		break;
	default:
		r = f->ops->ioctl && !(f->flags & LX_O_PATH)
			    ? f->ops->ioctl(t, f, (unsigned)a[1], a[2])
			    : -LX_ENOTTY;
	}
	file_put(f);
	return r;
}

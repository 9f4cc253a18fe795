/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the storage backend. An open file has a descriptor of its own there, and the backend's
 * offset is the file's; file->offset is a copy. A directory that is being listed is an exception:
 * its offset is posix's (dirlist.h).
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/dirlist.h"
#include "fs/path.h"
#include "fs/storage.h"
#include "mm/mapping.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

static long storage_transfer(struct thread *t, struct file *f, const struct iov *iov, int n,
			     int64_t offset, bool write)
{
	if (n == 1) {
		if (offset == FILE_OFFSET_OWN)
			return storage_call(write ? RUMP_SYS_write : RUMP_SYS_read, f->backend_fd,
					    iov->base, iov->len);
		return storage_call(write ? RUMP_SYS_pwrite : RUMP_SYS_pread, f->backend_fd,
				    iov->base, iov->len, 0, offset);
	}
	if (iov != shared_at(t, SHARED_IOV)) {
		memcpy(shared_at(t, SHARED_IOV), iov, (size_t)n * sizeof(*iov));
		iov = shared_at(t, SHARED_IOV);
	}
	if (offset == FILE_OFFSET_OWN)
		return storage_call(write ? RUMP_SYS_writev : RUMP_SYS_readv, f->backend_fd, iov,
				    n);
	return storage_call(write ? RUMP_SYS_pwritev : RUMP_SYS_preadv, f->backend_fd, iov, n, 0,
			    offset);
}

static long storage_read(struct thread *t, struct file *f, const struct iov *iov, int n,
			 int64_t offset)
{
	long r;

	mm_file_before_read(t, f);
	r = storage_transfer(t, f, iov, n, offset, false);
	if (r > 0 && offset == FILE_OFFSET_OWN)
		__atomic_add_fetch(&f->offset, r, __ATOMIC_RELAXED);
	return r;
}

static long storage_write(struct thread *t, struct file *f, const struct iov *iov, int n,
			  int64_t offset)
{
	long r;

	mm_file_before_read(t, f); /* mapping.h, M3: else older stores would overwrite this */
	r = storage_transfer(t, f, iov, n, offset, true);
	if (r > 0 && offset == FILE_OFFSET_OWN)
		__atomic_add_fetch(&f->offset, r, __ATOMIC_RELAXED);
	if (r > 0)
		mm_file_after_write(t, f);
	return r;
}

static long storage_lseek(struct thread *t, struct file *f, int64_t offset, int whence)
{
	static const int map[] = {RUMP_SEEK_SET, RUMP_SEEK_CUR, RUMP_SEEK_END, RUMP_SEEK_DATA,
				  RUMP_SEEK_HOLE};
	long r;

	if (f->object) /* a directory that is being listed */
		return dirlist_seek(t, f, offset, whence);
	r = storage_call(RUMP_SYS_lseek, f->backend_fd, 0, offset, map[whence]);
	if (r >= 0)
		__atomic_store_n(&f->offset, r, __ATOMIC_RELAXED);
	return r;
}

static long storage_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	struct rump_stat *buf = shared_at(t, SHARED_ARGS);
	long r = storage_call(RUMP_SYS___fstat50, f->backend_fd, buf);

	if (r == 0)
		stat_to_linux(buf, st);
	return r;
}

static long storage_ioctl(struct thread *t, struct file *f, unsigned long request, uint64_t arg)
{
	struct lx_stat st;
	int64_t offset;
	int32_t left;
	long r;

	if (request != LX_FIONREAD)
		return -LX_ENOTTY;
	r = storage_stat(t, f, &st);
	if (r < 0)
		return r;
	if ((st.st_mode & LX_S_IFMT) != LX_S_IFREG)
		return -LX_ENOTTY;
	offset = storage_call(RUMP_SYS_lseek, f->backend_fd, 0, 0, RUMP_SEEK_CUR);
	left = (int32_t)MIN(st.st_size - offset, INT32_MAX);
	return user_put(t, arg, &left, sizeof(left));
}

static long storage_set_flags(struct thread *t, struct file *f, unsigned flags)
{
	(void)t;
	if ((f->flags ^ flags) & LX_O_APPEND) {
		long r = storage_call(RUMP_SYS_fcntl, f->backend_fd, RUMP_F_SETFL,
				      flags & LX_O_APPEND ? RUMP_O_APPEND : 0);

		return r < 0 ? r : 0;
	}
	return 0;
}

static void storage_release(struct file *f)
{
	dirlist_free(f->object);
	storage_call(RUMP_SYS_close, f->backend_fd);
}

static const struct file_ops storage_ops = {
	.read = storage_read,
	.write = storage_write,
	.lseek = storage_lseek,
	.stat = storage_stat,
	.ioctl = storage_ioctl,
	.set_flags = storage_set_flags,
	.release = storage_release,
	.seekable = true,
};

struct file *storage_open(struct thread *t, const struct path *p, unsigned flags, unsigned mode,
			  long *error)
{
	struct file *f;
	long fd;

	*error = 0;
	if ((flags & LX_O_TMPFILE) == LX_O_TMPFILE) {
		*error = -LX_EOPNOTSUPP;
		return NULL;
	}
	f = file_create(&storage_ops, FILE_STORAGE,
			flags & ~(unsigned)(LX_O_CREAT | LX_O_EXCL | LX_O_NOCTTY | LX_O_TRUNC |
					    LX_O_CLOEXEC));
	if (f)
		f->path = path_string(t, p);
	if (!f || !f->path) {
		*error = -LX_ENOMEM;
		cos_free(f);
		return NULL;
	}
	fd = storage_call(RUMP_SYS_openat, p->dirfd, p->name, open_flags_to_netbsd(flags),
			  flags & LX_O_CREAT ? mode & ~t->proc->fs->umask & 07777 : 0);
	if (fd < 0) {
		/* NetBSD has EFTYPE for a symbolic link under O_NOFOLLOW, EOPNOTSUPP for a socket.
		 */
		*error = fd;
		if (fd == -LX_EINVAL && flags & LX_O_NOFOLLOW)
			*error = -LX_ELOOP;
		else if (fd == -LX_EOPNOTSUPP)
			*error = -LX_ENXIO;
		cos_free(f->path);
		cos_free(f);
		return NULL;
	}
	f->backend_fd = (int)fd;
	return f;
}

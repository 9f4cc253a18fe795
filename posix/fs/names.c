/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on paths: opening, making, renaming, linking, removing. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/path.h"
#include "fs/storage.h"
#include "fs/tree.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

static long open_at(struct thread *t, int dirfd, uint64_t path, unsigned flags, unsigned mode)
{
	struct path p;
	struct file *f;
	long r = path_get(t, dirfd, path, SHARED_PATH0, &p);

	if (r < 0)
		return r;
	f = path_open(t, &p, flags, mode, &r);
	path_put(&p);
	return f ? fd_install(t, f, 0, flags & LX_O_CLOEXEC) : r;
}

long sys_openat(struct thread *t, const uint64_t *a)
{
	return open_at(t, (int)a[0], a[1], (unsigned)a[2], (unsigned)a[3]);
}

long sys_open(struct thread *t, const uint64_t *a)
{
	return open_at(t, LX_AT_FDCWD, a[0], (unsigned)a[1], (unsigned)a[2]);
}

long sys_creat(struct thread *t, const uint64_t *a)
{
	return open_at(t, LX_AT_FDCWD, a[0], LX_O_CREAT | LX_O_WRONLY | LX_O_TRUNC, (unsigned)a[1]);
}

/* The backend's call num(dirfd, path, x, y). Paths into posix's own trees go there as well. */
static long name_call(struct thread *t, int num, uint64_t dirfd, uint64_t path, uint64_t x,
		      uint64_t y)
{
	struct path p;
	long r = path_get(t, (int)dirfd, path, SHARED_PATH0, &p);

	if (r < 0)
		return r;
	r = storage_call(num, p.dirfd, p.name, x, y);
	path_put(&p);
	return r < 0 ? r : 0;
}

static unsigned masked(struct thread *t, uint64_t mode)
{
	return mode & ~t->proc->fs->umask & 07777;
}

long sys_mkdirat(struct thread *t, const uint64_t *a)
{
	return name_call(t, RUMP_SYS_mkdirat, a[0], a[1], masked(t, a[2]) & 01777, 0);
}

long sys_mkdir(struct thread *t, const uint64_t *a)
{
	return name_call(t, RUMP_SYS_mkdirat, PATH_CWD, a[0], masked(t, a[1]) & 01777, 0);
}

/* unlink of a directory is EPERM on NetBSD, EISDIR on Linux. */
static long unlink_at(struct thread *t, uint64_t dirfd, uint64_t path, uint64_t flags)
{
	long r;

	if (flags & ~(uint64_t)LX_AT_REMOVEDIR)
		return -LX_EINVAL;
	r = name_call(t, RUMP_SYS_unlinkat, dirfd, path, flags ? RUMP_AT_REMOVEDIR : 0, 0);
	return r == -LX_EPERM && !flags ? -LX_EISDIR : r;
}

long sys_unlinkat(struct thread *t, const uint64_t *a)
{
	return unlink_at(t, a[0], a[1], a[2]);
}

long sys_unlink(struct thread *t, const uint64_t *a)
{
	return unlink_at(t, PATH_CWD, a[0], 0);
}

long sys_rmdir(struct thread *t, const uint64_t *a)
{
	return unlink_at(t, PATH_CWD, a[0], LX_AT_REMOVEDIR);
}

/* mode's type 0 means a regular file, which NetBSD's mknod does not make. */
static long mknod_at(struct thread *t, uint64_t dirfd, uint64_t path, unsigned mode, uint64_t dev)
{
	switch (mode & LX_S_IFMT) {
	case 0:
	case LX_S_IFREG: {
		long fd = open_at(t, (int)dirfd, path, LX_O_CREAT | LX_O_EXCL | LX_O_WRONLY, mode);

		return fd < 0 ? fd : fd_close(t, (int)fd);
	}
	case LX_S_IFDIR:
		return -LX_EPERM;
	case LX_S_IFIFO:
		return name_call(t, RUMP_SYS_mkfifoat, dirfd, path, masked(t, mode), 0);
	case LX_S_IFCHR:
	case LX_S_IFBLK:
	case LX_S_IFSOCK: {
		struct path p;
		long r = path_get(t, (int)dirfd, path, SHARED_PATH0, &p);

		if (r < 0)
			return r;
		/* int mknodat(fd, path, mode, PAD, dev) */
		r = storage_call(RUMP_SYS_mknodat, p.dirfd, p.name,
				 (mode & LX_S_IFMT) | masked(t, mode), 0,
				 (mode & LX_S_IFMT) == LX_S_IFSOCK ? 0 : dev_to_netbsd(dev));
		path_put(&p);
		return r < 0 ? r : 0;
	}
	default:
		return -LX_EINVAL;
	}
}

long sys_mknodat(struct thread *t, const uint64_t *a)
{
	return mknod_at(t, a[0], a[1], (unsigned)a[2], a[3]);
}

long sys_mknod(struct thread *t, const uint64_t *a)
{
	return mknod_at(t, PATH_CWD, a[0], (unsigned)a[1], a[2]);
}

/* The backend's call num(dirfd, path, dirfd, path, x). */
static long names_call(struct thread *t, int num, uint64_t dir0, uint64_t path0, uint64_t dir1,
		       uint64_t path1, uint64_t x)
{
	struct path p, q;
	long r = path_get(t, (int)dir0, path0, SHARED_PATH0, &p);

	if (r < 0)
		return r;
	r = path_get(t, (int)dir1, path1, SHARED_PATH1, &q);
	if (r == 0) {
		r = storage_call(num, p.dirfd, p.name, q.dirfd, q.name, x);
		path_put(&q);
	}
	path_put(&p);
	return r < 0 ? r : 0;
}

long sys_renameat2(struct thread *t, const uint64_t *a)
{
	if (a[4]) /* NOREPLACE, EXCHANGE, WHITEOUT: a file system without them says EINVAL */
		return -LX_EINVAL;
	return names_call(t, RUMP_SYS_renameat, a[0], a[1], a[2], a[3], 0);
}

long sys_renameat(struct thread *t, const uint64_t *a)
{
	return names_call(t, RUMP_SYS_renameat, a[0], a[1], a[2], a[3], 0);
}

long sys_rename(struct thread *t, const uint64_t *a)
{
	return names_call(t, RUMP_SYS_renameat, PATH_CWD, a[0], PATH_CWD, a[1], 0);
}

long sys_linkat(struct thread *t, const uint64_t *a)
{
	if (a[4] & ~(uint64_t)(LX_AT_SYMLINK_FOLLOW | LX_AT_EMPTY_PATH))
		return -LX_EINVAL;
	return names_call(t, RUMP_SYS_linkat, a[0], a[1], a[2], a[3],
			  at_flags_to_netbsd((uint32_t)a[4]));
}

long sys_link(struct thread *t, const uint64_t *a)
{
	return names_call(t, RUMP_SYS_linkat, PATH_CWD, a[0], PATH_CWD, a[1], 0);
}

static long symlink_at(struct thread *t, uint64_t target, uint64_t dirfd, uint64_t path)
{
	struct path p;
	char *text = shared_at(t, SHARED_PATH1);
	long r = user_string(t, text, target, LX_PATH_MAX);

	if (r < 0)
		return r;
	if (r == 0)
		return -LX_ENOENT;
	r = path_get(t, (int)dirfd, path, SHARED_PATH0, &p);
	if (r < 0)
		return r;
	r = storage_call(RUMP_SYS_symlinkat, text, p.dirfd, p.name);
	path_put(&p);
	return r < 0 ? r : 0;
}

long sys_symlinkat(struct thread *t, const uint64_t *a)
{
	return symlink_at(t, a[0], a[1], a[2]);
}

long sys_symlink(struct thread *t, const uint64_t *a)
{
	return symlink_at(t, a[0], PATH_CWD, a[1]);
}

static long readlink_at(struct thread *t, uint64_t dirfd, uint64_t path, uint64_t buf,
			uint64_t size)
{
	char *text = shared_at(t, SHARED_PATH1);
	struct path p;
	long r;

	if ((int)size <= 0)
		return -LX_EINVAL;
	r = path_get(t, (int)dirfd, path, SHARED_PATH0, &p);
	if (r < 0)
		return r;
	size = MIN(size, (uint64_t)LX_PATH_MAX);
	r = p.synth ? tree_of(p.synth)->readlink(t, p.synth, text, size) : -LX_ENOENT;
	if (r == -LX_ENOENT)
		r = storage_call(RUMP_SYS_readlinkat, p.dirfd, p.name, text, size);
	path_put(&p);
	if (r > 0 && user_put(t, buf, text, (size_t)r) < 0)
		r = -LX_EFAULT;
	return r;
}

long sys_readlinkat(struct thread *t, const uint64_t *a)
{
	return readlink_at(t, a[0], a[1], a[2], a[3]);
}

long sys_readlink(struct thread *t, const uint64_t *a)
{
	return readlink_at(t, PATH_CWD, a[0], a[1], a[2]);
}

long sys_truncate(struct thread *t, const uint64_t *a)
{
	struct path p;
	long r;

	if ((int64_t)a[1] < 0)
		return -LX_EINVAL;
	r = path_get(t, LX_AT_FDCWD, a[0], SHARED_PATH0, &p);
	if (r < 0)
		return r;
	if (p.dir) { /* NetBSD has no truncateat */
		struct file *f = storage_open(t, &p, LX_O_WRONLY, 0, &r);

		if (f) {
			r = storage_call(RUMP_SYS_ftruncate, f->backend_fd, 0, a[1]);
			file_put(f);
		}
	} else {
		r = storage_call(RUMP_SYS_truncate, p.name, 0, a[1]);
	}
	path_put(&p);
	return r < 0 ? r : 0;
}

long sys_umask(struct thread *t, const uint64_t *a)
{
	return __atomic_exchange_n(&t->proc->fs->umask, (unsigned)a[0] & 0777, __ATOMIC_RELAXED);
}

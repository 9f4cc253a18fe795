/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls about a file's attributes: stat, access, modes, owners, sizes, syncing. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/attr.h"
#include "fs/context.h"
#include "fs/path.h"
#include "fs/tree.h"
#include "mm/mapping.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

long path_stat(struct thread *t, const struct path *p, unsigned at_flags, struct lx_stat *st)
{
	struct rump_stat *buf = shared_at(t, SHARED_ARGS);
	long r = 0;

	if (p->synth) {
		struct file *f = tree_of(p->synth)->open(
			t, p->synth,
			LX_O_PATH | (at_flags & LX_AT_SYMLINK_NOFOLLOW ? LX_O_NOFOLLOW : 0), &r);

		if (f) {
			r = file_stat(t, f, st);
			file_put(f);
			return r;
		}
		if (r < 0)
			return r;
	}
	r = storage_call(RUMP_SYS_fstatat, p->dirfd, p->name, buf, at_flags_to_netbsd(at_flags));
	if (r == 0)
		stat_to_linux(buf, st);
	return r;
}

static bool path_is_empty(struct thread *t, uint64_t path)
{
	char c;

	return path == 0 || (user_get(t, &c, path, 1) == 0 && c == 0);
}

static long stat_at(struct thread *t, uint64_t dirfd, uint64_t path, uint64_t flags,
		    struct lx_stat *st)
{
	struct path p;
	long r;

	if (flags & ~(uint64_t)(LX_AT_SYMLINK_NOFOLLOW | LX_AT_NO_AUTOMOUNT | LX_AT_EMPTY_PATH |
				LX_AT_STATX_SYNC_TYPE))
		return -LX_EINVAL;
	if (flags & LX_AT_EMPTY_PATH && path_is_empty(t, path)) {
		struct file *f = (int)dirfd == LX_AT_FDCWD ? file_get(t->proc->fs->cwd)
							   : fd_get(t, (int)dirfd);

		if (!f)
			return -LX_EBADF;
		r = file_stat(t, f, st);
		file_put(f);
		return r;
	}
	r = path_get(t, (int)dirfd, path, SHARED_PATH0, &p);
	if (r < 0)
		return r;
	r = path_stat(t, &p, (unsigned)flags, st);
	path_put(&p);
	return r;
}

static long stat_out(struct thread *t, uint64_t dirfd, uint64_t path, uint64_t flags, uint64_t out)
{
	struct lx_stat st;
	long r = stat_at(t, dirfd, path, flags, &st);

	return r < 0 ? r : user_put(t, out, &st, sizeof(st));
}

long sys_newfstatat(struct thread *t, const uint64_t *a)
{
	return stat_out(t, a[0], a[1], a[3], a[2]);
}

long sys_stat(struct thread *t, const uint64_t *a)
{
	return stat_out(t, PATH_CWD, a[0], 0, a[1]);
}

long sys_lstat(struct thread *t, const uint64_t *a)
{
	return stat_out(t, PATH_CWD, a[0], LX_AT_SYMLINK_NOFOLLOW, a[1]);
}

long sys_fstat(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	struct lx_stat st;
	long r;

	if (!f)
		return -LX_EBADF;
	r = file_stat(t, f, &st);
	file_put(f);
	return r < 0 ? r : user_put(t, a[1], &st, sizeof(st));
}

long sys_statx(struct thread *t, const uint64_t *a)
{
	struct lx_stat st;
	struct lx_statx stx;
	long r;

	if (a[3] & LX_STATX_RESERVED)
		return -LX_EINVAL;
	r = stat_at(t, a[0], a[1], a[2], &st);
	if (r < 0)
		return r;
	stat_to_statx(&st, &stx);
	return user_put(t, a[4], &stx, sizeof(stx));
}

static long access_at(struct thread *t, uint64_t dirfd, uint64_t path, uint64_t mode,
		      uint64_t flags)
{
	struct path p;
	struct lx_stat st;
	long r;

	if (mode & ~7ull ||
	    flags & ~(uint64_t)(LX_AT_EACCESS | LX_AT_SYMLINK_NOFOLLOW | LX_AT_EMPTY_PATH))
		return -LX_EINVAL;
	r = path_get(t, (int)dirfd, path, SHARED_PATH0, &p);
	if (r < 0)
		return r;
	if (p.synth && path_stat(t, &p, 0, &st) == 0)
		r = mode & 1 && !(st.st_mode & 0111) ? -LX_EACCES : 0;
	else
		r = storage_call(RUMP_SYS_faccessat, p.dirfd, p.name, mode,
				 at_flags_to_netbsd((uint32_t)flags));
	path_put(&p);
	return r;
}

long sys_access(struct thread *t, const uint64_t *a)
{
	return access_at(t, PATH_CWD, a[0], a[1], 0);
}

long sys_faccessat(struct thread *t, const uint64_t *a)
{
	return access_at(t, a[0], a[1], a[2], 0);
}

long sys_faccessat2(struct thread *t, const uint64_t *a)
{
	return access_at(t, a[0], a[1], a[2], a[3]);
}

long attr_fd_call(struct thread *t, int num, uint64_t fd, uint64_t x, uint64_t y, uint64_t z,
		  bool sync)
{
	struct file *f = fd_get(t, (int)fd);
	long r;

	if (!f)
		return -LX_EBADF;
	if (f->flags & LX_O_PATH) {
		r = -LX_EBADF;
	} else if (f->kind != FILE_STORAGE) {
		r = -LX_EINVAL;
	} else {
		if (sync)
			mm_sync_file(t, f);
		r = storage_call(num, f->backend_fd, x, y, z);
		r = r < 0 ? r : 0;
	}
	file_put(f);
	return r;
}

long sys_fchmod(struct thread *t, const uint64_t *a)
{
	return attr_fd_call(t, RUMP_SYS_fchmod, a[0], a[1] & 07777, 0, 0, false);
}

long attr_path_call(struct thread *t, int num, uint64_t dirfd, uint64_t path, uint64_t x,
		    uint64_t y, uint64_t z)
{
	struct path p;
	long r = path_get(t, (int)dirfd, path, SHARED_PATH0, &p);

	if (r < 0)
		return r;
	r = storage_call(num, p.dirfd, p.name, x, y, z);
	path_put(&p);
	return r < 0 ? r : 0;
}

long sys_fchmodat(struct thread *t, const uint64_t *a)
{
	return attr_path_call(t, RUMP_SYS_fchmodat, a[0], a[1], a[2] & 07777, 0, 0);
}

long sys_chmod(struct thread *t, const uint64_t *a)
{
	return attr_path_call(t, RUMP_SYS_fchmodat, PATH_CWD, a[0], a[1] & 07777, 0, 0);
}

long sys_fchown(struct thread *t, const uint64_t *a)
{
	return attr_fd_call(t, RUMP_SYS_fchown, a[0], (uint32_t)a[1], (uint32_t)a[2], 0, false);
}

long sys_fchownat(struct thread *t, const uint64_t *a)
{
	if (a[4] & ~(uint64_t)(LX_AT_SYMLINK_NOFOLLOW | LX_AT_EMPTY_PATH))
		return -LX_EINVAL;
	if (a[4] & LX_AT_EMPTY_PATH && path_is_empty(t, a[1]))
		return attr_fd_call(t, RUMP_SYS_fchown, a[0], (uint32_t)a[2], (uint32_t)a[3], 0,
				    false);
	return attr_path_call(t, RUMP_SYS_fchownat, a[0], a[1], (uint32_t)a[2], (uint32_t)a[3],
			      at_flags_to_netbsd((uint32_t)a[4]));
}

long sys_chown(struct thread *t, const uint64_t *a)
{
	return attr_path_call(t, RUMP_SYS_fchownat, PATH_CWD, a[0], (uint32_t)a[1], (uint32_t)a[2],
			      0);
}

long sys_lchown(struct thread *t, const uint64_t *a)
{
	return attr_path_call(t, RUMP_SYS_fchownat, PATH_CWD, a[0], (uint32_t)a[1], (uint32_t)a[2],
			      RUMP_AT_SYMLINK_NOFOLLOW);
}

static bool fd_writable(struct thread *t, uint64_t fd)
{
	struct file *f = fd_get(t, (int)fd);
	bool writable = f && file_writable(f);

	if (f)
		file_put(f);
	return writable || !f; /* of a wrong descriptor, the call itself says EBADF */
}

long sys_ftruncate(struct thread *t, const uint64_t *a)
{
	if ((int64_t)a[1] < 0 || !fd_writable(t, a[0]))
		return -LX_EINVAL;
	return attr_fd_call(t, RUMP_SYS_ftruncate, a[0], 0, a[1], 0, true);
}

long sys_fallocate(struct thread *t, const uint64_t *a)
{
	if ((int64_t)a[2] < 0 || (int64_t)a[3] <= 0)
		return -LX_EINVAL;
	if (!fd_writable(t, a[0]))
		return -LX_EBADF;
	if (a[1]) /* KEEP_SIZE, PUNCH_HOLE and others: no file system here has them */
		return -LX_EOPNOTSUPP;
	/* posix_fallocate(fd, PAD, offset, length) */
	return attr_fd_call(t, RUMP_SYS_posix_fallocate, a[0], 0, a[2], a[3], false);
}

long sys_fsync(struct thread *t, const uint64_t *a)
{
	return attr_fd_call(t, RUMP_SYS_fsync, a[0], 0, 0, 0, true);
}

long sys_fdatasync(struct thread *t, const uint64_t *a)
{
	return attr_fd_call(t, RUMP_SYS_fdatasync, a[0], 0, 0, 0, true);
}

long sys_sync(struct thread *t, const uint64_t *a)
{
	(void)a;
	mm_sync_file(t, NULL);
	storage_call(RUMP_SYS_sync);
	return 0;
}

long sys_syncfs(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);

	if (!f)
		return -LX_EBADF;
	file_put(f);
	return sys_sync(t, a);
}

/* Advice has no effect: the buffer cache decides. */
long sys_fadvise64(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	long r;

	if (!f)
		return -LX_EBADF;
	r = f->kind == FILE_PIPE || f->kind == FILE_UNIX ? -LX_ESPIPE : a[3] > 5 ? -LX_EINVAL : 0;
	file_put(f);
	return r;
}

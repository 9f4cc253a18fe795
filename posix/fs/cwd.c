/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The working directory: a directory descriptor of the backend, where relative paths start.
 *
 * W1. getcwd asks the backend for the name each time, so the name is right after a rename. The
 *     directory is made the backend process's own working directory for that, under a lock; nothing
 *     else uses the backend's own.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "base/text.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/cwd.h"
#include "fs/path.h"
#include "fs/storage.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

static struct cos_mutex backend_cwd; /* W1 */

/* The directory's name into SHARED_DATA (W1): its length with the NUL, or -LX_E*. */
static long directory_name(struct thread *t, struct file *dir)
{
	char *buffer = shared_at(t, SHARED_DATA);
	long r;

	if (!dir || dir->backend_fd < 0) {
		strcpy(buffer, "/");
		return 2;
	}
	cos_mutex_lock(&backend_cwd);
	r = storage_call(RUMP_SYS_fchdir, dir->backend_fd);
	if (r >= 0)
		r = storage_call(RUMP_SYS___getcwd, buffer, LX_PATH_MAX);
	cos_mutex_unlock(&backend_cwd);
	return r < 0 ? r : (long)strlen(buffer) + 1;
}

static long change(struct thread *t, struct file *dir)
{
	struct fs_context *fs = t->proc->fs;
	struct file *old;
	char *path, *old_path;
	struct lx_stat st;
	long r = file_stat(t, dir, &st);

	if (r == 0 && (st.st_mode & LX_S_IFMT) != LX_S_IFDIR)
		r = -LX_ENOTDIR;
	if (r == 0) {
		r = directory_name(t, dir);
		r = r < 0 ? r : 0;
	}
	path = r == 0 ? os_strdup(shared_at(t, SHARED_DATA)) : NULL;
	if (r == 0 && !path)
		r = -LX_ENOMEM;
	if (r < 0) {
		file_put(dir);
		return r;
	}
	cos_mutex_lock(&fs->lock);
	old = fs->cwd;
	old_path = fs->cwd_path;
	fs->cwd = dir;
	fs->cwd_path = path;
	cos_mutex_unlock(&fs->lock);
	if (old)
		file_put(old);
	cos_free(old_path);
	return 0;
}

long cwd_set(struct thread *t, const char *name)
{
	struct path p;
	struct file *dir;
	long r = 0;

	path_absolute(t, name, SHARED_PATH0, &p);
	dir = storage_open(t, &p, LX_O_RDONLY | LX_O_DIRECTORY, 0, &r);
	path_put(&p);
	return dir ? change(t, dir) : r;
}

long sys_chdir(struct thread *t, const uint64_t *a)
{
	struct path p;
	struct file *dir;
	long r = path_get(t, LX_AT_FDCWD, a[0], SHARED_PATH0, &p);

	if (r < 0)
		return r;
	dir = storage_open(t, &p, LX_O_RDONLY | LX_O_DIRECTORY, 0, &r);
	path_put(&p);
	return dir ? change(t, dir) : r;
}

long sys_fchdir(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);

	if (!f)
		return -LX_EBADF;
	if (f->kind != FILE_STORAGE) {
		file_put(f);
		return -LX_ENOTDIR;
	}
	return change(t, f);
}

long sys_getcwd(struct thread *t, const uint64_t *a)
{
	struct fs_context *fs = t->proc->fs;
	struct file *dir;
	long r;

	cos_mutex_lock(&fs->lock);
	dir = fs->cwd ? file_get(fs->cwd) : NULL;
	cos_mutex_unlock(&fs->lock);
	r = directory_name(t, dir);
	if (dir)
		file_put(dir);
	if (r < 0)
		return r;
	if ((uint64_t)r > a[1])
		return -LX_ERANGE;
	return user_put(t, a[0], shared_at(t, SHARED_DATA), (size_t)r) < 0 ? -LX_EFAULT : r;
}

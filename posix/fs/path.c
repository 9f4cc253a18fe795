/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path arguments: from the program's string to what the backend resolves, or to a tree of posix's
 * own.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "base/text.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/path.h"
#include "fs/storage.h"
#include "fs/tree.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

char *path_normalise(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 3, len = 0;
	char *out = cos_malloc(n);
	const char *part[2] = {name[0] == '/' ? "" : dir, name};

	if (!out)
		return NULL;
	for (unsigned i = 0; i < 2; i++) {
		const char *s = part[i];

		while (*s) {
			size_t w;

			while (*s == '/')
				s++;
			for (w = 0; s[w] && s[w] != '/'; w++)
				;
			if (w == 2 && s[0] == '.' && s[1] == '.') {
				while (len > 0 && out[--len] != '/')
					;
			} else if (w > 0 && !(w == 1 && s[0] == '.')) {
				out[len++] = '/';
				memcpy(out + len, s, w);
				len += w;
			}
			s += w;
		}
	}
	if (len == 0)
		out[len++] = '/';
	out[len] = 0;
	return out;
}

/* Could the path lead into a tree of posix's own? A quick test; false is certain. */
static bool may_be_synth(const char *cwd, const char *name)
{
	if (name[0] == '/' && (tree_of(name) || name[1] == '/' || name[1] == '.'))
		return true;
	if (strstr(name, ".."))
		return true;
	return name[0] != '/' && (!cwd || cwd[1] == 0 || tree_of(cwd));
}

static long find_synth(struct thread *t, struct path *p)
{
	struct fs_context *fs = t->proc->fs;
	char *abs;

	if (p->dir && p->dir != fs->cwd)
		return 0;
	cos_mutex_lock(&fs->lock);
	abs = may_be_synth(fs->cwd_path, p->name)
		      ? path_normalise(fs->cwd_path ? fs->cwd_path : "/", p->name)
		      : NULL;
	cos_mutex_unlock(&fs->lock);
	if (abs && !tree_of(abs)) {
		cos_free(abs);
		abs = NULL;
	}
	p->synth = abs;
	return 0;
}

/* The backend has longer names than Linux. */
static bool name_too_long(const char *s)
{
	size_t w = 0;

	for (; *s; s++) {
		w = *s == '/' ? 0 : w + 1;
		if (w > LX_NAME_MAX)
			return true;
	}
	return false;
}

long path_get(struct thread *t, int dirfd, uint64_t addr, unsigned slot, struct path *p)
{
	struct fs_context *fs = t->proc->fs;
	long r;

	*p = (struct path){.dirfd = RUMP_AT_FDCWD, .name = shared_at(t, slot)};
	r = user_string(t, p->name, addr, LX_PATH_MAX);
	if (r < 0)
		return r;
	if (r == 0)
		return -LX_ENOENT;
	if (r >= RUMP_PATH_MAX || name_too_long(p->name))
		return -LX_ENAMETOOLONG;
	if (p->name[0] != '/') {
		if (dirfd == LX_AT_FDCWD) {
			cos_mutex_lock(&fs->lock);
			p->dir = fs->cwd ? file_get(fs->cwd) : NULL;
			cos_mutex_unlock(&fs->lock);
		} else {
			p->dir = fd_get(t, dirfd);
			if (!p->dir)
				return -LX_EBADF;
			if (p->dir->kind != FILE_STORAGE) {
				file_put(p->dir);
				return -LX_ENOTDIR;
			}
		}
		if (p->dir)
			p->dirfd = p->dir->backend_fd;
	}
	return find_synth(t, p);
}

void path_absolute(struct thread *t, const char *name, unsigned slot, struct path *p)
{
	*p = (struct path){.dirfd = RUMP_AT_FDCWD, .name = shared_at(t, slot)};
	strlcpy(p->name, name, RUMP_PATH_MAX);
	find_synth(t, p);
}

void path_put(struct path *p)
{
	if (p->dir)
		file_put(p->dir);
	cos_free(p->synth);
	p->dir = NULL;
	p->synth = NULL;
}

char *path_string(struct thread *t, const struct path *p)
{
	struct fs_context *fs = t->proc->fs;
	char *s;

	if (p->synth)
		return os_strdup(p->synth);
	if (p->dir && p->dir != fs->cwd)
		return path_normalise(p->dir->path ? p->dir->path : "/", p->name);
	cos_mutex_lock(&fs->lock);
	s = path_normalise(fs->cwd_path ? fs->cwd_path : "/", p->name);
	cos_mutex_unlock(&fs->lock);
	return s;
}

struct file *path_open(struct thread *t, const struct path *p, unsigned flags, unsigned mode,
		       long *error)
{
	if (p->synth) {
		struct file *f = tree_of(p->synth)->open(t, p->synth, flags, error);

		if (f || *error)
			return f;
	}
	return storage_open(t, p, flags, mode, error);
}

struct file *open_absolute(struct thread *t, const char *name, unsigned flags, long *error)
{
	struct path p;
	struct file *f;

	path_absolute(t, name, SHARED_PATH0, &p);
	f = path_open(t, &p, flags, 0, error);
	path_put(&p);
	return f;
}

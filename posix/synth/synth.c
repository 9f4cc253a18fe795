/* SPDX-License-Identifier: BSD-2-Clause */
/* What /dev and /proc share: names for the caller's descriptors. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/path.h"
#include "fs/storage.h"
#include "process/thread.h"
#include "synth/synth.h"

#define FD_MAX (1 << 24) /* more than there can be; 10 times it fits in a long */

static struct file *descriptor(struct thread *t, const char *number, long *error)
{
	struct file *f = NULL;
	long fd = 0;

	for (const char *c = number; *c; c++) {
		if (*c < '0' || *c > '9' || fd > FD_MAX) {
			*error = -LX_ENOENT;
			return NULL;
		}
		fd = 10 * fd + *c - '0';
	}
	if (*number)
		f = fd_get(t, (int)fd);
	if (!f)
		*error = -LX_ENOENT;
	return f;
}

/* A file of storage is opened again by its path; others have no name. Takes the reference over. */
static struct file *reopen(struct thread *t, struct file *f, unsigned flags, long *error)
{
	struct file *again = NULL;
	struct path p;

	if (!f || f->kind != FILE_STORAGE || !f->path)
		return f;
	path_absolute(t, f->path, SHARED_PATH1, &p);
	again = storage_open(t, &p, flags & ~(unsigned)(LX_O_CREAT | LX_O_EXCL | LX_O_NOFOLLOW), 0,
			     error);
	path_put(&p);
	file_put(f);
	return again;
}

struct file *synth_fd_open(struct thread *t, const char *number, unsigned flags, long *error)
{
	return reopen(t, descriptor(t, number, error), flags, error);
}

long synth_fd_link(struct thread *t, const char *number, char *to, size_t size)
{
	static const char *const kinds[] = {
		[FILE_STORAGE] = "",	    [FILE_NETWORK] = "socket",	[FILE_UNIX] = "socket",
		[FILE_PIPE] = "pipe",	    [FILE_EPOLL] = "eventpoll", [FILE_CONSOLE] = "pipe",
		[FILE_OTHER] = "anon_inode"};
	struct lx_stat st = {0};
	char text[64];
	long r = 0;
	struct file *f = descriptor(t, number, &r);

	if (!f)
		return r;
	if (f->path) {
		r = synth_link(f->path, to, size);
	} else {
		file_stat(t, f, &st);
		if (f->kind == FILE_CONSOLE && (st.st_mode & LX_S_IFMT) == LX_S_IFCHR)
			strlcpy(text, "/dev/pts/0", sizeof(text));
		else
			cos_snprintf(text, sizeof(text), "%s:[%lu]", kinds[f->kind],
				     (unsigned long)st.st_ino);
		r = synth_link(text, to, size);
	}
	file_put(f);
	return r;
}

long synth_link(const char *target, char *to, size_t size)
{
	size_t len = MIN(strlen(target), size);

	memcpy(to, target, len);
	return (long)len;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* The files under /dev that posix makes itself. What it does not know is left to the storage
 * backend. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/random.h"
#include "base/text.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "fs/context.h"
#include "fs/path.h"
#include "fs/storage.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"
#include "synth/proc.h"
#include "synth/synth.h"
#include "tty/console.h"

enum device { DEV_NULL, DEV_ZERO, DEV_FULL, DEV_RANDOM };

/* Linux's admin-guide/devices.txt: character devices of major 1. */
static const struct {
	const char *name;
	enum device device;
	unsigned minor;
} devices[] = {
	{"/dev/null", DEV_NULL, 3},	{"/dev/zero", DEV_ZERO, 5},	 {"/dev/full", DEV_FULL, 7},
	{"/dev/random", DEV_RANDOM, 8}, {"/dev/urandom", DEV_RANDOM, 9},
};

static long device_read(struct thread *t, struct file *f, const struct iov *iov, int n,
			int64_t offset)
{
	size_t total = MIN(iov_len(iov, n), (size_t)LX_RW_MAX), done = 0;
	char *buffer = shared_at(t, SHARED_DATA);
	enum device device = devices[(size_t)f->object].device;
	long r = 0;

	(void)offset;
	if (device == DEV_NULL)
		return 0;
	memset(buffer, 0, SHARED_DATA_SIZE);
	while (done < total) {
		size_t part = MIN(total - done, (size_t)SHARED_DATA_SIZE);

		if (device == DEV_RANDOM)
			random_bytes(buffer, part);
		r = iov_put(iov, n, done, buffer, part);
		if (r <= 0)
			break;
		done += (size_t)r;
	}
	return done ? (long)done : r;
}

static long device_write(struct thread *t, struct file *f, const struct iov *iov, int n,
			 int64_t offset)
{
	(void)t;
	(void)offset;
	if (devices[(size_t)f->object].device == DEV_FULL)
		return -LX_ENOSPC;
	return (long)MIN(iov_len(iov, n), (size_t)LX_RW_MAX);
}

static long device_lseek(struct thread *t, struct file *f, int64_t offset, int whence)
{
	(void)t;
	(void)f;
	(void)offset;
	(void)whence;
	return 0;
}

static long device_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	size_t i = (size_t)f->object;

	(void)t;
	st->st_dev = 5;
	st->st_ino = devices[i].minor + 1;
	st->st_mode = LX_S_IFCHR | 0666;
	st->st_nlink = 1;
	st->st_rdev = dev_to_linux(1, devices[i].minor);
	st->st_blksize = 4096;
	return 0;
}

static const struct file_ops device_ops = {
	.read = device_read,
	.write = device_write,
	.lseek = device_lseek,
	.stat = device_stat,
	.seekable = true,
};

static struct file *device_open(size_t i, unsigned flags)
{
	struct file *f =
		file_create(&device_ops, FILE_OTHER,
			    flags & (LX_O_ACCMODE | LX_O_APPEND | LX_O_NONBLOCK | LX_O_PATH));

	if (f) {
		f->object = (void *)i;
		f->path = os_strdup(devices[i].name);
	}
	return f;
}

struct file *null_file(unsigned flags)
{
	return device_open(0, flags);
}

/* /dev/fd/3 and the like: the same open file again, as dup. */
static struct file *descriptor(struct thread *t, const char *number, long *error)
{
	struct file *f = NULL;
	long fd = 0;

	for (const char *c = number; *c; c++) {
		if (*c < '0' || *c > '9' || fd > 1 << 24) {
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

/* A descriptor of a file of storage is opened anew by its path; others have no name to open. */
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

struct file *special_open(struct thread *t, const char *abs, unsigned flags, long *error)
{
	*error = 0;
	for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
		if (strcmp(abs, devices[i].name) != 0)
			continue;
		if ((flags & (LX_O_CREAT | LX_O_EXCL)) == (LX_O_CREAT | LX_O_EXCL))
			*error = -LX_EEXIST;
		else if (flags & LX_O_DIRECTORY)
			*error = -LX_ENOTDIR;
		if (*error)
			return NULL;
		struct file *f = device_open(i, flags);

		if (!f)
			*error = -LX_ENOMEM;
		return f;
	}
	if (!strcmp(abs, "/dev/tty") || !strcmp(abs, "/dev/console"))
		return console_file(0);
	if (!strcmp(abs, "/dev/stdin"))
		return reopen(t, descriptor(t, "0", error), flags, error);
	if (!strcmp(abs, "/dev/stdout"))
		return reopen(t, descriptor(t, "1", error), flags, error);
	if (!strcmp(abs, "/dev/stderr"))
		return reopen(t, descriptor(t, "2", error), flags, error);
	if (!strncmp(abs, "/dev/fd/", 8))
		return reopen(t, descriptor(t, abs + 8, error), flags, error);
	if (!strncmp(abs, "/proc/self/fd/", 14))
		return reopen(t, descriptor(t, abs + 14, error), flags, error);
	if (!strncmp(abs, "/proc", 5))
		return procfs_open(t, abs, flags, error);
	return NULL;
}

long special_readlink(struct thread *t, const char *abs, char *to, size_t size)
{
	const char *target = NULL;
	struct file *f = NULL;
	char text[64];
	long error = 0;
	size_t len;

	if (!strcmp(abs, "/proc/self")) {
		cos_snprintf(text, sizeof(text), "%d", t->proc->pid);
		target = text;
	} else if (!strcmp(abs, "/proc/self/exe")) {
		target = t->proc->exe;
	} else if (!strcmp(abs, "/proc/self/cwd")) {
		target = t->proc->fs->cwd_path ? t->proc->fs->cwd_path : "/";
	} else if (!strcmp(abs, "/proc/self/root")) {
		target = "/";
	} else if (!strncmp(abs, "/proc/self/fd/", 14) || !strncmp(abs, "/dev/fd/", 8)) {
		f = descriptor(t, strrchr(abs, '/') + 1, &error);
		if (!f)
			return error;
		target = f->path;
		if (!target) {
			static const char *const kinds[] = {
				[FILE_STORAGE] = "",	    [FILE_NETWORK] = "socket",
				[FILE_UNIX] = "socket",	    [FILE_PIPE] = "pipe",
				[FILE_EPOLL] = "eventpoll", [FILE_CONSOLE] = "pipe",
				[FILE_OTHER] = "anon_inode"};
			struct lx_stat st = {0};

			file_stat(t, f, &st);
			if (f->kind == FILE_CONSOLE && (st.st_mode & LX_S_IFMT) == LX_S_IFCHR)
				strlcpy(text, "/dev/pts/0", sizeof(text));
			else
				cos_snprintf(text, sizeof(text), "%s:[%lu]", kinds[f->kind],
					     (unsigned long)st.st_ino);
			target = text;
		}
	}
	if (target) {
		len = MIN(strlen(target), size);
		memcpy(to, target, len);
	}
	if (f)
		file_put(f);
	return target ? (long)len : -LX_ENOENT;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* /dev: null, zero, full, random, tty, console, and names for the caller's descriptors. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/convert.h"
#include "abi/errno.h"
#include "base/random.h"
#include "base/text.h"
#include "file/file.h"
#include "fs/tree.h"
#include "mm/user.h"
#include "process/thread.h"
#include "synth/dev.h"
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

static struct file *dev_open(struct thread *t, const char *abs, unsigned flags, long *error)
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
		return synth_fd_open(t, "0", flags, error);
	if (!strcmp(abs, "/dev/stdout"))
		return synth_fd_open(t, "1", flags, error);
	if (!strcmp(abs, "/dev/stderr"))
		return synth_fd_open(t, "2", flags, error);
	if (!strncmp(abs, "/dev/fd/", 8))
		return synth_fd_open(t, abs + 8, flags, error);
	return NULL;
}

static long dev_readlink(struct thread *t, const char *abs, char *to, size_t size)
{
	return strncmp(abs, "/dev/fd/", 8) ? -LX_ENOENT
					   : synth_fd_link(t, strrchr(abs, '/') + 1, to, size);
}

const struct synth_ops dev_tree = {
	.root = "/dev",
	.open = dev_open,
	.readlink = dev_readlink,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptor tables.
 *
 * D1. A slot has one reference to its file. A call that uses the file takes another (fd_get), so a
 *     descriptor may be closed while a call on its file is in progress.
 * D2. No descriptor below `lowest` is free. So the lowest free one is found from there.
 * D3. Closing the last reference may block, so it is done without the table's lock.
 * D4. The table grows to the highest descriptor in use, below RLIMIT_NOFILE; it never shrinks.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "file/locks.h"
#include "mm/user.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/thread.h"

struct slot {
	struct file *file; /* NULL: free */
	bool cloexec;
};

struct fdtable {
	unsigned refs;
	struct cos_mutex lock;
	struct slot *slot;
	int size;
	int lowest; /* D2 */
};

static long fdtable_create(struct process *proc)
{
	struct fdtable *tab = cos_calloc(1, sizeof(*tab));

	if (!tab)
		return -LX_ENOMEM;
	tab->refs = 1;
	proc->fds = tab;
	return 0;
}

static void fdtable_end(struct process *proc)
{
	struct fdtable *tab = proc->fds;

	proc->fds = NULL;
	if (__atomic_sub_fetch(&tab->refs, 1, __ATOMIC_ACQ_REL))
		return;
	for (int fd = 0; fd < tab->size; fd++)
		if (tab->slot[fd].file)
			file_put(tab->slot[fd].file);
	cos_free(tab->slot);
	cos_free(tab);
}

static void fdtable_exec(struct thread *t)
{
	struct fdtable *tab = t->proc->fds;

	for (int fd = 0; fd < tab->size; fd++)
		if (tab->slot[fd].file && tab->slot[fd].cloexec)
			fd_close(t, fd);
}

struct file *fd_get(struct thread *t, int fd)
{
	struct fdtable *tab = t->proc->fds;
	struct file *f = NULL;

	cos_mutex_lock(&tab->lock);
	if (fd >= 0 && fd < tab->size && tab->slot[fd].file)
		f = file_get(tab->slot[fd].file);
	cos_mutex_unlock(&tab->lock);
	return f;
}

struct file *fd_for_read(struct thread *t, uint64_t fd)
{
	struct file *f = fd_get(t, (int)fd);

	if (f && !file_readable(f)) {
		file_put(f);
		f = NULL;
	}
	return f;
}

struct file *fd_for_write(struct thread *t, uint64_t fd)
{
	struct file *f = fd_get(t, (int)fd);

	if (f && !file_writable(f)) {
		file_put(f);
		f = NULL;
	}
	return f;
}

/* Under the lock: room for descriptor fd. */
static long grow(struct fdtable *tab, int fd)
{
	int size = tab->size ? tab->size : 32;
	struct slot *slot;

	while (size <= fd)
		size *= 2;
	if (size <= tab->size)
		return 0;
	slot = cos_realloc(tab->slot, (size_t)size * sizeof(*slot));
	if (!slot)
		return -LX_ENOMEM;
	memset(slot + tab->size, 0, (size_t)(size - tab->size) * sizeof(*slot));
	tab->slot = slot;
	tab->size = size;
	return 0;
}

static int fd_limit(struct thread *t)
{
	return (int)MIN(t->proc->limits[LX_RLIMIT_NOFILE].cur, 1ull << 30);
}

long fd_install(struct thread *t, struct file *f, int from, bool cloexec)
{
	struct fdtable *tab = t->proc->fds;
	long r;
	int fd;

	cos_mutex_lock(&tab->lock);
	for (fd = MAX(from, tab->lowest); fd < tab->size && tab->slot[fd].file; fd++)
		;
	r = fd >= fd_limit(t) ? -LX_EMFILE : grow(tab, fd);
	if (r == 0) {
		tab->slot[fd] = (struct slot){f, cloexec};
		if (from <= tab->lowest)
			tab->lowest = fd + 1;
		r = fd;
	}
	cos_mutex_unlock(&tab->lock);
	if (r < 0)
		file_put(f);
	return r;
}

long fd_close(struct thread *t, int fd)
{
	struct fdtable *tab = t->proc->fds;
	struct file *f = NULL;

	cos_mutex_lock(&tab->lock);
	if (fd >= 0 && fd < tab->size && (f = tab->slot[fd].file)) {
		tab->slot[fd] = (struct slot){NULL, false};
		tab->lowest = MIN(tab->lowest, fd);
	}
	cos_mutex_unlock(&tab->lock);
	if (!f)
		return -LX_EBADF;
	posix_locks_drop(t->proc, f);
	file_put(f);
	return 0;
}

/*
 * fd becomes f and takes over the caller's reference, also on failure. fd, -LX_EBADF or -LX_ENOMEM.
 */
static long fd_replace(struct thread *t, struct file *f, int fd, bool cloexec)
{
	struct fdtable *tab = t->proc->fds;
	struct file *old = NULL;
	long r;

	cos_mutex_lock(&tab->lock);
	r = fd < 0 || fd >= fd_limit(t) ? -LX_EBADF : grow(tab, fd);
	if (r == 0) {
		old = tab->slot[fd].file;
		tab->slot[fd] = (struct slot){f, cloexec};
		r = fd;
	}
	cos_mutex_unlock(&tab->lock);
	if (r < 0)
		file_put(f);
	if (old) {
		posix_locks_drop(t->proc, old);
		file_put(old);
	}
	return r;
}

long fd_cloexec(struct thread *t, int fd, int set)
{
	struct fdtable *tab = t->proc->fds;
	long r = -LX_EBADF;

	cos_mutex_lock(&tab->lock);
	if (fd >= 0 && fd < tab->size && tab->slot[fd].file) {
		if (set >= 0)
			tab->slot[fd].cloexec = set;
		r = tab->slot[fd].cloexec;
	}
	cos_mutex_unlock(&tab->lock);
	return r;
}

long sys_close(struct thread *t, const uint64_t *a)
{
	return fd_close(t, (int)a[0]);
}

#define CLOSE_RANGE_CLOEXEC 4
long sys_close_range(struct thread *t, const uint64_t *a)
{
	unsigned first = (unsigned)a[0], last = (unsigned)a[1];

	if (first > last || a[2] & ~(uint64_t)(CLOSE_RANGE_CLOEXEC | 2))
		return -LX_EINVAL;
	for (unsigned fd = first; fd <= last && fd < (unsigned)t->proc->fds->size; fd++) {
		if (a[2] & CLOSE_RANGE_CLOEXEC)
			fd_cloexec(t, (int)fd, 1);
		else
			fd_close(t, (int)fd);
	}
	return 0;
}

long sys_dup(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);

	return f ? fd_install(t, f, 0, false) : -LX_EBADF;
}

long sys_dup2(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);

	if (!f)
		return -LX_EBADF;
	if ((int)a[0] == (int)a[1]) {
		file_put(f);
		return (int)a[1];
	}
	return fd_replace(t, f, (int)a[1], false);
}

long sys_dup3(struct thread *t, const uint64_t *a)
{
	struct file *f;

	if ((int)a[0] == (int)a[1] || a[2] & ~(uint64_t)LX_O_CLOEXEC)
		return -LX_EINVAL;
	f = fd_get(t, (int)a[0]);
	return f ? fd_replace(t, f, (int)a[1], a[2] != 0) : -LX_EBADF;
}

long fd_pair(struct thread *t, struct file *f[2], bool cloexec, uint64_t out)
{
	int32_t fds[2];
	long r = fd_install(t, f[0], 0, cloexec);

	if (r < 0) {
		file_put(f[1]);
		return r;
	}
	fds[0] = (int32_t)r;
	r = fd_install(t, f[1], 0, cloexec);
	if (r < 0) {
		fd_close(t, fds[0]);
		return r;
	}
	fds[1] = (int32_t)r;
	if (user_put(t, out, fds, sizeof(fds)) < 0) {
		fd_close(t, fds[0]);
		fd_close(t, fds[1]);
		return -LX_EFAULT;
	}
	return 0;
}

const struct process_hooks fdtable_hooks = {
	.create = fdtable_create,
	.exec = fdtable_exec,
	.end = fdtable_end,
};

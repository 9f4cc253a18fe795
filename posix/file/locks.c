/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File locks: flock's and open-file-description locks, which an open file owns, and fcntl's record
 * locks, which a process owns. To the backend all programs are one process, so locks are kept here,
 * by device and inode.
 *
 * K1. Ranges of one owner on one file do not overlap: carve() makes room before one is added.
 * K2. flock's locks (`whole`) and the others do not see each other, as on Linux.
 * K3. Every change fires `released`, and waiters look again: a weaker lock may admit others, too.
 *
 * Not there: deadlock detection (EDEADLK); record locks of a process that ends without closing its
 * descriptors one by one stay until the system ends.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "file/locks.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/sleep.h"
#include "process/thread.h"

struct range {
	struct list_node link;
	uint64_t dev, ino;
	const void *owner; /* process or open file */
	int pid;
	bool whole; /* flock's (K2) */
	bool exclusive;
	int64_t start, end; /* last byte, INT64_MAX: to the end */
};

static struct cos_mutex lock;
static struct list_node ranges = LIST_INIT(ranges);
static struct waitq released;

static struct range *conflict(const struct range *want)
{
	struct list_node *p;

	list_for_each(p, &ranges) {
		struct range *r = container_of(p, struct range, link);

		if (r->dev == want->dev && r->ino == want->ino && r->whole == want->whole &&
		    r->owner != want->owner && (r->exclusive || want->exclusive) &&
		    r->start <= want->end && want->start <= r->end)
			return r;
	}
	return NULL;
}

/* K1: cut [start, end] out of what the owner has. 0 or -LX_ENOLCK. */
static long carve(const struct range *want)
{
	struct list_node *p, *tmp;

	list_for_each_safe(p, tmp, &ranges) {
		struct range *r = container_of(p, struct range, link);

		if (r->dev != want->dev || r->ino != want->ino || r->whole != want->whole ||
		    r->owner != want->owner || r->end < want->start || r->start > want->end)
			continue;
		if (r->start < want->start && r->end > want->end) {
			struct range *tail = cos_malloc(sizeof(*tail));

			if (!tail)
				return -LX_ENOLCK;
			*tail = *r;
			tail->start = want->end + 1;
			list_add_tail(&ranges, &tail->link);
			r->end = want->start - 1;
		} else if (r->start < want->start) {
			r->end = want->start - 1;
		} else if (r->end > want->end) {
			r->start = want->end + 1;
		} else {
			list_remove(&r->link);
			cos_free(r);
		}
	}
	return 0;
}

/* Lock (LX_F_RDLCK, LX_F_WRLCK) or unlock (LX_F_UNLCK). */
static long apply(struct thread *t, const struct range *want, int type, bool wait)
{
	struct sleeper s = SLEEPER(t, 0);
	struct range *new = NULL;
	long r = 0;

	if (type != LX_F_UNLCK) {
		new = cos_malloc(sizeof(*new));
		if (!new)
			return -LX_ENOLCK;
		*new = *want;
	}
	waiter_add(&released, &s.waiter);
	cos_mutex_lock(&lock);
	while (new &&conflict(want)) {
		if (!wait) {
			r = -LX_EAGAIN;
			break;
		}
		cos_mutex_unlock(&lock);
		r = thread_sleep(t, &s, 0);
		cos_mutex_lock(&lock);
		if (r < 0)
			break;
	}
	if (r == 0)
		r = carve(want);
	if (r == 0 && new)
		list_add_tail(&ranges, &new->link);
	cos_mutex_unlock(&lock);
	waiter_remove(&s.waiter);
	if (r < 0)
		cos_free(new);
	waitq_wake(&released, 0); /* K3 */
	return r;
}

static long identity(struct thread *t, struct file *f, struct range *r)
{
	struct lx_stat st;
	long e = file_stat(t, f, &st);

	if (e < 0)
		return e;
	r->dev = st.st_dev;
	r->ino = st.st_ino;
	f->locked = true;
	return st.st_size;
}

static long range_of(struct thread *t, struct file *f, const struct lx_flock *fl, struct range *r)
{
	long size = identity(t, f, r);
	int64_t base = 0;

	if (size < 0)
		return size;
	if (fl->l_whence == LX_SEEK_CUR)
		base = f->ops->lseek ? f->ops->lseek(t, f, 0, LX_SEEK_CUR) : 0;
	else if (fl->l_whence == LX_SEEK_END)
		base = size;
	else if (fl->l_whence != LX_SEEK_SET)
		return -LX_EINVAL;
	r->start = base + fl->l_start;
	r->end = fl->l_len > 0 ? r->start + fl->l_len - 1 : INT64_MAX;
	if (fl->l_len < 0) {
		r->end = r->start - 1;
		r->start += fl->l_len;
	}
	return r->start < 0 ? -LX_EINVAL : 0;
}

long file_lock(struct thread *t, struct file *f, int cmd, uint64_t arg)
{
	bool ofd = cmd >= LX_F_OFD_GETLK;
	struct range want = {.owner = ofd ? (void *)f : (void *)t->proc,
			     .pid = ofd ? -1 : t->proc->pid},
		     *other;
	struct lx_flock fl;
	long r;

	if (user_get(t, &fl, arg, sizeof(fl)) < 0)
		return -LX_EFAULT;
	if (fl.l_type < 0 || fl.l_type > LX_F_UNLCK || (ofd && fl.l_pid))
		return -LX_EINVAL;
	r = range_of(t, f, &fl, &want);
	if (r < 0)
		return r;
	want.exclusive = fl.l_type == LX_F_WRLCK;
	if (cmd == LX_F_GETLK || cmd == LX_F_OFD_GETLK) {
		if (fl.l_type == LX_F_UNLCK)
			return -LX_EINVAL;
		cos_mutex_lock(&lock);
		other = conflict(&want);
		fl.l_type = other ? (other->exclusive ? LX_F_WRLCK : LX_F_RDLCK) : LX_F_UNLCK;
		if (other) {
			fl.l_whence = LX_SEEK_SET;
			fl.l_start = other->start;
			fl.l_len = other->end == INT64_MAX ? 0 : other->end - other->start + 1;
			fl.l_pid = other->pid;
		}
		cos_mutex_unlock(&lock);
		return user_put(t, arg, &fl, sizeof(fl));
	}
	if ((fl.l_type == LX_F_RDLCK && !file_readable(f)) ||
	    (fl.l_type == LX_F_WRLCK && !file_writable(f)))
		return -LX_EBADF;
	return apply(t, &want, fl.l_type, cmd == LX_F_SETLKW || cmd == LX_F_OFD_SETLKW);
}

long sys_flock(struct thread *t, const uint64_t *a)
{
	struct range want = {.whole = true, .end = INT64_MAX};
	int op = (int)a[1] & ~LX_LOCK_NB;
	struct file *f;
	long r;

	if (op != LX_LOCK_SH && op != LX_LOCK_EX && op != LX_LOCK_UN)
		return -LX_EINVAL;
	f = fd_get(t, (int)a[0]);
	if (!f)
		return -LX_EBADF;
	want.owner = f;
	want.exclusive = op == LX_LOCK_EX;
	r = f->flags & LX_O_PATH ? -LX_EBADF : identity(t, f, &want);
	if (r >= 0)
		r = apply(t, &want,
			  op == LX_LOCK_UN   ? LX_F_UNLCK
			  : op == LX_LOCK_EX ? LX_F_WRLCK
					     : LX_F_RDLCK,
			  !(a[1] & LX_LOCK_NB));
	file_put(f);
	return r;
}

static void drop(const void *owner, bool all, uint64_t dev, uint64_t ino)
{
	struct list_node *p, *tmp;
	bool some = false;

	cos_mutex_lock(&lock);
	list_for_each_safe(p, tmp, &ranges) {
		struct range *r = container_of(p, struct range, link);

		if (r->owner != owner || (!all && (r->dev != dev || r->ino != ino)))
			continue;
		list_remove(&r->link);
		cos_free(r);
		some = true;
	}
	cos_mutex_unlock(&lock);
	if (some)
		waitq_wake(&released, 0);
}

void posix_locks_drop(struct process *proc, struct file *f)
{
	struct list_node *p;
	uint64_t dev = 0, ino = 0;
	struct thread *t = thread_find(cos_tid());
	struct lx_stat st;

	if (!f->locked && list_empty(&ranges))
		return;
	cos_mutex_lock(&lock);
	bool mine = false;
	list_for_each(p, &ranges)
		mine |= container_of(p, struct range, link)->owner == proc;
	cos_mutex_unlock(&lock);
	if (!mine || !t || file_stat(t, f, &st) < 0)
		return;
	dev = st.st_dev;
	ino = st.st_ino;
	drop(proc, false, dev, ino);
}

void file_locks_drop(struct file *f)
{
	if (f->locked)
		drop(f, true, 0, 0);
}

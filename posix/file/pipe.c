/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pipes: a ring between two files. A write of at most PIPE_BUF bytes is written whole or not at all
 * (pipe(7)). Not there: packets (O_DIRECT), another size (F_SETPIPE_SZ).
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "calls.h"
#include "file/anon.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "file/pipe.h"
#include "mm/user.h"

#define PIPE_BUF 4096u /* as Linux */

struct pipe {
	struct cos_mutex lock;
	char *ring;
	unsigned from, used;
	struct file *end[2]; /* reader, writer; NULL when closed */
	unsigned open;
	uint64_t ino;
};

static void wake(struct pipe *p, int end, unsigned events)
{
	/* The other end's release takes the pipe's lock, so that end stays meanwhile. */
	if (p->end[end])
		waitq_wake(&p->end[end]->waitq, events);
}

static long pipe_read(struct thread *t, struct file *f, const struct iov *iov, int n,
		      int64_t offset)
{
	struct pipe *p = f->object;
	size_t want = iov_len(iov, n), done = 0;
	long r = 0;

	(void)t;
	(void)offset;
	if (want == 0)
		return 0;
	cos_mutex_lock(&p->lock);
	if (p->used == 0)
		r = p->end[1] ? -LX_EAGAIN : 0;
	while (p->used > 0 && done < want) {
		size_t part = MIN(MIN(p->used, PIPE_SIZE - p->from), want - done);

		r = iov_put(iov, n, done, p->ring + p->from, part);
		if (r <= 0)
			break;
		p->from = (p->from + (unsigned)r) % PIPE_SIZE;
		p->used -= (unsigned)r;
		done += (size_t)r;
	}
	if (done)
		wake(p, 1, LX_POLLOUT | LX_POLLWRNORM);
	cos_mutex_unlock(&p->lock);
	return done ? (long)done : r;
}

static long pipe_write(struct thread *t, struct file *f, const struct iov *iov, int n,
		       int64_t offset)
{
	struct pipe *p = f->object;
	size_t want = iov_len(iov, n), done = 0;
	long r = 0;

	(void)t;
	(void)offset;
	if (want == 0)
		return 0;
	cos_mutex_lock(&p->lock);
	if (!p->end[0])
		r = -LX_EPIPE;
	else if (p->used == PIPE_SIZE || (want <= PIPE_BUF && PIPE_SIZE - p->used < want))
		r = -LX_EAGAIN;
	while (r >= 0 && p->used < PIPE_SIZE && done < want) {
		unsigned to = (p->from + p->used) % PIPE_SIZE;
		size_t part = MIN(MIN(PIPE_SIZE - p->used, PIPE_SIZE - to), want - done);

		r = iov_take(iov, n, done, p->ring + to, part);
		if (r <= 0)
			break;
		p->used += (unsigned)r;
		done += (size_t)r;
	}
	if (done)
		wake(p, 0, LX_POLLIN | LX_POLLRDNORM);
	cos_mutex_unlock(&p->lock);
	return done ? (long)done : r;
}

static unsigned pipe_poll(struct thread *t, struct file *f)
{
	struct pipe *p = f->object;
	unsigned mask = 0;

	(void)t;
	cos_mutex_lock(&p->lock);
	if (f == p->end[0]) {
		mask |= p->used ? LX_POLLIN | LX_POLLRDNORM : 0;
		mask |= p->end[1] ? 0 : LX_POLLHUP;
	} else {
		mask |= PIPE_SIZE - p->used >= PIPE_BUF ? LX_POLLOUT | LX_POLLWRNORM : 0;
		mask |= p->end[0] ? 0 : LX_POLLERR;
	}
	cos_mutex_unlock(&p->lock);
	return mask;
}

void pipe_stat(struct lx_stat *st, uint64_t ino, unsigned mode)
{
	uint64_t now = cos_wall_ns();

	memset(st, 0, sizeof(*st));
	st->st_dev = 13;
	st->st_ino = ino;
	st->st_nlink = 1;
	st->st_mode = LX_S_IFIFO | mode;
	st->st_blksize = 4096;
	st->st_atim.tv_sec = st->st_mtim.tv_sec = st->st_ctim.tv_sec = (int64_t)(now / NS_PER_S);
	st->st_atim.tv_nsec = st->st_mtim.tv_nsec = st->st_ctim.tv_nsec = (int64_t)(now % NS_PER_S);
}

static long pipe_file_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	(void)t;
	pipe_stat(st, ((struct pipe *)f->object)->ino, 0600);
	return 0;
}

static long pipe_ioctl(struct thread *t, struct file *f, unsigned long request, uint64_t arg)
{
	struct pipe *p = f->object;
	int32_t n = (int32_t)__atomic_load_n(&p->used, __ATOMIC_RELAXED);

	return request == LX_FIONREAD ? user_put(t, arg, &n, sizeof(n)) : -LX_ENOTTY;
}

static void pipe_release(struct file *f)
{
	struct pipe *p = f->object;
	int end = f == p->end[1];
	bool last;

	cos_mutex_lock(&p->lock);
	p->end[end] = NULL;
	last = --p->open == 0;
	wake(p, !end, end ? LX_POLLHUP | LX_POLLIN : LX_POLLERR | LX_POLLOUT);
	cos_mutex_unlock(&p->lock);
	if (last) {
		cos_free(p->ring);
		cos_free(p);
	}
}

static const struct file_ops pipe_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.stat = pipe_file_stat,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
	.write_all = true,
};

/* Reader and writer. 0 or -LX_ENOMEM. */
static long pipe_create(struct file *ends[2], unsigned flags)
{
	struct pipe *p = cos_calloc(1, sizeof(*p));

	ends[0] = file_create(&pipe_ops, FILE_PIPE, LX_O_RDONLY | flags);
	ends[1] = file_create(&pipe_ops, FILE_PIPE, LX_O_WRONLY | flags);
	if (p)
		p->ring = cos_malloc(PIPE_SIZE);
	if (!p || !p->ring || !ends[0] || !ends[1]) {
		if (p)
			cos_free(p->ring);
		cos_free(p);
		cos_free(ends[0]);
		cos_free(ends[1]);
		return -LX_ENOMEM;
	}
	p->ino = anon_inode();
	p->open = 2;
	for (int i = 0; i < 2; i++) {
		p->end[i] = ends[i];
		ends[i]->object = p;
	}
	return 0;
}

long sys_pipe2(struct thread *t, const uint64_t *a)
{
	struct file *ends[2];
	long r;

	if (a[1] & ~(uint64_t)(LX_O_CLOEXEC | LX_O_NONBLOCK | LX_O_DIRECT))
		return -LX_EINVAL;
	if (a[1] & LX_O_DIRECT) /* packets */
		return -LX_EINVAL;
	r = pipe_create(ends, a[1] & LX_O_NONBLOCK);
	return r < 0 ? r : fd_pair(t, ends, a[1] & LX_O_CLOEXEC, a[0]);
}

long sys_pipe(struct thread *t, const uint64_t *a)
{
	struct file *ends[2];
	long r = pipe_create(ends, 0);

	return r < 0 ? r : fd_pair(t, ends, false, a[0]);
}

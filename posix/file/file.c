/* SPDX-License-Identifier: BSD-2-Clause */
/* Open files: references, and reads and writes that wait. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "base/event.h"
#include "file/epoll.h"
#include "file/file.h"
#include "file/locks.h"
#include "mm/user.h"
#include "process/sleep.h"
#include "process/thread.h"
#include "signal/signal.h"

struct file *file_create(const struct file_ops *ops, enum file_kind kind, unsigned flags)
{
	struct file *f = cos_calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->ops = ops;
	f->kind = kind;
	f->flags = flags;
	f->refs = 1;
	f->backend_fd = -1;
	list_init(&f->epitems);
	return f;
}

struct file *file_get(struct file *f)
{
	__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
	return f;
}

void file_put(struct file *f)
{
	if (__atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL))
		return;
	epoll_forget(f);
	file_locks_drop(f);
	if (f->ops->release)
		f->ops->release(f);
	cos_free(f->path);
	cos_free(f);
}

long file_retry(struct thread *t, struct file *f, unsigned events, bool nonblock,
		uint64_t deadline_ns, long (*op)(struct thread *, struct file *, void *), void *arg)
{
	struct sleeper s = SLEEPER(t, events);
	long r = op(t, f, arg);

	if (r != -LX_EAGAIN || nonblock)
		return r;
	waiter_add(&f->waitq, &s.waiter);
	for (;;) {
		long slept;

		r = op(t, f, arg);
		if (r != -LX_EAGAIN)
			break;
		slept = thread_sleep(t, &s, deadline_ns);
		if (slept < 0) {
			r = slept;
			break;
		}
	}
	waiter_remove(&s.waiter);
	return r;
}

struct transfer {
	const struct iov *iov;
	int n;
	int64_t offset;
};

static long transfer_read(struct thread *t, struct file *f, void *arg)
{
	struct transfer *x = arg;

	return f->ops->read(t, f, x->iov, x->n, x->offset);
}

static long transfer_write(struct thread *t, struct file *f, void *arg)
{
	struct transfer *x = arg;

	return f->ops->write(t, f, x->iov, x->n, x->offset);
}

long file_read(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset)
{
	struct transfer x = {iov, n, offset};
	long r;

	if (!f->ops->read)
		return -LX_EINVAL;
	r = f->ops->read(t, f, iov, n, offset);
	if (r != -LX_EAGAIN || f->flags & LX_O_NONBLOCK)
		return r;
	r = file_retry(t, f, LX_POLLIN, false, deadline_after(f->read_timeout_ns), transfer_read,
		       &x);
	if (f->read_timeout_ns && r == -LX_RESTART)
		return -LX_EINTR;
	return r == -LX_ETIMEDOUT && f->read_timeout_ns ? -LX_EAGAIN : r;
}

/* The pieces that are left after done bytes, into rest, which has room for n: how many. */
static int iov_rest(const struct iov *iov, int n, size_t done, struct iov *rest)
{
	int m = 0;

	for (; n > 0; iov++, n--) {
		if (done >= iov->len) {
			done -= iov->len;
			continue;
		}
		rest[m].base = (char *)iov->base + done;
		rest[m++].len = iov->len - done;
		done = 0;
	}
	return m;
}

static long write_rest(struct thread *t, struct file *f, const struct iov *iov, int n, size_t done,
		       size_t total)
{
	uint64_t deadline = deadline_after(f->write_timeout_ns);
	struct iov one, *rest = n == 1 ? &one : cos_malloc((size_t)n * sizeof(*rest));
	long r = 0;

	if (!rest)
		return done ? (long)done : -LX_ENOMEM;
	while (done < total) {
		struct transfer x = {rest, iov_rest(iov, n, done, rest), FILE_OFFSET_OWN};

		r = file_retry(t, f, LX_POLLOUT, false, deadline, transfer_write, &x);
		if (r < 0)
			break;
		done += (size_t)r;
		if (!f->ops->write_all)
			break;
	}
	if (rest != &one)
		cos_free(rest);
	if (done)
		return (long)done;
	if (f->write_timeout_ns && r == -LX_RESTART)
		return -LX_EINTR;
	return r == -LX_ETIMEDOUT && f->write_timeout_ns ? -LX_EAGAIN : r;
}

long file_write(struct thread *t, struct file *f, const struct iov *iov, int n, int64_t offset)
{
	size_t total;
	long r;

	if (!f->ops->write)
		return -LX_EINVAL;
	r = f->ops->write(t, f, iov, n, offset);
	if (!(f->flags & LX_O_NONBLOCK) && (r == -LX_EAGAIN || (r > 0 && f->ops->write_all))) {
		total = iov_len(iov, n);
		if (r == -LX_EAGAIN || (size_t)r < total)
			r = write_rest(t, f, iov, n, r > 0 ? (size_t)r : 0, total);
	}
	if (r == -LX_EPIPE &&
	    (f->kind == FILE_PIPE || f->kind == FILE_UNIX || f->kind == FILE_NETWORK))
		signal_send(t->proc, t, LX_SIGPIPE, NULL);
	return r;
}

unsigned file_poll(struct thread *t, struct file *f)
{
	if (!f->ops->poll)
		return LX_POLLIN | LX_POLLOUT | LX_POLLRDNORM | LX_POLLWRNORM;
	return f->ops->poll(t, f);
}

long file_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	memset(st, 0, sizeof(*st));
	return f->ops->stat(t, f, st);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* eventfd: a file that is a count. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "calls.h"
#include "file/anon.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/user.h"

#define EFD_SEMAPHORE 1
#define EVENT_MAX (~0ull - 1) /* eventfd(2) */

struct eventfd {
	struct cos_mutex lock;
	uint64_t count;
	bool semaphore;
};

static long eventfd_read(struct thread *t, struct file *f, const struct iov *iov, int n,
			 int64_t offset)
{
	struct eventfd *e = f->object;
	uint64_t value;
	long r;

	(void)t;
	(void)offset;
	if (iov_len(iov, n) < 8)
		return -LX_EINVAL;
	cos_mutex_lock(&e->lock);
	value = e->semaphore && e->count ? 1 : e->count;
	r = value ? iov_put(iov, n, 0, &value, 8) : -LX_EAGAIN;
	if (r > 0)
		e->count -= value;
	cos_mutex_unlock(&e->lock);
	if (r > 0)
		waitq_wake(&f->waitq, LX_POLLOUT | LX_POLLWRNORM);
	return r;
}

static long eventfd_write(struct thread *t, struct file *f, const struct iov *iov, int n,
			  int64_t offset)
{
	struct eventfd *e = f->object;
	uint64_t value;
	long r;

	(void)t;
	(void)offset;
	if (iov_len(iov, n) < 8)
		return -LX_EINVAL;
	r = iov_take(iov, n, 0, &value, 8);
	if (r < 0)
		return r;
	if (value == ~0ull)
		return -LX_EINVAL;
	cos_mutex_lock(&e->lock);
	if (EVENT_MAX - e->count < value)
		r = -LX_EAGAIN;
	else
		e->count += value;
	cos_mutex_unlock(&e->lock);
	if (r > 0 && value)
		waitq_wake(&f->waitq, LX_POLLIN | LX_POLLRDNORM);
	return r;
}

static unsigned eventfd_poll(struct thread *t, struct file *f)
{
	struct eventfd *e = f->object;
	uint64_t count = __atomic_load_n(&e->count, __ATOMIC_ACQUIRE);

	(void)t;
	return (count ? LX_POLLIN | LX_POLLRDNORM : 0) |
	       (count < EVENT_MAX ? LX_POLLOUT | LX_POLLWRNORM : 0);
}

static const struct file_ops eventfd_ops = {
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.stat = anon_stat,
	.release = anon_release,
};

long sys_eventfd2(struct thread *t, const uint64_t *a)
{
	struct file *f;
	struct eventfd *e;

	if (a[1] & ~(uint64_t)(LX_O_CLOEXEC | LX_O_NONBLOCK | EFD_SEMAPHORE))
		return -LX_EINVAL;
	f = anon_create(&eventfd_ops, sizeof(*e), a[1]);
	if (!f)
		return -LX_ENOMEM;
	e = f->object;
	e->count = (uint32_t)a[0];
	e->semaphore = a[1] & EFD_SEMAPHORE;
	return fd_install(t, f, 0, a[1] & LX_O_CLOEXEC);
}

long sys_eventfd(struct thread *t, const uint64_t *a)
{
	const uint64_t args[2] = {a[0], 0};

	return sys_eventfd2(t, args);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timerfd: a file that reads as how often its timer has expired. Periods that were missed are
 * counted, not repeated. interval_ns is 0 before the timer is disarmed, as itimer.c, I3.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "base/event.h"
#include "base/timer.h"
#include "calls.h"
#include "file/anon.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/user.h"
#include "time/clock.h"

struct timerfd {
	struct cos_mutex lock;
	struct os_timer timer;
	struct file *file;
	uint64_t interval_ns;
	uint64_t due_ns; /* 0: not armed */
	uint64_t expired;
	bool real;
};

static void timerfd_fire(struct os_timer *timer)
{
	struct timerfd *fd = container_of(timer, struct timerfd, timer);

	cos_mutex_lock(&fd->lock);
	fd->expired++;
	if (fd->interval_ns) {
		uint64_t now = cos_now_ns(), next = fd->due_ns + fd->interval_ns;

		if (next <= now) { /* late by whole periods */
			uint64_t missed = (now - fd->due_ns) / fd->interval_ns;

			fd->expired += missed;
			next = fd->due_ns + (missed + 1) * fd->interval_ns;
		}
		fd->due_ns = next;
		timer_set(timer, next);
	} else {
		fd->due_ns = 0;
	}
	cos_mutex_unlock(&fd->lock);
	waitq_wake(&fd->file->waitq, LX_POLLIN | LX_POLLRDNORM);
}

static long timerfd_read(struct thread *t, struct file *f, const struct iov *iov, int n,
			 int64_t offset)
{
	struct timerfd *fd = f->object;
	long r;

	(void)t;
	(void)offset;
	if (iov_len(iov, n) < 8)
		return -LX_EINVAL;
	cos_mutex_lock(&fd->lock);
	r = fd->expired ? iov_put(iov, n, 0, &fd->expired, 8) : -LX_EAGAIN;
	if (r > 0)
		fd->expired = 0;
	cos_mutex_unlock(&fd->lock);
	return r;
}

static unsigned timerfd_poll(struct thread *t, struct file *f)
{
	struct timerfd *fd = f->object;

	(void)t;
	return __atomic_load_n(&fd->expired, __ATOMIC_ACQUIRE) ? LX_POLLIN | LX_POLLRDNORM : 0;
}

static void timerfd_release(struct file *f)
{
	struct timerfd *fd = f->object;

	cos_mutex_lock(&fd->lock);
	fd->interval_ns = 0;
	cos_mutex_unlock(&fd->lock);
	timer_set(&fd->timer, 0);
	cos_free(fd);
}

static const struct file_ops timerfd_ops = {
	.read = timerfd_read,
	.poll = timerfd_poll,
	.stat = anon_stat,
	.release = timerfd_release,
};

long sys_timerfd_create(struct thread *t, const uint64_t *a)
{
	struct timerfd *fd;
	struct file *f;
	int clock = (int)a[0];

	if ((clock != LX_CLOCK_REALTIME && clock != LX_CLOCK_MONOTONIC &&
	     clock != LX_CLOCK_BOOTTIME && clock != LX_CLOCK_REALTIME_ALARM &&
	     clock != LX_CLOCK_BOOTTIME_ALARM) ||
	    a[1] & ~(uint64_t)(LX_O_CLOEXEC | LX_O_NONBLOCK))
		return -LX_EINVAL;
	f = anon_create(&timerfd_ops, sizeof(*fd), a[1]);
	if (!f)
		return -LX_ENOMEM;
	fd = f->object;
	fd->file = f;
	fd->timer.fire = timerfd_fire;
	fd->real = clock_is_real(clock);
	return fd_install(t, f, 0, a[1] & LX_O_CLOEXEC);
}

/* Under the lock. */
static struct lx_itimerspec timerfd_value(const struct timerfd *fd)
{
	uint64_t now = cos_now_ns();

	return (struct lx_itimerspec){ns_timespec(fd->interval_ns),
				      ns_timespec(fd->due_ns == 0    ? 0
						  : fd->due_ns > now ? fd->due_ns - now
								     : 1)};
}

static struct file *timerfd_get(struct thread *t, uint64_t n, long *error)
{
	struct file *f = fd_get(t, (int)n);

	*error = f ? 0 : -LX_EBADF;
	if (f && f->ops != &timerfd_ops) {
		file_put(f);
		f = NULL;
		*error = -LX_EINVAL;
	}
	return f;
}

long sys_timerfd_settime(struct thread *t, const uint64_t *a)
{
	struct lx_itimerspec new, old;
	struct timerfd *fd;
	struct file *f;
	uint64_t interval, value, deadline = 0;
	long r;

	if (a[1] & ~(uint64_t)(LX_TIMER_ABSTIME | LX_TFD_CANCEL_ON_SET))
		return -LX_EINVAL;
	if (user_get(t, &new, a[2], sizeof(new)) < 0)
		return -LX_EFAULT;
	if (!timespec_ns(&new.it_interval, &interval) || !timespec_ns(&new.it_value, &value))
		return -LX_EINVAL;
	f = timerfd_get(t, a[0], &r);
	if (!f)
		return r;
	fd = f->object;
	if (value)
		deadline_of(&new.it_value, !(a[1] & LX_TIMER_ABSTIME), fd->real, &deadline);
	cos_mutex_lock(&fd->lock);
	old = timerfd_value(fd);
	fd->interval_ns = 0;
	cos_mutex_unlock(&fd->lock);
	timer_set(&fd->timer, 0); /* base/timer.h, T2 */
	cos_mutex_lock(&fd->lock);
	fd->interval_ns = value ? interval : 0;
	fd->expired = 0;
	fd->due_ns = deadline;
	if (deadline)
		timer_set(&fd->timer, deadline);
	cos_mutex_unlock(&fd->lock);
	file_put(f);
	return a[3] ? user_put(t, a[3], &old, sizeof(old)) : 0;
}

long sys_timerfd_gettime(struct thread *t, const uint64_t *a)
{
	struct lx_itimerspec value;
	struct file *f;
	long r;

	f = timerfd_get(t, a[0], &r);
	if (!f)
		return r;
	cos_mutex_lock(&((struct timerfd *)f->object)->lock);
	value = timerfd_value(f->object);
	cos_mutex_unlock(&((struct timerfd *)f->object)->lock);
	file_put(f);
	return user_put(t, a[1], &value, sizeof(value));
}

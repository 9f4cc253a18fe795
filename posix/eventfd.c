/* SPDX-License-Identifier: BSD-2-Clause */
/* eventfd, timerfd and signalfd: files whose contents is a count or the next event. */
#include "os.h"
#include "calls.h"
#include "clock.h"
#include "file.h"
#include "linux/errno.h"
#include "mm.h"
#include "signal.h"
#include "thread.h"
#include "timer.h"

#define EFD_SEMAPHORE 1
#define EVENT_MAX (~0ull - 1)

static long anon_stat(struct thread *t, struct file *f, struct lx_stat *st)
{
	(void)t;
	(void)f;
	st->st_dev = 14;
	st->st_ino = 1000;
	st->st_mode = 0600;
	st->st_nlink = 1;
	st->st_blksize = 4096;
	return 0;
}

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

static void object_release(struct file *f)
{
	cos_free(f->object);
}

static const struct file_ops eventfd_ops = {
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.stat = anon_stat,
	.release = object_release,
};

static struct file *anon_create(const struct file_ops *ops, size_t size, uint64_t flags)
{
	struct file *f = file_create(ops, FILE_OTHER, LX_O_RDWR | (flags & LX_O_NONBLOCK));

	if (f) {
		f->object = cos_calloc(1, size);
		if (!f->object) {
			cos_free(f);
			f = NULL;
		}
	}
	return f;
}

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

		if (next <= now) { /* late by whole periods: counted, not repeated */
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
	timer_set(&fd->timer, 0); /* when it returns, an expiry is over */
	cos_mutex_lock(&fd->lock);
	fd->interval_ns = value ? interval : 0;
	fd->expired = 0;
	fd->due_ns = deadline;
	r = deadline && !timer_set(&fd->timer, deadline) ? -LX_ENOMEM : 0;
	cos_mutex_unlock(&fd->lock);
	file_put(f);
	if (r == 0 && a[3] && user_put(t, a[3], &old, sizeof(old)) < 0)
		r = -LX_EFAULT;
	return r;
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

/* signalfd: the process's pending signals of a set. It is awake whenever a signal is sent. */
struct signalfd {
	uint64_t set;
	struct waiter w; /* on the process's signal_wait */
	struct file *file;
};

static void signalfd_fire(struct waiter *w, unsigned events)
{
	struct signalfd *s = container_of(w, struct signalfd, w);

	(void)events;
	waitq_wake_locked(&s->file->waitq, LX_POLLIN | LX_POLLRDNORM);
}

static long signalfd_read(struct thread *t, struct file *f, const struct iov *iov, int n,
			  int64_t offset)
{
	struct signalfd *s = f->object;
	size_t room = iov_len(iov, n), done = 0;
	struct lx_siginfo info;
	long r = 0;

	(void)offset;
	if (room < sizeof(struct lx_signalfd_siginfo))
		return -LX_EINVAL;
	while (room - done >= sizeof(struct lx_signalfd_siginfo) && signal_take(t, s->set, &info)) {
		struct lx_signalfd_siginfo out = {.ssi_signo = (uint32_t)info.si_signo,
						  .ssi_code = info.si_code,
						  .ssi_pid = (uint32_t)info.kill.pid,
						  .ssi_uid = info.kill.uid};

		memcpy(out.rest + 28, &info.kill.value, 8); /* ssi_ptr */
		r = iov_put(iov, n, done, &out, sizeof(out));
		if (r < 0)
			break;
		done += sizeof(out);
	}
	return done ? (long)done : r < 0 ? r : -LX_EAGAIN;
}

static unsigned signalfd_poll(struct thread *t, struct file *f)
{
	return signal_pending(t) & ((struct signalfd *)f->object)->set ? LX_POLLIN | LX_POLLRDNORM
								       : 0;
}

static void signalfd_release(struct file *f)
{
	struct signalfd *s = f->object;

	waiter_remove(&s->w);
	cos_free(s);
}

static const struct file_ops signalfd_ops = {
	.read = signalfd_read,
	.poll = signalfd_poll,
	.stat = anon_stat,
	.release = signalfd_release,
};

long sys_signalfd4(struct thread *t, const uint64_t *a)
{
	struct signalfd *s;
	struct file *f;
	uint64_t set;

	if (a[2] != 8 || a[3] & ~(uint64_t)(LX_SFD_CLOEXEC | LX_SFD_NONBLOCK))
		return -LX_EINVAL;
	if (user_get(t, &set, a[1], sizeof(set)) < 0)
		return -LX_EFAULT;
	set &= ~(LX_SIGBIT(LX_SIGKILL) | LX_SIGBIT(LX_SIGSTOP));
	if ((int)a[0] != -1) {
		f = fd_get(t, (int)a[0]);
		if (!f)
			return -LX_EBADF;
		if (f->ops == &signalfd_ops)
			((struct signalfd *)f->object)->set = set;
		set = f->ops == &signalfd_ops;
		file_put(f);
		return set ? (int)a[0] : -LX_EINVAL;
	}
	f = anon_create(&signalfd_ops, sizeof(*s), a[3]);
	if (!f)
		return -LX_ENOMEM;
	s = f->object;
	s->set = set;
	s->file = f;
	s->w.fire = signalfd_fire;
	waiter_add(&t->proc->signal_wait, &s->w);
	return fd_install(t, f, 0, a[3] & LX_SFD_CLOEXEC);
}

long sys_signalfd(struct thread *t, const uint64_t *a)
{
	const uint64_t args[4] = {a[0], a[1], a[2], 0};

	return sys_signalfd4(t, args);
}

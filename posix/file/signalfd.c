/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signalfd: a file that reads as the pending signals of a set. Every signal that is sent to the
 * process fires its waiter, and so its own queue; a read then takes what is in the set.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/event.h"
#include "calls.h"
#include "file/anon.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"
#include "signal/pending.h"
#include "signal/signal.h"

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

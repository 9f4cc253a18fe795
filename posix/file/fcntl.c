/* SPDX-License-Identifier: BSD-2-Clause */
/* fcntl and ioctl, as far as they are the same for every file. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "file/locks.h"
#include "file/pipe.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/thread.h"

static long set_flags(struct thread *t, struct file *f, unsigned flags)
{
	const unsigned may = LX_O_APPEND | LX_O_NONBLOCK | LX_O_ASYNC | LX_O_DIRECT | LX_O_NOATIME;
	long r = 0;

	flags = (f->flags & ~may) | (flags & may);
	if (f->ops->set_flags)
		r = f->ops->set_flags(t, f, flags);
	if (r == 0)
		f->flags = flags;
	return r;
}

long sys_fcntl(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	int cmd = (int)a[1];
	long r;

	if (!f)
		return -LX_EBADF;
	switch (cmd) {
	case LX_F_DUPFD:
	case LX_F_DUPFD_CLOEXEC:
		if ((int)a[2] < 0 || a[2] >= t->proc->limits[LX_RLIMIT_NOFILE].cur)
			r = -LX_EINVAL;
		else
			return fd_install(t, f, (int)a[2], cmd == LX_F_DUPFD_CLOEXEC);
		break;
	case LX_F_GETFD:
		r = fd_cloexec(t, (int)a[0], -1);
		break;
	case LX_F_SETFD:
		r = fd_cloexec(t, (int)a[0], a[2] & LX_FD_CLOEXEC);
		r = r < 0 ? r : 0;
		break;
	case LX_F_GETFL:
		r = f->flags | (f->ops->seekable && !(f->flags & LX_O_PATH) ? LX_O_LARGEFILE : 0);
		break;
	case LX_F_SETFL:
		r = set_flags(t, f, (unsigned)a[2]);
		break;
	case LX_F_GETLK:
	case LX_F_SETLK:
	case LX_F_SETLKW:
	case LX_F_OFD_GETLK:
	case LX_F_OFD_SETLK:
	case LX_F_OFD_SETLKW:
		r = file_lock(t, f, cmd, a[2]);
		break;
	case LX_F_GETOWN:
		r = 0;
		break;
	case LX_F_GETPIPE_SZ:
		r = f->kind == FILE_PIPE ? (long)PIPE_SIZE : -LX_EBADF;
		break;
	default:
		r = -LX_EINVAL;
	}
	file_put(f);
	return r;
}

long sys_ioctl(struct thread *t, const uint64_t *a)
{
	struct file *f = fd_get(t, (int)a[0]);
	int on;
	long r;

	if (!f)
		return -LX_EBADF;
	switch ((unsigned)a[1]) {
	case LX_FIONBIO:
		r = user_get(t, &on, a[2], sizeof(on));
		if (r == 0)
			r = set_flags(t, f,
				      on ? f->flags | LX_O_NONBLOCK
					 : f->flags & ~(unsigned)LX_O_NONBLOCK);
		break;
	case LX_FIOCLEX:
	case LX_FIONCLEX:
		r = fd_cloexec(t, (int)a[0], (unsigned)a[1] == LX_FIOCLEX);
		r = r < 0 ? r : 0;
		break;
	default:
		r = f->ops->ioctl && !(f->flags & LX_O_PATH)
			    ? f->ops->ioctl(t, f, (unsigned)a[1], a[2])
			    : -LX_ENOTTY;
	}
	file_put(f);
	return r;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes: the stream that FIFOs share (pipe.h), and pipe(2). */
#include "kern/pipe.h"

#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/copy.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "kern/syscall.h"

struct pipe *pipe_alloc(void)
{
	struct pipe *p = kmem_zalloc(sizeof(*p));

	if (p == NULL)
		return NULL;
	p->p_buf = kmem_alloc(PIPE_SIZE);
	if (p->p_buf == NULL) {
		kmem_free(p, sizeof(*p));
		return NULL;
	}
	mutex_init(&p->p_lock);
	cv_init(&p->p_rcv);
	cv_init(&p->p_wcv);
	cv_init(&p->p_opencv);
	selinit(&p->p_rsel);
	selinit(&p->p_wsel);
	clock_realtime(&p->p_time);
	return p;
}

void pipe_free(struct pipe *p)
{
	seldestroy(&p->p_rsel);
	seldestroy(&p->p_wsel);
	cv_destroy(&p->p_rcv);
	cv_destroy(&p->p_wcv);
	cv_destroy(&p->p_opencv);
	mutex_destroy(&p->p_lock);
	kmem_free(p->p_buf, PIPE_SIZE);
	kmem_free(p, sizeof(*p));
}

int pipe_read(struct pipe *p, struct uio *uio, bool nonblock)
{
	int error = 0;

	if (uio->uio_resid == 0)
		return 0;
	mutex_enter(&p->p_lock);
	while (p->p_len == 0 && p->p_writers != 0 && error == 0)
		error = nonblock ? RUMP_EAGAIN : cv_wait_sig(&p->p_rcv, &p->p_lock);
	if (p->p_len != 0)
		error = 0;
	while (error == 0 && p->p_len != 0 && uio->uio_resid != 0) {
		size_t n = PIPE_SIZE - p->p_head, had = uio->uio_resid;

		if (n > p->p_len)
			n = p->p_len;
		error = uiomove(p->p_buf + p->p_head, n, uio);
		n = had - uio->uio_resid;
		p->p_head = (p->p_head + n) % PIPE_SIZE;
		p->p_len -= n;
	}
	if (PIPE_SIZE - p->p_len >= PIPE_BUF) {
		cv_broadcast(&p->p_wcv);
		selnotify(&p->p_wsel, 0);
	}
	if (p->p_len != 0)
		cv_signal(&p->p_rcv); /* there may be data for another reader */
	mutex_exit(&p->p_lock);
	return error;
}

int pipe_write(struct pipe *p, struct uio *uio, bool nonblock)
{
	size_t atomic = uio->uio_resid <= PIPE_BUF ? uio->uio_resid : 1;
	int error = 0;

	mutex_enter(&p->p_lock);
	while (uio->uio_resid != 0 && error == 0) {
		size_t tail, n, had = uio->uio_resid;

		if (p->p_readers == 0) {
			error = RUMP_EPIPE;
			break;
		}
		if (PIPE_SIZE - p->p_len < atomic) {
			error = nonblock ? RUMP_EAGAIN : cv_wait_sig(&p->p_wcv, &p->p_lock);
			continue;
		}
		tail = (p->p_head + p->p_len) % PIPE_SIZE;
		n = tail >= p->p_head ? PIPE_SIZE - tail : p->p_head - tail;
		if (p->p_len == PIPE_SIZE)
			n = 0;
		error = uiomove(p->p_buf + tail, n, uio);
		n = had - uio->uio_resid;
		p->p_len += n;
		atomic = atomic > n ? atomic - n : 1;
		if (n != 0) {
			cv_signal(&p->p_rcv);
			selnotify(&p->p_rsel, 0);
		}
	}
	clock_realtime(&p->p_time);
	mutex_exit(&p->p_lock);
	return error;
}

int pipe_poll(struct pipe *p, int events, unsigned fflag)
{
	int revents = 0;

	mutex_enter(&p->p_lock);
	if (fflag & FREAD) {
		if (p->p_len != 0)
			revents |= events & (RUMP_POLLIN | RUMP_POLLRDNORM);
		if (p->p_writers == 0 && p->p_wopens != 0)
			revents |= RUMP_POLLHUP;
	}
	if (fflag & FWRITE) {
		if (p->p_readers == 0)
			revents |= RUMP_POLLERR;
		else if (PIPE_SIZE - p->p_len >= PIPE_BUF)
			revents |= events & RUMP_POLLOUT;
	}
	if (revents == 0) {
		if (fflag & FREAD)
			selrecord(curlwp, &p->p_rsel);
		if (fflag & FWRITE)
			selrecord(curlwp, &p->p_wsel);
	}
	mutex_exit(&p->p_lock);
	return revents;
}

int pipe_ioctl(struct pipe *p, unsigned long req, void *data)
{
	if (req != RUMP_FIONREAD)
		return RUMP_ENOTTY;
	mutex_enter(&p->p_lock);
	memcpy(data, &(int){(int)p->p_len}, sizeof(int));
	mutex_exit(&p->p_lock);
	return 0;
}

static bool pipe_event(struct knote *kn, unsigned hint)
{
	struct pipe *p = kn->kn_hook;
	bool holds;

	if ((hint & KN_LOCKED) == 0)
		mutex_enter(&p->p_lock);
	if (kn->kn_filter == RUMP_EVFILT_READ) {
		kn->kn_data = (int64_t)p->p_len;
		holds = p->p_len >= (kn->kn_sfflags & RUMP_NOTE_LOWAT && kn->kn_sdata > 0
					     ? (size_t)kn->kn_sdata
					     : 1);
		if (p->p_writers == 0 && p->p_wopens != 0) {
			kn->kn_flags |= RUMP_EV_EOF;
			holds = true;
		} else {
			kn->kn_flags &= ~RUMP_EV_EOF;
		}
	} else {
		kn->kn_data = (int64_t)(PIPE_SIZE - p->p_len);
		holds = kn->kn_data >= PIPE_BUF;
		if (p->p_readers == 0) {
			kn->kn_flags |= RUMP_EV_EOF;
			holds = true;
		}
	}
	if ((hint & KN_LOCKED) == 0)
		mutex_exit(&p->p_lock);
	return holds;
}

static const struct filterops pipe_filtops = {
	.f_isfd = true, .f_detach = selinfo_detach, .f_event = pipe_event};

int pipe_kqfilter(struct pipe *p, struct knote *kn)
{
	if (kn->kn_filter == RUMP_EVFILT_READ && kn->kn_file->f_flag & FREAD)
		selinfo_attach(&p->p_rsel, kn);
	else if (kn->kn_filter == RUMP_EVFILT_WRITE && kn->kn_file->f_flag & FWRITE)
		selinfo_attach(&p->p_wsel, kn);
	else
		return RUMP_EINVAL;
	kn->kn_fop = &pipe_filtops;
	kn->kn_hook = p;
	return 0;
}

void pipe_detach(struct pipe *p, unsigned fflag)
{
	mutex_enter(&p->p_lock);
	if (fflag & FREAD)
		p->p_readers--;
	if (fflag & FWRITE)
		p->p_writers--;
	if (p->p_readers == 0) {
		cv_broadcast(&p->p_wcv);
		selnotify(&p->p_wsel, 0);
	}
	if (p->p_writers == 0) {
		cv_broadcast(&p->p_rcv);
		selnotify(&p->p_rsel, 0);
	}
	if (p->p_readers == 0 && p->p_writers == 0)
		p->p_head = p->p_len = 0;
	mutex_exit(&p->p_lock);
}

/* pipe(2)'s two files. */

static int pipefile_read(struct file *fp, int64_t *off, struct uio *uio)
{
	(void)off;
	return pipe_read(fp->f_data, uio, (fp->f_flag & RUMP_O_NONBLOCK) != 0);
}

static int pipefile_write(struct file *fp, int64_t *off, struct uio *uio)
{
	(void)off;
	return pipe_write(fp->f_data, uio, (fp->f_flag & RUMP_O_NONBLOCK) != 0);
}

static int pipefile_ioctl(struct file *fp, unsigned long req, void *data)
{
	return pipe_ioctl(fp->f_data, req, data);
}

static int pipefile_poll(struct file *fp, int events)
{
	return pipe_poll(fp->f_data, events, fp->f_flag);
}

static int pipefile_kqfilter(struct file *fp, struct knote *kn)
{
	return pipe_kqfilter(fp->f_data, kn);
}

static int pipefile_stat(struct file *fp, struct rump_stat *st)
{
	struct pipe *p = fp->f_data;

	mutex_enter(&p->p_lock);
	st->st_mode = RUMP_S_IFIFO | 0600;
	st->st_nlink = 1;
	st->st_uid = curlwp->l_cred->cr_euid;
	st->st_gid = curlwp->l_cred->cr_egid;
	st->st_size = (int64_t)p->p_len;
	st->st_blksize = PIPE_BUF;
	st->st_atim = st->st_mtim = st->st_ctim = p->p_time;
	mutex_exit(&p->p_lock);
	return 0;
}

static int pipefile_close(struct file *fp)
{
	struct pipe *p = fp->f_data;
	bool last;

	pipe_detach(p, fp->f_flag);
	mutex_enter(&p->p_lock);
	/* Two sides that close at once may both find none open: the count of closes decides. */
	last = --p->p_ropens == 0;
	mutex_exit(&p->p_lock);
	if (last)
		pipe_free(p);
	return 0;
}

static const struct fileops pipe_fileops = {
	.fo_name = "pipe",
	.fo_read = pipefile_read,
	.fo_write = pipefile_write,
	.fo_ioctl = pipefile_ioctl,
	.fo_poll = pipefile_poll,
	.fo_stat = pipefile_stat,
	.fo_kqfilter = pipefile_kqfilter,
	.fo_close = pipefile_close,
};

static void pipe_setfile(struct file *fp, struct pipe *p, unsigned flag)
{
	fp->f_type = DTYPE_PIPE;
	fp->f_ops = &pipe_fileops;
	fp->f_data = p;
	fp->f_flag = flag;
}

static int pipe_make(struct lwp *l, int flags, int fds[2])
{
	struct file *rfp, *wfp;
	struct pipe *p;
	int error;

	if ((flags & ~(RUMP_O_CLOEXEC | RUMP_O_NONBLOCK | RUMP_O_NOSIGPIPE)) != 0)
		return RUMP_EINVAL;
	p = pipe_alloc();
	if (p == NULL)
		return RUMP_ENOMEM;
	error = fd_allocfile(l, &rfp, &fds[0]);
	if (error == 0) {
		error = fd_allocfile(l, &wfp, &fds[1]);
		if (error != 0)
			fd_abort(l, rfp, fds[0]);
	}
	if (error != 0) {
		pipe_free(p);
		return error;
	}
	p->p_readers = p->p_writers = p->p_wopens = 1;
	p->p_ropens = 2; /* the two files of pipe(2) */
	pipe_setfile(rfp, p, FREAD | (flags & RUMP_O_NONBLOCK));
	pipe_setfile(wfp, p, FWRITE | (flags & (RUMP_O_NONBLOCK | RUMP_O_NOSIGPIPE)));
	fd_affix(l, rfp, fds[0], (flags & RUMP_O_CLOEXEC) != 0);
	fd_affix(l, wfp, fds[1], (flags & RUMP_O_CLOEXEC) != 0);
	return 0;
}

static int sys_pipe(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int fds[2], error = pipe_make(l, 0, fds);

	(void)arg;
	if (error == 0) {
		retval[0] = fds[0];
		retval[1] = fds[1];
	}
	return error;
}
RUMP_SYSCALL(pipe, RUMP_SYS_pipe, sys_pipe);

static int sys_pipe2(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int fds[2], error = pipe_make(l, (int)arg[1], fds);

	(void)retval;
	if (error != 0)
		return error;
	error = copyout(fds, ARG_PTR(void *, arg[0]), sizeof(fds));
	if (error != 0) {
		fd_close(l, fds[0]);
		fd_close(l, fds[1]);
	}
	return error;
}
RUMP_SYSCALL(pipe2, RUMP_SYS_pipe2, sys_pipe2);

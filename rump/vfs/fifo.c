/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Named pipes. The pipe exists while the FIFO is open; v_special holds it, with the number of opens
 * under way or done. An open waits for the other side. A side that was opened and closed while it
 * waited counts as well (p_ropens, p_wopens).
 */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/pipe.h"
#include "kern/printf.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

struct fifo {
	struct pipe *ff_pipe;
	unsigned ff_refs;
};

static struct vnode *fifo_vnode(struct file *fp)
{
	return fp->f_data;
}

static struct pipe *fifo_pipe(struct file *fp)
{
	return ((struct fifo *)fifo_vnode(fp)->v_special)->ff_pipe;
}

static int fifo_get(struct vnode *vp, struct fifo **ffp)
{
	struct fifo *ff;
	int error = 0;

	vlock(vp);
	ff = vp->v_special;
	if (ff == NULL) {
		ff = kmem_zalloc(sizeof(*ff));
		if (ff != NULL && (ff->ff_pipe = pipe_alloc()) == NULL) {
			kmem_free(ff, sizeof(*ff));
			ff = NULL;
		}
		vp->v_special = ff;
	}
	if (ff != NULL)
		ff->ff_refs++;
	else
		error = RUMP_ENOMEM;
	vunlock(vp);
	*ffp = ff;
	return error;
}

static void fifo_put(struct vnode *vp)
{
	struct fifo *ff = vp->v_special;

	vlock(vp);
	if (--ff->ff_refs == 0) {
		vp->v_special = NULL;
		pipe_free(ff->ff_pipe);
		kmem_free(ff, sizeof(*ff));
	}
	vunlock(vp);
}

static int fifo_read(struct file *fp, int64_t *off, struct uio *uio)
{
	(void)off;
	return pipe_read(fifo_pipe(fp), uio, (fp->f_flag & RUMP_O_NONBLOCK) != 0);
}

static int fifo_write(struct file *fp, int64_t *off, struct uio *uio)
{
	(void)off;
	return pipe_write(fifo_pipe(fp), uio, (fp->f_flag & RUMP_O_NONBLOCK) != 0);
}

static int fifo_ioctl(struct file *fp, unsigned long req, void *data)
{
	return pipe_ioctl(fifo_pipe(fp), req, data);
}

static int fifo_poll(struct file *fp, int events)
{
	return pipe_poll(fifo_pipe(fp), events, fp->f_flag);
}

static int fifo_kqfilter(struct file *fp, struct knote *kn)
{
	return pipe_kqfilter(fifo_pipe(fp), kn);
}

static int fifo_stat(struct file *fp, struct rump_stat *st)
{
	return vn_stat(fifo_vnode(fp), st);
}

static int fifo_close(struct file *fp)
{
	struct vnode *vp = fifo_vnode(fp);

	pipe_detach(fifo_pipe(fp), fp->f_flag);
	fifo_put(vp);
	vrele(vp);
	return 0;
}

static const struct fileops fifo_fileops = {
	.fo_name = "fifo",
	.fo_read = fifo_read,
	.fo_write = fifo_write,
	.fo_ioctl = fifo_ioctl,
	.fo_poll = fifo_poll,
	.fo_stat = fifo_stat,
	.fo_kqfilter = fifo_kqfilter,
	.fo_close = fifo_close,
};

int fifo_open(struct vnode *vp, struct file *fp, unsigned fflag)
{
	bool nonblock = (fflag & RUMP_O_NONBLOCK) != 0;
	struct fifo *ff;
	struct pipe *p;
	unsigned seen;
	int error = fifo_get(vp, &ff);

	if (error != 0)
		return error;
	p = ff->ff_pipe;
	mutex_enter(&p->p_lock);
	if ((fflag & (FREAD | FWRITE)) == FWRITE && nonblock && p->p_readers == 0) {
		error = RUMP_ENXIO;
	} else {
		if (fflag & FREAD) {
			p->p_readers++;
			p->p_ropens++;
		}
		if (fflag & FWRITE) {
			p->p_writers++;
			p->p_wopens++;
		}
		cv_broadcast(&p->p_opencv);
		seen = fflag & FREAD ? p->p_wopens : p->p_ropens;
		if ((fflag & (FREAD | FWRITE)) == FREAD)
			while (error == 0 && !nonblock && p->p_writers == 0 && p->p_wopens == seen)
				error = cv_wait_sig(&p->p_opencv, &p->p_lock);
		else if ((fflag & (FREAD | FWRITE)) == FWRITE)
			while (error == 0 && p->p_readers == 0 && p->p_ropens == seen)
				error = cv_wait_sig(&p->p_opencv, &p->p_lock);
	}
	mutex_exit(&p->p_lock);
	if (error != 0) {
		if (error != RUMP_ENXIO)
			pipe_detach(p, fflag);
		fifo_put(vp);
		return error;
	}
	fp->f_type = DTYPE_PIPE;
	fp->f_ops = &fifo_fileops;
	fp->f_data = vp;
	fp->f_seekable = false;
	return 0;
}

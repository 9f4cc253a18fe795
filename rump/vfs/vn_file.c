/* SPDX-License-Identifier: BSD-2-Clause */
/* Open files that are vnodes. */
#include <rump/errno.h>

#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

struct vnode *file_vnode(struct file *fp)
{
	return fp->f_data;
}

static int vn_read(struct file *fp, int64_t *off, struct uio *uio)
{
	struct vnode *vp = file_vnode(fp);
	int error;

	if (vp->v_type == VDIR)
		return RUMP_EISDIR;
	if (uio->uio_resid == 0)
		return 0;
	if (uio->uio_resid > (uint64_t)(INT64_MAX - *off))
		return RUMP_EINVAL;
	uio->uio_offset = *off;
	vlock_shared(vp);
	error = vp->v_ops->vop_read(vp, uio, 0);
	vunlock(vp);
	*off = uio->uio_offset;
	return error;
}

/* A write by anyone but the superuser clears the set-id bits. vp locked. */
static int clear_setid(struct vnode *vp)
{
	struct vattr va;

	if ((vp->v_mode & (RUMP_S_ISUID | RUMP_S_ISGID)) == 0 || cred_issuser(curlwp->l_cred))
		return 0;
	vattr_null(&va);
	va.va_mode = vp->v_mode & ~(rump_mode_t)(RUMP_S_ISUID | RUMP_S_ISGID);
	return vp->v_ops->vop_setattr(vp, &va);
}

static int vn_write(struct file *fp, int64_t *off, struct uio *uio)
{
	uint64_t limit = curproc->p_rlimit[RUMP_RLIMIT_FSIZE].rlim_cur;
	struct vnode *vp = file_vnode(fp);
	unsigned flag = fp->f_flag;
	int ioflag = 0, error;

	if (flag & RUMP_O_APPEND && off == &fp->f_offset)
		ioflag |= IO_APPEND;
	if (flag & RUMP_O_SYNC || vp->v_mount->mnt_flag & RUMP_MNT_SYNCHRONOUS)
		ioflag |= IO_SYNC;
	else if (flag & RUMP_O_DSYNC)
		ioflag |= IO_DSYNC;
	if (uio->uio_resid == 0)
		return 0;
	if (uio->uio_resid > (uint64_t)(INT64_MAX - *off))
		return RUMP_EFBIG;
	if (limit != RUMP_RLIM_INFINITY && (uint64_t)*off + uio->uio_resid > limit)
		return RUMP_EFBIG;
	uio->uio_offset = *off;
	vlock(vp);
	error = mount_rdonly(vp->v_mount) ? RUMP_EROFS : clear_setid(vp);
	if (error == 0)
		error = vp->v_ops->vop_write(vp, uio, ioflag);
	if (error == 0 && ioflag & (IO_SYNC | IO_DSYNC))
		error = vp->v_ops->vop_fsync(vp,
					     FSYNC_WAIT | (ioflag & IO_SYNC ? 0 : FSYNC_DATAONLY));
	vunlock(vp);
	*off = uio->uio_offset;
	return error;
}

int vn_stat(struct vnode *vp, struct rump_stat *st)
{
	struct vattr va = {0};
	int error;

	vlock_shared(vp);
	error = vp->v_ops->vop_getattr(vp, &va);
	vunlock(vp);
	if (error != 0)
		return error;
	*st = (struct rump_stat){
		.st_dev = mount_dev(vp->v_mount),
		.st_mode = mode_of_vtype(vp->v_type) | va.va_mode,
		.st_ino = va.va_fileid,
		.st_nlink = va.va_nlink,
		.st_uid = va.va_uid,
		.st_gid = va.va_gid,
		.st_rdev = vp->v_type == VBLK || vp->v_type == VCHR ? va.va_rdev : 0,
		.st_atim = va.va_atime,
		.st_mtim = va.va_mtime,
		.st_ctim = va.va_ctime,
		.st_birthtim = va.va_birthtime,
		.st_size = va.va_size,
		.st_blocks = (int64_t)((va.va_bytes + 511) / 512),
		.st_blksize = va.va_blocksize,
		.st_flags = va.va_flags,
		.st_gen = va.va_gen,
	};
	return 0;
}

static int vn_fstat(struct file *fp, struct rump_stat *st)
{
	return vn_stat(file_vnode(fp), st);
}

static int vn_seek_hole(struct vnode *vp, int64_t size, int64_t *offp, bool hole)
{
	if (*offp < 0 || *offp >= size)
		return RUMP_ENXIO;
	if (vp->v_ops->vop_seek_hole != NULL)
		return vp->v_ops->vop_seek_hole(vp, offp, hole);
	if (hole)
		*offp = size;
	return 0;
}

static int vn_seek(struct file *fp, int64_t delta, int whence, int64_t *newoff)
{
	struct vnode *vp = file_vnode(fp);
	struct vattr va = {0};
	int64_t base = 0;
	int error = 0;

	switch (whence) {
	case RUMP_SEEK_SET:
		break;
	case RUMP_SEEK_CUR:
		base = fp->f_offset;
		break;
	case RUMP_SEEK_END:
	case RUMP_SEEK_DATA:
	case RUMP_SEEK_HOLE:
		vlock_shared(vp);
		error = vp->v_ops->vop_getattr(vp, &va);
		if (error == 0 && whence != RUMP_SEEK_END)
			error = vn_seek_hole(vp, va.va_size, &delta, whence == RUMP_SEEK_HOLE);
		vunlock(vp);
		base = whence == RUMP_SEEK_END ? va.va_size : 0;
		break;
	default:
		return RUMP_EINVAL;
	}
	if (error != 0)
		return error;
	if (__builtin_add_overflow(base, delta, newoff))
		return RUMP_EOVERFLOW;
	return *newoff < 0 ? RUMP_EINVAL : 0;
}

static int vn_ioctl(struct file *fp, unsigned long req, void *data)
{
	struct vnode *vp = file_vnode(fp);
	struct rump_stat st;
	int error, ready;

	if (req == RUMP_FIONREAD && vp->v_type == VREG) {
		error = vn_stat(vp, &st);
		if (error != 0)
			return error;
		ready = st.st_size > fp->f_offset ? (int)(st.st_size - fp->f_offset > INT32_MAX
								  ? INT32_MAX
								  : st.st_size - fp->f_offset)
						  : 0;
		memcpy(data, &ready, sizeof(ready));
		return 0;
	}
	return vp->v_ops->vop_ioctl != NULL ? vp->v_ops->vop_ioctl(vp, req, data) : RUMP_ENOTTY;
}

static int vn_close(struct file *fp)
{
	struct vnode *vp = file_vnode(fp);
	int error = 0;

	lockf_release_file(vp, fp);
	if (fp->f_flag & FWRITE)
		atomic_fetch_sub(&vp->v_writecount, 1);
	if (vp->v_ops->vop_close != NULL)
		error = vp->v_ops->vop_close(vp, fp->f_flag);
	vrele(vp);
	return error;
}

const struct fileops vnode_fileops = {
	.fo_name = "vnode",
	.fo_read = vn_read,
	.fo_write = vn_write,
	.fo_ioctl = vn_ioctl,
	.fo_stat = vn_fstat,
	.fo_kqfilter = always_kqfilter,
	.fo_seek = vn_seek,
	.fo_lock = lockf_fcntl,
	.fo_close = vn_close,
};

int vn_truncate(struct vnode *vp, int64_t size)
{
	struct vattr va;
	int error;

	if (size < 0)
		return RUMP_EINVAL;
	if (vp->v_type == VDIR)
		return RUMP_EISDIR;
	if (vp->v_type != VREG)
		return RUMP_EINVAL;
	if (mount_rdonly(vp->v_mount))
		return RUMP_EROFS;
	vattr_null(&va);
	va.va_size = size;
	vlock(vp);
	error = clear_setid(vp);
	if (error == 0)
		error = vp->v_ops->vop_setattr(vp, &va);
	vunlock(vp);
	return error;
}

int vn_fsync(struct vnode *vp, int flags)
{
	int error;

	if (mount_rdonly(vp->v_mount))
		return 0;
	vlock(vp);
	error = vp->v_ops->vop_fsync(vp, flags);
	vunlock(vp);
	return error;
}

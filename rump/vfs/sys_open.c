/* SPDX-License-Identifier: BSD-2-Clause */
/* open and openat, and how system calls look paths up. */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* As SYMLINKS_MAX in lookup.c. */
#define CREATE_LINKS_MAX 32

int path_in(const void *upath, char **bufp)
{
	char *buf = kmem_alloc(RUMP_PATH_MAX);
	int error;

	if (buf == NULL)
		return RUMP_ENOMEM;
	error = copyinstr(upath, buf, RUMP_PATH_MAX, NULL);
	if (error != 0)
		kmem_free(buf, RUMP_PATH_MAX);
	else
		*bufp = buf;
	return error;
}

void path_free(char *buf)
{
	kmem_free(buf, RUMP_PATH_MAX);
}

/* The directory where a relative path starts, referenced; NULL: the working directory. */
int at_start(struct lwp *l, int fd, const char *path, struct vnode **startp)
{
	struct file *fp;
	int error = 0;

	*startp = NULL;
	if (fd == RUMP_AT_FDCWD || path[0] == '/')
		return 0;
	error = fd_getfile_type(l, fd, DTYPE_VNODE, RUMP_ENOTDIR, &fp);
	if (error != 0)
		return error;
	if (file_vnode(fp)->v_type != VDIR) {
		error = RUMP_ENOTDIR;
	} else {
		*startp = file_vnode(fp);
		vref(*startp);
	}
	file_release(fp);
	return error;
}

int namei_at(struct lwp *l, int fd, const void *upath, unsigned flags, struct nameidata *nd,
	     char **bufp)
{
	struct vnode *start;
	int error = path_in(upath, bufp);

	if (error != 0)
		return error;
	error = at_start(l, fd, *bufp, &start);
	if (error == 0) {
		error = namei(l, start, *bufp, flags, nd);
		if (start != NULL)
			vrele(start);
	}
	if (error != 0)
		path_free(*bufp);
	return error;
}

/* Make the regular file that nd names; dvp is locked. */
static int create_file(struct lwp *l, struct vnode *dvp, const struct componentname *cn,
		       rump_mode_t mode, struct vnode **vpp)
{
	struct vattr va;
	int error;

	if (mount_rdonly(dvp->v_mount))
		return RUMP_EROFS;
	error = vaccess(dvp, VWRITE, l->l_cred);
	if (error != 0)
		return error;
	vattr_null(&va);
	va.va_type = VREG;
	va.va_mode =
		mode & RUMP_ALLPERMS & ~l->l_proc->p_cwdi->cwdi_umask & ~(rump_mode_t)RUMP_S_ISVTX;
	va.va_uid = l->l_cred->cr_euid;
	va.va_gid = dvp->v_mode & RUMP_S_ISGID ? dvp->v_gid : l->l_cred->cr_egid;
	if (dvp->v_ops->vop_create == NULL)
		return RUMP_EOPNOTSUPP;
	error = dvp->v_ops->vop_create(dvp, cn, &va, vpp);
	if (error == 0)
		namecache_enter(dvp, cn, *vpp);
	return error;
}

/*
 * O_CREAT: the existing file, or a new one. A symbolic link as the last component is followed by
 * looking up its target as a place to create, so a dangling link creates the file that it names.
 */
static int open_create(struct lwp *l, struct vnode *start, const char *path, int flags,
		       rump_mode_t mode, struct vnode **vpp, bool *createdp)
{
	struct nameidata nd;
	struct vnode *vp;
	char *target = NULL;
	int error;

	for (unsigned links = 0;; links++) {
		struct rump_iovec iov;
		struct uio uio;

		error = namei(l, start, path, NAMEI_PARENT, &nd);
		if (error != 0)
			break;
		if (nd.nd_isroot || nd.nd_mustdir) {
			error = flags & RUMP_O_EXCL && nd.nd_isroot ? RUMP_EEXIST : RUMP_EISDIR;
			break;
		}
		vlock(nd.nd_dvp);
		error = dir_lookup(nd.nd_dvp, &nd.nd_cn, &vp);
		if (error == RUMP_ENOENT) {
			error = create_file(l, nd.nd_dvp, &nd.nd_cn, mode, &vp);
			*createdp = error == 0;
		}
		vunlock(nd.nd_dvp);
		if (error != 0)
			break;
		if (!*createdp && flags & RUMP_O_EXCL) {
			vrele(vp);
			error = RUMP_EEXIST;
			break;
		}
		if (vp->v_type != VLNK || flags & RUMP_O_NOFOLLOW) {
			*vpp = mount_cross(vp);
			break;
		}
		if (target == NULL && (target = kmem_alloc(RUMP_PATH_MAX)) == NULL) {
			vrele(vp);
			error = RUMP_ENOMEM;
			break;
		}
		uio_kernel(&uio, &iov, target, RUMP_PATH_MAX - 1, 0, UIO_READ);
		vlock_shared(vp);
		error = vp->v_ops->vop_readlink(vp, &uio);
		vunlock(vp);
		vrele(vp);
		target[RUMP_PATH_MAX - 1 - uio.uio_resid] = '\0';
		if (error == 0 && links >= CREATE_LINKS_MAX)
			error = RUMP_ELOOP;
		if (error != 0)
			break;
		if (start != NULL)
			vrele(start);
		start = nd.nd_dvp;
		nd.nd_dvp = NULL;
		path = target;
		namei_done(&nd);
	}
	namei_done(&nd);
	if (start != NULL)
		vrele(start);
	if (target != NULL)
		kmem_free(target, RUMP_PATH_MAX);
	return error;
}

/* Whether the caller may open vp with these flags. */
static int open_check(struct lwp *l, struct vnode *vp, int flags, unsigned fflag, bool created)
{
	unsigned how = 0;

	if (vp->v_type == VLNK)
		return RUMP_ELOOP;
	if (vp->v_type == VSOCK)
		return RUMP_EOPNOTSUPP;
	if (flags & RUMP_O_DIRECTORY && vp->v_type != VDIR)
		return RUMP_ENOTDIR;
	if (vp->v_type == VDIR && (fflag & FWRITE || flags & (RUMP_O_TRUNC | RUMP_O_CREAT)))
		return RUMP_EISDIR;
	if ((vp->v_type == VBLK || vp->v_type == VCHR) && vp->v_mount->mnt_flag & RUMP_MNT_NODEV)
		return RUMP_ENXIO;
	if (created)
		return 0;
	if ((fflag & FWRITE || flags & RUMP_O_TRUNC) && vp->v_type == VREG &&
	    mount_rdonly(vp->v_mount))
		return RUMP_EROFS;
	if (fflag & FREAD)
		how |= VREAD;
	if (fflag & FWRITE || flags & RUMP_O_TRUNC)
		how |= VWRITE;
	return vaccess(vp, how, l->l_cred);
}

/* Make fp an open of vp, which takes the reference unless this fails. */
static int open_vnode(struct lwp *l, struct vnode *vp, struct file *fp, int flags, unsigned fflag,
		      bool created)
{
	int error = 0;

	fp->f_type = DTYPE_VNODE;
	fp->f_data = vp;
	fp->f_ops = &vnode_fileops;
	fp->f_seekable = true;
	fp->f_flag = fflag & (FREAD | FWRITE | FSETFL_MASK);
	if (vp->v_type == VBLK || vp->v_type == VCHR)
		return spec_open(vp, fp, fflag);
	if (vp->v_type == VFIFO)
		return fifo_open(vp, fp, fflag);
	if (vp->v_ops->vop_open != NULL) {
		vlock_shared(vp);
		error = vp->v_ops->vop_open(vp, fflag, l->l_cred);
		vunlock(vp);
	}
	if (error == 0 && flags & RUMP_O_TRUNC && vp->v_type == VREG && !created)
		error = vn_truncate(vp, 0);
	if (error == 0 && fflag & FWRITE)
		atomic_fetch_add(&vp->v_writecount, 1);
	return error;
}

static int open_at(struct lwp *l, int fd, const void *upath, int flags, rump_mode_t mode,
		   rump_register_t *retval)
{
	unsigned fflag = FFLAGS(flags);
	struct vnode *start = NULL, *vp = NULL;
	bool created = false;
	struct nameidata nd;
	struct file *fp;
	char *path;
	int newfd, error;

	if ((flags & RUMP_O_ACCMODE) == RUMP_O_ACCMODE)
		return RUMP_EINVAL;
	error = path_in(upath, &path);
	if (error != 0)
		return error;
	error = fd_allocfile(l, &fp, &newfd);
	if (error != 0) {
		path_free(path);
		return error;
	}
	error = at_start(l, fd, path, &start);
	if (error == 0 && flags & RUMP_O_CREAT) {
		error = open_create(l, start, path, flags, mode, &vp, &created);
		start = NULL;
	} else if (error == 0) {
		error = namei(l, start, path, flags & RUMP_O_NOFOLLOW ? 0 : NAMEI_FOLLOW, &nd);
		if (error == 0) {
			vp = nd.nd_vp;
			nd.nd_vp = NULL;
			namei_done(&nd);
		}
	}
	if (start != NULL)
		vrele(start);
	path_free(path);
	if (error == 0)
		error = open_check(l, vp, flags, fflag, created);
	if (error == 0)
		error = open_vnode(l, vp, fp, flags, fflag, created);
	if (error == 0 && flags & (RUMP_O_SHLOCK | RUMP_O_EXLOCK)) {
		int how = flags & RUMP_O_EXLOCK ? RUMP_LOCK_EX : RUMP_LOCK_SH;

		error = lockf_flock(vp, fp, how | (flags & RUMP_O_NONBLOCK ? RUMP_LOCK_NB : 0));
		if (error != 0 && fflag & FWRITE)
			atomic_fetch_sub(&vp->v_writecount, 1);
	}
	if (error != 0) {
		if (vp != NULL)
			vrele(vp);
		fd_abort(l, fp, newfd);
		return error;
	}
	fd_affix(l, fp, newfd, (flags & RUMP_O_CLOEXEC) != 0);
	retval[0] = newfd;
	return 0;
}

static int sys_open(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return open_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), (int)arg[1], (rump_mode_t)arg[2],
		       retval);
}
RUMP_SYSCALL(open, RUMP_SYS_open, sys_open);

static int sys_openat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return open_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), (int)arg[2], (rump_mode_t)arg[3],
		       retval);
}
RUMP_SYSCALL(openat, RUMP_SYS_openat, sys_openat);

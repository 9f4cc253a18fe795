/* SPDX-License-Identifier: BSD-2-Clause */
/* A process's working directory, root and umask; getcwd, chdir, chroot. */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* A process made before the root was mounted has no directory; its first child gets the root. */
static int cwd_fork(struct proc *p, struct proc *parent)
{
	struct cwdinfo *cwdi = kmem_zalloc(sizeof(*cwdi)), *from = parent->p_cwdi;

	if (cwdi == NULL)
		return RUMP_ENOMEM;
	rw_init(&cwdi->cwdi_lock);
	cwdi->cwdi_umask = 022;
	cwdi->cwdi_cdir = rootvnode;
	if (from != NULL) {
		rw_rlock(&from->cwdi_lock);
		cwdi->cwdi_cdir = from->cwdi_cdir;
		cwdi->cwdi_rdir = from->cwdi_rdir;
		cwdi->cwdi_umask = from->cwdi_umask;
	}
	vref(cwdi->cwdi_cdir);
	if (cwdi->cwdi_rdir != NULL)
		vref(cwdi->cwdi_rdir);
	if (from != NULL)
		rw_unlock(&from->cwdi_lock);
	p->p_cwdi = cwdi;
	return 0;
}

static void cwd_release(struct proc *p)
{
	struct cwdinfo *cwdi = p->p_cwdi;

	if (cwdi == NULL)
		return;
	p->p_cwdi = NULL;
	vrele(cwdi->cwdi_cdir);
	if (cwdi->cwdi_rdir != NULL)
		vrele(cwdi->cwdi_rdir);
	rw_destroy(&cwdi->cwdi_lock);
	kmem_free(cwdi, sizeof(*cwdi));
}

/* The root exists: processes 0 and 1, and all later ones, start there. */
void cwd_bootstrap(void)
{
	struct proc *init = proc_find(1);

	if (cwd_fork(&proc0, &proc0) != 0 || cwd_fork(init, &proc0) != 0)
		panic("no memory for the working directory");
	proc_vfs_init = cwd_fork;
	proc_vfs_release = cwd_release;
}

struct vnode *cwd_root(struct lwp *l)
{
	struct cwdinfo *cwdi = l->l_proc->p_cwdi;
	struct vnode *root;

	rw_rlock(&cwdi->cwdi_lock);
	root = cwdi->cwdi_rdir != NULL ? cwdi->cwdi_rdir : rootvnode;
	vref(root);
	rw_unlock(&cwdi->cwdi_lock);
	return root;
}

/* Make vp the working directory, or the root. Consumes the reference unless it fails. */
static int cwd_set(struct lwp *l, struct vnode *vp, bool root)
{
	struct cwdinfo *cwdi = l->l_proc->p_cwdi;
	struct vnode *old, *oldroot = NULL;
	int error = vp->v_type != VDIR ? RUMP_ENOTDIR : vaccess(vp, VEXEC, l->l_cred);

	if (error != 0)
		return error;
	if (root)
		vref(vp);
	rw_wlock(&cwdi->cwdi_lock);
	old = cwdi->cwdi_cdir;
	cwdi->cwdi_cdir = vp;
	if (root) {
		oldroot = cwdi->cwdi_rdir;
		cwdi->cwdi_rdir = vp;
	}
	rw_unlock(&cwdi->cwdi_lock);
	vrele(old);
	if (oldroot != NULL)
		vrele(oldroot);
	return 0;
}

static int change_path(struct lwp *l, const void *upath, bool root)
{
	struct nameidata nd;
	char *buf;
	int error;

	error = namei_at(l, RUMP_AT_FDCWD, upath, NAMEI_FOLLOW, &nd, &buf);
	if (error != 0)
		return error;
	error = cwd_set(l, nd.nd_vp, root);
	if (error == 0)
		nd.nd_vp = NULL;
	namei_done(&nd);
	path_free(buf);
	return error;
}

static int change_fd(struct lwp *l, int fd, bool root)
{
	struct file *fp;
	struct vnode *vp;
	int error = fd_getfile_type(l, fd, DTYPE_VNODE, RUMP_ENOTDIR, &fp);

	if (error != 0)
		return error;
	vp = file_vnode(fp);
	vref(vp);
	file_release(fp);
	vp = mount_cross(vp);
	error = cwd_set(l, vp, root);
	if (error != 0)
		vrele(vp);
	return error;
}

static int sys_chdir(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return change_path(l, ARG_PTR(void *, arg[0]), false);
}
RUMP_SYSCALL(chdir, RUMP_SYS_chdir, sys_chdir);

static int sys_fchdir(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return change_fd(l, (int)arg[0], false);
}
RUMP_SYSCALL(fchdir, RUMP_SYS_fchdir, sys_fchdir);

static int sys_chroot(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	if (!cred_issuser(l->l_cred))
		return RUMP_EPERM;
	return change_path(l, ARG_PTR(void *, arg[0]), true);
}
RUMP_SYSCALL(chroot, RUMP_SYS_chroot, sys_chroot);

static int sys_fchroot(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	if (!cred_issuser(l->l_cred))
		return RUMP_EPERM;
	return change_fd(l, (int)arg[0], true);
}
RUMP_SYSCALL(fchroot, RUMP_SYS_fchroot, sys_fchroot);

static int sys_umask(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	retval[0] = atomic_exchange(&l->l_proc->p_cwdi->cwdi_umask, (rump_mode_t)arg[0] & 0777);
	return 0;
}
RUMP_SYSCALL(umask, RUMP_SYS_umask, sys_umask);

/* Put the name of child in front of *bp. *dirp becomes its directory, referenced. */
static int name_in_parent(struct vnode *child, char *buf, char **bp, struct vnode **dirp)
{
	static const struct componentname dotdot = {"..", 2};
	const size_t blocksize = 8192;
	char *block;
	struct vnode *dvp;
	struct readdir rd = {0};
	int error;

	vlock_shared(child);
	error = child->v_ops->vop_lookup(child, &dotdot, &dvp);
	vunlock(child);
	if (error != 0)
		return error;
	block = kmem_alloc(blocksize);
	if (block == NULL) {
		vrele(dvp);
		return RUMP_ENOMEM;
	}
	while (!rd.rd_eof) {
		struct rump_iovec iov;
		struct uio uio;
		size_t got;

		uio_kernel(&uio, &iov, block, blocksize, 0, UIO_READ);
		rd.rd_uio = &uio;
		vlock_shared(dvp);
		error = dvp->v_ops->vop_readdir(dvp, &rd);
		vunlock(dvp);
		got = blocksize - uio.uio_resid;
		if (error != 0 || got == 0)
			break;
		for (size_t off = 0; off < got;) {
			struct rump_dirent *d = (struct rump_dirent *)(block + off);

			off += d->d_reclen;
			if (d->d_fileno != child->v_ino || strcmp(d->d_name, ".") == 0 ||
			    strcmp(d->d_name, "..") == 0)
				continue;
			if (*bp - buf < d->d_namlen + 1) {
				error = RUMP_ERANGE;
			} else {
				*bp -= d->d_namlen;
				memcpy(*bp, d->d_name, d->d_namlen);
				*--*bp = '/';
			}
			kmem_free(block, blocksize);
			if (error != 0)
				vrele(dvp);
			else
				*dirp = dvp;
			return error;
		}
	}
	kmem_free(block, blocksize);
	vrele(dvp);
	return error != 0 ? error : RUMP_ENOENT; /* child was removed */
}

static int sys_getcwd(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct cwdinfo *cwdi = l->l_proc->p_cwdi;
	size_t room = (size_t)arg[1] < RUMP_PATH_MAX ? (size_t)arg[1] : RUMP_PATH_MAX;
	struct vnode *root, *vp, *up;
	char *buf, *bp;
	int error = 0;

	if (room < 2)
		return room == 0 ? RUMP_EINVAL : RUMP_ERANGE;
	buf = kmem_alloc(room);
	if (buf == NULL)
		return RUMP_ENOMEM;
	bp = buf + room - 1;
	*bp = '\0';
	root = cwd_root(l);
	rw_rlock(&cwdi->cwdi_lock);
	vp = cwdi->cwdi_cdir;
	vref(vp);
	rw_unlock(&cwdi->cwdi_lock);
	while (vp != root && error == 0) {
		if (vp->v_isroot) {
			up = vp->v_mount->mnt_covered;
			if (up == NULL)
				break; /* outside the process's root */
			vref(up);
		} else {
			error = name_in_parent(vp, buf, &bp, &up);
			if (error != 0)
				break;
		}
		vrele(vp);
		vp = up;
	}
	if (error == 0 && *bp == '\0')
		*--bp = '/';
	vrele(vp);
	vrele(root);
	if (error == 0) {
		retval[0] = buf + room - bp;
		error = copyout(bp, ARG_PTR(void *, arg[0]), (size_t)(buf + room - bp));
	}
	kmem_free(buf, room);
	return error;
}
RUMP_SYSCALL(getcwd, RUMP_SYS___getcwd, sys_getcwd);

/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls that make and remove names: mkdir, rmdir, unlink, link, symlink, mknod, mkfifo. */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* In a sticky directory only the owner of the file or of the directory may remove the file. */
int sticky_check(struct lwp *l, struct vnode *dvp, struct vnode *vp)
{
	rump_uid_t uid = l->l_cred->cr_euid;

	if ((dvp->v_mode & RUMP_S_ISVTX) == 0 || cred_issuser(l->l_cred) || uid == dvp->v_uid ||
	    uid == vp->v_uid)
		return 0;
	return RUMP_EPERM;
}

enum make_kind { MAKE_DIR, MAKE_NODE, MAKE_SYMLINK };

static int make_locked(struct lwp *l, struct nameidata *nd, enum make_kind kind, struct vattr *va,
		       const char *target)
{
	struct vnode *dvp = nd->nd_dvp, *vp;
	const struct vops *ops = dvp->v_ops;
	int error = dir_lookup(dvp, &nd->nd_cn, &vp);

	if (error == 0) {
		vrele(vp);
		return RUMP_EEXIST;
	}
	if (error != RUMP_ENOENT)
		return error;
	if (nd->nd_mustdir && kind != MAKE_DIR)
		return RUMP_ENOENT;
	if (mount_rdonly(dvp->v_mount))
		return RUMP_EROFS;
	error = vaccess(dvp, VWRITE, l->l_cred);
	if (error != 0)
		return error;
	va->va_uid = l->l_cred->cr_euid;
	va->va_gid = dvp->v_mode & RUMP_S_ISGID ? dvp->v_gid : l->l_cred->cr_egid;
	if (kind == MAKE_DIR && dvp->v_mode & RUMP_S_ISGID)
		va->va_mode |= RUMP_S_ISGID;
	error = RUMP_EOPNOTSUPP;
	if (kind == MAKE_DIR && ops->vop_mkdir != NULL)
		error = ops->vop_mkdir(dvp, &nd->nd_cn, va, &vp);
	else if (kind == MAKE_NODE && va->va_type == VREG && ops->vop_create != NULL)
		error = ops->vop_create(dvp, &nd->nd_cn, va, &vp);
	else if (kind == MAKE_NODE && va->va_type != VREG && ops->vop_mknod != NULL)
		error = ops->vop_mknod(dvp, &nd->nd_cn, va, &vp);
	else if (kind == MAKE_SYMLINK && ops->vop_symlink != NULL)
		error = ops->vop_symlink(dvp, &nd->nd_cn, va, target, &vp);
	if (error == 0) {
		namecache_enter(dvp, &nd->nd_cn, vp);
		nd->nd_vp = vp;
	}
	return error;
}

static int make_at(struct lwp *l, int fd, const void *upath, enum make_kind kind, enum vtype type,
		   rump_mode_t mode, rump_dev_t dev, const char *target)
{
	struct nameidata nd;
	struct vattr va;
	char *buf;
	int error = namei_at(l, fd, upath, NAMEI_PARENT, &nd, &buf);

	if (error != 0)
		return error;
	if (nd.nd_isroot) {
		error = RUMP_EEXIST;
	} else {
		vattr_null(&va);
		va.va_type = type;
		va.va_mode = mode & RUMP_ALLPERMS & ~l->l_proc->p_cwdi->cwdi_umask;
		va.va_rdev = dev;
		vlock(nd.nd_dvp);
		error = make_locked(l, &nd, kind, &va, target);
		vunlock(nd.nd_dvp);
	}
	namei_done(&nd);
	path_free(buf);
	return error;
}

static int sys_mkdir(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return make_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), MAKE_DIR, VDIR,
		       (rump_mode_t)arg[1] & 01777, 0, NULL);
}
RUMP_SYSCALL(mkdir, RUMP_SYS_mkdir, sys_mkdir);

static int sys_mkdirat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return make_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), MAKE_DIR, VDIR,
		       (rump_mode_t)arg[2] & 01777, 0, NULL);
}
RUMP_SYSCALL(mkdirat, RUMP_SYS_mkdirat, sys_mkdirat);

static int do_mknod(struct lwp *l, int fd, const void *upath, rump_mode_t mode, rump_dev_t dev)
{
	enum vtype type = (mode & RUMP_S_IFMT) == 0 ? VREG : vtype_of_mode(mode);

	if (type != VREG && type != VFIFO && type != VSOCK && type != VBLK && type != VCHR)
		return RUMP_EINVAL;
	if ((type == VBLK || type == VCHR) && !cred_issuser(l->l_cred))
		return RUMP_EPERM;
	return make_at(l, fd, upath, MAKE_NODE, type, mode, dev, NULL);
}

static int sys_mknod(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return do_mknod(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), (rump_mode_t)arg[1],
			(rump_dev_t)arg[2]);
}
RUMP_SYSCALL(mknod, RUMP_SYS___mknod50, sys_mknod);

static int sys_mknodat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return do_mknod(l, (int)arg[0], ARG_PTR(void *, arg[1]), (rump_mode_t)arg[2],
			(rump_dev_t)arg[4]);
}
RUMP_SYSCALL(mknodat, RUMP_SYS_mknodat, sys_mknodat);

static int sys_mkfifo(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return make_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), MAKE_NODE, VFIFO,
		       (rump_mode_t)arg[1], 0, NULL);
}
RUMP_SYSCALL(mkfifo, RUMP_SYS_mkfifo, sys_mkfifo);

static int sys_mkfifoat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return make_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), MAKE_NODE, VFIFO,
		       (rump_mode_t)arg[2], 0, NULL);
}
RUMP_SYSCALL(mkfifoat, RUMP_SYS_mkfifoat, sys_mkfifoat);

static int do_symlink(struct lwp *l, const void *utarget, int fd, const void *upath)
{
	char *target;
	int error = path_in(utarget, &target);

	if (error != 0)
		return error;
	if (target[0] == '\0')
		error = RUMP_ENOENT;
	else
		error = make_at(l, fd, upath, MAKE_SYMLINK, VLNK, 0777, 0, target);
	path_free(target);
	return error;
}

static int sys_symlink(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return do_symlink(l, ARG_PTR(void *, arg[0]), RUMP_AT_FDCWD, ARG_PTR(void *, arg[1]));
}
RUMP_SYSCALL(symlink, RUMP_SYS_symlink, sys_symlink);

static int sys_symlinkat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return do_symlink(l, ARG_PTR(void *, arg[0]), (int)arg[1], ARG_PTR(void *, arg[2]));
}
RUMP_SYSCALL(symlinkat, RUMP_SYS_symlinkat, sys_symlinkat);

/* Remove the name in nd; its directory is locked. */
static int remove_locked(struct lwp *l, struct nameidata *nd, bool rmdir)
{
	struct vnode *dvp = nd->nd_dvp, *vp;
	const struct vops *ops = dvp->v_ops;
	int error = dir_lookup(dvp, &nd->nd_cn, &vp);

	if (error != 0)
		return error;
	nd->nd_vp = vp; /* released by namei_done, after the unlocks */
	if (mount_rdonly(dvp->v_mount))
		return RUMP_EROFS;
	error = vaccess(dvp, VWRITE, l->l_cred);
	if (error == 0)
		error = sticky_check(l, dvp, vp);
	if (error != 0)
		return error;
	if (rmdir && vp->v_type != VDIR)
		return RUMP_ENOTDIR;
	if (!rmdir && vp->v_type == VDIR)
		return RUMP_EPERM;
	if (nd->nd_mustdir && vp->v_type != VDIR)
		return RUMP_ENOTDIR;
	if (vp->v_mounted != NULL)
		return RUMP_EBUSY;
	if ((rmdir ? ops->vop_rmdir : ops->vop_remove) == NULL)
		return RUMP_EOPNOTSUPP;
	vlock(vp);
	error = rmdir ? ops->vop_rmdir(dvp, vp, &nd->nd_cn) : ops->vop_remove(dvp, vp, &nd->nd_cn);
	if (error == 0) {
		namecache_remove(dvp, &nd->nd_cn);
		if (rmdir)
			namecache_purge(vp);
	}
	vunlock(vp);
	return error;
}

static int remove_at(struct lwp *l, int fd, const void *upath, bool rmdir)
{
	struct nameidata nd;
	char *buf;
	int error = namei_at(l, fd, upath, NAMEI_PARENT, &nd, &buf);

	if (error != 0)
		return error;
	if (nd.nd_isroot) {
		if (!rmdir)
			error = RUMP_EPERM;
		else if (nd.nd_cn.cn_len == 1)
			error = RUMP_EINVAL; /* "." */
		else
			error = nd.nd_cn.cn_len == 2 ? RUMP_ENOTEMPTY : RUMP_EBUSY;
	} else {
		vlock(nd.nd_dvp);
		error = remove_locked(l, &nd, rmdir);
		vunlock(nd.nd_dvp);
	}
	namei_done(&nd);
	path_free(buf);
	return error;
}

static int sys_unlink(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return remove_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), false);
}
RUMP_SYSCALL(unlink, RUMP_SYS_unlink, sys_unlink);

static int sys_rmdir(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return remove_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), true);
}
RUMP_SYSCALL(rmdir, RUMP_SYS_rmdir, sys_rmdir);

static int sys_unlinkat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int flags = (int)arg[2];

	(void)retval;
	if ((flags & ~RUMP_AT_REMOVEDIR) != 0)
		return RUMP_EINVAL;
	return remove_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), (flags & RUMP_AT_REMOVEDIR) != 0);
}
RUMP_SYSCALL(unlinkat, RUMP_SYS_unlinkat, sys_unlinkat);

static int link_locked(struct lwp *l, struct nameidata *nd, struct vnode *vp)
{
	struct vnode *dvp = nd->nd_dvp, *other;
	int error = dir_lookup(dvp, &nd->nd_cn, &other);

	if (error == 0) {
		vrele(other);
		return RUMP_EEXIST;
	}
	if (error != RUMP_ENOENT)
		return error;
	if (nd->nd_mustdir)
		return RUMP_ENOENT;
	if (dvp->v_mount != vp->v_mount)
		return RUMP_EXDEV;
	if (mount_rdonly(dvp->v_mount))
		return RUMP_EROFS;
	error = vaccess(dvp, VWRITE, l->l_cred);
	if (error != 0)
		return error;
	if (dvp->v_ops->vop_link == NULL)
		return RUMP_EOPNOTSUPP;
	vlock(vp);
	error = dvp->v_ops->vop_link(dvp, vp, &nd->nd_cn);
	vunlock(vp);
	if (error == 0)
		namecache_enter(dvp, &nd->nd_cn, vp);
	return error;
}

static int link_at(struct lwp *l, int fd1, const void *upath1, int fd2, const void *upath2,
		   unsigned follow)
{
	struct nameidata from, to;
	char *buf1, *buf2;
	int error = namei_at(l, fd1, upath1, follow, &from, &buf1);

	if (error != 0)
		return error;
	if (from.nd_vp->v_type == VDIR) {
		error = RUMP_EPERM;
	} else {
		error = namei_at(l, fd2, upath2, NAMEI_PARENT, &to, &buf2);
		if (error == 0) {
			if (to.nd_isroot) {
				error = RUMP_EEXIST;
			} else {
				vlock(to.nd_dvp);
				error = link_locked(l, &to, from.nd_vp);
				vunlock(to.nd_dvp);
			}
			namei_done(&to);
			path_free(buf2);
		}
	}
	namei_done(&from);
	path_free(buf1);
	return error;
}

static int sys_link(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return link_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), RUMP_AT_FDCWD,
		       ARG_PTR(void *, arg[1]), NAMEI_FOLLOW);
}
RUMP_SYSCALL(link, RUMP_SYS_link, sys_link);

static int sys_linkat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int flags = (int)arg[4];

	(void)retval;
	if ((flags & ~RUMP_AT_SYMLINK_FOLLOW) != 0)
		return RUMP_EINVAL;
	return link_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), (int)arg[2],
		       ARG_PTR(void *, arg[3]), flags & RUMP_AT_SYMLINK_FOLLOW ? NAMEI_FOLLOW : 0);
}
RUMP_SYSCALL(linkat, RUMP_SYS_linkat, sys_linkat);

/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on attributes: stat, chmod, chown, utimens, access, truncate, readlink, pathconf. */
#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* The vnode of a path, referenced. */
static int vnode_at(struct lwp *l, int fd, const void *upath, unsigned flags, struct vnode **vpp)
{
	struct nameidata nd;
	char *buf;
	int error = namei_at(l, fd, upath, flags, &nd, &buf);

	if (error != 0)
		return error;
	*vpp = nd.nd_vp;
	nd.nd_vp = NULL;
	namei_done(&nd);
	path_free(buf);
	return 0;
}

static int vnode_of_fd(struct lwp *l, int fd, struct vnode **vpp)
{
	struct file *fp;
	int error = fd_getfile_type(l, fd, DTYPE_VNODE, RUMP_EINVAL, &fp);

	if (error != 0)
		return error;
	*vpp = file_vnode(fp);
	vref(*vpp);
	file_release(fp);
	return 0;
}

static int stat_at(struct lwp *l, int fd, const void *upath, unsigned flags, void *ust)
{
	struct rump_stat st;
	struct vnode *vp;
	int error = vnode_at(l, fd, upath, flags, &vp);

	if (error != 0)
		return error;
	error = vn_stat(vp, &st);
	vrele(vp);
	return error != 0 ? error : copyout(&st, ust, sizeof(st));
}

static int sys_stat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return stat_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), NAMEI_FOLLOW,
		       ARG_PTR(void *, arg[1]));
}
RUMP_SYSCALL(stat, RUMP_SYS___stat50, sys_stat);

static int sys_lstat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return stat_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), 0, ARG_PTR(void *, arg[1]));
}
RUMP_SYSCALL(lstat, RUMP_SYS___lstat50, sys_lstat);

static unsigned at_follow(int flags)
{
	return flags & RUMP_AT_SYMLINK_NOFOLLOW ? 0 : NAMEI_FOLLOW;
}

static int sys_fstatat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int flags = (int)arg[3];

	(void)retval;
	if ((flags & ~RUMP_AT_SYMLINK_NOFOLLOW) != 0)
		return RUMP_EINVAL;
	return stat_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), at_follow(flags),
		       ARG_PTR(void *, arg[2]));
}
RUMP_SYSCALL(fstatat, RUMP_SYS_fstatat, sys_fstatat);

static int access_at(struct lwp *l, int fd, const void *upath, int mode, int flags)
{
	struct cred *saved = l->l_cred, *real;
	struct vnode *vp;
	unsigned how = 0;
	int error;

	if ((mode & ~(RUMP_R_OK | RUMP_W_OK | RUMP_X_OK)) != 0 ||
	    (flags & ~(RUMP_AT_EACCESS | RUMP_AT_SYMLINK_NOFOLLOW)) != 0)
		return RUMP_EINVAL;
	if ((flags & RUMP_AT_EACCESS) == 0 &&
	    (saved->cr_uid != saved->cr_euid || saved->cr_gid != saved->cr_egid)) {
		real = cred_dup(saved, saved->cr_ngroups);
		if (real == NULL)
			return RUMP_ENOMEM;
		real->cr_euid = saved->cr_uid;
		real->cr_egid = saved->cr_gid;
		l->l_cred = real;
	}
	error = vnode_at(l, fd, upath, at_follow(flags), &vp);
	if (error == 0) {
		how |= mode & RUMP_R_OK ? VREAD : 0;
		how |= mode & RUMP_W_OK ? VWRITE : 0;
		how |= mode & RUMP_X_OK ? VEXEC : 0;
		if (how & VWRITE && mount_rdonly(vp->v_mount) &&
		    (vp->v_type == VREG || vp->v_type == VDIR))
			error = RUMP_EROFS;
		else
			error = vaccess(vp, how, l->l_cred);
		vrele(vp);
	}
	if (l->l_cred != saved) {
		cred_free(l->l_cred);
		l->l_cred = saved;
	}
	return error;
}

static int sys_access(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return access_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), (int)arg[1], 0);
}
RUMP_SYSCALL(access, RUMP_SYS_access, sys_access);

static int sys_faccessat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return access_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), (int)arg[2], (int)arg[3]);
}
RUMP_SYSCALL(faccessat, RUMP_SYS_faccessat, sys_faccessat);

/*
 * Changes. Each function checks under the vnode's lock, then calls the file system. vp is consumed.
 */

static int apply(struct vnode *vp, int error, const struct vattr *va)
{
	if (error == 0)
		error = vp->v_ops->vop_setattr(vp, va);
	vunlock(vp);
	vrele(vp);
	return error;
}

static int do_chmod(struct lwp *l, struct vnode *vp, rump_mode_t mode)
{
	const struct cred *cr = l->l_cred;
	struct vattr va;
	int error = 0;

	vattr_null(&va);
	va.va_mode = mode & RUMP_ALLPERMS;
	vlock(vp);
	if (mount_rdonly(vp->v_mount))
		error = RUMP_EROFS;
	else if (!cred_issuser(cr) && cr->cr_euid != vp->v_uid)
		error = RUMP_EPERM;
	else if (!cred_issuser(cr) && !cred_ingroup(cr, vp->v_gid))
		va.va_mode &= ~(rump_mode_t)RUMP_S_ISGID;
	return apply(vp, error, &va);
}

static int chmod_at(struct lwp *l, int fd, const void *upath, rump_mode_t mode, unsigned follow)
{
	struct vnode *vp;
	int error = vnode_at(l, fd, upath, follow, &vp);

	return error != 0 ? error : do_chmod(l, vp, mode);
}

static int sys_chmod(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return chmod_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), (rump_mode_t)arg[1],
			NAMEI_FOLLOW);
}
RUMP_SYSCALL(chmod, RUMP_SYS_chmod, sys_chmod);

static int sys_lchmod(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return chmod_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), (rump_mode_t)arg[1], 0);
}
RUMP_SYSCALL(lchmod, RUMP_SYS_lchmod, sys_lchmod);

static int sys_fchmodat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	if (((int)arg[3] & ~RUMP_AT_SYMLINK_NOFOLLOW) != 0)
		return RUMP_EINVAL;
	return chmod_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), (rump_mode_t)arg[2],
			at_follow((int)arg[3]));
}
RUMP_SYSCALL(fchmodat, RUMP_SYS_fchmodat, sys_fchmodat);

static int sys_fchmod(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct vnode *vp;
	int error = vnode_of_fd(l, (int)arg[0], &vp);

	(void)retval;
	return error != 0 ? error : do_chmod(l, vp, (rump_mode_t)arg[1]);
}
RUMP_SYSCALL(fchmod, RUMP_SYS_fchmod, sys_fchmod);

static int do_chown(struct lwp *l, struct vnode *vp, rump_uid_t uid, rump_gid_t gid)
{
	const struct cred *cr = l->l_cred;
	struct vattr va;
	int error = 0;

	vattr_null(&va);
	va.va_uid = uid;
	va.va_gid = gid;
	vlock(vp);
	if (mount_rdonly(vp->v_mount)) {
		error = RUMP_EROFS;
	} else if (!cred_issuser(cr)) {
		if (cr->cr_euid != vp->v_uid || (uid != (rump_uid_t)VNOVAL && uid != vp->v_uid) ||
		    (gid != (rump_gid_t)VNOVAL && gid != vp->v_gid && !cred_ingroup(cr, gid)))
			error = RUMP_EPERM;
		va.va_mode = vp->v_mode & ~(rump_mode_t)(RUMP_S_ISUID | RUMP_S_ISGID);
	} else if (vp->v_type == VREG && vp->v_mode & 0111) {
		va.va_mode = vp->v_mode & ~(rump_mode_t)(RUMP_S_ISUID | RUMP_S_ISGID);
	}
	return apply(vp, error, &va);
}

static int chown_at(struct lwp *l, int fd, const void *upath, rump_uid_t uid, rump_gid_t gid,
		    unsigned follow)
{
	struct vnode *vp;
	int error = vnode_at(l, fd, upath, follow, &vp);

	return error != 0 ? error : do_chown(l, vp, uid, gid);
}

static int sys_chown(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return chown_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), (rump_uid_t)arg[1],
			(rump_gid_t)arg[2], NAMEI_FOLLOW);
}
RUMP_SYSCALL(chown, RUMP_SYS_chown, sys_chown);

static int sys_lchown(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return chown_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), (rump_uid_t)arg[1],
			(rump_gid_t)arg[2], 0);
}
RUMP_SYSCALL(lchown, RUMP_SYS_lchown, sys_lchown);

static int sys_fchownat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	if (((int)arg[4] & ~RUMP_AT_SYMLINK_NOFOLLOW) != 0)
		return RUMP_EINVAL;
	return chown_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), (rump_uid_t)arg[2],
			(rump_gid_t)arg[3], at_follow((int)arg[4]));
}
RUMP_SYSCALL(fchownat, RUMP_SYS_fchownat, sys_fchownat);

static int sys_fchown(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct vnode *vp;
	int error = vnode_of_fd(l, (int)arg[0], &vp);

	(void)retval;
	return error != 0 ? error : do_chown(l, vp, (rump_uid_t)arg[1], (rump_gid_t)arg[2]);
}
RUMP_SYSCALL(fchown, RUMP_SYS_fchown, sys_fchown);

/* times NULL: set both to now. vp is consumed. */
static int do_utimens(struct lwp *l, struct vnode *vp, const struct rump_timespec *times)
{
	struct rump_timespec now, *dst[2];
	struct vattr va;
	bool both_now = true, omit = true;
	int error = 0;

	vattr_null(&va);
	dst[0] = &va.va_atime;
	dst[1] = &va.va_mtime;
	clock_realtime(&now);
	for (int i = 0; i < 2; i++) {
		if (times == NULL || times[i].tv_nsec == RUMP_UTIME_NOW) {
			*dst[i] = now;
			omit = false;
		} else if (times[i].tv_nsec == RUMP_UTIME_OMIT) {
			both_now = false;
		} else if (times[i].tv_nsec < 0 || times[i].tv_nsec >= NSEC_PER_SEC) {
			error = RUMP_EINVAL;
		} else {
			*dst[i] = times[i];
			both_now = omit = false;
		}
	}
	vlock(vp);
	if (error == 0 && omit) {
		vunlock(vp);
		vrele(vp);
		return 0;
	}
	if (error == 0 && mount_rdonly(vp->v_mount))
		error = RUMP_EROFS;
	if (error == 0 && !cred_issuser(l->l_cred) && l->l_cred->cr_euid != vp->v_uid)
		error = both_now ? vaccess(vp, VWRITE, l->l_cred) : RUMP_EPERM;
	return apply(vp, error, &va);
}

static int times_in(const void *utimes, struct rump_timespec *ts, const struct rump_timespec **tsp)
{
	*tsp = utimes != NULL ? ts : NULL;
	return utimes != NULL ? copyin(utimes, ts, 2 * sizeof(*ts)) : 0;
}

static int sys_utimensat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_timespec ts[2];
	const struct rump_timespec *times;
	struct vnode *vp;
	int error;

	(void)retval;
	if (((int)arg[3] & ~RUMP_AT_SYMLINK_NOFOLLOW) != 0)
		return RUMP_EINVAL;
	error = times_in(ARG_PTR(void *, arg[2]), ts, &times);
	if (error == 0)
		error = vnode_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), at_follow((int)arg[3]),
				 &vp);
	return error != 0 ? error : do_utimens(l, vp, times);
}
RUMP_SYSCALL(utimensat, RUMP_SYS_utimensat, sys_utimensat);

static int sys_futimens(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_timespec ts[2];
	const struct rump_timespec *times;
	struct vnode *vp;
	int error = times_in(ARG_PTR(void *, arg[1]), ts, &times);

	(void)retval;
	if (error == 0)
		error = vnode_of_fd(l, (int)arg[0], &vp);
	return error != 0 ? error : do_utimens(l, vp, times);
}
RUMP_SYSCALL(futimens, RUMP_SYS_futimens, sys_futimens);

/* The older forms, in microseconds. */
static int timevals_in(const void *utv, struct rump_timespec *ts, const struct rump_timespec **tsp)
{
	struct rump_timeval tv[2];
	int error;

	*tsp = utv != NULL ? ts : NULL;
	if (utv == NULL)
		return 0;
	error = copyin(utv, tv, sizeof(tv));
	for (int i = 0; i < 2 && error == 0; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			error = RUMP_EINVAL;
		ts[i] = (struct rump_timespec){tv[i].tv_sec, tv[i].tv_usec * 1000L};
	}
	return error;
}

static int utimes_at(struct lwp *l, const int64_t *arg, unsigned follow)
{
	struct rump_timespec ts[2];
	const struct rump_timespec *times;
	struct vnode *vp;
	int error = timevals_in(ARG_PTR(void *, arg[1]), ts, &times);

	if (error == 0)
		error = vnode_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), follow, &vp);
	return error != 0 ? error : do_utimens(l, vp, times);
}

static int sys_utimes(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return utimes_at(l, arg, NAMEI_FOLLOW);
}
RUMP_SYSCALL(utimes, RUMP_SYS___utimes50, sys_utimes);

static int sys_lutimes(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return utimes_at(l, arg, 0);
}
RUMP_SYSCALL(lutimes, RUMP_SYS___lutimes50, sys_lutimes);

static int sys_futimes(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_timespec ts[2];
	const struct rump_timespec *times;
	struct vnode *vp;
	int error = timevals_in(ARG_PTR(void *, arg[1]), ts, &times);

	(void)retval;
	if (error == 0)
		error = vnode_of_fd(l, (int)arg[0], &vp);
	return error != 0 ? error : do_utimens(l, vp, times);
}
RUMP_SYSCALL(futimes, RUMP_SYS___futimes50, sys_futimes);

static int sys_truncate(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct vnode *vp;
	int error = vnode_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), NAMEI_FOLLOW, &vp);

	(void)retval;
	if (error != 0)
		return error;
	error = vp->v_type == VDIR ? RUMP_EISDIR : vaccess(vp, VWRITE, l->l_cred);
	if (error == 0)
		error = vn_truncate(vp, arg[2]);
	vrele(vp);
	return error;
}
RUMP_SYSCALL(truncate, RUMP_SYS_truncate, sys_truncate);

static int sys_ftruncate(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct file *fp;
	int error = fd_getfile_type(l, (int)arg[0], DTYPE_VNODE, RUMP_EINVAL, &fp);

	(void)retval;
	if (error != 0)
		return error;
	error = fp->f_flag & FWRITE ? vn_truncate(file_vnode(fp), arg[2]) : RUMP_EINVAL;
	file_release(fp);
	return error;
}
RUMP_SYSCALL(ftruncate, RUMP_SYS_ftruncate, sys_ftruncate);

static int readlink_at(struct lwp *l, int fd, const void *upath, void *ubuf, size_t len,
		       rump_register_t *retval)
{
	struct rump_iovec iov = {ubuf, len};
	struct uio uio = {&iov, 1, 0, len, UIO_READ, UIO_USER};
	struct vnode *vp;
	int error;

	if (len == 0 || len > INT64_MAX)
		return RUMP_EINVAL;
	error = vnode_at(l, fd, upath, 0, &vp);
	if (error != 0)
		return error;
	vlock_shared(vp);
	if (vp->v_type != VLNK || vp->v_ops->vop_readlink == NULL)
		error = RUMP_EINVAL;
	else
		error = vp->v_ops->vop_readlink(vp, &uio);
	vunlock(vp);
	vrele(vp);
	retval[0] = (rump_register_t)(len - uio.uio_resid);
	return error;
}

static int sys_readlink(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return readlink_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), ARG_PTR(void *, arg[1]),
			   (size_t)arg[2], retval);
}
RUMP_SYSCALL(readlink, RUMP_SYS_readlink, sys_readlink);

static int sys_readlinkat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return readlink_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), ARG_PTR(void *, arg[2]),
			   (size_t)arg[3], retval);
}
RUMP_SYSCALL(readlinkat, RUMP_SYS_readlinkat, sys_readlinkat);

static int do_pathconf(struct vnode *vp, int name, rump_register_t *retval)
{
	switch (name) {
	case RUMP_PC_LINK_MAX:
		retval[0] = 65000;
		return 0;
	case RUMP_PC_NAME_MAX:
		retval[0] = vp->v_mount->mnt_namemax;
		return 0;
	case RUMP_PC_PATH_MAX:
	case RUMP_PC_SYMLINK_MAX:
		retval[0] = RUMP_PATH_MAX;
		return 0;
	case RUMP_PC_PIPE_BUF:
		retval[0] = 4096;
		return 0;
	case RUMP_PC_CHOWN_RESTRICTED:
	case RUMP_PC_NO_TRUNC:
	case RUMP_PC_SYNC_IO:
	case RUMP_PC_2_SYMLINKS:
		retval[0] = 1;
		return 0;
	case RUMP_PC_FILESIZEBITS:
		retval[0] = 64;
		return 0;
	default:
		return RUMP_EINVAL;
	}
}

static int sys_pathconf(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct vnode *vp;
	int error = vnode_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), NAMEI_FOLLOW, &vp);

	if (error != 0)
		return error;
	error = do_pathconf(vp, (int)arg[1], retval);
	vrele(vp);
	return error;
}
RUMP_SYSCALL(pathconf, RUMP_SYS_pathconf, sys_pathconf);

static int sys_fpathconf(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct vnode *vp;
	int error = vnode_of_fd(l, (int)arg[0], &vp);

	if (error != 0)
		return error;
	error = do_pathconf(vp, (int)arg[1], retval);
	vrele(vp);
	return error;
}
RUMP_SYSCALL(fpathconf, RUMP_SYS_fpathconf, sys_fpathconf);

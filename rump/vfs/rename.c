/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rename(2).
 *
 * I1 Within one directory, that directory's lock is enough.
 * I2 Only a rename across directories moves a directory below another one, and it holds
 *    mnt_renamelock. The tree above any directory is therefore constant under that lock.
 * I3 Parents are locked first: the ancestor before the descendant, or by address if neither is
 *    above the other (lock_parents). Then the children, by address (rename_locked).
 * I4 Every other operation that locks a child holds its parent. To exclude a deadlock with it,
 *    neither child may be above the other's parent. A source above its target's directory cannot be
 *    moved there (EINVAL); a target above the source is not empty (ENOTEMPTY).
 * I5 I4 is checked before anything is locked (check_tree), and the check is repeated if the names
 *    refer to other vnodes by the time the parents are locked (RENAME_RETRY).
 */
#include <rump/errno.h>

#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/*
 * Whether top is dvp or above it on the same mount. Neither is locked; the tree does not change
 * (I2).
 */
static int is_above(struct vnode *top, struct vnode *dvp, bool *abovep)
{
	static const struct componentname dotdot = {"..", 2};
	struct vnode *vp = dvp, *up;
	int error;

	vref(vp);
	for (;;) {
		*abovep = vp == top;
		if (*abovep || vp->v_isroot)
			break;
		vlock_shared(vp);
		error = vp->v_ops->vop_lookup(vp, &dotdot, &up);
		vunlock(vp);
		vrele(vp);
		if (error != 0)
			return error;
		vp = up;
	}
	vrele(vp);
	return 0;
}

static int lock_parents(struct vnode *fdvp, struct vnode *tdvp)
{
	struct vnode *first = fdvp < tdvp ? fdvp : tdvp;
	bool above;
	int error = is_above(fdvp, tdvp, &above);

	if (error != 0)
		return error;
	if (above) {
		first = fdvp;
	} else {
		error = is_above(tdvp, fdvp, &above);
		if (error != 0)
			return error;
		if (above)
			first = tdvp;
	}
	vlock(first);
	vlock(first == fdvp ? tdvp : fdvp);
	return 0;
}

static int check_types(const struct nameidata *from, const struct nameidata *to)
{
	struct vnode *fvp = from->nd_vp, *tvp = to->nd_vp;

	if (from->nd_mustdir && fvp->v_type != VDIR)
		return RUMP_ENOTDIR;
	if (to->nd_mustdir && fvp->v_type != VDIR)
		return RUMP_ENOTDIR;
	if (tvp == NULL)
		return 0;
	if (fvp->v_type == VDIR && tvp->v_type != VDIR)
		return RUMP_ENOTDIR;
	if (fvp->v_type != VDIR && tvp->v_type == VDIR)
		return RUMP_EISDIR;
	return 0;
}

#define RENAME_RETRY (-1)

/* The vnodes of the two names when the tree was checked; target NULL: the name did not exist. */
struct checked {
	struct vnode *source, *target;
};

/*
 * Both parents are locked. The vnodes of the names become nd_vp. checked is NULL within one
 * directory. RENAME_RETRY: the names refer to other vnodes than those checked.
 */
static int rename_locked(struct lwp *l, struct nameidata *from, struct nameidata *to,
			 const struct checked *checked)
{
	struct vnode *fdvp = from->nd_dvp, *tdvp = to->nd_dvp, *fvp, *tvp, *first;
	int error = dir_lookup(fdvp, &from->nd_cn, &from->nd_vp);

	if (error != 0)
		return error;
	fvp = from->nd_vp;
	error = dir_lookup(tdvp, &to->nd_cn, &to->nd_vp);
	if (error != 0 && error != RUMP_ENOENT)
		return error;
	tvp = to->nd_vp;
	if (checked != NULL && (fvp != checked->source || tvp != checked->target))
		return RENAME_RETRY;
	if (mount_rdonly(fdvp->v_mount))
		return RUMP_EROFS;
	if (fvp == tdvp)
		return RUMP_EINVAL; /* into itself */
	if (tvp == fdvp)
		return RUMP_ENOTEMPTY;
	error = vaccess(fdvp, VWRITE, l->l_cred);
	if (error == 0)
		error = vaccess(tdvp, VWRITE, l->l_cred);
	if (error == 0)
		error = sticky_check(l, fdvp, fvp);
	if (error == 0 && tvp != NULL)
		error = sticky_check(l, tdvp, tvp);
	/* Moving a directory to another one writes its "..". */
	if (error == 0 && fvp->v_type == VDIR && fdvp != tdvp)
		error = vaccess(fvp, VWRITE, l->l_cred);
	if (error == 0)
		error = check_types(from, to);
	if (error != 0)
		return error;
	if (fvp == tvp)
		return 0; /* two names of one file: POSIX requires that nothing happens */
	if (fvp->v_mounted != NULL || (tvp != NULL && tvp->v_mounted != NULL))
		return RUMP_EBUSY;
	if (fdvp->v_ops->vop_rename == NULL)
		return RUMP_EOPNOTSUPP;

	first = tvp == NULL || fvp < tvp ? fvp : tvp;
	vlock(first);
	if (tvp != NULL)
		vlock(first == fvp ? tvp : fvp);
	error = fdvp->v_ops->vop_rename(fdvp, fvp, &from->nd_cn, tdvp, tvp, &to->nd_cn);
	if (error == 0) {
		namecache_remove(fdvp, &from->nd_cn);
		namecache_remove(tdvp, &to->nd_cn);
		if (tvp != NULL && tvp->v_type == VDIR)
			namecache_purge(tvp);
		namecache_enter(tdvp, &to->nd_cn, fvp);
	}
	if (tvp != NULL)
		vunlock(tvp);
	vunlock(fvp);
	return error;
}

static int lookup_unlocked(const struct nameidata *nd, struct vnode **vpp)
{
	int error;

	vlock_shared(nd->nd_dvp);
	error = dir_lookup(nd->nd_dvp, &nd->nd_cn, vpp);
	vunlock(nd->nd_dvp);
	return error;
}

/*
 * Called with nothing locked, while the tree does not change (I2). The vnodes found are referenced,
 * also on errors.
 */
static int check_tree(struct nameidata *from, struct nameidata *to, struct checked *checked)
{
	bool above = false;
	int error = lookup_unlocked(from, &checked->source);

	if (error != 0)
		return error;
	error = lookup_unlocked(to, &checked->target);
	if (error != 0 && error != RUMP_ENOENT)
		return error;
	error = 0;
	if (checked->source->v_type == VDIR)
		error = is_above(checked->source, to->nd_dvp, &above);
	if (error != 0 || above)
		return error != 0 ? error : RUMP_EINVAL;
	if (checked->target != NULL && checked->target->v_type == VDIR)
		error = is_above(checked->target, from->nd_dvp, &above);
	return error == 0 && above ? RUMP_ENOTEMPTY : error;
}

static void name_forget(struct nameidata *nd)
{
	if (nd->nd_vp != NULL)
		vrele(nd->nd_vp);
	nd->nd_vp = NULL;
}

static int rename_across(struct lwp *l, struct nameidata *from, struct nameidata *to)
{
	struct mount *mp = from->nd_dvp->v_mount;
	int error;

	mutex_enter(&mp->mnt_renamelock);
	do {
		struct checked checked = {NULL, NULL};

		error = check_tree(from, to, &checked);
		if (error == 0)
			error = lock_parents(from->nd_dvp, to->nd_dvp);
		if (error == 0) {
			error = rename_locked(l, from, to, &checked);
			vunlock(to->nd_dvp);
			vunlock(from->nd_dvp);
		}
		if (checked.source != NULL)
			vrele(checked.source);
		if (checked.target != NULL)
			vrele(checked.target);
		if (error == RENAME_RETRY) {
			name_forget(from);
			name_forget(to);
		}
	} while (error == RENAME_RETRY);
	mutex_exit(&mp->mnt_renamelock);
	return error;
}

static int rename_at(struct lwp *l, int fd1, const void *upath1, int fd2, const void *upath2)
{
	struct nameidata from, to;
	char *buf1, *buf2;
	int error = namei_at(l, fd1, upath1, NAMEI_PARENT, &from, &buf1);

	if (error != 0)
		return error;
	error = namei_at(l, fd2, upath2, NAMEI_PARENT, &to, &buf2);
	if (error != 0) {
		namei_done(&from);
		path_free(buf1);
		return error;
	}
	if (from.nd_isroot || to.nd_isroot) {
		error = RUMP_EINVAL; /* "." or ".." */
	} else if (from.nd_dvp->v_mount != to.nd_dvp->v_mount) {
		error = RUMP_EXDEV;
	} else if (from.nd_dvp == to.nd_dvp) {
		vlock(from.nd_dvp);
		error = rename_locked(l, &from, &to, NULL);
		vunlock(from.nd_dvp);
	} else {
		error = rename_across(l, &from, &to);
	}
	namei_done(&to);
	namei_done(&from);
	path_free(buf2);
	path_free(buf1);
	return error;
}

static int sys_rename(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return rename_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), RUMP_AT_FDCWD,
			 ARG_PTR(void *, arg[1]));
}
RUMP_SYSCALL(rename, RUMP_SYS_rename, sys_rename);
RUMP_SYSCALL(posix_rename, RUMP_SYS___posix_rename, sys_rename);

static int sys_renameat(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return rename_at(l, (int)arg[0], ARG_PTR(void *, arg[1]), (int)arg[2],
			 ARG_PTR(void *, arg[3]));
}
RUMP_SYSCALL(renameat, RUMP_SYS_renameat, sys_renameat);

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Path names (namei).
 *
 * I1 The walk holds one directory, referenced and not locked. The directory is locked shared only
 *    while the file system looks a component up.
 * I2 After a component, mounts are crossed downward. A symbolic link is replaced by its target, and
 *    the walk continues from the link's directory.
 * I3 ".." at the process's root stays there. ".." at the root of a mount continues from the
 *    directory that the mount covers.
 */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* As NetBSD (MAXSYMLINKS): a longer chain is taken for a loop. */
#define SYMLINKS_MAX 32

int dir_lookup(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp)
{
	int error = namecache_lookup(dvp, cn, vpp);

	if (error == NC_HIT)
		return 0;
	if (error != 0)
		return error;
	error = dvp->v_ops->vop_lookup(dvp, cn, vpp);
	if (error == 0)
		namecache_enter(dvp, cn, *vpp);
	else {
		*vpp = NULL; /* a damaged directory's vnode was released */
		if (error == RUMP_ENOENT)
			namecache_enter(dvp, cn, NULL);
	}
	return error;
}

static bool is_dot(const struct componentname *cn)
{
	return cn->cn_len == 1 && cn->cn_name[0] == '.';
}

static bool is_dotdot(const struct componentname *cn)
{
	return cn->cn_len == 2 && cn->cn_name[0] == '.' && cn->cn_name[1] == '.';
}

static int lookup_dotdot(struct vnode *root, struct vnode *dvp, const struct componentname *cn,
			 struct vnode **vpp)
{
	int error;

	vref(dvp);
	while (dvp != root && dvp->v_isroot && dvp->v_mount->mnt_covered != NULL) {
		struct vnode *covered = dvp->v_mount->mnt_covered;

		vref(covered);
		vrele(dvp);
		dvp = covered;
	}
	if (dvp == root || dvp->v_isroot) {
		*vpp = dvp;
		return 0;
	}
	vlock_shared(dvp);
	error = dvp->v_ops->vop_lookup(dvp, cn, vpp);
	vunlock(dvp);
	vrele(dvp);
	return error;
}

static int lookup_component(struct vnode *root, struct vnode *dvp, const struct componentname *cn,
			    struct vnode **vpp)
{
	int error;

	if (is_dot(cn)) {
		vref(dvp);
		*vpp = dvp;
		return 0;
	}
	if (is_dotdot(cn)) {
		error = lookup_dotdot(root, dvp, cn, vpp);
	} else {
		error = namecache_lookup(dvp, cn, vpp);
		if (error == 0) {
			vlock_shared(dvp);
			error = dir_lookup(dvp, cn, vpp);
			vunlock(dvp);
		} else if (error == NC_HIT) {
			error = 0;
		}
	}
	if (error == 0)
		*vpp = mount_cross(*vpp);
	return error;
}

/* The target of link, followed by rest, in a new buffer of PATH_MAX bytes. */
static int expand_link(struct vnode *link, const char *rest, char **bufp)
{
	char *buf = kmem_alloc(RUMP_PATH_MAX);
	struct rump_iovec iov;
	struct uio uio;
	size_t len, restlen = strlen(rest);
	int error;

	if (buf == NULL)
		return RUMP_ENOMEM;
	uio_kernel(&uio, &iov, buf, RUMP_PATH_MAX - 1, 0, UIO_READ);
	vlock_shared(link);
	error = link->v_ops->vop_readlink != NULL ? link->v_ops->vop_readlink(link, &uio)
						  : RUMP_EINVAL;
	vunlock(link);
	len = RUMP_PATH_MAX - 1 - uio.uio_resid;
	if (error == 0 && len == 0)
		error = RUMP_ENOENT;
	if (error == 0 && len + restlen >= RUMP_PATH_MAX)
		error = RUMP_ENAMETOOLONG;
	if (error != 0) {
		kmem_free(buf, RUMP_PATH_MAX);
		return error;
	}
	memcpy(buf + len, rest, restlen + 1);
	*bufp = buf;
	return 0;
}

struct walk {
	struct lwp *l;
	struct vnode *root;
	struct vnode *dvp; /* referenced */
	const char *path;
	char *buf; /* owns path after a link was followed */
	unsigned links;
};

static void walk_restart(struct walk *w, struct vnode *at)
{
	vref(at);
	vrele(w->dvp);
	w->dvp = at;
}

/* Replace the link vp (consumed) by its target. */
static int walk_follow(struct walk *w, struct vnode *vp, const char *rest)
{
	char *buf;
	int error;

	error = ++w->links > SYMLINKS_MAX ? RUMP_ELOOP : expand_link(vp, rest, &buf);
	vrele(vp);
	if (error != 0)
		return error;
	if (w->buf != NULL)
		kmem_free(w->buf, RUMP_PATH_MAX);
	w->buf = buf;
	w->path = buf;
	if (buf[0] == '/')
		walk_restart(w, w->root);
	return 0;
}

static int walk(struct walk *w, unsigned flags, struct nameidata *nd)
{
	for (;;) {
		struct componentname cn;
		const char *rest;
		struct vnode *vp;
		bool last, slash;
		int error;

		while (*w->path == '/')
			w->path++;
		if (*w->path == '\0') { /* "/", or a link to it */
			nd->nd_isroot = true;
			nd->nd_vp = w->dvp;
			w->dvp = NULL;
			return 0;
		}
		cn.cn_name = w->path;
		for (cn.cn_len = 0; w->path[cn.cn_len] != '\0' && w->path[cn.cn_len] != '/';)
			cn.cn_len++;
		rest = w->path + cn.cn_len;
		slash = *rest == '/';
		while (*rest == '/')
			rest++;
		last = *rest == '\0';

		if (w->dvp->v_type != VDIR)
			return RUMP_ENOTDIR;
		if (cn.cn_len > w->dvp->v_mount->mnt_namemax)
			return RUMP_ENAMETOOLONG;
		error = vaccess(w->dvp, VEXEC, w->l->l_cred);
		if (error != 0)
			return error;
		if (last && flags & NAMEI_PARENT && !is_dot(&cn) && !is_dotdot(&cn)) {
			nd->nd_dvp = w->dvp;
			nd->nd_cn = cn;
			nd->nd_mustdir = slash;
			w->dvp = NULL;
			return 0;
		}
		error = lookup_component(w->root, w->dvp, &cn, &vp);
		if (error != 0)
			return error;
		if (vp->v_type == VLNK && (!last || slash || flags & NAMEI_FOLLOW)) {
			error = walk_follow(w, vp, w->path + cn.cn_len);
			if (error != 0)
				return error;
			continue;
		}
		if (last) {
			if (slash && vp->v_type != VDIR) {
				vrele(vp);
				return RUMP_ENOTDIR;
			}
			nd->nd_vp = vp;
			nd->nd_isroot = (flags & NAMEI_PARENT) != 0;
			nd->nd_cn = cn;
			return 0;
		}
		vrele(w->dvp);
		w->dvp = vp;
		w->path = rest;
	}
}

int namei(struct lwp *l, struct vnode *start, const char *path, unsigned flags,
	  struct nameidata *nd)
{
	struct walk w = {.l = l, .path = path};
	struct cwdinfo *cwdi = l->l_proc->p_cwdi;
	int error;

	*nd = (struct nameidata){0};
	if (path[0] == '\0')
		return RUMP_ENOENT;
	if (strlen(path) >= RUMP_PATH_MAX)
		return RUMP_ENAMETOOLONG;
	rw_rlock(&cwdi->cwdi_lock);
	w.root = cwdi->cwdi_rdir != NULL ? cwdi->cwdi_rdir : rootvnode;
	vref(w.root);
	w.dvp = path[0] == '/' ? w.root : start != NULL ? start : cwdi->cwdi_cdir;
	vref(w.dvp);
	rw_unlock(&cwdi->cwdi_lock);

	error = walk(&w, flags, nd);
	if (w.dvp != NULL)
		vrele(w.dvp);
	vrele(w.root);
	if (error == 0 && flags & NAMEI_PARENT)
		nd->nd_buf = w.buf; /* the name is in this buffer */
	else if (w.buf != NULL)
		kmem_free(w.buf, RUMP_PATH_MAX);
	return error;
}

void namei_done(struct nameidata *nd)
{
	if (nd->nd_dvp != NULL)
		vrele(nd->nd_dvp);
	if (nd->nd_vp != NULL)
		vrele(nd->nd_vp);
	if (nd->nd_buf != NULL)
		kmem_free(nd->nd_buf, RUMP_PATH_MAX);
	*nd = (struct nameidata){0};
}

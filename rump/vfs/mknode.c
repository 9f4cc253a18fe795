/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that the kernel itself makes, with its own credentials and from the root of the name space.
 */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

static int make(const char *path, rump_mode_t mode, rump_dev_t dev)
{
	struct nameidata nd;
	struct vnode *vp;
	struct vattr va;
	int error = namei(&lwp0, NULL, path, NAMEI_PARENT, &nd);

	if (error != 0)
		return error;
	if (nd.nd_isroot) {
		namei_done(&nd);
		return RUMP_EEXIST;
	}
	vattr_null(&va);
	va.va_type = vtype_of_mode(mode);
	va.va_mode = mode & RUMP_ALLPERMS;
	va.va_uid = va.va_gid = 0;
	va.va_rdev = dev;
	vlock(nd.nd_dvp);
	error = dir_lookup(nd.nd_dvp, &nd.nd_cn, &vp);
	if (error == 0) {
		vrele(vp);
		error = RUMP_EEXIST;
	} else if (error == RUMP_ENOENT) {
		const struct vops *ops = nd.nd_dvp->v_ops;

		error = va.va_type == VDIR ? ops->vop_mkdir(nd.nd_dvp, &nd.nd_cn, &va, &vp)
					   : ops->vop_mknod(nd.nd_dvp, &nd.nd_cn, &va, &vp);
		if (error == 0) {
			namecache_enter(nd.nd_dvp, &nd.nd_cn, vp);
			nd.nd_vp = vp;
		}
	}
	vunlock(nd.nd_dvp);
	namei_done(&nd);
	return error;
}

/* Make the directories above path. */
int vfs_mkdirs(const char *path)
{
	size_t len = strlen(path);
	char *dir = kmem_alloc(len + 1);
	int error = 0;

	if (dir == NULL)
		return RUMP_ENOMEM;
	memcpy(dir, path, len + 1);
	for (size_t i = 1; i < len && error == 0; i++) {
		if (path[i] != '/')
			continue;
		dir[i] = '\0';
		error = make(dir, RUMP_S_IFDIR | 0755, 0);
		if (error == RUMP_EEXIST)
			error = 0;
		dir[i] = '/';
	}
	kmem_free(dir, len + 1);
	return error;
}

int vfs_mknode(const char *path, rump_mode_t mode, rump_dev_t dev)
{
	int error = path[0] == '/' ? vfs_mkdirs(path) : RUMP_EINVAL;

	return error != 0 ? error : make(path, mode, dev);
}

int vfs_rmnode(const char *path)
{
	struct nameidata nd;
	int error = namei(&lwp0, NULL, path, NAMEI_PARENT, &nd);

	if (error != 0)
		return error;
	if (nd.nd_isroot) {
		error = RUMP_EBUSY;
	} else {
		vlock(nd.nd_dvp);
		error = dir_lookup(nd.nd_dvp, &nd.nd_cn, &nd.nd_vp);
		if (error == 0 && nd.nd_vp->v_type == VDIR)
			error = RUMP_EISDIR;
		if (error == 0) {
			vlock(nd.nd_vp);
			error = nd.nd_dvp->v_ops->vop_remove(nd.nd_dvp, nd.nd_vp, &nd.nd_cn);
			if (error == 0)
				namecache_remove(nd.nd_dvp, &nd.nd_cn);
			vunlock(nd.nd_vp);
		}
		vunlock(nd.nd_dvp);
	}
	namei_done(&nd);
	return error;
}

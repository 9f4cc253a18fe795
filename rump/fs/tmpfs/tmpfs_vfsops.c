/* SPDX-License-Identifier: BSD-2-Clause */
/* tmpfs: mounting and unmounting. */
#include <rump/errno.h>

#include "fs/tmpfs/tmpfs.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

#define FIRST_INO 2

static int mount(struct mount *mp, const void *data, size_t len, int flags)
{
	struct rump_tmpfs_args args;
	struct tmpfs_mount *tm;
	struct tmpfs_node *root;
	struct vattr va;
	int error;

	if (flags & RUMP_MNT_UPDATE)
		return 0;
	if (len < sizeof(args))
		return RUMP_EINVAL;
	memcpy(&args, data, sizeof(args));
	if (args.ta_version != RUMP_TMPFS_ARGS_VERSION || args.ta_size_max < 0)
		return RUMP_EINVAL;
	tm = kmem_zalloc(sizeof(*tm));
	if (tm == NULL)
		return RUMP_ENOMEM;
	error = tmpfs_hash_init(tm);
	if (error != 0) {
		kmem_free(tm, sizeof(*tm));
		return error;
	}
	mutex_init(&tm->tm_lock);
	spin_init(&tm->tm_timelock);
	tm->tm_next_ino = FIRST_INO;
	tm->tm_nodes_max = args.ta_nodes_max != 0 ? args.ta_nodes_max : UINT64_MAX;
	tm->tm_pages_max = args.ta_size_max != 0
				   ? ((uint64_t)args.ta_size_max + TMPFS_PAGE - 1) / TMPFS_PAGE
				   : UINT64_MAX;
	vattr_null(&va);
	va.va_type = VDIR;
	va.va_mode = args.ta_root_mode & RUMP_ALLPERMS;
	va.va_uid = args.ta_root_uid;
	va.va_gid = args.ta_root_gid;
	error = tmpfs_node_new(tm, &va, &root);
	if (error != 0) {
		kmem_free(tm->tm_hash, tm->tm_nbuckets * sizeof(*tm->tm_hash));
		mutex_destroy(&tm->tm_lock);
		spin_destroy(&tm->tm_timelock);
		kmem_free(tm, sizeof(*tm));
		return error;
	}
	root->tn_nlink = 2;
	root->tn_size = 64;
	root->tn_dir.parent = root;
	mp->mnt_data = tm;
	mp->mnt_root_ino = root->tn_ino;
	mp->mnt_namemax = TMPFS_NAME_MAX;
	mp->mnt_bsize = TMPFS_PAGE;
	return 0;
}

static int unmount(struct mount *mp, bool force)
{
	struct tmpfs_mount *tm = mp->mnt_data;

	(void)force;
	for (uint64_t i = 0; i < tm->tm_nbuckets; i++)
		while (tm->tm_hash[i] != NULL)
			tmpfs_node_free(tm->tm_hash[i]);
	kmem_free(tm->tm_hash, tm->tm_nbuckets * sizeof(*tm->tm_hash));
	mutex_destroy(&tm->tm_lock);
	spin_destroy(&tm->tm_timelock);
	kmem_free(tm, sizeof(*tm));
	return 0;
}

static int loadvnode(struct mount *mp, struct vnode *vp, uint64_t ino)
{
	struct tmpfs_node *tn = tmpfs_node_find(mp->mnt_data, ino);

	if (tn == NULL)
		return RUMP_ENOENT;
	vp->v_type = tn->tn_type;
	vp->v_ops = &tmpfs_vops;
	vp->v_data = tn;
	if (tn->tn_type == VBLK || tn->tn_type == VCHR)
		vp->v_rdev = tn->tn_rdev;
	vnode_setattr(vp, tn->tn_mode, tn->tn_uid, tn->tn_gid);
	return 0;
}

static int statvfs(struct mount *mp, struct rump_statvfs *sb)
{
	struct tmpfs_mount *tm = mp->mnt_data;
	uint64_t used = tm->tm_pages, free, limit = kmem_limit();

	free = tm->tm_pages_max == UINT64_MAX ? UINT32_MAX : tm->tm_pages_max - used;
	if (limit != UINT64_MAX) {
		uint64_t left = limit > kmem_used() ? (limit - kmem_used()) / TMPFS_PAGE : 0;

		free = left < free ? left : free;
	}
	sb->f_blocks = used + free;
	sb->f_bfree = sb->f_bavail = free;
	mutex_enter(&tm->tm_lock);
	sb->f_ffree =
		tm->tm_nodes_max == UINT64_MAX ? UINT32_MAX : tm->tm_nodes_max - tm->tm_nnodes;
	sb->f_files = tm->tm_nnodes + sb->f_ffree;
	mutex_exit(&tm->tm_lock);
	sb->f_favail = sb->f_ffree;
	return 0;
}

static int sync(struct mount *mp, bool wait)
{
	(void)mp;
	(void)wait;
	return 0;
}

static const struct vfsops tmpfs_vfsops = {
	.vfs_name = "tmpfs",
	.vfs_mount = mount,
	.vfs_unmount = unmount,
	.vfs_loadvnode = loadvnode,
	.vfs_statvfs = statvfs,
	.vfs_sync = sync,
};
VFS_MODULE(tmpfs, &tmpfs_vfsops);

/* SPDX-License-Identifier: BSD-2-Clause */
/* Mounting, unmounting, sync, statvfs. */
#include "fs/ext2/ext2.h"
#include "kern/callout.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

static void fs_free(struct ext2_fs *fs)
{
	bufobj_destroy(&fs->fs_meta);
	ext2_group_free(fs);
	mutex_destroy(&fs->fs_sblock);
	kmem_free(fs, sizeof(*fs));
}

/* The device is open: read what a mount needs. */
static int load(struct ext2_fs *fs, bool readonly)
{
	struct rump_timespec now;
	int error;

	error = ext2_super_load(fs, fs->fs_mp->mnt_from, readonly);
	if (error != 0)
		return error;
	bufobj_init(&fs->fs_meta, fs->fs_dev, fs->fs_bsize, NULL, fs);
	error = ext2_group_load(fs);
	if (error == 0 && !readonly) {
		error = ext2_super_begin(fs);
		fs->fs_begun = error == 0;
	}
	if (error != 0) {
		bufobj_destroy(&fs->fs_meta);
		ext2_group_free(fs);
		return error;
	}
	vfs_timestamp(&now);
	fs->fs_nextgen = (uint32_t)(now.tv_sec * 1000003 + now.tv_nsec);
	return 0;
}

static int ext2_sync(struct mount *mp, bool wait);

/* No longer in use for writing: write everything to the disk, and mark it clean if it was. */
static int finish(struct ext2_fs *fs)
{
	int error = 0, one;

	if (!fs->fs_begun)
		return 0;
	error = ext2_group_store(fs);
	one = bufobj_sync(&fs->fs_meta, true);
	if (error == 0)
		error = one;
	if (error == 0)
		error = bdev_flush(fs->fs_dev);
	if (error == 0)
		error = ext2_super_end(fs);
	fs->fs_begun = error != 0;
	return error;
}

static int update(struct mount *mp, int flags)
{
	struct ext2_fs *fs = ext2_mp(mp);
	int error;

	if (!fs->fs_ro && (flags & RUMP_MNT_RDONLY)) {
		if (fs->fs_norphans > 0)
			return RUMP_EBUSY; /* their blocks could not be freed any more */
		error = ext2_sync(mp, true);
		if (error == 0)
			error = finish(fs);
		if (error == 0)
			fs->fs_ro = true;
		return error;
	}
	if (fs->fs_ro && !(flags & RUMP_MNT_RDONLY)) {
		if (fs->fs_dev->bd_readonly)
			return RUMP_EROFS;
		if (fs->fs_nerrors > 0) {
			kprintf("ext2: %s: damaged: run e2fsck before writing\n", mp->mnt_from);
			return RUMP_EROFS;
		}
		error = ext2_super_writable(fs);
		if (error == 0)
			error = ext2_super_begin(fs);
		if (error == 0) {
			fs->fs_begun = true;
			fs->fs_ro = false;
		}
		return error;
	}
	return 0;
}

static int ext2_mount(struct mount *mp, const void *data, size_t len, int flags)
{
	bool readonly = (flags & RUMP_MNT_RDONLY) != 0;
	const struct rump_ufs_args *args = data;
	struct ext2_fs *fs;
	int error;

	if (flags & RUMP_MNT_UPDATE)
		return update(mp, flags);
	if (data == NULL || len < sizeof(*args))
		return RUMP_EINVAL;
	fs = kmem_zalloc(sizeof(*fs));
	if (fs == NULL)
		return RUMP_ENOMEM;
	fs->fs_mp = mp;
	mutex_init(&fs->fs_sblock);
	error = vfs_getdev(args->fspec, readonly, &fs->fs_dev, mp->mnt_from, sizeof(mp->mnt_from));
	if (error == 0) {
		error = load(fs, readonly);
		if (error != 0)
			vfs_putdev(fs->fs_dev);
	}
	if (error != 0) {
		mutex_destroy(&fs->fs_sblock);
		kmem_free(fs, sizeof(*fs));
		return error;
	}
	mp->mnt_dev = fs->fs_dev;
	mp->mnt_data = fs;
	mp->mnt_root_ino = EXT2_ROOT_INO;
	mp->mnt_namemax = EXT2_NAME_MAX;
	mp->mnt_bsize = fs->fs_bsize;
	return 0;
}

static int ext2_unmount(struct mount *mp, bool force)
{
	struct ext2_fs *fs = ext2_mp(mp);
	int error;

	error = finish(fs);
	if (error != 0)
		kprintf("ext2: %s: error %d at unmount%s: run e2fsck\n", mp->mnt_from, error,
			force ? " (forced)" : "");
	mp->mnt_data = NULL;
	fs_free(fs);
	return force ? 0 : error;
}

static int ext2_loadvnode(struct mount *mp, struct vnode *vp, uint64_t ino)
{
	return ext2_inode_load(ext2_mp(mp), vp, ino);
}

static int ext2_statvfs(struct mount *mp, struct rump_statvfs *sb)
{
	struct ext2_fs *fs = ext2_mp(mp);
	uint64_t bfree = fs->fs_bfree > 0 ? (uint64_t)fs->fs_bfree : 0;
	uint64_t ifree = fs->fs_ifree > 0 ? (uint64_t)fs->fs_ifree : 0;

	sb->f_bsize = sb->f_frsize = sb->f_iosize = fs->fs_bsize;
	sb->f_blocks = fs->fs_blocks - fs->fs_overhead;
	sb->f_bfree = bfree;
	sb->f_bresvd = fs->fs_rblocks;
	sb->f_bavail = bfree > fs->fs_rblocks ? bfree - fs->fs_rblocks : 0;
	sb->f_files = fs->fs_inodes;
	sb->f_ffree = sb->f_favail = ifree;
	return 0;
}

struct sync_arg {
	bool wait;
	int error;
};

static int sync_vnode(struct vnode *vp, void *arg)
{
	struct ext2_inode *ip = ext2_ip(vp);
	struct sync_arg *sa = arg;
	int error = 0, one;

	if (!ip->i_dirty && !ip->i_accessed && !bufobj_isdirty(&ip->i_bo))
		return 0;
	vlock_shared(vp);
	/* Without wait the cache writes the data when it is old enough. */
	if (sa->wait)
		error = bufobj_sync(&ip->i_bo, true);
	if (ip->i_dirty || ip->i_accessed) {
		one = ext2_inode_store(ip, false);
		if (error == 0)
			error = one;
	}
	vunlock(vp);
	if (sa->error == 0)
		sa->error = error;
	return 0; /* continue with the others */
}

static int ext2_sync(struct mount *mp, bool wait)
{
	struct ext2_fs *fs = ext2_mp(mp);
	struct sync_arg sa = {.wait = wait};
	int error;

	if (fs->fs_ro)
		return 0;
	(void)mount_foreach_vnode(mp, sync_vnode, &sa);
	error = ext2_group_store(fs);
	if (sa.error == 0)
		sa.error = error;
	error = ext2_super_store(fs, false);
	if (sa.error == 0)
		sa.error = error;
	if (wait) {
		error = bufobj_sync(&fs->fs_meta, true);
		if (sa.error == 0)
			sa.error = error;
	}
	return sa.error;
}

static const struct vfsops ext2_vfsops = {
	.vfs_name = "ext2fs",
	.vfs_mount = ext2_mount,
	.vfs_unmount = ext2_unmount,
	.vfs_loadvnode = ext2_loadvnode,
	.vfs_statvfs = ext2_statvfs,
	.vfs_sync = ext2_sync,
};
VFS_MODULE(ext2fs, &ext2_vfsops);

RUMP_COMPONENT(RUMP_COMPONENT_VFS, ext2)
{
	ext2_dirhash_init();
}

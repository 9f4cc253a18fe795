/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations on files, and the table of all operations. */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

static int getattr(struct vnode *vp, struct vattr *va)
{
	struct ext2_inode *ip = ext2_ip(vp);

	ext2_inode_times(ip);
	va->va_type = vp->v_type;
	va->va_mode = vp->v_mode;
	va->va_nlink = ip->i_nlink;
	va->va_uid = vp->v_uid;
	va->va_gid = vp->v_gid;
	va->va_fileid = ip->i_ino;
	va->va_size = ip->i_size;
	va->va_bytes = ip->i_sectors * 512;
	va->va_blocksize = (int32_t)ip->i_fs->fs_bsize;
	va->va_rdev = vp->v_rdev;
	va->va_gen = ip->i_gen;
	va->va_flags = 0;
	mutex_enter(&ip->i_lock);
	va->va_atime = ip->i_atime;
	va->va_mtime = ip->i_mtime;
	va->va_ctime = ip->i_ctime;
	va->va_birthtime = ip->i_crtime;
	mutex_exit(&ip->i_lock);
	return 0;
}

static int setattr(struct vnode *vp, const struct vattr *va)
{
	struct ext2_inode *ip = ext2_ip(vp);
	rump_mode_t mode = vp->v_mode;
	rump_uid_t uid = vp->v_uid;
	rump_gid_t gid = vp->v_gid;
	int error = 0;

	if (ip->i_fs->fs_ro)
		return RUMP_EROFS;
	if (ip->i_flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL))
		return RUMP_EPERM;
	if (va->va_size != VNOVAL) {
		if (vp->v_type != VREG)
			return vp->v_type == VDIR ? RUMP_EISDIR : RUMP_EINVAL;
		if (va->va_size < 0)
			return RUMP_EINVAL;
		error = ext2_setsize(ip, va->va_size);
		if (error != 0)
			return error;
	}
	if (va->va_mode != (rump_mode_t)VNOVAL)
		mode = va->va_mode & RUMP_ALLPERMS;
	if (va->va_uid != (rump_uid_t)VNOVAL)
		uid = va->va_uid;
	if (va->va_gid != (rump_gid_t)VNOVAL)
		gid = va->va_gid;
	vnode_setattr(vp, mode, uid, gid);
	ext2_inode_times(ip);
	mutex_enter(&ip->i_lock);
	if (va->va_atime.tv_nsec != VNOVAL_TIME)
		ip->i_atime = va->va_atime;
	if (va->va_mtime.tv_nsec != VNOVAL_TIME)
		ip->i_mtime = va->va_mtime;
	mutex_exit(&ip->i_lock);
	ext2_inode_touch(ip, EXT2_TIME_C);
	return ext2_inode_store(ip, false);
}

static int file_read(struct vnode *vp, struct uio *uio, int ioflag)
{
	struct ext2_inode *ip = ext2_ip(vp);
	int error;

	(void)ioflag;
	if (uio->uio_offset < 0)
		return RUMP_EINVAL;
	error = bufobj_read(&ip->i_bo, uio, ip->i_size);
	if (!mount_rdonly(vp->v_mount) && !(vp->v_mount->mnt_flag & RUMP_MNT_NOATIME) &&
	    !(ip->i_flags & EXT2_NOATIME_FL))
		ip->i_accessed = true;
	return error;
}

static int file_write(struct vnode *vp, struct uio *uio, int ioflag)
{
	struct ext2_inode *ip = ext2_ip(vp);
	struct ext2_fs *fs = ip->i_fs;
	size_t had = uio->uio_resid, beyond = 0;
	int64_t size = ip->i_size;
	int error;

	if (fs->fs_ro)
		return RUMP_EROFS;
	if (ip->i_flags & EXT2_IMMUTABLE_FL)
		return RUMP_EPERM;
	if (ioflag & IO_APPEND)
		uio->uio_offset = ip->i_size;
	else if (ip->i_flags & EXT2_APPEND_FL)
		return RUMP_EPERM;
	if (uio->uio_offset < 0)
		return RUMP_EINVAL;
	if (had == 0)
		return 0;
	if (uio->uio_offset >= fs->fs_maxbytes)
		return RUMP_EFBIG;
	if ((uint64_t)uio->uio_offset + had > (uint64_t)fs->fs_maxbytes)
		beyond = (size_t)((uint64_t)uio->uio_offset + had - (uint64_t)fs->fs_maxbytes);
	if (uio->uio_offset + (int64_t)(had - beyond) > INT32_MAX &&
	    (error = ext2_super_largefile(fs)) != 0)
		return error;
	uio->uio_resid -= beyond; /* as much as fits: the caller sees a short count */
	error = bufobj_write(&ip->i_bo, uio, &size);
	uio->uio_resid += beyond;
	if (size > ip->i_size)
		ip->i_size = size;
	if (error != 0) /* blocks beyond the end may have been allocated before it failed */
		(void)ext2_blocks_truncate(ip, (ip->i_size + fs->fs_bsize - 1) >> fs->fs_bshift);
	if (uio->uio_resid != had || error != 0)
		ext2_inode_touch(ip, EXT2_TIME_M | EXT2_TIME_C);
	if (error == 0 && (ip->i_flags & EXT2_SYNC_FL))
		error = ext2_fsync(vp, FSYNC_WAIT);
	return error;
}

/*
 * Write data, then indirect blocks, then the inode, then flush the device (ext2.h, I8). Indirect
 * blocks are not tracked one by one: if any has changed, all dirty metadata is written, which the
 * one flush covers as well.
 */
int ext2_fsync(struct vnode *vp, int flags)
{
	struct ext2_inode *ip = ext2_ip(vp);
	struct ext2_fs *fs = ip->i_fs;
	bool wait = (flags & FSYNC_WAIT) != 0;
	int error;

	error = bufobj_sync(&ip->i_bo, wait);
	if (error == 0 && ip->i_indirty) {
		ip->i_indirty = false;
		error = bufobj_sync(&fs->fs_meta, wait);
		if (error != 0)
			ip->i_indirty = true;
	}
	if (error == 0 && !fs->fs_ro)
		error = ext2_inode_store(ip, wait);
	if (error == 0 && wait)
		error = bdev_flush(fs->fs_dev);
	return error;
}

static int seek_hole(struct vnode *vp, int64_t *offp, bool hole)
{
	struct ext2_inode *ip = ext2_ip(vp);
	struct ext2_fs *fs = ip->i_fs;
	int64_t off = *offp;
	uint32_t blk, run;
	int error;

	if (off < 0 || off >= ip->i_size)
		return RUMP_ENXIO;
	while (off < ip->i_size) {
		int64_t lbn = off >> fs->fs_bshift;

		error = ext2_bmap(ip, lbn, &blk, &run);
		if (error != 0)
			return error;
		if ((blk == 0) == hole) {
			*offp = off;
			return 0;
		}
		off = (lbn + run) << fs->fs_bshift;
	}
	if (!hole)
		return RUMP_ENXIO;
	*offp = ip->i_size;
	return 0;
}

static void inactive(struct vnode *vp)
{
	struct ext2_inode *ip = ext2_ip(vp);

	ext2_resv_drop(ip);
	if (ip->i_fs->fs_ro)
		return;
	if (ip->i_nlink == 0 && !ip->i_freed) {
		ip->i_freed = true;
		ext2_inode_wipe(ip);
	}
	if (ip->i_dirty || ip->i_accessed)
		(void)ext2_inode_store(ip, false); /* stays dirty; sync reports the error */
}

static void reclaim(struct vnode *vp)
{
	struct ext2_inode *ip = ext2_ip(vp);
	struct ext2_fs *fs = ip->i_fs;
	bool freed = ip->i_freed, isdir = vp->v_type == VDIR;
	uint32_t ino = ip->i_ino;

	if (!fs->fs_ro) {
		(void)bufobj_sync(&ip->i_bo, true);
		if ((ip->i_dirty || ip->i_accessed) && ext2_inode_store(ip, false) != 0)
			ext2_error(fs, "inode %u: cannot be written; its last changes are lost",
				   ino);
	}
	if (ip->i_orphan)
		atomic_fetch_sub(&fs->fs_norphans, 1);
	vp->v_data = NULL;
	vp->v_bufobj = NULL;
	ext2_inode_destroy(ip);
	if (freed)
		ext2_inode_free(fs, ino, isdir); /* from here on another file may get the number */
}

const struct vops ext2_vops = {
	.vop_lookup = ext2_lookup,
	.vop_create = ext2_create,
	.vop_mknod = ext2_create,
	.vop_mkdir = ext2_create,
	.vop_symlink = ext2_symlink,
	.vop_link = ext2_link,
	.vop_remove = ext2_remove,
	.vop_rmdir = ext2_rmdir,
	.vop_rename = ext2_rename,
	.vop_getattr = getattr,
	.vop_setattr = setattr,
	.vop_read = file_read,
	.vop_write = file_write,
	.vop_readdir = ext2_readdir,
	.vop_readlink = ext2_readlink,
	.vop_fsync = ext2_fsync,
	.vop_seek_hole = seek_hole,
	.vop_inactive = inactive,
	.vop_reclaim = reclaim,
};

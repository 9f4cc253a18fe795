/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on names.
 *
 * I1 The directories form a tree whatever the disk says: a directory is only entered from the one
 *    that its ".." names (i_parent, checked at lookup). A damaged entry that refers to an ancestor,
 *    or to a child of another directory, is refused. So locking a parent before its child cannot go
 *    in a cycle.
 */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

/* The contents of a directory changed: set its times and store its inode in the cache. */
static int dir_changed(struct ext2_inode *dir)
{
	ext2_inode_touch(dir, EXT2_TIME_M | EXT2_TIME_C);
	return ext2_inode_store(dir, false);
}

int ext2_lookup(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp)
{
	struct ext2_inode *dir = ext2_ip(dvp);
	struct ext2_fs *fs = dir->i_fs;
	struct ext2_slot sl;
	uint32_t parent;
	int error;

	if (cn->cn_len > EXT2_NAME_MAX)
		return RUMP_ENAMETOOLONG;
	if (cn->cn_len == 2 && memcmp(cn->cn_name, "..", 2) == 0) {
		error = ext2_dir_parent(dir, &parent);
		return error != 0 ? error : vcache_get(dvp->v_mount, parent, vpp);
	}
	error = ext2_dir_find(dir, cn->cn_name, cn->cn_len, &sl);
	if (error != 0)
		return error;
	if (sl.sl_ino == dir->i_ino || sl.sl_ino == EXT2_ROOT_INO) {
		ext2_error(fs, "directory %u: an entry refers to directory %u", dir->i_ino,
			   sl.sl_ino);
		return RUMP_EIO;
	}
	error = vcache_get(dvp->v_mount, sl.sl_ino, vpp);
	if (error != 0)
		return error == RUMP_ENOENT ? RUMP_EIO : error;
	if ((*vpp)->v_type != VDIR)
		return 0;
	error = ext2_dir_parent(ext2_ip(*vpp), &parent);
	if (error == 0 && parent != dir->i_ino) {
		ext2_error(fs, "directory %u: its entry for directory %u, which is in %u",
			   dir->i_ino, sl.sl_ino, parent);
		error = RUMP_EIO;
	}
	if (error != 0)
		vrele(*vpp);
	return error;
}

void ext2_link_drop(struct ext2_inode *ip, uint32_t n)
{
	ip->i_nlink = ip->i_nlink > n ? ip->i_nlink - n : 0;
	if (ip->i_nlink == 0 && !ip->i_orphan) {
		ip->i_orphan = true;
		atomic_fetch_add(&ip->i_fs->fs_norphans, 1);
		vnode_unlinked(ip->i_vp);
	}
	ext2_inode_touch(ip, EXT2_TIME_C);
	(void)ext2_inode_store(ip, false); /* right in memory, and stored again later */
}

/*
 * Make a file. Directories and long symbolic links get their contents before their name (ext2.h,
 * I7).
 */
static int make(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		const char *target, struct vnode **vpp)
{
	struct ext2_inode *dir = ext2_ip(dvp), *ip;
	struct ext2_fs *fs = dir->i_fs;
	bool isdir = va->va_type == VDIR;
	struct vnode *vp;
	uint32_t ino;
	int error;

	if (cn->cn_len > EXT2_NAME_MAX)
		return RUMP_ENAMETOOLONG;
	if (fs->fs_ro)
		return RUMP_EROFS;
	if (dir->i_nlink == 0)
		return RUMP_ENOENT; /* removed while it was some process's working directory */
	if (isdir && dir->i_nlink >= EXT2_LINK_MAX)
		return RUMP_EMLINK;
	error = ext2_inode_alloc(dir, isdir, &ino);
	if (error != 0)
		return error;
	error = ext2_inode_create(dir, ino, va, target, &vp);
	if (error != 0) {
		ext2_inode_free(fs, ino, isdir);
		return error;
	}
	ip = ext2_ip(vp);
	vlock(vp);
	if (isdir)
		error = ext2_dir_init(ip, dir->i_ino);
	else if (target != NULL && ip->i_size == 0)
		error = ext2_symlink_write(ip, target, strlen(target));
	if (error == 0 && (isdir || target != NULL))
		error = ext2_inode_store(ip, false);
	vunlock(vp);
	if (error == 0)
		error = ext2_dir_add(dir, cn->cn_name, cn->cn_len, ino, va->va_type);
	if (error == 0) {
		dir->i_nlink += isdir;
		error = dir_changed(dir);
	} else {
		vlock(vp);
		ext2_link_drop(ip, ip->i_nlink);
		vunlock(vp);
	}
	if (error != 0)
		vrele(vp);
	else
		*vpp = vp;
	return error;
}

int ext2_create(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		struct vnode **vpp)
{
	return make(dvp, cn, va, NULL, vpp);
}

int ext2_symlink(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		 const char *target, struct vnode **vpp)
{
	/* The target and a NUL, for other readers, have to fit into one block. */
	if (strlen(target) >= ext2_ip(dvp)->i_fs->fs_bsize)
		return RUMP_ENAMETOOLONG;
	return make(dvp, cn, va, target, vpp);
}

int ext2_link(struct vnode *dvp, struct vnode *vp, const struct componentname *cn)
{
	struct ext2_inode *dir = ext2_ip(dvp), *ip = ext2_ip(vp);
	int error;

	if (cn->cn_len > EXT2_NAME_MAX)
		return RUMP_ENAMETOOLONG;
	if (ip->i_fs->fs_ro)
		return RUMP_EROFS;
	if (ip->i_nlink >= EXT2_LINK_MAX)
		return RUMP_EMLINK;
	if (ip->i_nlink == 0 || dir->i_nlink == 0)
		return RUMP_ENOENT;
	if (ip->i_flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL))
		return RUMP_EPERM;
	ip->i_nlink++;
	ext2_inode_touch(ip, EXT2_TIME_C);
	error = ext2_inode_store(ip, false);
	if (error == 0)
		error = ext2_dir_add(dir, cn->cn_name, cn->cn_len, ip->i_ino, vp->v_type);
	if (error != 0) {
		ext2_link_drop(ip, 1);
		return error;
	}
	return dir_changed(dir);
}

int ext2_remove(struct vnode *dvp, struct vnode *vp, const struct componentname *cn)
{
	struct ext2_inode *dir = ext2_ip(dvp), *ip = ext2_ip(vp);
	int error;

	if (ip->i_fs->fs_ro)
		return RUMP_EROFS;
	if (ip->i_flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL))
		return RUMP_EPERM;
	error = ext2_dir_del(dir, cn->cn_name, cn->cn_len);
	if (error != 0)
		return error;
	ext2_link_drop(ip, 1);
	return dir_changed(dir);
}

int ext2_rmdir(struct vnode *dvp, struct vnode *vp, const struct componentname *cn)
{
	struct ext2_inode *dir = ext2_ip(dvp), *ip = ext2_ip(vp);
	int error;

	if (ip->i_fs->fs_ro)
		return RUMP_EROFS;
	if (ip->i_flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL))
		return RUMP_EPERM;
	error = ext2_dir_empty(ip);
	if (error == 0)
		error = ext2_dir_del(dir, cn->cn_name, cn->cn_len);
	if (error != 0)
		return error;
	ext2_link_drop(ip, ip->i_nlink);
	if (dir->i_nlink > 2)
		dir->i_nlink--;
	return dir_changed(dir);
}

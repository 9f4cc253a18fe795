/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rename. The new name is made before the old one is removed, and the file has one link more
 * meanwhile. After a crash it has one name or both, and at least as many links as names (ext2.h, I6
 * and I7).
 */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

static int check(const struct ext2_inode *fp, struct ext2_inode *td, struct ext2_inode *tp,
		 bool isdir, bool moves)
{
	uint32_t fixed = EXT2_IMMUTABLE_FL | EXT2_APPEND_FL;

	if (fp->i_fs->fs_ro)
		return RUMP_EROFS;
	if ((fp->i_flags & fixed) || (tp != NULL && (tp->i_flags & fixed)))
		return RUMP_EPERM;
	if (td->i_nlink == 0 || fp->i_nlink == 0)
		return RUMP_ENOENT;
	if (isdir && moves && tp == NULL && td->i_nlink >= EXT2_LINK_MAX)
		return RUMP_EMLINK;
	return isdir && tp != NULL ? ext2_dir_empty(tp) : 0;
}

static int changed(struct ext2_inode *dir)
{
	ext2_inode_touch(dir, EXT2_TIME_M | EXT2_TIME_C);
	return ext2_inode_store(dir, false);
}

int ext2_rename(struct vnode *fdvp, struct vnode *fvp, const struct componentname *fcn,
		struct vnode *tdvp, struct vnode *tvp, const struct componentname *tcn)
{
	struct ext2_inode *fd = ext2_ip(fdvp), *fp = ext2_ip(fvp), *td = ext2_ip(tdvp);
	struct ext2_inode *tp = tvp != NULL ? ext2_ip(tvp) : NULL;
	bool isdir = fvp->v_type == VDIR, moves = fdvp != tdvp;
	int error;

	if (tcn->cn_len > EXT2_NAME_MAX)
		return RUMP_ENAMETOOLONG;
	error = check(fp, td, tp, isdir, moves);
	if (error != 0)
		return error;
	fp->i_nlink++;
	ext2_inode_touch(fp, EXT2_TIME_C);
	error = ext2_inode_store(fp, false);
	if (error == 0)
		error = tp != NULL ? ext2_dir_set(td, tcn->cn_name, tcn->cn_len, fp->i_ino,
						  fvp->v_type)
				   : ext2_dir_add(td, tcn->cn_name, tcn->cn_len, fp->i_ino,
						  fvp->v_type);
	if (error != 0) {
		ext2_link_drop(fp, 1);
		return error;
	}
	if (isdir && moves) {
		error = ext2_dir_setparent(fp, td->i_ino);
		if (tp == NULL)
			td->i_nlink++;
		if (fd->i_nlink > 2)
			fd->i_nlink--;
	} else if (isdir && tp != NULL && td->i_nlink > 2) {
		td->i_nlink--;
	}
	if (tp != NULL)
		ext2_link_drop(tp, isdir ? tp->i_nlink : 1);
	if (error == 0)
		error = ext2_dir_del(fd, fcn->cn_name, fcn->cn_len);
	if (error == 0)
		ext2_link_drop(fp, 1); /* otherwise it has both names, and links for both */
	if (error == 0)
		error = changed(td);
	if (error == 0 && moves)
		error = changed(fd);
	return error;
}

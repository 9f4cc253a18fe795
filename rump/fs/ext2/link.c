/* SPDX-License-Identifier: BSD-2-Clause */
/* Symbolic links: a short target is in i_block, a longer one in the first block. */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

bool ext2_isfastlink(const struct ext2_inode *ip)
{
	uint64_t attr = ip->i_file_acl != 0 ? ip->i_fs->fs_bsize / 512 : 0;

	return ip->i_sectors <= attr && ip->i_size < EXT2_FASTLINK_MAX;
}

int ext2_symlink_write(struct ext2_inode *ip, const char *target, size_t len)
{
	struct buf *bp;
	uint32_t blk;
	bool isnew;
	int error;

	error = ext2_bmap_alloc(ip, 0, &blk, &isnew);
	if (error == 0)
		error = getblk(&ip->i_bo, 0, &bp);
	if (error != 0)
		return error;
	bp->b_pblk = blk;
	memset(bp->b_data, 0, ip->i_fs->fs_bsize);
	memcpy(bp->b_data, target, len);
	bdwrite(bp);
	ip->i_size = (int64_t)len;
	return 0;
}

int ext2_readlink(struct vnode *vp, struct uio *uio)
{
	struct ext2_inode *ip = ext2_ip(vp);
	size_t len = (size_t)ip->i_size;
	struct buf *bp;
	int error;

	if (len == 0) {
		ext2_error(ip->i_fs, "inode %u: an empty symbolic link", ip->i_ino);
		return RUMP_EIO;
	}
	if (len > uio->uio_resid)
		len = uio->uio_resid;
	if (ext2_isfastlink(ip)) {
		error = uiomove(ip->i_block, len, uio);
	} else {
		error = bread(&ip->i_bo, 0, &bp);
		if (error != 0)
			return error;
		error = uiomove(bp->b_data, len, uio);
		brelse(bp);
	}
	if (!mount_rdonly(vp->v_mount) && !(vp->v_mount->mnt_flag & RUMP_MNT_NOATIME))
		ip->i_accessed = true;
	return error;
}

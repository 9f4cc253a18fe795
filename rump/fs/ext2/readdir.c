/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading directories. A position is a byte offset in the directory. Entries never move, but an
 * entry can be merged into the one before it. So a position means the first entry at or after it,
 * found from the start of its block.
 */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

static const uint8_t dtype_of_ft[EXT2_FT_MAX] = {
	[EXT2_FT_UNKNOWN] = RUMP_DT_UNKNOWN, [EXT2_FT_REG] = RUMP_DT_REG,
	[EXT2_FT_DIR] = RUMP_DT_DIR,	     [EXT2_FT_CHR] = RUMP_DT_CHR,
	[EXT2_FT_BLK] = RUMP_DT_BLK,	     [EXT2_FT_FIFO] = RUMP_DT_FIFO,
	[EXT2_FT_SOCK] = RUMP_DT_SOCK,	     [EXT2_FT_LNK] = RUMP_DT_LNK,
};

/* Whether a program can use the name: neither NUL nor '/' may be in it. */
static bool name_ok(const char *name, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (name[i] == '/' || name[i] == '\0')
			return false;
	return true;
}

/* 0: continue with the next block; -1: no room; or an errno. */
static int read_block(struct ext2_inode *dir, const struct buf *bp, int64_t base,
		      struct readdir *rd)
{
	struct ext2_fs *fs = dir->i_fs;
	uint32_t off = 0;

	while (off < fs->fs_bsize) {
		const struct ext2_dirent *de =
			(const struct ext2_dirent *)((const char *)bp->b_data + off);
		int64_t here = base + off, next = here + de->rec_len;
		uint32_t len = ext2_dirent_namelen(fs, de);
		uint8_t type = RUMP_DT_UNKNOWN;
		int error;

		off += de->rec_len;
		if (here < rd->rd_off || de->inode == 0)
			continue;
		if (!name_ok(de->name, len)) {
			ext2_error(fs, "directory %u: the name at %lld holds '/' or NUL",
				   dir->i_ino, (long long)here);
			return RUMP_EIO;
		}
		if ((fs->fs_incompat & EXT2_INCOMPAT_FILETYPE) && de->file_type < EXT2_FT_MAX)
			type = dtype_of_ft[de->file_type];
		error = readdir_emit(rd, de->inode, type, de->name, len, next);
		if (error != 0)
			return error;
		rd->rd_off = next;
	}
	rd->rd_off = base + fs->fs_bsize;
	return 0;
}

int ext2_readdir(struct vnode *vp, struct readdir *rd)
{
	struct ext2_inode *dir = ext2_ip(vp);
	struct ext2_fs *fs = dir->i_fs;
	struct buf *bp;
	int error = 0;

	if (rd->rd_off < 0)
		return RUMP_EINVAL;
	while (error == 0 && rd->rd_off < dir->i_size) {
		int64_t lbn = rd->rd_off >> fs->fs_bshift;

		error = ext2_dir_block(dir, lbn, &bp);
		if (error != 0)
			return error;
		error = read_block(dir, bp, lbn << fs->fs_bshift, rd);
		brelse(bp);
	}
	if (error > 0)
		return error;
	rd->rd_eof = error == 0;
	if (!mount_rdonly(vp->v_mount) && !(vp->v_mount->mnt_flag & RUMP_MNT_NOATIME))
		dir->i_accessed = true;
	return 0;
}

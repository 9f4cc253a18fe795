/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories: blocks of entries. rec_len leads from an entry to the next, and from the last to the
 * end of the block. An unused entry has inode 0. "." and ".." are the first two entries.
 *
 * I1 A block is checked each time it is read, before any of its entries is used: lengths,
 *    alignment, inode numbers. Code that walks a checked block needs no further checks.
 * I2 An indexed directory (dir_index) looks like a linear one: interior nodes of the tree are
 *    inside unused entries or behind "..". Search is linear or by dirhash.c.
 * I3 An insertion would make the index wrong. So EXT2_INDEX_FL is cleared before it: the directory
 *    is linear from then on, which is always valid, and e2fsck -D can index it again. A removal
 *    leaves the index right.
 */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

static const uint8_t ft_of_vtype[] = {
	[VNON] = EXT2_FT_UNKNOWN, [VREG] = EXT2_FT_REG,	  [VDIR] = EXT2_FT_DIR,
	[VBLK] = EXT2_FT_BLK,	  [VCHR] = EXT2_FT_CHR,	  [VLNK] = EXT2_FT_LNK,
	[VSOCK] = EXT2_FT_SOCK,	  [VFIFO] = EXT2_FT_FIFO,
};

static bool has_filetype(const struct ext2_fs *fs)
{
	return (fs->fs_incompat & EXT2_INCOMPAT_FILETYPE) != 0;
}

uint32_t ext2_dirent_namelen(const struct ext2_fs *fs, const struct ext2_dirent *de)
{
	return has_filetype(fs) ? de->name_len : de->name_len | (uint32_t)de->file_type << 8;
}

static struct ext2_dirent *entry(void *data, uint32_t off)
{
	return (struct ext2_dirent *)((char *)data + off);
}

static const struct ext2_dirent *centry(const void *data, uint32_t off)
{
	return (const struct ext2_dirent *)((const char *)data + off);
}

/* The bytes of an entry that its name does not need. */
static uint32_t spare(const struct ext2_fs *fs, const struct ext2_dirent *de)
{
	return de->inode == 0 ? de->rec_len
			      : de->rec_len - EXT2_DIRENT_LEN(ext2_dirent_namelen(fs, de));
}

uint32_t ext2_dir_room(const struct ext2_fs *fs, const void *data)
{
	uint32_t most = 0;

	for (uint32_t off = 0; off < fs->fs_bsize; off += centry(data, off)->rec_len) {
		uint32_t room = spare(fs, centry(data, off));

		if (room > most)
			most = room;
	}
	return most;
}

/* NULL, or what is wrong with the entry at *offp. */
static const char *check(const struct ext2_fs *fs, const void *data, uint32_t *offp)
{
	uint32_t off = 0;

	while (off < fs->fs_bsize) {
		const struct ext2_dirent *de = centry(data, off);
		uint32_t left = fs->fs_bsize - off, namelen;

		*offp = off;
		if (left < EXT2_DIRENT_LEN(1) || de->rec_len < EXT2_DIRENT_LEN(1))
			return "is too short";
		if (de->rec_len % 4 != 0)
			return "is not aligned";
		if (de->rec_len > left)
			return "reaches beyond the block";
		if (de->inode != 0) {
			namelen = ext2_dirent_namelen(fs, de);
			if (namelen == 0 || namelen > EXT2_NAME_MAX)
				return "has a bad name length";
			if (EXT2_DIRENT_LEN(namelen) > de->rec_len)
				return "is shorter than its name";
			if (de->inode > fs->fs_inodes)
				return "has a bad inode number";
		}
		off += de->rec_len;
	}
	return NULL;
}

int ext2_dir_block(struct ext2_inode *dir, int64_t lbn, struct buf **bpp)
{
	struct ext2_fs *fs = dir->i_fs;
	const char *why;
	uint32_t off;
	int error;

	error = bread(&dir->i_bo, lbn, bpp);
	if (error != 0)
		return error;
	if ((*bpp)->b_pblk < 0) {
		brelse(*bpp);
		ext2_error(fs, "directory %u: block %lld is missing", dir->i_ino, (long long)lbn);
		return RUMP_EIO;
	}
	why = check(fs, (*bpp)->b_data, &off);
	if (why != NULL) {
		brelse(*bpp);
		ext2_error(fs, "directory %u: block %lld: the entry at %u %s", dir->i_ino,
			   (long long)lbn, off, why);
		return RUMP_EIO;
	}
	return 0;
}

static int64_t nblocks(const struct ext2_inode *dir)
{
	return dir->i_size >> dir->i_fs->fs_bshift;
}

static bool is_name(const struct ext2_fs *fs, const struct ext2_dirent *de, const char *name,
		    size_t len)
{
	return de->inode != 0 && ext2_dirent_namelen(fs, de) == len &&
	       memcmp(de->name, name, len) == 0;
}

int ext2_dir_parent(struct ext2_inode *dir, uint32_t *inop)
{
	const struct ext2_dirent *dot, *dotdot;
	struct ext2_fs *fs = dir->i_fs;
	uint32_t ino = dir->i_parent;
	struct buf *bp;
	int error;

	if (ino == 0) {
		error = nblocks(dir) > 0 ? ext2_dir_block(dir, 0, &bp) : RUMP_EIO;
		if (error != 0)
			return error;
		dot = centry(bp->b_data, 0);
		dotdot = dot->rec_len < fs->fs_bsize ? centry(bp->b_data, dot->rec_len) : dot;
		if (is_name(fs, dot, ".", 1) && dot->inode == dir->i_ino &&
		    is_name(fs, dotdot, "..", 2) && ext2_ino_valid(fs, dotdot->inode))
			ino = dotdot->inode;
		brelse(bp);
		if (ino == 0) {
			ext2_error(fs, "directory %u: bad \".\" or \"..\"", dir->i_ino);
			return RUMP_EIO;
		}
		dir->i_parent = ino;
	}
	*inop = ino;
	return 0;
}

/* Search block lbn. ENOENT. On success *bpp is the block, owned, unless bpp is NULL. */
static int find_in(struct ext2_inode *dir, int64_t lbn, const char *name, size_t len,
		   struct ext2_slot *sl, struct buf **bpp)
{
	struct ext2_fs *fs = dir->i_fs;
	struct buf *bp;
	int error;

	error = ext2_dir_block(dir, lbn, &bp);
	if (error != 0)
		return error;
	for (uint32_t off = 0; off < fs->fs_bsize;) {
		const struct ext2_dirent *de = centry(bp->b_data, off);

		if (is_name(fs, de, name, len)) {
			sl->sl_lbn = lbn;
			sl->sl_off = off;
			sl->sl_ino = de->inode;
			if (bpp != NULL)
				*bpp = bp;
			else
				brelse(bp);
			return 0;
		}
		off += de->rec_len;
	}
	brelse(bp);
	return RUMP_ENOENT;
}

static int find(struct ext2_inode *dir, const char *name, size_t len, struct ext2_slot *sl,
		struct buf **bpp)
{
	struct ext2_dirhash *dh;
	uint32_t iter = 0;
	int64_t lbn;
	int error;

	mutex_enter(&dir->i_hashlock);
	error = ext2_dirhash_get(dir, &dh);
	if (error == 0 && dh != NULL) {
		error = RUMP_ENOENT;
		while (error == RUMP_ENOENT && (lbn = ext2_dirhash_next(dh, name, len, &iter)) >= 0)
			error = find_in(dir, lbn, name, len, sl, bpp);
		mutex_exit(&dir->i_hashlock);
		return error;
	}
	mutex_exit(&dir->i_hashlock);
	if (error == 0)
		error = RUMP_ENOENT;
	for (lbn = 0; lbn < nblocks(dir) && error == RUMP_ENOENT; lbn++)
		error = find_in(dir, lbn, name, len, sl, bpp);
	return error;
}

int ext2_dir_find(struct ext2_inode *dir, const char *name, size_t len, struct ext2_slot *sl)
{
	return find(dir, name, len, sl, NULL);
}

static void put(struct ext2_fs *fs, struct ext2_dirent *de, const char *name, size_t len,
		uint32_t ino, enum vtype type)
{
	de->name_len = (uint8_t)len;
	de->file_type = has_filetype(fs) ? ft_of_vtype[type] : 0;
	memcpy(de->name, name, len);
	de->inode = ino;
}

/* Insert into block lbn. ENOSPC: no room there. */
static int add_in(struct ext2_inode *dir, int64_t lbn, const char *name, size_t len, uint32_t ino,
		  enum vtype type)
{
	uint32_t need = EXT2_DIRENT_LEN(len), off = 0;
	struct ext2_fs *fs = dir->i_fs;
	struct ext2_dirent *de = NULL;
	struct buf *bp;
	int error;

	error = ext2_dir_block(dir, lbn, &bp);
	if (error != 0)
		return error;
	for (; off < fs->fs_bsize; off += de->rec_len) {
		de = entry(bp->b_data, off);
		if (spare(fs, de) >= need)
			break;
	}
	if (off >= fs->fs_bsize) {
		brelse(bp);
		return RUMP_ENOSPC;
	}
	if (de->inode != 0) {
		uint32_t used = EXT2_DIRENT_LEN(ext2_dirent_namelen(fs, de));
		struct ext2_dirent *next = entry(bp->b_data, off + used);

		next->rec_len = (uint16_t)(de->rec_len - used);
		de->rec_len = (uint16_t)used;
		de = next;
	}
	put(fs, de, name, len, ino, type);
	ext2_dirhash_added(dir, name, len, lbn, ext2_dir_room(fs, bp->b_data));
	bdwrite(bp);
	dir->i_dirslot = (uint32_t)lbn;
	return 0;
}

/* Append a block with one unused entry. */
static int extend(struct ext2_inode *dir)
{
	struct ext2_fs *fs = dir->i_fs;
	int64_t lbn = nblocks(dir);
	struct buf *bp;
	uint32_t blk;
	bool isnew;
	int error;

	if (dir->i_size > INT32_MAX - (int64_t)fs->fs_bsize)
		return RUMP_EFBIG;
	error = ext2_bmap_alloc(dir, lbn, &blk, &isnew);
	if (error != 0)
		return error;
	error = getblk(&dir->i_bo, lbn, &bp);
	if (error != 0) {
		(void)ext2_blocks_truncate(dir, lbn);
		return error;
	}
	bp->b_pblk = blk;
	memset(bp->b_data, 0, fs->fs_bsize);
	entry(bp->b_data, 0)->rec_len = (uint16_t)fs->fs_bsize;
	bdwrite(bp);
	dir->i_size += fs->fs_bsize;
	ext2_inode_dirty(dir);
	return 0;
}

/* The block that has room for an entry of need bytes, or -1. */
static int64_t room_for(struct ext2_inode *dir, uint32_t need, bool *exactp)
{
	struct ext2_dirhash *dh;
	int64_t lbn = -1;

	*exactp = ext2_dirhash_get(dir, &dh) == 0 && dh != NULL;
	if (*exactp)
		lbn = ext2_dirhash_room(dh, need);
	return lbn;
}

int ext2_dir_add(struct ext2_inode *dir, const char *name, size_t len, uint32_t ino,
		 enum vtype type)
{
	int64_t n = nblocks(dir), lbn;
	int error = RUMP_ENOSPC;
	bool exact;

	if (len > EXT2_NAME_MAX)
		return RUMP_ENAMETOOLONG;
	if (n == 0) {
		ext2_error(dir->i_fs, "directory %u is empty, without \".\"", dir->i_ino);
		return RUMP_EIO;
	}
	dir->i_flags &= ~(uint32_t)EXT2_INDEX_FL;
	mutex_enter(&dir->i_hashlock);
	lbn = room_for(dir, EXT2_DIRENT_LEN(len), &exact);
	if (lbn >= 0)
		error = add_in(dir, lbn, name, len, ino, type);
	for (int64_t k = 0; !exact && k < n && error == RUMP_ENOSPC; k++)
		error = add_in(dir, (dir->i_dirslot + k) % n, name, len, ino, type);
	if (error == RUMP_ENOSPC) {
		error = extend(dir);
		if (error == 0)
			error = add_in(dir, n, name, len, ino, type);
	}
	mutex_exit(&dir->i_hashlock);
	return error;
}

int ext2_dir_del(struct ext2_inode *dir, const char *name, size_t len)
{
	struct ext2_dirent *de, *prev = NULL;
	struct ext2_fs *fs = dir->i_fs;
	struct ext2_slot sl;
	struct buf *bp;
	int error;

	error = find(dir, name, len, &sl, &bp);
	if (error != 0)
		return error == RUMP_ENOENT ? RUMP_EIO : error;
	for (uint32_t off = 0; off < sl.sl_off; off += prev->rec_len)
		prev = entry(bp->b_data, off);
	de = entry(bp->b_data, sl.sl_off);
	if (prev != NULL)
		prev->rec_len += de->rec_len;
	else
		de->inode = 0;
	bdwrite(bp);
	/* Look again for room: the hash's lock comes before a buffer. */
	mutex_enter(&dir->i_hashlock);
	if (dir->i_hash != NULL && bread(&dir->i_bo, sl.sl_lbn, &bp) == 0) {
		ext2_dirhash_removed(dir, name, len, sl.sl_lbn, ext2_dir_room(fs, bp->b_data));
		brelse(bp);
	}
	mutex_exit(&dir->i_hashlock);
	dir->i_dirslot = (uint32_t)sl.sl_lbn;
	return 0;
}

int ext2_dir_set(struct ext2_inode *dir, const char *name, size_t len, uint32_t ino,
		 enum vtype type)
{
	struct ext2_slot sl;
	struct buf *bp;
	int error;

	error = find(dir, name, len, &sl, &bp);
	if (error != 0)
		return error == RUMP_ENOENT ? RUMP_EIO : error;
	put(dir->i_fs, entry(bp->b_data, sl.sl_off), name, len, ino, type);
	bdwrite(bp);
	return 0;
}

int ext2_dir_setparent(struct ext2_inode *dir, uint32_t parent)
{
	struct buf *bp;
	uint32_t old;
	int error;

	error = ext2_dir_parent(dir, &old); /* checks that ".." is where it must be */
	if (error == 0)
		error = ext2_dir_block(dir, 0, &bp);
	if (error != 0)
		return error;
	entry(bp->b_data, entry(bp->b_data, 0)->rec_len)->inode = parent;
	bdwrite(bp);
	dir->i_parent = parent;
	return 0;
}

int ext2_dir_empty(struct ext2_inode *dir)
{
	struct ext2_fs *fs = dir->i_fs;
	struct buf *bp;
	int error = 0;

	for (int64_t lbn = 0; lbn < nblocks(dir) && error == 0; lbn++) {
		error = ext2_dir_block(dir, lbn, &bp);
		if (error != 0)
			break;
		for (uint32_t off = 0; off < fs->fs_bsize;
		     off += centry(bp->b_data, off)->rec_len) {
			const struct ext2_dirent *de = centry(bp->b_data, off);

			if (de->inode != 0 && !is_name(fs, de, ".", 1) && !is_name(fs, de, "..", 2))
				error = RUMP_ENOTEMPTY;
		}
		brelse(bp);
	}
	return error;
}

int ext2_dir_init(struct ext2_inode *dir, uint32_t parent)
{
	struct ext2_fs *fs = dir->i_fs;
	struct ext2_dirent *de;
	struct buf *bp;
	int error;

	error = extend(dir);
	if (error == 0)
		error = bread(&dir->i_bo, 0, &bp);
	if (error != 0)
		return error;
	de = bp->b_data;
	put(fs, de, ".", 1, dir->i_ino, VDIR);
	de->rec_len = EXT2_DIRENT_LEN(1);
	de = entry(bp->b_data, EXT2_DIRENT_LEN(1));
	put(fs, de, "..", 2, parent, VDIR);
	de->rec_len = (uint16_t)(fs->fs_bsize - EXT2_DIRENT_LEN(1));
	bdwrite(bp);
	dir->i_parent = parent;
	return 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Freeing a file's blocks, and changing its size.
 *
 * I1 First the cached blocks of the part that is cut off are discarded, so that no write-back
 *    reaches a block that belongs to another file by then. Then the pointer is cleared, then the
 *    block is freed. A crash in between leaves blocks that are allocated and unused; e2fsck finds
 *    them.
 * I2 A pointer that cannot be right is reported and dropped.
 * I3 An indirect block that appears twice on the way down, or that was freed already because
 *    another path led to it, is not followed. The work is therefore bounded by the number of
 *    blocks, whatever the tree looks like.
 */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

struct trunc {
	struct ext2_inode *tr_ip;
	uint32_t tr_path[4]; /* indirect blocks on the path here */
	unsigned tr_depth;
	uint64_t tr_freed; /* in blocks */
	int tr_error;
};

static void free_run(struct trunc *tr, uint32_t blk, uint32_t n)
{
	ext2_blocks_free(tr->tr_ip->i_fs, blk, n);
	tr->tr_freed += n;
}

/* Clear ptr[from, end) and free the blocks that they name, in runs. */
static void free_pointers(struct trunc *tr, uint32_t *ptr, uint32_t from, uint32_t end)
{
	struct ext2_fs *fs = tr->tr_ip->i_fs;
	uint32_t start = 0, n = 0;

	for (uint32_t i = from; i < end; i++) {
		uint32_t blk = ptr[i];

		ptr[i] = 0;
		if (blk == 0)
			continue;
		if (!ext2_blocks_valid(fs, blk, 1)) {
			ext2_error(fs, "inode %u: a pointer to block %u, where no data can be",
				   tr->tr_ip->i_ino, blk);
			continue;
		}
		if (n > 0 && blk == start + n && ext2_blocks_valid(fs, start, n + 1)) {
			n++;
			continue;
		}
		if (n > 0)
			free_run(tr, start, n);
		start = blk;
		n = 1;
	}
	if (n > 0)
		free_run(tr, start, n);
}

static bool may_follow(struct trunc *tr, uint32_t blk)
{
	struct ext2_fs *fs = tr->tr_ip->i_fs;
	bool ok = ext2_blocks_valid(fs, blk, 1);

	for (unsigned i = 0; i < tr->tr_depth; i++)
		ok = ok && tr->tr_path[i] != blk;
	ok = ok && ext2_block_inuse(fs, blk);
	if (!ok)
		ext2_error(fs, "inode %u: bad indirect block %u", tr->tr_ip->i_ino, blk);
	return ok;
}

static int free_tree(struct trunc *tr, uint32_t blk, unsigned level, uint64_t from);

/* Free the children of indirect block blk, from the one that holds block from on. level > 1. */
static int free_children(struct trunc *tr, uint32_t blk, unsigned level, uint64_t from)
{
	struct ext2_fs *fs = tr->tr_ip->i_fs;
	unsigned shift = fs->fs_ptrshift * (level - 1);
	int error, first_error = 0;
	struct buf *bp;

	for (uint32_t i = (uint32_t)(from >> shift); i < fs->fs_ptrs; i++) {
		uint64_t below =
			i == (uint32_t)(from >> shift) ? from & ((UINT64_C(1) << shift) - 1) : 0;
		uint32_t child, *ptr;

		error = bread(&fs->fs_meta, blk, &bp);
		if (error != 0)
			return error;
		ptr = bp->b_data;
		while (i < fs->fs_ptrs && ptr[i] == 0) {
			i++;
			below = 0;
		}
		if (i == fs->fs_ptrs) {
			brelse(bp);
			break;
		}
		child = ptr[i];
		if (below == 0) {
			ptr[i] = 0;
			bdwrite(bp);
		} else {
			brelse(bp);
		}
		error = free_tree(tr, child, level - 1, below);
		if (first_error == 0)
			first_error = error;
	}
	return first_error;
}

/*
 * Free the blocks from the from-th on of the tree of that depth below indirect block blk, and blk
 * itself if from is 0.
 */
static int free_tree(struct trunc *tr, uint32_t blk, unsigned level, uint64_t from)
{
	struct ext2_fs *fs = tr->tr_ip->i_fs;
	struct buf *bp;
	int error;

	if (!may_follow(tr, blk))
		return RUMP_EIO;
	tr->tr_path[tr->tr_depth++] = blk;
	if (level == 1) {
		error = bread(&fs->fs_meta, blk, &bp);
		if (error == 0) {
			free_pointers(tr, bp->b_data, (uint32_t)from, fs->fs_ptrs);
			bdwrite(bp);
		}
	} else {
		error = free_children(tr, blk, level, from);
	}
	tr->tr_depth--;
	if (from == 0 && error == 0) {
		if (getblk(&fs->fs_meta, blk, &bp) == 0)
			bdiscard(bp);
		free_run(tr, blk, 1);
	}
	return error;
}

int ext2_blocks_truncate(struct ext2_inode *ip, int64_t lbn)
{
	struct ext2_fs *fs = ip->i_fs;
	struct trunc tr = {.tr_ip = ip};
	uint64_t from = (uint64_t)lbn, span = 1, sectors;
	int error, first_error = 0;

	ext2_resv_drop(ip);
	ip->i_lastblk = 0;
	ip->i_indirty = true;
	ext2_inode_dirty(ip);
	if (from < EXT2_NDIR)
		free_pointers(&tr, ip->i_block, (uint32_t)from, EXT2_NDIR);
	from = from < EXT2_NDIR ? 0 : from - EXT2_NDIR;
	for (unsigned level = 1; level <= 3; level++) {
		uint32_t *top = &ip->i_block[EXT2_NDIR + level - 1], blk = *top;

		span <<= fs->fs_ptrshift;
		if (from < span && blk != 0) {
			if (from == 0)
				*top = 0;
			error = free_tree(&tr, blk, level, from);
			if (first_error == 0)
				first_error = error;
		}
		from = from < span ? 0 : from - span;
	}
	sectors = tr.tr_freed * (fs->fs_bsize / 512);
	if (sectors > ip->i_sectors) {
		ext2_error(fs, "inode %u: had more blocks than i_blocks says", ip->i_ino);
		sectors = ip->i_sectors;
	}
	ip->i_sectors -= sectors;
	return first_error;
}

int ext2_setsize(struct ext2_inode *ip, int64_t size)
{
	struct ext2_fs *fs = ip->i_fs;
	int64_t keep = (size + fs->fs_bsize - 1) >> fs->fs_bshift;
	int error;

	if (size > fs->fs_maxbytes)
		return RUMP_EFBIG;
	if (size > INT32_MAX && (error = ext2_super_largefile(fs)) != 0)
		return error;
	error = bufobj_zerotail(&ip->i_bo, size < ip->i_size ? size : ip->i_size);
	if (error != 0)
		return error;
	if (size < ip->i_size) {
		ip->i_size = size;
		bufobj_truncate(&ip->i_bo, keep);
		error = ext2_blocks_truncate(ip, keep);
	}
	ip->i_size = size;
	ext2_inode_touch(ip, EXT2_TIME_M | EXT2_TIME_C);
	return error;
}

/* The block of extended attributes: drop one user, and free it with the last. */
static void free_xattr(struct ext2_inode *ip)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t blk = ip->i_file_acl, unit = fs->fs_bsize / 512;
	struct ext2_xattr *h;
	struct buf *bp;

	if (blk == 0)
		return;
	ip->i_file_acl = 0;
	ip->i_sectors -= ip->i_sectors < unit ? ip->i_sectors : unit;
	if (bread(&fs->fs_meta, blk, &bp) != 0) {
		ext2_error(fs, "inode %u: cannot read attribute block %u; it stays allocated",
			   ip->i_ino, blk);
		return;
	}
	h = bp->b_data;
	if (h->h_magic != EXT2_XATTR_MAGIC || h->h_refcount == 0 ||
	    h->h_refcount > EXT2_XATTR_REFMAX) {
		brelse(bp);
		ext2_error(fs, "inode %u: block %u is no attribute block; it stays allocated",
			   ip->i_ino, blk);
	} else if (h->h_refcount > 1) {
		h->h_refcount--;
		bdwrite(bp);
	} else {
		bdiscard(bp);
		ext2_blocks_free(fs, blk, 1);
	}
}

void ext2_inode_wipe(struct ext2_inode *ip)
{
	enum vtype type = ip->i_vp->v_type;
	struct rump_timespec now;

	bufobj_truncate(&ip->i_bo, 0);
	if (type == VREG || type == VDIR || (type == VLNK && !ext2_isfastlink(ip)))
		(void)ext2_blocks_truncate(ip, 0); /* reported; the rest stays allocated */
	free_xattr(ip);
	ip->i_size = 0;
	vfs_timestamp(&now);
	ip->i_dtime = (uint32_t)now.tv_sec;
	ext2_inode_dirty(ip);
}

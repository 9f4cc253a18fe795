/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which device block holds a file's block.
 *
 * i_block[0..11] are the first blocks; [12], [13], [14] are trees of indirect blocks of depth 1, 2,
 * 3. A zero anywhere on the path is a hole.
 *
 * I1 Every block number is checked before it is followed, and the depth is bounded. A tree that
 *    refers to itself therefore cannot cause a loop.
 * I2 Allocation takes all missing blocks on the path from top to bottom, so that on disk a file's
 *    blocks follow their indirect block. It fills the new indirect blocks, and as the last step
 *    enters the topmost into the existing structure. Until then nothing refers to them, and a
 *    failure frees all.
 */
#include "fs/ext2/ext2.h"
#include "kern/string.h"

/* i_block itself, and three levels of indirect blocks. */
#define MAX_DEPTH 4
#define RUN_MAX (1u << 20)

unsigned ext2_bmap_path(const struct ext2_fs *fs, int64_t lbn, uint32_t path[4])
{
	uint64_t n = (uint64_t)lbn, span = 1;
	uint32_t mask = fs->fs_ptrs - 1;

	if (lbn < 0)
		return 0;
	if (n < EXT2_NDIR) {
		path[0] = (uint32_t)n;
		return 1;
	}
	n -= EXT2_NDIR;
	for (unsigned depth = 1; depth < MAX_DEPTH; depth++) {
		span <<= fs->fs_ptrshift;
		if (n < span) {
			path[0] = EXT2_NDIR + depth - 1;
			for (unsigned i = depth; i >= 1; i--) {
				path[i] = (uint32_t)n & mask;
				n >>= fs->fs_ptrshift;
			}
			return depth + 1;
		}
		n -= span;
	}
	return 0;
}

static int bad_pointer(struct ext2_inode *ip, int64_t lbn, uint32_t blk)
{
	ext2_error(ip->i_fs, "inode %u: block %lld is at %u, where no data can be", ip->i_ino,
		   (long long)lbn, blk);
	return RUMP_EIO;
}

/* An indirect block, owned. */
static int indirect_get(struct ext2_inode *ip, int64_t lbn, uint32_t blk, struct buf **bpp)
{
	if (!ext2_blocks_valid(ip->i_fs, blk, 1))
		return bad_pointer(ip, lbn, blk);
	return bread(&ip->i_fs->fs_meta, blk, bpp);
}

/* How many of the pointers from i on continue the run that starts there. */
static uint32_t run_of(const struct ext2_fs *fs, const uint32_t *ptr, uint32_t i, uint32_t end)
{
	uint32_t n = 1;

	while (i + n < end &&
	       (ptr[i] == 0 ? ptr[i + n] == 0
			    : ptr[i + n] == ptr[i] + n && ext2_blocks_valid(fs, ptr[i] + n, 1)))
		n++;
	return n;
}

/* The length of the hole at a zero pointer of that level: to the end of its subtree. */
static uint32_t hole_run(const struct ext2_fs *fs, const uint32_t *path, unsigned level,
			 unsigned depth)
{
	uint64_t span = 1, at = 0;

	for (unsigned i = level + 1; i < depth; i++) {
		span <<= fs->fs_ptrshift;
		at = at << fs->fs_ptrshift | path[i];
	}
	return span - at < RUN_MAX ? (uint32_t)(span - at) : RUN_MAX;
}

int ext2_bmap(struct ext2_inode *ip, int64_t lbn, uint32_t *blkp, uint32_t *runp)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t path[MAX_DEPTH], blk;
	unsigned depth = ext2_bmap_path(fs, lbn, path);
	struct buf *bp;
	int error;

	if (depth == 0)
		return RUMP_EFBIG;
	blk = ip->i_block[path[0]];
	*runp = depth == 1 ? run_of(fs, ip->i_block, path[0], EXT2_NDIR) : 1;
	for (unsigned level = 1; level < depth; level++) {
		const uint32_t *ptr;

		if (blk == 0) {
			*runp = hole_run(fs, path, level - 1, depth);
			break;
		}
		error = indirect_get(ip, lbn, blk, &bp);
		if (error != 0)
			return error;
		ptr = bp->b_data;
		blk = ptr[path[level]];
		if (level == depth - 1)
			*runp = run_of(fs, ptr, path[level], fs->fs_ptrs);
		brelse(bp);
	}
	if (blk != 0 && !ext2_blocks_valid(fs, blk, 1))
		return bad_pointer(ip, lbn, blk);
	*blkp = blk;
	return 0;
}

/* Where a new block of the file should be. ptr, i: the pointers around it, or NULL. */
static uint32_t goal_of(struct ext2_inode *ip, int64_t lbn, const uint32_t *ptr, uint32_t i,
			uint32_t parent)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t g = (ip->i_ino - 1) / fs->fs_ipg;

	if (ip->i_lastblk != 0 && lbn == ip->i_lastlbn + 1)
		return ip->i_lastblk + 1;
	while (ptr != NULL && i > 0)
		if (ptr[--i] != 0)
			return ptr[i] + 1;
	if (parent != 0)
		return parent + 1;
	/* Files of one directory start at different places of its group. */
	return ext2_group_first(fs, g) +
	       (ip->i_ino * UINT32_C(2654435761) >> 28) * (fs->fs_group[g].g_nblocks / 16);
}

static void give_back(struct ext2_fs *fs, const uint32_t *blks, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		ext2_blocks_free(fs, blks[i], 1);
}

/* blks[first..depth-2] are new indirect blocks; each gets its single pointer. */
static int fill_new(struct ext2_fs *fs, const uint32_t *blks, const uint32_t *path, unsigned first,
		    unsigned depth)
{
	struct buf *bp;
	int error;

	for (unsigned i = depth - 1; i-- > first;) {
		error = getblk(&fs->fs_meta, blks[i], &bp);
		if (error != 0) {
			for (unsigned k = i + 1; k < depth - 1; k++) {
				bp = bincore(&fs->fs_meta, blks[k]);
				if (bp != NULL)
					bdiscard(bp);
			}
			return error;
		}
		memset(bp->b_data, 0, fs->fs_bsize);
		((uint32_t *)bp->b_data)[path[i + 1]] = blks[i + 1];
		bdwrite(bp);
	}
	return 0;
}

int ext2_bmap_alloc(struct ext2_inode *ip, int64_t lbn, uint32_t *blkp, bool *newp)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t path[MAX_DEPTH], blks[MAX_DEPTH], unit = fs->fs_bsize / 512, goal;
	unsigned depth = ext2_bmap_path(fs, lbn, path), first;
	struct buf *bp = NULL;
	int error;

	if (depth == 0 || lbn >= (fs->fs_maxbytes + fs->fs_bsize - 1) >> fs->fs_bshift)
		return RUMP_EFBIG;
	/* Follow the path as far as it exists. */
	blks[0] = ip->i_block[path[0]];
	for (first = 0; first < depth && blks[first] != 0; first++) {
		if (first + 1 == depth)
			break;
		error = indirect_get(ip, lbn, blks[first], &bp);
		if (error != 0)
			return error;
		blks[first + 1] = ((uint32_t *)bp->b_data)[path[first + 1]];
		if (blks[first + 1] == 0) {
			first++;
			break; /* bp stays owned: the new pointer goes there */
		}
		brelse(bp);
		bp = NULL;
	}
	if (blks[first] != 0) {
		if (!ext2_blocks_valid(fs, blks[first], 1))
			return bad_pointer(ip, lbn, blks[first]);
		*blkp = blks[first];
		*newp = false;
		return 0;
	}
	goal = bp == NULL ? goal_of(ip, lbn, path[0] < EXT2_NDIR ? ip->i_block : NULL, path[0],
				    path[0] == EXT2_IND ? ip->i_block[EXT2_NDIR - 1] : 0)
			  : goal_of(ip, lbn, bp->b_data, path[first], blks[first - 1]);
	if (bp != NULL)
		brelse(bp); /* the vnode's lock keeps its contents constant */
	if (ip->i_sectors + (uint64_t)(depth - first) * unit > UINT32_MAX)
		return RUMP_EFBIG;
	for (unsigned i = first; i < depth; i++) {
		error = ext2_block_alloc(ip, goal, &blks[i]);
		if (error != 0) {
			give_back(fs, blks, first, i);
			return error;
		}
		goal = blks[i] + 1;
	}
	error = fill_new(fs, blks, path, first, depth);
	if (error == 0 && first > 0)
		error = bread(&fs->fs_meta, blks[first - 1], &bp);
	if (error != 0) {
		give_back(fs, blks, first, depth);
		return error;
	}
	if (first > 0) {
		((uint32_t *)bp->b_data)[path[first]] = blks[first];
		bdwrite(bp);
	} else {
		ip->i_block[path[0]] = blks[0];
	}
	if (depth > 1)
		ip->i_indirty = true;
	ip->i_sectors += (uint64_t)(depth - first) * unit;
	ip->i_lastlbn = lbn;
	ip->i_lastblk = blks[depth - 1];
	ext2_inode_dirty(ip);
	*blkp = blks[depth - 1];
	*newp = true;
	return 0;
}

static struct ext2_inode *owner(struct bufobj *bo)
{
	return ext2_ip((struct vnode *)bo->bo_owner);
}

static int bo_bmap(struct bufobj *bo, int64_t lbn, int64_t *pblkp, uint32_t *runp)
{
	uint32_t blk = 0;
	int error;

	error = ext2_bmap(owner(bo), lbn, &blk, runp);
	*pblkp = blk == 0 ? -1 : (int64_t)blk;
	return error;
}

static int bo_balloc(struct bufobj *bo, int64_t lbn, int64_t *pblkp, bool *newp)
{
	uint32_t blk = 0;
	int error;

	error = ext2_bmap_alloc(owner(bo), lbn, &blk, newp);
	*pblkp = blk;
	return error;
}

const struct bufobj_ops ext2_bufobj_ops = {bo_bmap, bo_balloc};

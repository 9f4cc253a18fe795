/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block allocation.
 *
 * Definitions. A reservation is a set bit in g_resv: a block that is free on disk, but kept in
 * memory for one file. A window is the run of blocks reserved for one file.
 *
 * I1 A regular file that grows reserves the blocks after the one that it was given, so that files
 *    written at the same time do not interleave. The next window is twice as long whenever one was
 *    used up.
 * I2 A reservation exists in memory only; on disk the block stays free, so a crash leaks nothing.
 * I3 Others allocate around reservations, and take a reserved block only if no other is left. A
 *    file therefore checks the bitmap again before it uses its window.
 * I4 A window lies in one group, and no two windows overlap. A window is dropped when its file is
 *    no longer in use, is truncated, or is written elsewhere (ext2_resv_drop).
 * I5 A block is claimed in this order: fs_bfree, which also keeps the superuser's share; then, with
 *    g_lock and the bitmap's buffer, the bit and the group's count.
 */
#include "fs/ext2/bitmap.h"
#include "fs/ext2/ext2.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/string.h"

/*
 * Windows in blocks. RSV_MIN: small files stay together; RSV_MAX: several windows fit into the
 * smallest group.
 */
#define RSV_MIN 8
#define RSV_MAX 512

static uint32_t group_of(const struct ext2_fs *fs, uint32_t blk)
{
	return (blk - fs->fs_first) / fs->fs_bpg;
}

static bool may_use_reserve(const struct ext2_fs *fs)
{
	const struct cred *cr = curlwp->l_cred;

	return cred_issuser(cr) || cr->cr_euid == fs->fs_resuid ||
	       (fs->fs_resgid != 0 && cred_ingroup(cr, fs->fs_resgid));
}

static int count_claim(struct ext2_fs *fs)
{
	int64_t keep = 0;

	if (fs->fs_bfree <= fs->fs_rblocks && !may_use_reserve(fs))
		keep = fs->fs_rblocks;
	if (atomic_fetch_sub(&fs->fs_bfree, 1) <= keep) {
		atomic_fetch_add(&fs->fs_bfree, 1);
		return RUMP_ENOSPC;
	}
	return 0;
}

static int bitmap_get(struct ext2_fs *fs, uint32_t g, struct buf **bpp)
{
	return bread(&fs->fs_meta, fs->fs_group[g].g_bbmap, bpp);
}

/* g_lock held. */
static void resv_clear(struct ext2_group *gr, uint32_t off, uint32_t n)
{
	for (uint32_t i = off; gr->g_resv != NULL && i < off + n; i++)
		bit_clear(gr->g_resv, i);
}

/* g_lock held. Reserve for ip the free blocks after off. Without memory: no reservation. */
static void resv_make(struct ext2_inode *ip, uint32_t g, const uint64_t *map, uint32_t off)
{
	struct ext2_fs *fs = ip->i_fs;
	struct ext2_group *gr = &fs->fs_group[g];
	uint32_t n;

	if (gr->g_resv == NULL)
		gr->g_resv = kmem_zalloc(fs->fs_bsize);
	if (gr->g_resv == NULL || off + 1 >= gr->g_nblocks)
		return;
	n = bits_run(map, gr->g_resv, off + 1, gr->g_nblocks, ip->i_rsvwant);
	for (uint32_t i = off + 1; i <= off + n; i++)
		bit_set(gr->g_resv, i);
	ip->i_rsvstart = ext2_group_first(fs, g) + off + 1;
	ip->i_rsvlen = n;
	ip->i_rsvwant = ip->i_rsvwant * 2 < RSV_MAX ? ip->i_rsvwant * 2 : RSV_MAX;
}

void ext2_resv_drop(struct ext2_inode *ip)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t g;

	ip->i_rsvwant = RSV_MIN;
	if (ip->i_rsvlen == 0)
		return;
	g = group_of(fs, ip->i_rsvstart);
	mutex_enter(&fs->fs_group[g].g_lock);
	resv_clear(&fs->fs_group[g], ip->i_rsvstart - ext2_group_first(fs, g), ip->i_rsvlen);
	mutex_exit(&fs->fs_group[g].g_lock);
	ip->i_rsvlen = 0;
}

/* The bitmap says that off is free. Ends the section of g_lock and releases bp. */
static void claim(struct ext2_fs *fs, uint32_t g, struct buf *bp, uint32_t off)
{
	struct ext2_group *gr = &fs->fs_group[g];

	bit_set(bp->b_data, off);
	if (gr->g_bfree > 0)
		gr->g_bfree--;
	gr->g_dirty = true;
	bdwrite(bp);
}

/*
 * A free bit of the group, at start or after it if possible. A bit that is free although its block
 * holds metadata is damage: it is set, and the search continues.
 */
static bool search(struct ext2_fs *fs, uint32_t g, uint64_t *map, const uint64_t *resv,
		   uint32_t start, uint32_t want, uint32_t *offp)
{
	uint32_t n = fs->fs_group[g].g_nblocks, len, off;

	for (;;) {
		if (start < n && bits_run(map, resv, start, n, 1) == 1) {
			off = start;
		} else {
			off = bits_find_run(map, resv, start < n ? start : 0, n, want, &len);
			if (len < want && start > 0) {
				uint32_t len0;
				uint32_t off0 = bits_find_run(map, resv, 0, n, want, &len0);

				if (len0 > len) {
					off = off0;
					len = len0;
				}
			}
			if (len == 0)
				return false;
		}
		if (ext2_blocks_valid(fs, ext2_group_first(fs, g) + off, 1)) {
			*offp = off;
			return true;
		}
		ext2_error(fs, "group %u: the block bitmap has metadata block %u free", g,
			   ext2_group_first(fs, g) + off);
		bit_set(map, off);
	}
}

/* Allocate in group g. steal: reserved blocks, too. ENOSPC: no (other) block is free there. */
static int alloc_in_group(struct ext2_inode *ip, uint32_t g, uint32_t start, bool steal,
			  uint32_t *blkp)
{
	struct ext2_fs *fs = ip->i_fs;
	struct ext2_group *gr = &fs->fs_group[g];
	bool isreg = ip->i_vp->v_type == VREG;
	uint32_t off;
	struct buf *bp;
	int error;

	mutex_enter(&gr->g_lock);
	error = bitmap_get(fs, g, &bp);
	if (error != 0) {
		mutex_exit(&gr->g_lock);
		return error;
	}
	if (search(fs, g, bp->b_data, steal ? NULL : gr->g_resv, start, isreg ? RSV_MIN : 1,
		   &off)) {
		if (isreg && !steal)
			resv_make(ip, g, bp->b_data, off);
		claim(fs, g, bp, off);
		*blkp = ext2_group_first(fs, g) + off;
	} else {
		error = RUMP_ENOSPC;
		if (steal && gr->g_bfree > 0) {
			ext2_error(fs,
				   "group %u: %u free blocks by its descriptor, none by its "
				   "bitmap",
				   g, gr->g_bfree);
			atomic_fetch_sub(&fs->fs_bfree, gr->g_bfree);
			gr->g_bfree = 0;
			gr->g_dirty = true;
		}
		brelse(bp);
	}
	mutex_exit(&gr->g_lock);
	return error;
}

/* goal is in ip's own window: take it if it is still free (I3). */
static int alloc_reserved(struct ext2_inode *ip, uint32_t goal, uint32_t *blkp)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t g = group_of(fs, goal), off = goal - ext2_group_first(fs, g);
	uint32_t skipped = goal - ip->i_rsvstart;
	struct buf *bp;
	int error;

	mutex_enter(&fs->fs_group[g].g_lock);
	error = bitmap_get(fs, g, &bp);
	if (error == 0) {
		resv_clear(&fs->fs_group[g], off - skipped, skipped + 1);
		ip->i_rsvstart += skipped + 1;
		ip->i_rsvlen -= skipped + 1;
		if (!bit_test(bp->b_data, off) && ext2_blocks_valid(fs, goal, 1)) {
			claim(fs, g, bp, off);
			*blkp = goal;
		} else {
			brelse(bp);
			error = RUMP_ENOSPC;
		}
	}
	mutex_exit(&fs->fs_group[g].g_lock);
	return error;
}

static int alloc_anywhere(struct ext2_inode *ip, uint32_t goal, uint32_t *blkp)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t first = group_of(fs, goal);
	int error;

	for (int steal = 0; steal <= 1; steal++) {
		for (uint32_t k = 0; k < fs->fs_ngroups; k++) {
			uint32_t g = (uint32_t)(((uint64_t)first + k) % fs->fs_ngroups);

			if (fs->fs_group[g].g_bfree == 0)
				continue;
			error = alloc_in_group(ip, g, k == 0 ? goal - ext2_group_first(fs, g) : 0,
					       steal, blkp);
			if (error != RUMP_ENOSPC)
				return error;
		}
	}
	return RUMP_ENOSPC;
}

int ext2_block_alloc(struct ext2_inode *ip, uint32_t goal, uint32_t *blkp)
{
	struct ext2_fs *fs = ip->i_fs;
	int error;

	error = count_claim(fs);
	if (error != 0)
		return error;
	if (goal < fs->fs_first || goal >= fs->fs_blocks)
		goal = fs->fs_first;
	error = RUMP_ENOSPC;
	if (goal - ip->i_rsvstart < ip->i_rsvlen) {
		error = alloc_reserved(ip, goal, blkp);
	} else if (ip->i_rsvlen > 0) {
		ext2_resv_drop(ip); /* the file continues elsewhere */
	}
	if (error == RUMP_ENOSPC) {
		if (ip->i_rsvlen > 0)
			ext2_resv_drop(ip); /* another file took a block of it */
		error = alloc_anywhere(ip, goal, blkp);
	}
	if (error != 0)
		atomic_fetch_add(&fs->fs_bfree, 1);
	return error;
}

bool ext2_block_inuse(struct ext2_fs *fs, uint32_t blk)
{
	uint32_t g = group_of(fs, blk);
	bool used = true; /* assumed when in doubt */
	struct buf *bp;

	mutex_enter(&fs->fs_group[g].g_lock);
	if (bitmap_get(fs, g, &bp) == 0) {
		used = bit_test(bp->b_data, blk - ext2_group_first(fs, g));
		brelse(bp);
	}
	mutex_exit(&fs->fs_group[g].g_lock);
	return used;
}

void ext2_blocks_free(struct ext2_fs *fs, uint32_t blk, uint32_t n)
{
	uint32_t g, off, freed = 0;
	struct ext2_group *gr;
	struct buf *bp;

	if (!ext2_blocks_valid(fs, blk, n)) {
		ext2_error(fs, "freeing blocks %u to %u, which cannot hold data", blk, blk + n - 1);
		return;
	}
	g = group_of(fs, blk);
	off = blk - ext2_group_first(fs, g);
	gr = &fs->fs_group[g];
	mutex_enter(&gr->g_lock);
	if (bitmap_get(fs, g, &bp) != 0) {
		mutex_exit(&gr->g_lock);
		ext2_error(fs,
			   "group %u: cannot read the block bitmap; %u blocks from %u on stay "
			   "allocated",
			   g, n, blk);
		return;
	}
	for (uint32_t i = off; i < off + n; i++) {
		freed += bit_test(bp->b_data, i);
		bit_clear(bp->b_data, i);
	}
	if (freed > gr->g_nblocks - gr->g_bfree)
		ext2_error(fs, "group %u: free blocks count was too high", g);
	else
		gr->g_bfree += freed;
	gr->g_dirty = true;
	bdwrite(bp);
	mutex_exit(&gr->g_lock);
	atomic_fetch_add(&fs->fs_bfree, freed);
	if (freed != n)
		ext2_error(fs, "group %u: freeing blocks %u to %u, %u of them free already", g, blk,
			   blk + n - 1, n - freed);
}

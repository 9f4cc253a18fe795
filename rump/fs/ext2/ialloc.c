/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inode allocation: which inode a new file gets.
 *
 * A file's inode is taken from its directory's group or, if that is full, from one that a hash of
 * the directory selects. Directories are spread after Orlov's idea, as in FreeBSD and Linux. Those
 * in the root go to groups with more than average room and few directories. Deeper ones stay near
 * their parent, unless its group has too many directories or too little room.
 */
#include "fs/ext2/bitmap.h"
#include "fs/ext2/ext2.h"
#include "kern/string.h"

#define NO_GROUP UINT32_MAX

static uint32_t group_of(const struct ext2_fs *fs, uint32_t ino)
{
	return (ino - 1) / fs->fs_ipg;
}

/* A number that differs from call to call and is well distributed. */
static uint32_t scatter(struct ext2_fs *fs)
{
	uint32_t x = fs->fs_nextgen * UINT32_C(2654435761);

	return x ^ (x >> 15);
}

static uint32_t group_for_topdir(struct ext2_fs *fs)
{
	int64_t ifree = fs->fs_ifree / fs->fs_ngroups, bfree = fs->fs_bfree / fs->fs_ngroups;
	uint32_t start = scatter(fs) % fs->fs_ngroups, best = NO_GROUP, fewest = UINT32_MAX;

	for (uint32_t k = 0; k < fs->fs_ngroups; k++) {
		uint32_t g = (uint32_t)(((uint64_t)start + k) % fs->fs_ngroups);
		const struct ext2_group *gr = &fs->fs_group[g];

		if (gr->g_ifree > 0 && gr->g_ifree >= ifree && gr->g_bfree >= bfree &&
		    gr->g_ndirs < fewest) {
			best = g;
			fewest = gr->g_ndirs;
		}
	}
	return best;
}

static uint32_t group_for_subdir(struct ext2_fs *fs, uint32_t parent)
{
	int64_t maxdirs = fs->fs_ndirs / fs->fs_ngroups + fs->fs_ipg / 16;
	int64_t minifree = fs->fs_ifree / fs->fs_ngroups - fs->fs_ipg / 4;
	int64_t minbfree = fs->fs_bfree / fs->fs_ngroups - fs->fs_bpg / 4;

	for (uint32_t k = 0; k < fs->fs_ngroups; k++) {
		uint32_t g = (uint32_t)(((uint64_t)parent + k) % fs->fs_ngroups);
		const struct ext2_group *gr = &fs->fs_group[g];

		if (gr->g_ifree > 0 && gr->g_ndirs <= maxdirs && gr->g_ifree >= minifree &&
		    gr->g_bfree >= minbfree)
			return g;
	}
	return NO_GROUP;
}

static uint32_t group_for_file(struct ext2_fs *fs, uint32_t parent, uint32_t ino)
{
	uint32_t g = parent;

	if (fs->fs_group[g].g_ifree > 0 && fs->fs_group[g].g_bfree > 0)
		return g;
	g = (uint32_t)(((uint64_t)parent + ino) % fs->fs_ngroups);
	for (uint32_t step = 1; step < fs->fs_ngroups; step *= 2) {
		g = (uint32_t)(((uint64_t)g + step) % fs->fs_ngroups);
		if (fs->fs_group[g].g_ifree > 0 && fs->fs_group[g].g_bfree > 0)
			return g;
	}
	return NO_GROUP;
}

/* Take a free inode of group g. ENOSPC: there is none. */
static int take(struct ext2_fs *fs, uint32_t g, bool isdir, uint32_t *inop)
{
	struct ext2_group *gr = &fs->fs_group[g];
	uint32_t reserved = g == 0 ? fs->fs_first_ino - 1 : 0, i;
	struct buf *bp;
	int error;

	mutex_enter(&gr->g_lock);
	error = bread(&fs->fs_meta, gr->g_ibmap, &bp);
	if (error != 0) {
		mutex_exit(&gr->g_lock);
		return error;
	}
	i = gr->g_ihint > reserved ? gr->g_ihint : reserved;
	i = bits_find(bp->b_data, NULL, i, fs->fs_ipg);
	gr->g_ihint = i;
	if (i < fs->fs_ipg) {
		bit_set(bp->b_data, i);
		gr->g_ihint = i + 1;
		if (gr->g_ifree > 0)
			gr->g_ifree--;
		gr->g_ndirs += isdir;
		gr->g_dirty = true;
		bdwrite(bp);
		atomic_fetch_sub(&fs->fs_ifree, 1);
		atomic_fetch_add(&fs->fs_ndirs, isdir);
		*inop = g * fs->fs_ipg + i + 1;
	} else {
		brelse(bp);
		error = RUMP_ENOSPC;
		if (gr->g_ifree > 0) {
			ext2_error(fs,
				   "group %u: %u free inodes by its descriptor, none by its bitmap",
				   g, gr->g_ifree);
			atomic_fetch_sub(&fs->fs_ifree, gr->g_ifree);
			gr->g_ifree = 0;
			gr->g_dirty = true;
		}
	}
	mutex_exit(&gr->g_lock);
	return error;
}

/* The bitmap had ino free: whether the inode table agrees. */
static int check_unused(struct ext2_fs *fs, uint32_t ino, bool *unusedp)
{
	struct ext2_dinode *di;
	struct buf *bp;
	int error;

	error = ext2_inode_buf(fs, ino, &bp, &di);
	if (error != 0)
		return error;
	*unusedp = di->i_links_count == 0;
	brelse(bp);
	if (!*unusedp)
		ext2_error(fs, "inode %u is in use, but free in its group's bitmap", ino);
	return 0;
}

int ext2_inode_alloc(struct ext2_inode *parent, bool isdir, uint32_t *inop)
{
	struct ext2_fs *fs = parent->i_fs;
	uint32_t pg = group_of(fs, parent->i_ino), g = NO_GROUP;
	bool unused;
	int error;

	if (isdir && (parent->i_ino == EXT2_ROOT_INO || (parent->i_flags & EXT2_TOPDIR_FL)))
		g = group_for_topdir(fs);
	if (isdir && g == NO_GROUP)
		g = group_for_subdir(fs, pg);
	if (!isdir)
		g = group_for_file(fs, pg, parent->i_ino);
	if (g == NO_GROUP)
		g = pg;
	for (uint32_t k = 0; k < fs->fs_ngroups;) {
		uint32_t at = (uint32_t)(((uint64_t)g + k) % fs->fs_ngroups);

		error = RUMP_ENOSPC;
		if (fs->fs_group[at].g_ifree > 0)
			error = take(fs, at, isdir, inop);
		if (error == RUMP_ENOSPC) {
			k++;
			continue;
		}
		if (error != 0)
			return error;
		error = check_unused(fs, *inop, &unused);
		if (error != 0) {
			ext2_inode_free(fs, *inop, isdir);
			return error;
		}
		if (unused)
			return 0;
		/* The bit is right now; look for another inode. */
	}
	return RUMP_ENOSPC;
}

void ext2_inode_free(struct ext2_fs *fs, uint32_t ino, bool isdir)
{
	uint32_t g = group_of(fs, ino), i = (ino - 1) % fs->fs_ipg;
	struct ext2_group *gr = &fs->fs_group[g];
	bool was;
	struct buf *bp;

	mutex_enter(&gr->g_lock);
	if (bread(&fs->fs_meta, gr->g_ibmap, &bp) != 0) {
		mutex_exit(&gr->g_lock);
		ext2_error(fs, "group %u: cannot read the inode bitmap; inode %u stays allocated",
			   g, ino);
		return;
	}
	was = bit_test(bp->b_data, i);
	if (!was) {
		brelse(bp);
		mutex_exit(&gr->g_lock);
		ext2_error(fs, "freeing inode %u, which is free already", ino);
		return;
	}
	bit_clear(bp->b_data, i);
	if (i < gr->g_ihint)
		gr->g_ihint = i;
	if (gr->g_ifree < fs->fs_ipg)
		gr->g_ifree++;
	if (isdir && gr->g_ndirs > 0)
		gr->g_ndirs--;
	gr->g_dirty = true;
	bdwrite(bp);
	mutex_exit(&gr->g_lock);
	atomic_fetch_add(&fs->fs_ifree, 1);
	if (isdir)
		atomic_fetch_sub(&fs->fs_ndirs, 1);
}

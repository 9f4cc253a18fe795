/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block groups. The descriptor table is read and checked once, at mount. From then on the copy in
 * memory is authoritative; ext2_group_store writes its counts back (sync, unmount).
 *
 * Without flex_bg, which is refused, a group's bitmaps and inode table lie in the group itself. So
 * its own group's descriptor alone decides whether a block may hold data.
 */
#include "fs/ext2/ext2.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

/* Whether n is a power of base (1 included). */
static bool is_power(uint32_t n, uint32_t base)
{
	while (n % base == 0)
		n /= base;
	return n == 1;
}

bool ext2_group_has_super(const struct ext2_fs *fs, uint32_t g)
{
	if (g == 0)
		return true;
	if (fs->fs_compat & EXT2_COMPAT_SPARSE_SUPER2)
		return g == fs->fs_sb.s_backup_bgs[0] || g == fs->fs_sb.s_backup_bgs[1];
	if ((fs->fs_rocompat & EXT2_RO_SPARSE_SUPER) == 0 || g == 1)
		return true;
	return is_power(g, 3) || is_power(g, 5) || is_power(g, 7);
}

/* The blocks at the start of group g for the superblock and descriptors. */
static uint32_t super_blocks(const struct ext2_fs *fs, uint32_t g)
{
	return ext2_group_has_super(fs, g) ? 1 + fs->fs_gdtblocks + fs->fs_resvgdt : 0;
}

bool ext2_blocks_valid(const struct ext2_fs *fs, uint32_t blk, uint32_t n)
{
	const struct ext2_group *gr;
	uint32_t g, off, end;

	if (n == 0 || blk < fs->fs_first || blk >= fs->fs_blocks || n > fs->fs_blocks - blk)
		return false;
	g = (blk - fs->fs_first) / fs->fs_bpg;
	off = (blk - fs->fs_first) % fs->fs_bpg;
	if (n > fs->fs_bpg - off || off < super_blocks(fs, g))
		return false;
	gr = &fs->fs_group[g];
	end = blk + n; /* at most fs_blocks */
	if ((gr->g_bbmap >= blk && gr->g_bbmap < end) || (gr->g_ibmap >= blk && gr->g_ibmap < end))
		return false;
	return end <= gr->g_itable || blk >= gr->g_itable + fs->fs_itblocks;
}

static int bad_group(struct ext2_fs *fs, uint32_t g, const char *what, uint32_t value)
{
	kprintf("ext2: %s: group %u: bad %s: %u\n", fs->fs_mp->mnt_from, g, what, value);
	return RUMP_EINVAL;
}

/* Whether [blk, blk + n) is in group g, after its superblock and descriptors. */
static bool in_group(const struct ext2_fs *fs, uint32_t g, uint32_t blk, uint32_t n)
{
	uint64_t low = (uint64_t)ext2_group_first(fs, g) + super_blocks(fs, g);
	uint64_t high = (uint64_t)ext2_group_first(fs, g) + fs->fs_group[g].g_nblocks;

	return blk >= low && (uint64_t)blk + n <= high;
}

static int load_one(struct ext2_fs *fs, uint32_t g, const struct ext2_gdesc *gd)
{
	struct ext2_group *gr = &fs->fs_group[g];
	uint32_t left = fs->fs_blocks - ext2_group_first(fs, g);

	gr->g_nblocks = left < fs->fs_bpg ? left : fs->fs_bpg;
	gr->g_bbmap = gd->bg_block_bitmap;
	gr->g_ibmap = gd->bg_inode_bitmap;
	gr->g_itable = gd->bg_inode_table;
	if (!in_group(fs, g, gr->g_bbmap, 1))
		return bad_group(fs, g, "block bitmap", gr->g_bbmap);
	if (!in_group(fs, g, gr->g_ibmap, 1) || gr->g_ibmap == gr->g_bbmap)
		return bad_group(fs, g, "inode bitmap", gr->g_ibmap);
	if (!in_group(fs, g, gr->g_itable, fs->fs_itblocks) ||
	    gr->g_bbmap - gr->g_itable < fs->fs_itblocks ||
	    gr->g_ibmap - gr->g_itable < fs->fs_itblocks)
		return bad_group(fs, g, "inode table", gr->g_itable);
	if (gd->bg_free_blocks_count > gr->g_nblocks)
		return bad_group(fs, g, "free blocks count", gd->bg_free_blocks_count);
	if (gd->bg_free_inodes_count > fs->fs_ipg)
		return bad_group(fs, g, "free inodes count", gd->bg_free_inodes_count);
	if (gd->bg_used_dirs_count > fs->fs_ipg - gd->bg_free_inodes_count)
		return bad_group(fs, g, "directories count", gd->bg_used_dirs_count);
	gr->g_bfree = gd->bg_free_blocks_count;
	gr->g_ifree = gd->bg_free_inodes_count;
	gr->g_ndirs = gd->bg_used_dirs_count;
	fs->fs_bfree += gd->bg_free_blocks_count;
	fs->fs_ifree += gd->bg_free_inodes_count;
	fs->fs_ndirs += gd->bg_used_dirs_count;
	fs->fs_overhead += super_blocks(fs, g) + 2 + fs->fs_itblocks;
	return 0;
}

static uint32_t descs_per_block(const struct ext2_fs *fs)
{
	return fs->fs_bsize / (uint32_t)sizeof(struct ext2_gdesc);
}

/* The buffer of group g's descriptor, owned. */
static int desc_buf(struct ext2_fs *fs, uint32_t g, struct buf **bpp, struct ext2_gdesc **gdp)
{
	int error = bread(&fs->fs_meta, (int64_t)fs->fs_first + 1 + g / descs_per_block(fs), bpp);

	if (error == 0)
		*gdp = (struct ext2_gdesc *)(*bpp)->b_data + g % descs_per_block(fs);
	return error;
}

int ext2_group_load(struct ext2_fs *fs)
{
	size_t size = (size_t)fs->fs_ngroups * sizeof(struct ext2_group);
	struct ext2_gdesc *gd;
	struct buf *bp;
	int error = 0;

	fs->fs_group = kmem_zalloc(size);
	if (fs->fs_group == NULL)
		return RUMP_ENOMEM;
	for (uint32_t g = 0; g < fs->fs_ngroups; g++)
		mutex_init(&fs->fs_group[g].g_lock);
	fs->fs_overhead = fs->fs_first;
	for (uint32_t g = 0; g < fs->fs_ngroups && error == 0; g++) {
		error = desc_buf(fs, g, &bp, &gd);
		if (error != 0) {
			kprintf("ext2: %s: cannot read the descriptor of group %u (error %d)\n",
				fs->fs_mp->mnt_from, g, error);
			break;
		}
		error = load_one(fs, g, gd);
		brelse(bp);
	}
	if (error != 0)
		ext2_group_free(fs);
	return error;
}

void ext2_group_free(struct ext2_fs *fs)
{
	if (fs->fs_group == NULL)
		return;
	for (uint32_t g = 0; g < fs->fs_ngroups; g++) {
		struct ext2_group *gr = &fs->fs_group[g];

		mutex_destroy(&gr->g_lock);
		if (gr->g_resv != NULL)
			kmem_free(gr->g_resv, fs->fs_bsize);
	}
	kmem_free(fs->fs_group, (size_t)fs->fs_ngroups * sizeof(struct ext2_group));
	fs->fs_group = NULL;
}

int ext2_group_store(struct ext2_fs *fs)
{
	int error, first_error = 0;
	struct ext2_gdesc *gd;
	struct buf *bp;

	for (uint32_t g = 0; g < fs->fs_ngroups; g++) {
		struct ext2_group *gr = &fs->fs_group[g];

		mutex_enter(&gr->g_lock);
		if (gr->g_dirty) {
			error = desc_buf(fs, g, &bp, &gd);
			if (error == 0) {
				gd->bg_free_blocks_count = (uint16_t)gr->g_bfree;
				gd->bg_free_inodes_count = (uint16_t)gr->g_ifree;
				gd->bg_used_dirs_count = (uint16_t)gr->g_ndirs;
				gr->g_dirty = false;
				bdwrite(bp);
			} else if (first_error == 0) {
				first_error = error;
			}
		}
		mutex_exit(&gr->g_lock);
	}
	return first_error;
}

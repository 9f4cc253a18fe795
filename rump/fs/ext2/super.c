/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The superblock.
 *
 * I1 While a file system is mounted for writing, its superblock lacks EXT2_VALID_FS, so e2fsck
 *    checks it after a crash.
 * I2 A clean unmount, or a change to read-only, restores the flag's earlier value: a file system
 *    that was not clean does not become clean by being mounted.
 * I3 Damage sets EXT2_ERROR_FS.
 * I4 Only the primary superblock is written. The copies keep what mke2fs or resize2fs wrote, which
 *    is what e2fsck -b needs.
 */
#include "fs/ext2/ext2.h"
#include "fs/ext2/feature.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

#define INCOMPAT_KNOWN EXT2_INCOMPAT_FILETYPE
#define ROCOMPAT_WRITABLE \
	(EXT2_RO_SPARSE_SUPER | EXT2_RO_LARGE_FILE | EXT2_RO_BTREE_DIR | EXT2_RO_EXTRA_ISIZE)
#define EXT2_RO_BIGALLOC 0x0200

/* messages of one mount, so that damage does not flood the console; then one in ERRORS_EACH */
#define ERRORS_LOGGED 50
#define ERRORS_EACH 1000

void ext2_error(struct ext2_fs *fs, const char *fmt, ...)
{
	unsigned n = atomic_fetch_add(&fs->fs_nerrors, 1);
	char msg[200];
	va_list ap;

	if (n < ERRORS_LOGGED || n % ERRORS_EACH == 0) {
		va_start(ap, fmt);
		kvsnprintf(msg, sizeof(msg), fmt, ap);
		va_end(ap);
		kprintf("ext2: %s: %s\n", fs->fs_mp->mnt_from, msg);
		if (n == ERRORS_LOGGED - 1)
			kprintf("ext2: %s: damaged, further messages are left out; run e2fsck\n",
				fs->fs_mp->mnt_from);
	}
	if (fs->fs_sb.s_errors == EXT2_ERRORS_RO || fs->fs_sb.s_errors == EXT2_ERRORS_PANIC) {
		if (!atomic_exchange(&fs->fs_ro, true)) {
			atomic_fetch_or(&fs->fs_mp->mnt_flag, RUMP_MNT_RDONLY);
			kprintf("ext2: %s: now read-only, as its superblock requires after an "
				"error\n",
				fs->fs_mp->mnt_from);
		}
	}
}

/* Read bytes at off, which need not be a multiple of the sector size. */
static int read_bytes(struct bdev *bd, uint64_t off, void *dst, size_t len)
{
	uint64_t start = off & ~(uint64_t)(bd->bd_sector - 1);
	uint64_t end = (off + len + bd->bd_sector - 1) & ~(uint64_t)(bd->bd_sector - 1);
	size_t span = (size_t)(end - start);
	uint8_t *buf;
	int error;

	if (end > bd->bd_size)
		return RUMP_EIO;
	buf = kmem_alloc_aligned(span, bd->bd_sector);
	if (buf == NULL)
		return RUMP_ENOMEM;
	error = bdev_rw(bd, BIO_READ, start, buf, span);
	if (error == 0)
		memcpy(dst, buf + (off - start), len);
	kmem_free(buf, span);
	return error;
}

/* It does not look like ext2. If a copy of the superblock is where mke2fs puts one, say so. */
static void report_backup(struct bdev *bd, const char *name)
{
	for (unsigned log = 0; log <= 2; log++) {
		uint32_t bsize = 1024u << log, blk = bsize * 8 + (log == 0);
		struct ext2_super sb;

		if (read_bytes(bd, (uint64_t)blk * bsize, &sb, sizeof(sb)) == 0 &&
		    sb.s_magic == EXT2_MAGIC && sb.s_log_block_size == log) {
			kprintf("ext2: %s: a copy of the superblock is in block %u: try e2fsck "
				"-b %u -B %u\n",
				name, blk, blk, bsize);
			return;
		}
	}
}

static int bad(const char *name, const char *what, uint64_t value)
{
	kprintf("ext2: %s: superblock: bad %s: %llu\n", name, what, (unsigned long long)value);
	return RUMP_EINVAL;
}

static int check_features(struct ext2_fs *fs, const char *name)
{
	const struct ext2_super *sb = &fs->fs_sb;
	char names[160];
	uint32_t unknown;

	if (sb->s_rev_level > 1)
		return bad(name, "revision", sb->s_rev_level);
	fs->fs_rev = sb->s_rev_level;
	if (fs->fs_rev == 0)
		return 0; /* the fields do not exist */
	fs->fs_compat = sb->s_feature_compat;
	fs->fs_incompat = sb->s_feature_incompat;
	fs->fs_rocompat = sb->s_feature_ro_compat;
	unknown = fs->fs_incompat & ~(uint32_t)INCOMPAT_KNOWN;
	if (unknown & EXT2_INCOMPAT_RECOVER) {
		kprintf("ext2: %s: its journal must be replayed first (needs_recovery): run "
			"e2fsck\n",
			name);
		return RUMP_EINVAL;
	}
	if (unknown != 0) {
		kprintf("ext2: %s: features not supported: %s\n", name,
			ext2_feature_incompat(unknown, names, sizeof(names)));
		return RUMP_EINVAL;
	}
	if (fs->fs_rocompat & EXT2_RO_BIGALLOC) {
		kprintf("ext2: %s: feature not supported: bigalloc\n", name);
		return RUMP_EINVAL;
	}
	return 0;
}

/* The largest file size: what i_block can map, and i_blocks (32 bits) can count. */
static int64_t max_bytes(const struct ext2_fs *fs)
{
	uint64_t p = fs->fs_ptrs, map = EXT2_NDIR + p + p * p + p * p * p;
	uint64_t countable = UINT32_MAX / (fs->fs_bsize / 512);

	countable -= countable / p * 2 + 8; /* at most so many are indirect blocks */
	if (map > countable)
		map = countable;
	if (fs->fs_rev == 0)
		return INT32_MAX; /* i_size_high does not exist */
	return (int64_t)(map << fs->fs_bshift);
}

static int check_geometry(struct ext2_fs *fs, const char *name)
{
	const struct ext2_super *sb = &fs->fs_sb;
	uint64_t need, gdt;

	if (sb->s_log_block_size > EXT2_MAX_BSHIFT - EXT2_MIN_BSHIFT)
		return bad(name, "block size (log)", sb->s_log_block_size);
	fs->fs_bshift = EXT2_MIN_BSHIFT + sb->s_log_block_size;
	fs->fs_bsize = 1u << fs->fs_bshift;
	if (fs->fs_bsize < fs->fs_dev->bd_sector) {
		kprintf("ext2: %s: blocks of %u bytes on a device with sectors of %u\n", name,
			fs->fs_bsize, fs->fs_dev->bd_sector);
		return RUMP_EINVAL;
	}
	if (sb->s_first_data_block != (fs->fs_bsize == 1024))
		return bad(name, "first data block", sb->s_first_data_block);
	fs->fs_first = sb->s_first_data_block;
	if (sb->s_blocks_per_group < 64 || sb->s_blocks_per_group % 8 != 0 ||
	    sb->s_blocks_per_group > fs->fs_bsize * 8 || sb->s_blocks_per_group > 65528)
		return bad(name, "blocks per group", sb->s_blocks_per_group);
	fs->fs_bpg = sb->s_blocks_per_group;
	fs->fs_isize = fs->fs_rev == 0 ? EXT2_OLD_INODE_SIZE : sb->s_inode_size;
	if (fs->fs_isize < EXT2_OLD_INODE_SIZE || fs->fs_isize > fs->fs_bsize ||
	    (fs->fs_isize & (fs->fs_isize - 1)) != 0)
		return bad(name, "inode size", fs->fs_isize);
	if (sb->s_inodes_per_group == 0 || sb->s_inodes_per_group > fs->fs_bsize * 8 ||
	    sb->s_inodes_per_group > 65528)
		return bad(name, "inodes per group", sb->s_inodes_per_group);
	fs->fs_ipg = sb->s_inodes_per_group;
	if (sb->s_blocks_count <= fs->fs_first + 8)
		return bad(name, "blocks count", sb->s_blocks_count);
	fs->fs_blocks = sb->s_blocks_count;
	if (fs->fs_blocks > fs->fs_dev->bd_size >> fs->fs_bshift) {
		kprintf("ext2: %s: %u blocks of %u bytes do not fit the device's %llu bytes\n",
			name, fs->fs_blocks, fs->fs_bsize, (unsigned long long)fs->fs_dev->bd_size);
		return RUMP_EINVAL;
	}
	fs->fs_ngroups =
		(uint32_t)(((uint64_t)fs->fs_blocks - fs->fs_first + fs->fs_bpg - 1) / fs->fs_bpg);
	fs->fs_inodes = sb->s_inodes_count;
	if ((uint64_t)fs->fs_ngroups * fs->fs_ipg != fs->fs_inodes)
		return bad(name, "inodes count", fs->fs_inodes);
	fs->fs_first_ino = fs->fs_rev == 0 ? EXT2_OLD_FIRST_INO : sb->s_first_ino;
	if (fs->fs_first_ino < EXT2_OLD_FIRST_INO || fs->fs_first_ino > fs->fs_inodes)
		return bad(name, "first inode", fs->fs_first_ino);
	if (sb->s_r_blocks_count > fs->fs_blocks)
		return bad(name, "reserved blocks count", sb->s_r_blocks_count);
	if (fs->fs_rev == 1 && sb->s_reserved_gdt_blocks > fs->fs_bsize / 4)
		return bad(name, "reserved descriptor blocks", sb->s_reserved_gdt_blocks);
	fs->fs_resvgdt = fs->fs_rev == 0 ? 0 : sb->s_reserved_gdt_blocks;
	fs->fs_itblocks = (uint32_t)(((uint64_t)fs->fs_ipg * fs->fs_isize + fs->fs_bsize - 1) >>
				     fs->fs_bshift);
	gdt = ((uint64_t)fs->fs_ngroups * sizeof(struct ext2_gdesc) + fs->fs_bsize - 1) >>
	      fs->fs_bshift;
	need = 1 + gdt + fs->fs_resvgdt + 2 + fs->fs_itblocks;
	if (need > fs->fs_bpg || need > fs->fs_blocks - fs->fs_first)
		return bad(name, "metadata, more than a group:", need);
	fs->fs_gdtblocks = (uint32_t)gdt;
	return 0;
}

int ext2_super_load(struct ext2_fs *fs, const char *name, bool readonly)
{
	const struct ext2_super *sb = &fs->fs_sb;
	int error;

	error = read_bytes(fs->fs_dev, EXT2_SB_OFF, &fs->fs_sb, EXT2_SB_SIZE);
	if (error != 0) {
		kprintf("ext2: %s: cannot read the superblock (error %d)\n", name, error);
		return error;
	}
	if (sb->s_magic != EXT2_MAGIC) {
		kprintf("ext2: %s: not an ext2 file system (magic 0x%x)\n", name, sb->s_magic);
		report_backup(fs->fs_dev, name);
		return RUMP_EINVAL;
	}
	error = check_features(fs, name);
	if (error == 0)
		error = check_geometry(fs, name);
	if (error != 0)
		return error;
	fs->fs_ptrshift = fs->fs_bshift - 2;
	fs->fs_ptrs = 1u << fs->fs_ptrshift;
	fs->fs_maxbytes = max_bytes(fs);
	fs->fs_rblocks = sb->s_r_blocks_count;
	fs->fs_resuid = sb->s_def_resuid;
	fs->fs_resgid = sb->s_def_resgid;
	fs->fs_state = sb->s_state;
	if (fs->fs_isize >= EXT2_OLD_INODE_SIZE + EXT2_EXTRA_ISIZE) {
		uint32_t want = sb->s_want_extra_isize;

		if (want < EXT2_EXTRA_ISIZE || want > fs->fs_isize - EXT2_OLD_INODE_SIZE ||
		    want % 4 != 0)
			want = EXT2_EXTRA_ISIZE;
		fs->fs_want_extra = want;
	}
	if ((sb->s_state & EXT2_VALID_FS) == 0)
		kprintf("ext2: %s: was not unmounted cleanly; e2fsck is recommended\n", name);
	if (sb->s_state & EXT2_ERROR_FS)
		kprintf("ext2: %s: is marked as damaged; e2fsck is recommended\n", name);
	if (fs->fs_rev == 1 && sb->s_last_orphan != 0)
		kprintf("ext2: %s: has orphaned inodes; e2fsck frees them\n", name);
	fs->fs_ro = readonly;
	return readonly ? 0 : ext2_super_writable(fs);
}

int ext2_super_writable(struct ext2_fs *fs)
{
	uint32_t unknown = fs->fs_rocompat & ~(uint32_t)ROCOMPAT_WRITABLE;
	char names[160];

	if (unknown != 0) {
		kprintf("ext2: %s: can only be mounted read-only, because of features: %s\n",
			fs->fs_mp->mnt_from, ext2_feature_rocompat(unknown, names, sizeof(names)));
		return RUMP_EROFS;
	}
	return 0;
}

/* fs_sblock held. */
static int store_locked(struct ext2_fs *fs, bool wait)
{
	struct ext2_super *sb = &fs->fs_sb;
	struct rump_timespec now;
	struct buf *bp;
	int error;

	vfs_timestamp(&now);
	sb->s_wtime = (uint32_t)now.tv_sec;
	sb->s_free_blocks_count = (uint32_t)fs->fs_bfree;
	sb->s_free_inodes_count = (uint32_t)fs->fs_ifree;
	if (fs->fs_rev == 1)
		sb->s_feature_ro_compat = fs->fs_rocompat;
	if (fs->fs_nerrors > 0)
		sb->s_state |= EXT2_ERROR_FS;
	error = bread(&fs->fs_meta, EXT2_SB_OFF >> fs->fs_bshift, &bp);
	if (error != 0)
		return error;
	memcpy((char *)bp->b_data + (EXT2_SB_OFF & (fs->fs_bsize - 1)), sb, EXT2_SB_SIZE);
	if (wait)
		return bwrite(bp);
	bdwrite(bp);
	return 0;
}

int ext2_super_store(struct ext2_fs *fs, bool wait)
{
	int error;

	mutex_enter(&fs->fs_sblock);
	error = store_locked(fs, wait);
	mutex_exit(&fs->fs_sblock);
	return error;
}

int ext2_super_begin(struct ext2_fs *fs)
{
	struct rump_timespec now;
	int error;

	vfs_timestamp(&now);
	mutex_enter(&fs->fs_sblock);
	fs->fs_state = fs->fs_sb.s_state;
	fs->fs_sb.s_state &= (uint16_t)~EXT2_VALID_FS;
	if (fs->fs_sb.s_mnt_count < UINT16_MAX)
		fs->fs_sb.s_mnt_count++;
	fs->fs_sb.s_mtime = (uint32_t)now.tv_sec;
	if (fs->fs_rev == 1)
		kstrlcpy(fs->fs_sb.s_last_mounted, fs->fs_mp->mnt_on,
			 sizeof(fs->fs_sb.s_last_mounted));
	error = store_locked(fs, true);
	mutex_exit(&fs->fs_sblock);
	return error != 0 ? error : bdev_flush(fs->fs_dev);
}

int ext2_super_end(struct ext2_fs *fs)
{
	int error;

	mutex_enter(&fs->fs_sblock);
	fs->fs_sb.s_state |= fs->fs_state & EXT2_VALID_FS;
	error = store_locked(fs, true);
	mutex_exit(&fs->fs_sblock);
	return error != 0 ? error : bdev_flush(fs->fs_dev);
}

int ext2_super_largefile(struct ext2_fs *fs)
{
	if (fs->fs_rocompat & EXT2_RO_LARGE_FILE)
		return 0;
	if (fs->fs_rev == 0)
		return RUMP_EFBIG;
	atomic_fetch_or(&fs->fs_rocompat, EXT2_RO_LARGE_FILE);
	return ext2_super_store(fs, false);
}

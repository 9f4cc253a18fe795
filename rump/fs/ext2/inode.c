/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inodes from and to the inode table.
 *
 * I1 While its vnode exists the inode in memory is authoritative.
 * I2 Changes that matter after a crash (links, names, allocation by operations on names) are stored
 *    in the table's buffer at the end of the operation. What read and write change (size, times,
 *    pointers) is stored at sync, at fsync, or when the file is no longer in use.
 */
#include "fs/ext2/ext2.h"
#include "kern/kmem.h"
#include "kern/string.h"

#define BLOCKS_UNIT 512 /* unit of i_blocks */
#define INODE_MODE_MASK 07777

bool ext2_ino_valid(const struct ext2_fs *fs, uint64_t ino)
{
	return ino == EXT2_ROOT_INO || (ino >= fs->fs_first_ino && ino <= fs->fs_inodes);
}

int ext2_inode_buf(struct ext2_fs *fs, uint32_t ino, struct buf **bpp, struct ext2_dinode **dpp)
{
	uint32_t idx = (ino - 1) % fs->fs_ipg, g = (ino - 1) / fs->fs_ipg;
	uint64_t byte = (uint64_t)idx * fs->fs_isize;
	int error;

	error = bread(&fs->fs_meta, (int64_t)fs->fs_group[g].g_itable + (byte >> fs->fs_bshift),
		      bpp);
	if (error == 0)
		*dpp = (void *)((char *)(*bpp)->b_data + (byte & (fs->fs_bsize - 1)));
	return error;
}

/* Whether a field of the large inode exists. */
#define HAS_FIELD(ip, field)                          \
	(EXT2_OLD_INODE_SIZE + (ip)->i_extra_isize >= \
	 offsetof(struct ext2_dinode, field) + sizeof(((struct ext2_dinode *)0)->field))

static void time_get(struct rump_timespec *ts, uint32_t sec, uint32_t extra)
{
	ts->tv_sec = (int32_t)sec + ((int64_t)(extra & 3) << 32);
	ts->tv_nsec = (long)(extra >> 2) < NSEC_PER_SEC ? (long)(extra >> 2) : 0;
}

/* Without the extra field a time has 32 bits; a time outside becomes the nearest inside. */
static uint32_t time_put(const struct rump_timespec *ts, uint32_t *extra)
{
	int64_t sec = ts->tv_sec, max = extra != NULL ? INT32_MAX + (INT64_C(3) << 32) : INT32_MAX;

	if (sec < INT32_MIN)
		sec = INT32_MIN;
	if (sec > max)
		sec = max;
	if (extra != NULL)
		*extra = (uint32_t)(((sec - (int32_t)sec) >> 32) & 3) | (uint32_t)ts->tv_nsec << 2;
	return (uint32_t)sec;
}

static rump_dev_t dev_get(const uint32_t *block)
{
	uint32_t old = block[0], dev = block[1];

	if (old != 0)
		return RUMP_MAKEDEV((old >> 8) & 0xff, old & 0xff);
	return RUMP_MAKEDEV((dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00));
}

static void dev_put(uint32_t *block, rump_dev_t rdev)
{
	uint32_t maj = RUMP_MAJOR(rdev), min = RUMP_MINOR(rdev);

	if (maj < 256 && min < 256)
		block[0] = maj << 8 | min;
	else
		block[1] = (min & 0xff) | maj << 8 | (min & 0xfff00) << 12;
}

static uint64_t map_bytes(const struct ext2_fs *fs)
{
	uint64_t p = fs->fs_ptrs;

	return (EXT2_NDIR + p + p * p + p * p * p) << fs->fs_bshift;
}

/* NULL, or what is wrong with an inode that an entry refers to. */
static const char *check(struct ext2_inode *ip, const struct ext2_dinode *di, enum vtype type)
{
	struct ext2_fs *fs = ip->i_fs;
	uint64_t size = (uint64_t)ip->i_size;

	if (di->i_links_count == 0)
		return "is not in use";
	if (type == VNON)
		return "has no file type";
	if (ip->i_flags & EXT2_UNKNOWN_LAYOUT_FL)
		return "has its data in extents or inline";
	if (ip->i_extra_isize % 4 != 0 || ip->i_extra_isize > fs->fs_isize - EXT2_OLD_INODE_SIZE)
		return "has a bad i_extra_isize";
	if (ip->i_file_acl != 0 && !ext2_blocks_valid(fs, ip->i_file_acl, 1))
		return "has a bad attribute block";
	if (ip->i_sectors > (uint64_t)fs->fs_blocks * (fs->fs_bsize / BLOCKS_UNIT))
		return "has more blocks than the file system";
	if (type == VREG && (ip->i_size < 0 || size > map_bytes(fs)))
		return "has a bad size";
	if (type == VDIR && (size % fs->fs_bsize != 0 || size / BLOCKS_UNIT > ip->i_sectors))
		return "is a directory with a bad size";
	if (type == VLNK && size > (ext2_isfastlink(ip) ? EXT2_FASTLINK_MAX - 1 : fs->fs_bsize))
		return "is a symbolic link with a bad size";
	return NULL;
}

static void decode(struct ext2_inode *ip, const struct ext2_dinode *di, enum vtype type)
{
	struct ext2_fs *fs = ip->i_fs;
	uint32_t cx = 0, mx = 0, ax = 0;

	ip->i_flags = di->i_flags;
	memcpy(ip->i_block, di->i_block, sizeof(ip->i_block));
	ip->i_size = di->i_size;
	if (type == VREG && fs->fs_rev > 0)
		ip->i_size |= (int64_t)((uint64_t)di->i_size_high << 32);
	ip->i_sectors = di->i_blocks;
	if (fs->fs_rocompat & EXT2_RO_HUGE_FILE)
		ip->i_sectors |= (uint64_t)di->i_blocks_high << 32;
	ip->i_nlink = di->i_links_count;
	ip->i_gen = di->i_generation;
	ip->i_file_acl = di->i_file_acl;
	ip->i_dtime = di->i_dtime;
	ip->i_extra_isize = fs->fs_isize > EXT2_OLD_INODE_SIZE ? di->i_extra_isize : 0;
	if (fs->fs_isize > EXT2_OLD_INODE_SIZE) {
		if (HAS_FIELD(ip, i_ctime_extra))
			cx = di->i_ctime_extra;
		if (HAS_FIELD(ip, i_mtime_extra))
			mx = di->i_mtime_extra;
		if (HAS_FIELD(ip, i_atime_extra))
			ax = di->i_atime_extra;
		if (HAS_FIELD(ip, i_crtime_extra))
			time_get(&ip->i_crtime, di->i_crtime, di->i_crtime_extra);
	}
	time_get(&ip->i_ctime, di->i_ctime, cx);
	time_get(&ip->i_mtime, di->i_mtime, mx);
	time_get(&ip->i_atime, di->i_atime, ax);
}

int ext2_inode_load(struct ext2_fs *fs, struct vnode *vp, uint64_t ino)
{
	struct ext2_dinode *di;
	struct ext2_inode *ip;
	const char *why;
	struct buf *bp;
	int error;

	if (!ext2_ino_valid(fs, ino)) {
		ext2_error(fs, "no file can have inode %llu", (unsigned long long)ino);
		return RUMP_EIO;
	}
	ip = kmem_zalloc(sizeof(*ip));
	if (ip == NULL)
		return RUMP_ENOMEM;
	error = ext2_inode_buf(fs, (uint32_t)ino, &bp, &di);
	if (error != 0) {
		kmem_free(ip, sizeof(*ip));
		return error;
	}
	ip->i_fs = fs;
	ip->i_vp = vp;
	ip->i_ino = (uint32_t)ino;
	ip->i_lastlbn = -1;
	vp->v_type = vtype_of_mode(di->i_mode & RUMP_S_IFMT);
	decode(ip, di, vp->v_type);
	why = check(ip, di, vp->v_type);
	if (why == NULL && ino == EXT2_ROOT_INO && vp->v_type != VDIR)
		why = "is the root and no directory";
	if (why == NULL) {
		vnode_setattr(vp, di->i_mode & INODE_MODE_MASK,
			      di->i_uid | (uint32_t)di->i_uid_high << 16,
			      di->i_gid | (uint32_t)di->i_gid_high << 16);
		if (vp->v_type == VBLK || vp->v_type == VCHR)
			vp->v_rdev = dev_get(di->i_block);
	}
	brelse(bp);
	if (why != NULL) {
		ext2_error(fs, "inode %u %s", ip->i_ino, why);
		kmem_free(ip, sizeof(*ip));
		return RUMP_EIO;
	}
	mutex_init(&ip->i_lock);
	mutex_init(&ip->i_hashlock);
	bufobj_init(&ip->i_bo, fs->fs_dev, fs->fs_bsize, &ext2_bufobj_ops, vp);
	ext2_resv_drop(ip); /* this sets the first window's size */
	vp->v_data = ip;
	vp->v_ops = &ext2_vops;
	vp->v_bufobj = &ip->i_bo;
	return 0;
}

void ext2_inode_destroy(struct ext2_inode *ip)
{
	ext2_resv_drop(ip);
	ext2_dirhash_drop(ip);
	bufobj_destroy(&ip->i_bo);
	mutex_destroy(&ip->i_lock);
	mutex_destroy(&ip->i_hashlock);
	kmem_free(ip, sizeof(*ip));
}

void ext2_inode_times(struct ext2_inode *ip)
{
	struct rump_timespec now;
	bool relative = (ip->i_vp->v_mount->mnt_flag & RUMP_MNT_RELATIME) != 0;

	if (!atomic_exchange(&ip->i_accessed, false))
		return;
	vfs_timestamp(&now);
	mutex_enter(&ip->i_lock);
	/* relatime: once after each change, and once a day */
	if (!relative || ip->i_atime.tv_sec <= ip->i_mtime.tv_sec ||
	    ip->i_atime.tv_sec <= ip->i_ctime.tv_sec || now.tv_sec - ip->i_atime.tv_sec >= 86400) {
		ip->i_atime = now;
		ext2_inode_dirty(ip);
	}
	mutex_exit(&ip->i_lock);
}

void ext2_inode_touch(struct ext2_inode *ip, unsigned which)
{
	struct rump_timespec now;

	vfs_timestamp(&now);
	mutex_enter(&ip->i_lock);
	if (which & EXT2_TIME_M)
		ip->i_mtime = now;
	if (which & EXT2_TIME_C)
		ip->i_ctime = now;
	ext2_inode_dirty(ip);
	mutex_exit(&ip->i_lock);
}

/* i_lock held. Fields that this driver does not know keep their values. */
static void encode(struct ext2_inode *ip, struct ext2_dinode *di)
{
	struct ext2_fs *fs = ip->i_fs;
	struct vnode *vp = ip->i_vp;
	uint32_t cx, mx, ax;

	di->i_mode = (uint16_t)(mode_of_vtype(vp->v_type) | (vp->v_mode & INODE_MODE_MASK));
	di->i_uid = (uint16_t)vp->v_uid;
	di->i_gid = (uint16_t)vp->v_gid;
	di->i_uid_high = (uint16_t)(vp->v_uid >> 16);
	di->i_gid_high = (uint16_t)(vp->v_gid >> 16);
	di->i_size = (uint32_t)ip->i_size;
	if (vp->v_type == VREG && fs->fs_rev > 0)
		di->i_size_high = (uint32_t)((uint64_t)ip->i_size >> 32);
	di->i_links_count = (uint16_t)ip->i_nlink;
	di->i_blocks = (uint32_t)ip->i_sectors;
	di->i_flags = ip->i_flags;
	memcpy(di->i_block, ip->i_block, sizeof(di->i_block));
	di->i_file_acl = ip->i_file_acl;
	di->i_dtime = ip->i_dtime;
	di->i_ctime = time_put(&ip->i_ctime, HAS_FIELD(ip, i_ctime_extra) ? &cx : NULL);
	di->i_mtime = time_put(&ip->i_mtime, HAS_FIELD(ip, i_mtime_extra) ? &mx : NULL);
	di->i_atime = time_put(&ip->i_atime, HAS_FIELD(ip, i_atime_extra) ? &ax : NULL);
	if (HAS_FIELD(ip, i_ctime_extra))
		di->i_ctime_extra = cx;
	if (HAS_FIELD(ip, i_mtime_extra))
		di->i_mtime_extra = mx;
	if (HAS_FIELD(ip, i_atime_extra))
		di->i_atime_extra = ax;
}

int ext2_inode_store(struct ext2_inode *ip, bool wait)
{
	struct ext2_dinode *di;
	struct buf *bp;
	int error;

	ext2_inode_times(ip);
	mutex_enter(&ip->i_lock);
	error = ext2_inode_buf(ip->i_fs, ip->i_ino, &bp, &di);
	if (error != 0) {
		mutex_exit(&ip->i_lock);
		return error;
	}
	ip->i_dirty = false;
	encode(ip, di);
	if (wait)
		error = bwrite(bp);
	else
		bdwrite(bp);
	mutex_exit(&ip->i_lock);
	return error;
}

/* A new inode as it is on disk. */
static void fill(struct ext2_fs *fs, struct ext2_dinode *di, const struct ext2_inode *dir,
		 const struct vattr *va, const char *target, uint32_t gen)
{
	struct rump_timespec now;
	uint32_t extra;

	vfs_timestamp(&now);
	memset(di, 0, fs->fs_isize);
	di->i_mode = (uint16_t)(mode_of_vtype(va->va_type) | (va->va_mode & INODE_MODE_MASK));
	di->i_uid = (uint16_t)va->va_uid;
	di->i_gid = (uint16_t)va->va_gid;
	di->i_uid_high = (uint16_t)(va->va_uid >> 16);
	di->i_gid_high = (uint16_t)(va->va_gid >> 16);
	di->i_links_count = va->va_type == VDIR ? 2 : 1;
	di->i_flags = dir->i_flags & EXT2_INHERIT_FL;
	di->i_generation = gen;
	if (va->va_type == VBLK || va->va_type == VCHR)
		dev_put(di->i_block, va->va_rdev);
	if (target != NULL && strlen(target) < EXT2_FASTLINK_MAX) {
		di->i_size = (uint32_t)strlen(target);
		memcpy(di->i_block, target, di->i_size);
	}
	di->i_atime = di->i_mtime = di->i_ctime =
		time_put(&now, fs->fs_want_extra > 0 ? &extra : NULL);
	if (fs->fs_want_extra > 0) {
		di->i_extra_isize = (uint16_t)fs->fs_want_extra;
		di->i_crtime = di->i_ctime;
		di->i_ctime_extra = di->i_mtime_extra = di->i_atime_extra = extra;
		di->i_crtime_extra = extra;
	}
}

int ext2_inode_create(struct ext2_inode *dir, uint32_t ino, const struct vattr *va,
		      const char *target, struct vnode **vpp)
{
	struct ext2_fs *fs = dir->i_fs;
	uint32_t gen = atomic_fetch_add(&fs->fs_nextgen, 1);
	struct ext2_dinode *di;
	struct buf *bp;
	int error;

	error = ext2_inode_buf(fs, ino, &bp, &di);
	if (error != 0)
		return error;
	fill(fs, di, dir, va, target, gen);
	bdwrite(bp);
	error = vcache_get(fs->fs_mp, ino, vpp);
	if (error == 0 && ((*vpp)->v_type != va->va_type || ext2_ip(*vpp)->i_gen != gen)) {
		/* Its bit was free, but an entry refers to it and the old inode is in use. */
		ext2_error(fs, "inode %u was given to a new file while another name used it", ino);
		vrele(*vpp);
		return RUMP_EIO;
	}
	if (error != 0 && ext2_inode_buf(fs, ino, &bp, &di) == 0) {
		di->i_links_count = 0;
		bdwrite(bp);
	}
	return error;
}

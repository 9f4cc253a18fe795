/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ext2 in memory: what its files share.
 *
 *   super.c    the superblock: checks, features, state; errors found at run time
 *   group.c    group descriptors: checks, writing counts back
 *   balloc.c   blocks: bitmaps, reservation windows
 *   ialloc.c   inodes: bitmaps, placement
 *   inode.c    inodes from and to the inode table, times
 *   bmap.c     logical to device blocks: lookup and allocation
 *   trunc.c    freeing blocks of a file
 *   dir.c      directories: checked blocks, search, insertion, removal; dirhash.c large ones
 *   file.c     operations on files; link.c symbolic links; name.c on names; rename.c
 *   vfsops.c   mounting
 *
 * Supported: revisions 0 and 1, blocks of 1 to 32 KiB, files up to the format's limit, sparse
 * files, large directories; images with dir_index, though the index is not used. Not supported: a
 * journal, extents, 64bit, flex_bg and other incompatible features (feature.c; mounting is
 * refused), extended attributes (kept, not read), quotas.
 *
 * Locks, outermost first:
 * I1 A vnode's lock (the vfs takes it) guards an inode's block pointers, size, links, and a
 *    directory's contents. A writer holds it exclusively.
 * I2 i_lock guards the fields that change while the vnode is locked shared (times). i_hashlock
 *    guards a directory's name hash.
 * I3 Then the buffer of a file's block; then that of an indirect block; then g_lock, which guards a
 *    group's bitmaps, counts and reservations; under it the buffer of a bitmap. fs_sblock guards
 *    the superblock.
 * I4 The owner of a buffer of a bitmap, an inode table, a descriptor or the superblock acquires
 *    nothing else until it releases the buffer. These buffers cannot be part of a cycle.
 * I5 No lock of the whole file system is taken on the way to data.
 *
 * Order on disk. ext2 has no journal; after a crash e2fsck repairs. Two rules keep what it loses
 * small. They hold in memory and hence in the cache; the order in which buffers reach the disk is
 * not fixed (vfs/buf.h, I4):
 * I6 A reference is removed before what it refers to is freed.
 * I7 What is referred to is initialised before the reference is made.
 * I8 fsync writes a file's data, then its indirect blocks, then its inode, then flushes the device.
 *
 * Trust:
 * I9 Nothing read from the disk is used before it has been checked. Damage is reported by
 *    ext2_error with its place, marks the file system for e2fsck, and the operation returns EIO.
 */
#ifndef EXT2_EXT2_H
#define EXT2_EXT2_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rump/types.h>

#include "fs/ext2/disk.h"
#include "kern/bdev.h"
#include "kern/sync.h"
#include "vfs/buf.h"
#include "vfs/vfs.h"
#include "vfs/vnode.h"

struct ext2_group {
	struct kmutex g_lock;
	uint32_t g_bbmap, g_ibmap, g_itable;
	uint32_t g_nblocks;	  /* blocks in this group */
	_Atomic uint32_t g_bfree; /* changes with g_lock held */
	_Atomic uint32_t g_ifree;
	_Atomic uint32_t g_ndirs;
	bool g_dirty;	  /* differs from the descriptor on disk */
	uint32_t g_ihint; /* no inode below this index is free */
	uint64_t *g_resv; /* reserved blocks, a bit each; NULL: none yet */
};

struct ext2_fs {
	struct mount *fs_mp;
	struct bdev *fs_dev;
	struct bufobj fs_meta; /* the device's blocks: all but file contents */
	uint32_t fs_bsize, fs_bshift;
	uint32_t fs_blocks, fs_inodes, fs_first; /* first: s_first_data_block */
	uint32_t fs_bpg, fs_ipg, fs_ngroups;
	uint32_t fs_isize, fs_first_ino;
	uint32_t fs_itblocks;		   /* inode-table blocks of a group */
	uint32_t fs_gdtblocks, fs_resvgdt; /* descriptor blocks, reserved ones after them */
	uint32_t fs_compat, fs_incompat;
	_Atomic uint32_t fs_rocompat;
	uint32_t fs_rev;
	uint32_t fs_want_extra;	       /* i_extra_isize of new inodes, 0 with small inodes */
	uint32_t fs_ptrs, fs_ptrshift; /* block numbers in an indirect block */
	int64_t fs_maxbytes;
	uint32_t fs_overhead; /* blocks that cannot hold data */
	uint32_t fs_rblocks;  /* for the superuser, fs_resuid and fs_resgid */
	rump_uid_t fs_resuid;
	rump_gid_t fs_resgid;
	_Atomic int64_t fs_bfree, fs_ifree;
	_Atomic int64_t fs_ndirs;
	struct ext2_group *fs_group;
	_Atomic uint32_t fs_nextgen; /* i_generation of the next new inode */
	_Atomic unsigned fs_nerrors;
	_Atomic bool fs_ro;
	bool fs_begun;		      /* the superblock on disk says that it is in use */
	_Atomic unsigned fs_norphans; /* open inodes without a name */
	struct kmutex fs_sblock;      /* guards the members below */
	struct ext2_super fs_sb;
	uint16_t fs_state; /* s_state to write at a clean unmount */
};

struct ext2_inode {
	struct ext2_fs *i_fs;
	struct vnode *i_vp;
	uint32_t i_ino;
	struct bufobj i_bo;
	/* The vnode's lock guards these. */
	uint32_t i_flags;
	uint32_t i_block[EXT2_NBLOCK];
	int64_t i_size;
	uint64_t i_sectors; /* i_blocks */
	uint32_t i_nlink;
	uint32_t i_gen;
	uint32_t i_file_acl;
	uint32_t i_extra_isize;
	bool i_orphan;		   /* has no name; counted in fs_norphans */
	bool i_freed;		   /* its blocks are freed; vop_reclaim frees the inode */
	bool i_indirty;		   /* indirect blocks changed since the last fsync */
	uint32_t i_dirslot;	   /* lbn in a directory of the last insertion */
	_Atomic uint32_t i_parent; /* of a directory; 0: not read yet */
	/* Where the last block was allocated, and the window reserved for the next. */
	int64_t i_lastlbn;
	uint32_t i_lastblk;
	uint32_t i_rsvstart, i_rsvlen; /* len 0: none */
	uint32_t i_rsvwant;
	struct kmutex i_lock;
	_Atomic bool i_dirty;	 /* differs from the inode table */
	_Atomic bool i_accessed; /* atime is to be set */
	struct rump_timespec i_atime, i_mtime, i_ctime, i_crtime;
	uint32_t i_dtime;
	struct kmutex i_hashlock;
	struct ext2_dirhash *i_hash;
};

static inline struct ext2_fs *ext2_mp(const struct mount *mp)
{
	return mp->mnt_data;
}
static inline struct ext2_inode *ext2_ip(const struct vnode *vp)
{
	return vp->v_data;
}

/* super.c */
/*
 * Report damage: marks the file system for e2fsck, and makes it read-only if its superblock asks
 * for that.
 */
void ext2_error(struct ext2_fs *fs, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Read and check the superblock; fills in the geometry. EINVAL (not ext2, damaged, features), EIO.
 */
int ext2_super_load(struct ext2_fs *fs, const char *name, bool readonly);
/* Whether it may be written. EROFS, with a message that names the feature. */
int ext2_super_writable(struct ext2_fs *fs);
/* Store the superblock in the cache; wait: on the disk. EIO. */
int ext2_super_store(struct ext2_fs *fs, bool wait);
int ext2_super_begin(struct ext2_fs *fs); /* mark it in use for writing (not clean) */
int ext2_super_end(struct ext2_fs *fs);	  /* mark it clean again if it was */
int ext2_super_largefile(struct ext2_fs *fs);

/* group.c */
int ext2_group_load(struct ext2_fs *fs); /* EINVAL, EIO, ENOMEM */
void ext2_group_free(struct ext2_fs *fs);
int ext2_group_store(struct ext2_fs *fs); /* dirty descriptors to the cache */
bool ext2_group_has_super(const struct ext2_fs *fs, uint32_t g);
static inline uint32_t ext2_group_first(const struct ext2_fs *fs, uint32_t g)
{
	return fs->fs_first + g * fs->fs_bpg;
}
/* Whether the n blocks from blk on are on the device, in one group, and none holds metadata. */
bool ext2_blocks_valid(const struct ext2_fs *fs, uint32_t blk, uint32_t n);

/* balloc.c */
/*
 * Allocate one block, at goal if possible. ENOSPC, EIO. vnode X; the caller owns at most buffers of
 * indirect blocks.
 */
int ext2_block_alloc(struct ext2_inode *ip, uint32_t goal, uint32_t *blkp);
/*
 * Free n consecutive blocks of one group. Damage is reported; blocks that are not in use are left
 * alone.
 */
void ext2_blocks_free(struct ext2_fs *fs, uint32_t blk, uint32_t n);
bool ext2_block_inuse(struct ext2_fs *fs, uint32_t blk);
void ext2_resv_drop(struct ext2_inode *ip);

/* ialloc.c */
/*
 * Allocate an inode of which nothing is in use. parent is the directory of its name. ENOSPC, EIO.
 */
int ext2_inode_alloc(struct ext2_inode *parent, bool isdir, uint32_t *inop);
void ext2_inode_free(struct ext2_fs *fs, uint32_t ino, bool isdir);

/* inode.c */
bool ext2_ino_valid(const struct ext2_fs *fs, uint64_t ino);
int ext2_inode_load(struct ext2_fs *fs, struct vnode *vp, uint64_t ino);
/* The buffer with the inode, owned, and the inode in it. EIO. */
int ext2_inode_buf(struct ext2_fs *fs, uint32_t ino, struct buf **bpp, struct ext2_dinode **dpp);
/* Store the inode in the cached inode table; wait: on the disk. Vnode S or X. EIO. */
int ext2_inode_store(struct ext2_inode *ip, bool wait);
/* Make inode ino on disk and load it. On an error the caller frees ino. */
int ext2_inode_create(struct ext2_inode *dir, uint32_t ino, const struct vattr *va,
		      const char *target, struct vnode **vpp);
void ext2_inode_destroy(struct ext2_inode *ip);
#define EXT2_TIME_M 1
#define EXT2_TIME_C 2
void ext2_inode_touch(struct ext2_inode *ip, unsigned which);
void ext2_inode_times(struct ext2_inode *ip); /* if i_accessed, set i_atime */
static inline void ext2_inode_dirty(struct ext2_inode *ip)
{
	ip->i_dirty = true;
}

/* bmap.c */
extern const struct bufobj_ops ext2_bufobj_ops;
/* The device block of lbn, 0 for a hole; *runp at least 1. EIO, EFBIG. */
int ext2_bmap(struct ext2_inode *ip, int64_t lbn, uint32_t *blkp, uint32_t *runp);
int ext2_bmap_alloc(struct ext2_inode *ip, int64_t lbn, uint32_t *blkp, bool *newp);
/*
 * The indexes on the path to lbn: path[0] in i_block, the others in indirect blocks. Returns the
 * depth, 1 to 4, or 0: beyond what the format can map.
 */
unsigned ext2_bmap_path(const struct ext2_fs *fs, int64_t lbn, uint32_t path[4]);

/* trunc.c */
/* Free all blocks from lbn on. EIO: blocks that could not be read stay allocated. */
int ext2_blocks_truncate(struct ext2_inode *ip, int64_t lbn);
int ext2_setsize(struct ext2_inode *ip, int64_t size); /* EFBIG, EIO, ENOSPC */
/* Free all blocks of an inode that nothing refers to any more. */
void ext2_inode_wipe(struct ext2_inode *ip);

/* dir.c */
/* Where an entry is. */
struct ext2_slot {
	int64_t sl_lbn;
	uint32_t sl_off; /* offset in the block */
	uint32_t sl_ino;
};
/* A checked block of a directory, owned. EIO. */
int ext2_dir_block(struct ext2_inode *dir, int64_t lbn, struct buf **bpp);
uint32_t ext2_dirent_namelen(const struct ext2_fs *fs, const struct ext2_dirent *de);
/* The inode that ".." names, from the first block. EIO. */
int ext2_dir_parent(struct ext2_inode *dir, uint32_t *inop);
/* Find a name other than "." and "..". ENOENT, EIO. */
int ext2_dir_find(struct ext2_inode *dir, const char *name, size_t len, struct ext2_slot *sl);
/* Insert a name that does not exist. ENOSPC, EIO, EFBIG. */
int ext2_dir_add(struct ext2_inode *dir, const char *name, size_t len, uint32_t ino,
		 enum vtype type);
int ext2_dir_del(struct ext2_inode *dir, const char *name, size_t len);
/* Make an existing entry refer to another inode. */
int ext2_dir_set(struct ext2_inode *dir, const char *name, size_t len, uint32_t ino,
		 enum vtype type);
int ext2_dir_setparent(struct ext2_inode *dir, uint32_t parent);
int ext2_dir_empty(struct ext2_inode *dir); /* ENOTEMPTY, EIO */
/* The longest entry that the block has room for. */
uint32_t ext2_dir_room(const struct ext2_fs *fs, const void *data);
int ext2_dir_init(struct ext2_inode *dir, uint32_t parent);
int ext2_readdir(struct vnode *vp, struct readdir *rd);

/* dirhash.c: names of a large directory by hash. All are called with i_hashlock held. */
#define EXT2_DIRHASH_BLOCKS 2 /* below that, reading the blocks is as fast */
struct ext2_dirhash;
/* The table, built if worthwhile. NULL: a small directory, or no memory; search without it. EIO. */
int ext2_dirhash_get(struct ext2_inode *dir, struct ext2_dirhash **dhp);
/* The blocks that may hold the name, one a call, then -1. *iterp is 0 at first. */
int64_t ext2_dirhash_next(struct ext2_dirhash *dh, const char *name, size_t len, uint32_t *iterp);
/* A block with need bytes free for an entry, or -1. */
int64_t ext2_dirhash_room(struct ext2_dirhash *dh, uint32_t need);
/* A name was added to or removed from lbn, where the most room is now room bytes. */
void ext2_dirhash_added(struct ext2_inode *dir, const char *name, size_t len, int64_t lbn,
			uint32_t room);
void ext2_dirhash_removed(struct ext2_inode *dir, const char *name, size_t len, int64_t lbn,
			  uint32_t room);
void ext2_dirhash_drop(struct ext2_inode *dir); /* takes i_hashlock itself */
void ext2_dirhash_init(void);

/* name.c, rename.c, file.c, link.c */
extern const struct vops ext2_vops;
int ext2_lookup(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp);
int ext2_create(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		struct vnode **vpp);
int ext2_symlink(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		 const char *target, struct vnode **vpp);
int ext2_link(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
int ext2_remove(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
int ext2_rmdir(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
int ext2_rename(struct vnode *fdvp, struct vnode *fvp, const struct componentname *fcn,
		struct vnode *tdvp, struct vnode *tvp, const struct componentname *tcn);
/*
 * A name of ip was removed: one link less. With the last, the inode is freed when it is no longer
 * open.
 */
void ext2_link_drop(struct ext2_inode *ip, uint32_t n);
int ext2_fsync(struct vnode *vp, int flags);
/* A directory was changed: set its times and store its inode in the cache. */
int ext2_dir_changed(struct ext2_inode *dir);
int ext2_symlink_write(struct ext2_inode *ip, const char *target, size_t len);
int ext2_readlink(struct vnode *vp, struct uio *uio);
bool ext2_isfastlink(const struct ext2_inode *ip);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ext2 in memory: what its files offer each other.
 *
 *   super.c    the superblock: checks, features, state; errors found at run time
 *   group.c    group descriptors: checks, the write back of counts
 *   balloc.c   blocks: bitmaps, reservation windows
 *   ialloc.c   inodes: bitmaps, placement
 *   inode.c    inodes from and to the inode table, times
 *   bmap.c     logical to device blocks: lookup and allocation
 *   trunc.c    freeing blocks of a file
 *   dir.c      directories: checked blocks, search, insertion, removal; dirhash.c large ones
 *   file.c     operations on files; link.c symbolic links; name.c on names; rename.c
 *   vfsops.c   mounting
 *
 * Locks, outermost first. Vnode locks (the vfs takes them) protect an inode's block pointers, size,
 * links and a directory's contents: a writer holds its vnode exclusively. i_lock: the fields that
 * change with the vnode locked only shared (times). i_hashlock: a directory's name hash. A buffer
 * of a file. A buffer of an indirect block. g_lock: a group's bitmaps, counts and reservations;
 * under it, the buffer of a bitmap. fs_sblock: superblock. Who owns a bitmap's, an inode table's, a
 * descriptor's or the superblock's buffer acquires nothing else until it is released, so these
 * cannot be part of a cycle. There is no lock of the whole file system on the way to data.
 *
 * Order on disk. ext2 has no journal; after a crash e2fsck repairs. What is kept so that it loses
 * little: in memory and hence in the cache a reference is removed before what it refers to is
 * freed, and what is referred to is initialised before the reference is made. fsync writes a file's
 * data, then its indirect blocks, then its inode, then flushes the device.
 *
 * Trust. Nothing read from the disk is used before it is checked. What is wrong is reported by
 * ext2_error with its place, marks the file system for e2fsck, and the operation returns EIO.
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
	_Atomic uint32_t g_bfree; /* written with g_lock held */
	_Atomic uint32_t g_ifree;
	_Atomic uint32_t g_ndirs;
	bool g_dirty;	  /* differs from the descriptor on disk */
	uint32_t g_ihint; /* no free inode below this index */
	uint64_t *g_resv; /* reserved blocks, a bit each; NULL: none yet */
};

struct ext2_fs {
	struct mount *fs_mp;
	struct bdev *fs_dev;
	struct bufobj fs_meta; /* the device's blocks: everything but file contents */
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
	uint32_t fs_overhead; /* blocks that can never hold data */
	uint32_t fs_rblocks;  /* kept for the superuser, fs_resuid and fs_resgid */
	rump_uid_t fs_resuid;
	rump_gid_t fs_resgid;
	_Atomic int64_t fs_bfree, fs_ifree;
	_Atomic int64_t fs_ndirs;
	struct ext2_group *fs_group;
	_Atomic uint32_t fs_nextgen; /* i_generation of the next new inode */
	_Atomic unsigned fs_nerrors;
	_Atomic bool fs_ro;
	bool fs_begun;		      /* its superblock says that it is in use */
	_Atomic unsigned fs_norphans; /* inodes without a name, still open */
	struct kmutex fs_sblock;      /* what follows */
	struct ext2_super fs_sb;
	uint16_t fs_state; /* s_state to leave behind at a clean unmount */
};

struct ext2_inode {
	struct ext2_fs *i_fs;
	struct vnode *i_vp;
	uint32_t i_ino;
	struct bufobj i_bo;
	/* the vnode's lock */
	uint32_t i_flags;
	uint32_t i_block[EXT2_NBLOCK];
	int64_t i_size;
	uint64_t i_sectors; /* i_blocks */
	uint32_t i_nlink;
	uint32_t i_gen;
	uint32_t i_file_acl;
	uint32_t i_extra_isize;
	bool i_orphan;		   /* without a name, counted in fs_norphans */
	bool i_freed;		   /* blocks are gone, vop_reclaim frees the inode */
	bool i_indirty;		   /* indirect blocks changed since the last fsync */
	uint32_t i_dirslot;	   /* lbn of a directory where the last entry went */
	_Atomic uint32_t i_parent; /* of a directory; 0: not read yet */
	/* where the last block went, and the window reserved for the next */
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
/* Report damage: marks the file system for e2fsck, read-only if its superblock asks for that. */
void ext2_error(struct ext2_fs *fs, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Read and check: fills the geometry. EINVAL (not ext2, damaged, features), EIO. */
int ext2_super_load(struct ext2_fs *fs, const char *name, bool readonly);
/* May it be written? EROFS, with a message naming the feature. */
int ext2_super_writable(struct ext2_fs *fs);
/* Superblock to the cache, or to the disk when wait. EIO. */
int ext2_super_store(struct ext2_fs *fs, bool wait);
int ext2_super_begin(struct ext2_fs *fs); /* in use for writing: not clean */
int ext2_super_end(struct ext2_fs *fs);	  /* clean again, when it was */
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
/* Blocks n from blk on are all on the device, in one group, and none holds metadata. */
bool ext2_blocks_valid(const struct ext2_fs *fs, uint32_t blk, uint32_t n);

/* balloc.c */
/* One block, at goal if possible. *blkp. ENOSPC, EIO. vnode X; owns at most indirect buffers. */
int ext2_block_alloc(struct ext2_inode *ip, uint32_t goal, uint32_t *blkp);
/* n consecutive ones of one group. Damage is reported and what is not in use left alone. */
void ext2_blocks_free(struct ext2_fs *fs, uint32_t blk, uint32_t n);
bool ext2_block_inuse(struct ext2_fs *fs, uint32_t blk);
void ext2_resv_drop(struct ext2_inode *ip);

/* ialloc.c */
/* *inop: an inode of which nothing is in use. parent is where its name will be. ENOSPC, EIO. */
int ext2_inode_alloc(struct ext2_inode *parent, bool isdir, uint32_t *inop);
void ext2_inode_free(struct ext2_fs *fs, uint32_t ino, bool isdir);

/* inode.c */
bool ext2_ino_valid(const struct ext2_fs *fs, uint64_t ino);
int ext2_inode_load(struct ext2_fs *fs, struct vnode *vp, uint64_t ino);
/* The buffer with the inode, owned, and the inode in it. EIO. */
int ext2_inode_buf(struct ext2_fs *fs, uint32_t ino, struct buf **bpp, struct ext2_dinode **dpp);
/* To the inode table in the cache; to the disk when wait. Vnode S or X. EIO. */
int ext2_inode_store(struct ext2_inode *ip, bool wait);
/* Make inode ino new on disk and load it. Errors leave ino to be freed by the caller. */
int ext2_inode_create(struct ext2_inode *dir, uint32_t ino, const struct vattr *va,
		      const char *target, struct vnode **vpp);
void ext2_inode_destroy(struct ext2_inode *ip);
#define EXT2_TIME_M 1
#define EXT2_TIME_C 2
void ext2_inode_touch(struct ext2_inode *ip, unsigned which);
void ext2_inode_times(struct ext2_inode *ip); /* i_accessed into i_atime */
static inline void ext2_inode_dirty(struct ext2_inode *ip)
{
	ip->i_dirty = true;
}

/* bmap.c */
extern const struct bufobj_ops ext2_bufobj_ops;
/* The device block of lbn, 0 a hole; *runp at least 1. EIO, EFBIG. */
int ext2_bmap(struct ext2_inode *ip, int64_t lbn, uint32_t *blkp, uint32_t *runp);
int ext2_bmap_alloc(struct ext2_inode *ip, int64_t lbn, uint32_t *blkp, bool *newp);
/* Indexes on the way to lbn: path[0] in i_block, then in indirect blocks; the depth, 1 to 4, or 0:
 * beyond what the format can map. */
unsigned ext2_bmap_path(const struct ext2_fs *fs, int64_t lbn, uint32_t path[4]);

/* trunc.c */
/* Free all blocks from lbn on. Errors: what could not be read stays allocated; EIO. */
int ext2_blocks_truncate(struct ext2_inode *ip, int64_t lbn);
int ext2_setsize(struct ext2_inode *ip, int64_t size); /* EFBIG, EIO, ENOSPC */
/* Nothing refers to it any more: give back all its blocks. */
void ext2_inode_wipe(struct ext2_inode *ip);

/* dir.c */
/* Where an entry is. */
struct ext2_slot {
	int64_t sl_lbn;
	uint32_t sl_off; /* in the block */
	uint32_t sl_ino;
};
/* A checked block of a directory, owned. EIO. */
int ext2_dir_block(struct ext2_inode *dir, int64_t lbn, struct buf **bpp);
uint32_t ext2_dirent_namelen(const struct ext2_fs *fs, const struct ext2_dirent *de);
/* The inode that ".." names, from the first block. EIO. */
int ext2_dir_parent(struct ext2_inode *dir, uint32_t *inop);
/* ENOENT, EIO. Not for "." and "..". */
int ext2_dir_find(struct ext2_inode *dir, const char *name, size_t len, struct ext2_slot *sl);
/* Insert a name that does not exist. ENOSPC, EIO, EFBIG. */
int ext2_dir_add(struct ext2_inode *dir, const char *name, size_t len, uint32_t ino,
		 enum vtype type);
int ext2_dir_del(struct ext2_inode *dir, const char *name, size_t len);
/* Let an existing entry refer to another inode. */
int ext2_dir_set(struct ext2_inode *dir, const char *name, size_t len, uint32_t ino,
		 enum vtype type);
int ext2_dir_setparent(struct ext2_inode *dir, uint32_t parent);
int ext2_dir_empty(struct ext2_inode *dir); /* ENOTEMPTY, EIO */
/* The most room that a block has for an entry. */
uint32_t ext2_dir_room(const struct ext2_fs *fs, const void *data);
int ext2_dir_init(struct ext2_inode *dir, uint32_t parent);
int ext2_readdir(struct vnode *vp, struct readdir *rd);

/* dirhash.c: names of a large directory by hash. All are called with i_hashlock held. */
#define EXT2_DIRHASH_BLOCKS 2 /* smaller directories have none */
struct ext2_dirhash;
/* Build if it is worth it; NULL: small, or no memory for it: search without. EIO. */
int ext2_dirhash_get(struct ext2_inode *dir, struct ext2_dirhash **dhp);
/* Blocks that may hold the name, one a call, until -1. *iterp begins as 0. */
int64_t ext2_dirhash_next(struct ext2_dirhash *dh, const char *name, size_t len, uint32_t *iterp);
/* A block that has need bytes free for an entry, or -1. */
int64_t ext2_dirhash_room(struct ext2_dirhash *dh, uint32_t need);
/* Tell it: a name came to or left lbn, where the most room is now room bytes. */
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
/* A name of ip went: one link less; with the last, to be freed when it is no longer open. */
void ext2_link_drop(struct ext2_inode *ip, uint32_t n);
int ext2_fsync(struct vnode *vp, int flags);
/* After a change of a directory: times, and the inode to the cache. */
int ext2_dir_changed(struct ext2_inode *dir);
int ext2_symlink_write(struct ext2_inode *ip, const char *target, size_t len);
int ext2_readlink(struct vnode *vp, struct uio *uio);
bool ext2_isfastlink(const struct ext2_inode *ip);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File system types, mounts, path names, the name cache.
 *
 * A file system type is registered by VFS_MODULE(name, &ops), by link set. vfs_mount sets
 * mp->mnt_data and makes the root inode loadable; from then on the vfs asks for vnodes by inode
 * number.
 */
#ifndef RUMP_VFS_VFS_H
#define RUMP_VFS_VFS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rump/types.h>

#include "kern/component.h"
#include "kern/list.h"
#include "kern/lwp.h"
#include "kern/sync.h"
#include "vfs/vnode.h"

struct mount;

struct vfsops {
	const char *vfs_name; /* "ext2fs", "tmpfs" */
	/*
	 * data, len: the mount arguments, in the kernel already; pointers in them are the caller's
	 * (vfs_getdev, copyinstr). Sets mnt_data, mnt_root_ino, mnt_namemax, mnt_bsize, mnt_from.
	 * MNT_UPDATE: change the flags of a mounted file system (mnt_flag has the old ones, flags
	 * the new).
	 */
	int (*vfs_mount)(struct mount *mp, const void *data, size_t len, int flags);
	/* No vnode is in use; all are reclaimed. Write what is left, free mnt_data. With force: an
	   I/O error must not keep it mounted. */
	int (*vfs_unmount)(struct mount *mp, bool force);
	/* Fill vp: v_type, v_data, v_ops, v_rdev, v_bufobj and vnode_setattr. ENOENT, EIO. */
	int (*vfs_loadvnode)(struct mount *mp, struct vnode *vp, uint64_t ino);
	int (*vfs_statvfs)(struct mount *mp, struct rump_statvfs *sb); /* counts and sizes */
	/*
	 * Write inodes and metadata back. wait: until they are on the device; the vfs flushes it
	 * afterwards.
	 */
	int (*vfs_sync)(struct mount *mp, bool wait);
};

struct vfs_module {
	const char *vm_name;
	const struct vfsops *vm_ops;
};
#define VFS_MODULE(name, ops)                                            \
	static const struct vfs_module vfs_module_##name = {#name, ops}; \
	LINK_SET_ADD(modules, vfs_module_##name)

struct mount {
	const struct vfsops *mnt_op;
	void *mnt_data;
	_Atomic unsigned mnt_flag; /* RUMP_MNT_ */
	uint64_t mnt_root_ino;
	uint32_t mnt_namemax;
	uint32_t mnt_bsize;
	struct bdev *mnt_dev;	   /* or NULL; released by the vfs after unmount */
	struct vnode *mnt_covered; /* referenced; NULL for the root */
	struct vnode *mnt_root;	   /* referenced while mounted */
	uint64_t mnt_id;	   /* st_dev if there is no device */
	char mnt_on[1024], mnt_from[1024];
	/* Private to the vfs. */
	_Atomic unsigned mnt_busy; /* path walks and calls that are inside */
	bool mnt_dying, mnt_stuck;
	struct kmutex mnt_renamelock;
	struct kmutex mnt_lock;
	struct list mnt_vnodes; /* mnt_lock */
	struct list mnt_node;
};

static inline bool mount_rdonly(const struct mount *mp)
{
	return (mp->mnt_flag & RUMP_MNT_RDONLY) != 0;
}
static inline rump_dev_t mount_dev(const struct mount *mp)
{
	return mp->mnt_dev != NULL ? mp->mnt_dev->bd_dev : mp->mnt_id;
}

/* The block device that a path in the caller's memory names, exclusively for mounting (EBUSY). */
int vfs_getdev(const char *user_path, bool readonly, struct bdev **bdp, char *name, size_t namelen);
void vfs_putdev(struct bdev *bd);
/* Current time, for inode times. */
void vfs_timestamp(struct rump_timespec *ts);
/* Call fn for each vnode of the mount, referenced and not locked. Stops at an error. */
int mount_foreach_vnode(struct mount *mp, int (*fn)(struct vnode *vp, void *arg), void *arg);

int vfs_mount(const char *type, const char *path, int flags, const void *data, size_t len);
int vfs_unmount(struct mount *mp, int flags);
int vfs_sync_all(bool wait);
void vfs_shutdown(void); /* sync and unmount everything */
extern struct list mount_list;
extern struct kmutex mount_lock;
extern struct vnode *rootvnode;

/* A process's directories. */
struct cwdinfo {
	struct krwlock cwdi_lock;
	struct vnode *cwdi_cdir, *cwdi_rdir; /* rdir NULL: the root */
	_Atomic rump_mode_t cwdi_umask;
};

/*
 * Path names. namei resolves a path in kernel memory. The vnodes that it returns are referenced and
 * not locked.
 *	NAMEI_FOLLOW      follow a symbolic link in the last component
 *	NAMEI_PARENT      stop before the last component: nd_dvp is its directory, nd_cn the name
 *	                  (in the path's buffer, or in nd's own), nd_vp NULL
 * The name and the directory are not checked any further. nd_mustdir: the path ended in '/'. A path
 * beyond PATH_MAX is ENAMETOOLONG, more than 32 symbolic links ELOOP.
 */
#define NAMEI_FOLLOW 0x01
#define NAMEI_PARENT 0x02
struct nameidata {
	struct vnode *nd_dvp, *nd_vp;
	struct componentname nd_cn;
	bool nd_mustdir;
	bool nd_isroot; /* PARENT of "/" or of "." or "..": nd_vp is set, nd_dvp NULL */
	char *nd_buf;	/* holds nd_cn; freed by namei_done */
};
int namei(struct lwp *l, struct vnode *start, const char *path, unsigned flags,
	  struct nameidata *nd);
void namei_done(struct nameidata *nd); /* drops the references and the buffer */
/* Name cache or vop_lookup, with dvp locked by the caller. ENOENT. */
int dir_lookup(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp);

/* The name cache. Only the vfs uses it; a file system need not know of it. */
void namecache_bootstrap(void);
/* NC_HIT: *vpp is the vnode, referenced. 0: unknown. ENOENT: the name does not exist. */
#define NC_HIT (-1)
int namecache_lookup(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp);
void namecache_enter(struct vnode *dvp, const struct componentname *cn, struct vnode *vp);
void namecache_remove(struct vnode *dvp, const struct componentname *cn);
void namecache_purge(struct vnode *vp); /* everything from and to it */

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vnodes: a file of any file system, while it is in use or cached.
 *
 * Life (vnode.c has the states). vcache_get(mp, ino) finds the vnode of an inode, or has the file
 * system fill a new one (vfs_loadvnode). vref and vrele count references. When the last is dropped,
 * vop_inactive runs (an unlinked file is freed there), and the vnode stays cached until memory is
 * needed; vop_reclaim then takes the file system's part.
 *
 * I1 Each vnode has a read-write lock. An operation of a file system is called with it held as
 *    noted at the operation: S shared, X exclusive, - not held. The operation neither takes nor
 *    releases vnode locks.
 * I2 Order of vnode locks: parent before child; across several parents as vfs/rename.c says.
 * I3 The vfs checks permissions, from v_mode, v_uid and v_gid. The file system sets these with
 *    vnode_setattr when it loads the vnode and in vop_setattr.
 * I4 The vfs also checks read-only mounts, the sticky bit, existence, types, and the crossing of
 *    mounts. An operation of a file system has no policy.
 * I5 A componentname is 1 to vfs_namemax bytes without '/'; it need not end with a NUL. It is never
 *    "." or "..", except in vop_lookup, where the file system resolves ".." below its own root.
 */
#ifndef RUMP_VFS_VNODE_H
#define RUMP_VFS_VNODE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <rump/types.h>

#include "kern/copy.h"
#include "kern/list.h"
#include "kern/select.h"
#include "kern/sync.h"
#include "vfs/buf.h"

struct cred;
struct file;
struct lockf_list;
struct lwp;
struct mount;
struct vnode;

enum vtype { VNON, VREG, VDIR, VBLK, VCHR, VLNK, VSOCK, VFIFO };

struct componentname {
	const char *cn_name;
	size_t cn_len;
};

/* Attributes. In setattr and create, a field that is VNOVAL (all ones) is not to be changed. */
#define VNOVAL (-1)
#define VNOVAL_TIME ((long)-1) /* tv_nsec */
struct vattr {
	enum vtype va_type;
	rump_mode_t va_mode; /* without the type */
	uint32_t va_nlink;
	rump_uid_t va_uid;
	rump_gid_t va_gid;
	uint64_t va_fileid;
	int64_t va_size;
	uint64_t va_bytes; /* allocated */
	int32_t va_blocksize;
	rump_dev_t va_rdev;
	uint32_t va_gen, va_flags;
	struct rump_timespec va_atime, va_mtime, va_ctime, va_birthtime;
};
void vattr_null(struct vattr *va); /* sets all fields to VNOVAL */

#define IO_APPEND 0x01 /* the offset is the file's end, determined under the lock */
#define IO_SYNC 0x02   /* data and metadata on stable storage */
#define IO_DSYNC 0x04  /* data, and what is needed to read it */

#define FSYNC_WAIT 0x01
#define FSYNC_DATAONLY 0x02

/* readdir appends entries to a uio; a cookie is where the next entry begins. */
struct readdir {
	struct uio *rd_uio;
	int64_t rd_off; /* in: where to start (0, or an earlier cookie); out: where to continue */
	bool rd_eof;
};
/* 0: appended; -1: no room (stop; the offset stays at this entry); otherwise an errno. */
int readdir_emit(struct readdir *rd, uint64_t ino, uint8_t dtype, const char *name, size_t len,
		 int64_t nextoff);

/*
 * The operations of a file system. Missing (NULL) operations: create, mknod, mkdir, symlink, link,
 * remove, rmdir and rename fail with EROFS on a read-only type, otherwise with EOPNOTSUPP; readlink
 * fails with EINVAL, ioctl with ENOTTY; open, close and inactive do nothing; without seek_hole
 * there are no holes. Returned vnodes are referenced and not locked.
 */
struct vops {
	/* dvp S or X. ENOENT. ".." returns the parent. */
	int (*vop_lookup)(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp);
	/* dvp X; the name does not exist; va has type, mode, uid, gid (and rdev for mknod). */
	int (*vop_create)(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
			  struct vnode **vpp);
	int (*vop_mknod)(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
			 struct vnode **vpp);
	int (*vop_mkdir)(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
			 struct vnode **vpp);
	int (*vop_symlink)(struct vnode *dvp, const struct componentname *cn,
			   const struct vattr *va, const char *target, struct vnode **vpp);
	/* dvp X, vp X and not a directory. EMLINK. */
	int (*vop_link)(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
	/* dvp X, vp X: vp is the vnode of the name. */
	int (*vop_remove)(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
	/* The same for a directory. ENOTEMPTY. */
	int (*vop_rmdir)(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
	/*
	 * All X. tvp is NULL if the target does not exist; fdvp may be tdvp. The vfs has checked
	 * that types match, that fvp is not an ancestor of tdvp, and that fvp is not tvp. A
	 * directory tvp must be empty: ENOTEMPTY. The ".." of a directory that changes its parent
	 * is changed.
	 */
	int (*vop_rename)(struct vnode *fdvp, struct vnode *fvp, const struct componentname *fcn,
			  struct vnode *tdvp, struct vnode *tvp, const struct componentname *tcn);

	int (*vop_open)(struct vnode *vp, unsigned fflag, struct cred *cr); /* S */
	int (*vop_close)(struct vnode *vp, unsigned fflag);		    /* - */
	int (*vop_getattr)(struct vnode *vp, struct vattr *va);		    /* S */
	/* X. Mode, uid, gid, size (truncate or extend), times, flags: each unless VNOVAL. */
	int (*vop_setattr)(struct vnode *vp, const struct vattr *va);
	int (*vop_read)(struct vnode *vp, struct uio *uio, int ioflag);	 /* S */
	int (*vop_write)(struct vnode *vp, struct uio *uio, int ioflag); /* X */
	int (*vop_readdir)(struct vnode *vp, struct readdir *rd);	 /* S */
	int (*vop_readlink)(struct vnode *vp, struct uio *uio);		 /* S */
	int (*vop_fsync)(struct vnode *vp, int flags);			 /* X */
	/*
	 * S. *offp becomes the next data (hole false) or hole (true) at or after it. ENXIO past the
	 * end.
	 */
	int (*vop_seek_hole)(struct vnode *vp, int64_t *offp, bool hole);
	int (*vop_ioctl)(struct vnode *vp, unsigned long req, void *data); /* - */
	/* X. The last reference was dropped: free an unlinked file. May be called again later. */
	void (*vop_inactive)(struct vnode *vp);
	/* -; unreachable for others. Write dirty data back, free v_data. Cannot refuse. */
	void (*vop_reclaim)(struct vnode *vp);
};

struct vnode {
	enum vtype v_type;
	const struct vops *v_ops;
	struct mount *v_mount; /* the file system that it is on */
	uint64_t v_ino;
	void *v_data; /* the file system's */
	struct krwlock v_lock;
	_Atomic rump_mode_t v_mode; /* set by vnode_setattr */
	_Atomic rump_uid_t v_uid;
	_Atomic rump_gid_t v_gid;
	bool v_isroot;		 /* the root of its mount */
	rump_dev_t v_rdev;	 /* VBLK, VCHR */
	struct bufobj *v_bufobj; /* the file system's, or NULL; for statistics and sync */
	/* Private to the vfs. */
	_Atomic unsigned v_refs;
	unsigned v_flag;
	struct mount *_Atomic v_mounted; /* the mount that covers it */
	struct list v_hash;		 /* vcache */
	struct list v_lru;		 /* while it is idle */
	struct list v_mntnode;
	struct list v_ncdir, v_ncvp; /* name cache entries: by directory, by target */
	struct lockf_list *_Atomic v_lockf;
	void *v_special; /* struct specnode, fifo */
	struct selinfo v_sel;
	_Atomic int v_writecount;
};

void vref(struct vnode *vp);
void vrele(struct vnode *vp); /* may sleep and do I/O: no vnode lock may be held */

static inline void vlock_shared(struct vnode *vp)
{
	rw_rlock(&vp->v_lock);
}
static inline void vlock(struct vnode *vp)
{
	rw_wlock(&vp->v_lock);
}
static inline void vunlock(struct vnode *vp)
{
	rw_unlock(&vp->v_lock);
}

/*
 * The vnode of inode ino, referenced. A new one is filled by vfs_loadvnode; others that want the
 * same inode wait meanwhile. ENOMEM, and the errors of vfs_loadvnode.
 */
int vcache_get(struct mount *mp, uint64_t ino, struct vnode **vpp);
/* Set what the vfs checks permissions with (I3). */
void vnode_setattr(struct vnode *vp, rump_mode_t mode, rump_uid_t uid, rump_gid_t gid);
/* The file has no name any more: free the vnode with its last reference instead of caching it. */
void vnode_unlinked(struct vnode *vp);

enum vtype vtype_of_mode(rump_mode_t mode); /* of S_IFMT bits */
rump_mode_t mode_of_vtype(enum vtype t);
uint8_t dtype_of_vtype(enum vtype t);

#define VEXEC 1
#define VWRITE 2
#define VREAD 4
int vaccess(struct vnode *vp, unsigned how, const struct cred *cr); /* EACCES */

#endif

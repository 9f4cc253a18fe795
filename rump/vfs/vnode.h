/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Vnodes: a file of any file system, while somebody uses it or it is cached.
 *
 * Life. vcache_get(mp, ino) finds the one vnode of an inode or has the file system fill a new one
 * (vfs_loadvnode). References: vref/vrele. With the last, vop_inactive runs (an unlinked file is
 * freed there) and the vnode stays cached, until memory is wanted: vop_reclaim takes the file
 * system's part.
 *
 * Lock. Each vnode has a read-write lock. A file system's operation is called with it held as
 * written below: S shared, X exclusive, - not held. It neither takes nor releases vnode locks.
 * Order: parent before child, across parents as rename (vfs/rename.c) says.
 *
 * Permissions. The vfs checks them, from v_mode, v_uid, v_gid, which the file system sets with
 * vnode_setattr when it loads the vnode, and again in vop_setattr. It also checks read-only mounts,
 * the sticky bit, existence, types, and crossing of mounts: a file system's operation has no
 * policy.
 *
 * Names. A componentname is 1 to vfs_namemax bytes, without '/' and without NUL at its end; it is
 * never
 * "." or ".." except in vop_lookup, where ".." is the file system's to resolve (below its own
 * root).
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

/* Attributes. For setattr and create a field holds VNOVAL (all ones) when it is not to be changed.
 */
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
void vattr_null(struct vattr *va); /* everything VNOVAL */

#define IO_APPEND 0x01 /* the offset is the file's end, found under the lock */
#define IO_SYNC 0x02   /* data and metadata on stable storage */
#define IO_DSYNC 0x04  /* data, and what is needed to read it */

#define FSYNC_WAIT 0x01
#define FSYNC_DATAONLY 0x02

/* Entries are appended to a uio by readdir; cookie is where the next entry begins. */
struct readdir {
	struct uio *rd_uio;
	int64_t rd_off; /* in: where to start (0, or a cookie given before); out: where to go on */
	bool rd_eof;
};
/* 0: appended; -1: no room for it (stop, offset stays on this entry); or an errno. */
int readdir_emit(struct readdir *rd, uint64_t ino, uint8_t dtype, const char *name, size_t len,
		 int64_t nextoff);

/*
 * NULL entries: create, mknod, mkdir, symlink, link, remove, rmdir, rename: EROFS on a read-only
 * type, else EOPNOTSUPP; readlink EINVAL; open, close, inactive: nothing to do; seek_hole: no
 * holes; ioctl ENOTTY. Returned vnodes are referenced and not locked.
 */
struct vops {
	/* dvp S or X. ENOENT. ".." gives the parent. */
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
	/* dvp X, vp X: what the name refers to. */
	int (*vop_remove)(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
	/* Likewise a directory. ENOTEMPTY. */
	int (*vop_rmdir)(struct vnode *dvp, struct vnode *vp, const struct componentname *cn);
	/*
	 * All X; tvp NULL when the target does not exist; fdvp may be tdvp; the vfs has checked
	 * that types match, that fvp is no ancestor of tdvp, and that fvp is not tvp. A directory
	 * tvp must be empty: ENOTEMPTY. A directory that changes parents gets its ".." changed.
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
	/* S. *offp: the next data (hole false) or hole (true) at or after it. ENXIO past the end.
	 */
	int (*vop_seek_hole)(struct vnode *vp, int64_t *offp, bool hole);
	int (*vop_ioctl)(struct vnode *vp, unsigned long req, void *data); /* - */
	/* X. The last reference went; free an unlinked file here. May be called again later. */
	void (*vop_inactive)(struct vnode *vp);
	/* -, nobody else can reach it. Write back what is dirty, free v_data. Cannot refuse. */
	void (*vop_reclaim)(struct vnode *vp);
};

struct vnode {
	enum vtype v_type;
	const struct vops *v_ops;
	struct mount *v_mount; /* the file system it is on */
	uint64_t v_ino;
	void *v_data; /* the file system's */
	struct krwlock v_lock;
	_Atomic rump_mode_t v_mode; /* kept by vnode_setattr */
	_Atomic rump_uid_t v_uid;
	_Atomic rump_gid_t v_gid;
	bool v_isroot;		 /* of its mount */
	rump_dev_t v_rdev;	 /* VBLK, VCHR */
	struct bufobj *v_bufobj; /* the file system's, or NULL: used for statistics and sync */
	/* private to the vfs */
	_Atomic unsigned v_refs;
	unsigned v_flag;
	struct mount *_Atomic v_mounted; /* the mount that covers it */
	struct list v_hash;		 /* vcache */
	struct list v_lru;		 /* unreferenced ones */
	struct list v_mntnode;
	struct list v_ncdir, v_ncvp; /* name cache entries: by directory, by target */
	struct lockf_list *_Atomic v_lockf;
	void *v_special; /* struct specnode, fifo */
	struct selinfo v_sel;
	_Atomic int v_writecount;
};

void vref(struct vnode *vp);
void vrele(struct vnode *vp); /* may sleep and do I/O: no vnode lock held */

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
 * The vnode of inode ino, referenced. A new one is given to mp's vfs_loadvnode; while it runs
 * others that want the same inode wait. ENOMEM and what loadvnode returns.
 */
int vcache_get(struct mount *mp, uint64_t ino, struct vnode **vpp);
/* The same for an inode that was just made: vp->v_data is set by init before anyone sees it. */
void vnode_setattr(struct vnode *vp, rump_mode_t mode, rump_uid_t uid, rump_gid_t gid);
/* After the size became smaller or the file is gone: nothing cached may be used. */
void vnode_unlinked(struct vnode *vp); /* do not cache after the last reference */

enum vtype vtype_of_mode(rump_mode_t mode); /* of S_IFMT bits */
rump_mode_t mode_of_vtype(enum vtype t);
uint8_t dtype_of_vtype(enum vtype t);

#define VEXEC 1
#define VWRITE 2
#define VREAD 4
int vaccess(struct vnode *vp, unsigned how, const struct cred *cr); /* EACCES */

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of vfs/, and not for file systems. */
#ifndef RUMP_VFS_PRIVATE_H
#define RUMP_VFS_PRIVATE_H

#include "kern/file.h"
#include "kern/syscall.h"
#include "vfs/vfs.h"

/* vnode.c */
void vcache_bootstrap(void);
bool vtryref(struct vnode *vp);		/* false: it is being reclaimed */
unsigned vcache_busy(struct mount *mp); /* vnodes in use, except for the reference to the root */
void vcache_flush(struct mount *mp);	/* reclaim all idle ones; wait for reclaims under way */

/* mount.c */
void mount_bootstrap(void);
struct vnode *mount_cross(
	struct vnode *vp); /* vp, or the root mounted on it; moves the reference */
const struct vfsops *vfs_find(const char *name);

/* lockf.c */
int lockf_fcntl(struct file *fp, struct lwp *l, int cmd, void *uflock);
int lockf_flock(struct vnode *vp, struct file *fp, int how);
void lockf_release_proc(struct vnode *vp, struct proc *p);
void lockf_release_file(struct vnode *vp, struct file *fp);
void lockf_free(struct vnode *vp);
void lockf_bootstrap(void);

/* vn_file.c */
extern const struct fileops vnode_fileops;
int vn_stat(struct vnode *vp, struct rump_stat *st);
int vn_truncate(struct vnode *vp, int64_t size);
int vn_fsync(struct vnode *vp, int flags);
struct vnode *file_vnode(struct file *fp);

/* spec.c: block and character devices */
int spec_open(struct vnode *vp, struct file *fp, unsigned fflag);
/* Flush the device of an open block device. EINVAL: fp is not one. */
int spec_fsync(struct file *fp);
void cdev_bootstrap(void);
#define CDEV_MAJOR 2 /* null, zero, random: NetBSD's mem driver */

/* fifo.c */
int fifo_open(struct vnode *vp, struct file *fp, unsigned fflag);

/* sys_*.c */
int at_start(struct lwp *l, int fd, const char *path, struct vnode **startp);
int path_in(const void *upath, char **bufp);
void path_free(char *buf);
/* Look up the caller's path relative to fd. The buffer lives as long as nd. */
int namei_at(struct lwp *l, int fd, const void *upath, unsigned flags, struct nameidata *nd,
	     char **bufp);
int sticky_check(struct lwp *l, struct vnode *dvp, struct vnode *vp);

/* mknode.c: for devices and etfs; paths in kernel memory. */
int vfs_mkdirs(const char *path);
int vfs_mknode(const char *path, rump_mode_t mode, rump_dev_t dev);
int vfs_rmnode(const char *path);

/* cwd.c */
void cwd_bootstrap(void);
struct vnode *cwd_root(struct lwp *l); /* referenced */

#endif

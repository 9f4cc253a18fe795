/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls on whole files and file systems: getdents, fsync, flock, mount, statvfs, sync,
 * reboot. */
#include <rump/errno.h>

#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* More than any file system's mount arguments; the size comes from the caller. */
#define MOUNT_ARGS_MAX 65536

int readdir_emit(struct readdir *rd, uint64_t ino, uint8_t dtype, const char *name, size_t len,
		 int64_t nextoff)
{
	union {
		struct rump_dirent d;
		char bytes[RUMP_DIRENT_RECLEN(RUMP_NAME_MAX)];
	} u;
	uint16_t reclen = RUMP_DIRENT_RECLEN(len);
	int error;

	if (len > RUMP_NAME_MAX)
		return RUMP_EIO;
	if (rd->rd_uio->uio_resid < reclen)
		return -1;
	memset(&u, 0, reclen);
	u.d.d_fileno = ino;
	u.d.d_reclen = reclen;
	u.d.d_namlen = (uint16_t)len;
	u.d.d_type = dtype;
	memcpy(u.d.d_name, name, len);
	error = uiomove(&u, reclen, rd->rd_uio);
	if (error == 0)
		rd->rd_off = nextoff;
	return error;
}

static int sys_getdents(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	size_t len = (size_t)arg[2];
	struct rump_iovec iov = {ARG_PTR(void *, arg[1]), len};
	struct uio uio = {&iov, 1, 0, len, UIO_READ, UIO_USER};
	struct readdir rd = {.rd_uio = &uio};
	struct vnode *vp;
	struct file *fp;
	int error = fd_getfile_type(l, (int)arg[0], DTYPE_VNODE, RUMP_EINVAL, &fp);

	if (error != 0)
		return error;
	vp = file_vnode(fp);
	if ((fp->f_flag & FREAD) == 0) {
		error = RUMP_EBADF;
	} else if (vp->v_type != VDIR) {
		error = RUMP_EINVAL;
	} else if (len > INT64_MAX) {
		error = RUMP_EINVAL;
	} else {
		mutex_enter(&fp->f_offlock);
		rd.rd_off = fp->f_offset;
		vlock_shared(vp);
		error = vp->v_ops->vop_readdir(vp, &rd);
		vunlock(vp);
		if (uio.uio_resid != len)
			error = 0;
		else if (error == 0 && !rd.rd_eof)
			error = RUMP_EINVAL; /* no room for a single entry */
		if (error == 0)
			fp->f_offset = rd.rd_off;
		mutex_exit(&fp->f_offlock);
		retval[0] = (rump_register_t)(len - uio.uio_resid);
	}
	file_release(fp);
	return error;
}
RUMP_SYSCALL(getdents, RUMP_SYS___getdents30, sys_getdents);

static int do_fsync(struct lwp *l, int fd, int flags)
{
	struct file *fp;
	int error;

	fp = fd_getfile(l, fd);
	if (fp == NULL)
		return RUMP_EBADF;
	if (fp->f_type == DTYPE_VNODE)
		error = vn_fsync(file_vnode(fp), flags);
	else
		error = spec_fsync(fp);
	file_release(fp);
	return error;
}

static int sys_fsync(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return do_fsync(l, (int)arg[0], FSYNC_WAIT);
}
RUMP_SYSCALL(fsync, RUMP_SYS_fsync, sys_fsync);

static int sys_fdatasync(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	return do_fsync(l, (int)arg[0], FSYNC_WAIT | FSYNC_DATAONLY);
}
RUMP_SYSCALL(fdatasync, RUMP_SYS_fdatasync, sys_fdatasync);

/* Syncs the whole file, which includes the range. */
static int sys_fsync_range(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	if (arg[2] < 0 || arg[3] < 0)
		return RUMP_EINVAL;
	return do_fsync(l, (int)arg[0], FSYNC_WAIT);
}
RUMP_SYSCALL(fsync_range, RUMP_SYS_fsync_range, sys_fsync_range);

/* Checks the advice and otherwise ignores it. NetBSD returns the error as the value. */
static int sys_posix_fadvise(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct file *fp = fd_getfile(l, (int)arg[0]);

	if (fp == NULL) {
		retval[0] = RUMP_EBADF;
		return 0;
	}
	if (fp->f_type != DTYPE_VNODE)
		retval[0] = RUMP_ESPIPE;
	else if ((int)arg[4] < 0 || (int)arg[4] > 5)
		retval[0] = RUMP_EINVAL;
	file_release(fp);
	return 0;
}
RUMP_SYSCALL(posix_fadvise, RUMP_SYS___posix_fadvise50, sys_posix_fadvise);

static int sys_flock(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct file *fp;
	int error = fd_getfile_type(l, (int)arg[0], DTYPE_VNODE, RUMP_EOPNOTSUPP, &fp);

	(void)retval;
	if (error != 0)
		return error;
	error = lockf_flock(file_vnode(fp), fp, (int)arg[1]);
	file_release(fp);
	return error;
}
RUMP_SYSCALL(flock, RUMP_SYS_flock, sys_flock);

static int sys_sync(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)l;
	(void)arg;
	(void)retval;
	vfs_sync_all(true); /* sync reports no error; fsync does */
	return 0;
}
RUMP_SYSCALL(sync, RUMP_SYS_sync, sys_sync);

static int sys_mount(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	size_t len = (size_t)arg[4];
	char type[32], *path, *data = NULL;
	int error;

	(void)l;
	(void)retval;
	error = copyinstr(ARG_PTR(void *, arg[0]), type, sizeof(type), NULL);
	if (error != 0)
		return error == RUMP_ENAMETOOLONG ? RUMP_ENODEV : error;
	if (len > MOUNT_ARGS_MAX)
		return RUMP_EINVAL;
	error = path_in(ARG_PTR(void *, arg[1]), &path);
	if (error != 0)
		return error;
	if (len != 0) {
		data = kmem_alloc(len);
		error = data == NULL ? RUMP_ENOMEM : copyin(ARG_PTR(void *, arg[3]), data, len);
	}
	if (error == 0)
		error = vfs_mount(type, path, (int)arg[2], data, len);
	kmem_free(data, len);
	path_free(path);
	return error;
}
RUMP_SYSCALL(mount, RUMP_SYS___mount50, sys_mount);

static int sys_unmount(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct nameidata nd;
	struct mount *mp = NULL;
	char *buf;
	int error;

	(void)retval;
	if (!cred_issuser(l->l_cred))
		return RUMP_EPERM;
	error = namei_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), NAMEI_FOLLOW, &nd, &buf);
	if (error != 0)
		return error;
	if (nd.nd_vp->v_isroot)
		mp = nd.nd_vp->v_mount;
	namei_done(&nd);
	path_free(buf);
	return mp != NULL ? vfs_unmount(mp, (int)arg[1]) : RUMP_EINVAL;
}
RUMP_SYSCALL(unmount, RUMP_SYS_unmount, sys_unmount);

static int do_statvfs(struct mount *mp, void *usb)
{
	struct rump_statvfs *sb = kmem_zalloc(sizeof(*sb));
	int error;

	if (sb == NULL)
		return RUMP_ENOMEM;
	sb->f_flag = mp->mnt_flag;
	sb->f_bsize = sb->f_frsize = sb->f_iosize = mp->mnt_bsize;
	sb->f_namemax = mp->mnt_namemax;
	sb->f_fsid = mount_dev(mp);
	sb->f_fsidx[0] = (int32_t)mount_dev(mp);
	kstrlcpy(sb->f_fstypename, mp->mnt_op->vfs_name, sizeof(sb->f_fstypename));
	kstrlcpy(sb->f_mntonname, mp->mnt_on, sizeof(sb->f_mntonname));
	kstrlcpy(sb->f_mntfromname, mp->mnt_from, sizeof(sb->f_mntfromname));
	error = mp->mnt_op->vfs_statvfs(mp, sb);
	if (error == 0)
		error = copyout(sb, usb, sizeof(*sb));
	kmem_free(sb, sizeof(*sb));
	return error;
}

static int sys_statvfs1(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct nameidata nd;
	char *buf;
	int error = namei_at(l, RUMP_AT_FDCWD, ARG_PTR(void *, arg[0]), NAMEI_FOLLOW, &nd, &buf);

	(void)retval;
	if (error != 0)
		return error;
	error = do_statvfs(nd.nd_vp->v_mount, ARG_PTR(void *, arg[1]));
	namei_done(&nd);
	path_free(buf);
	return error;
}
RUMP_SYSCALL(statvfs1, RUMP_SYS_statvfs1, sys_statvfs1);

static int sys_fstatvfs1(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct file *fp;
	int error = fd_getfile_type(l, (int)arg[0], DTYPE_VNODE, RUMP_EINVAL, &fp);

	(void)retval;
	if (error != 0)
		return error;
	error = do_statvfs(file_vnode(fp)->v_mount, ARG_PTR(void *, arg[1]));
	file_release(fp);
	return error;
}
RUMP_SYSCALL(fstatvfs1, RUMP_SYS_fstatvfs1, sys_fstatvfs1);

/* Syncs and unmounts, unless RB_NOSYNC forbids it. Whether the program ends is up to the host. */
static int sys_reboot(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)retval;
	if (!cred_issuser(l->l_cred))
		return RUMP_EPERM;
	if (((int)arg[0] & RUMP_RB_NOSYNC) == 0)
		vfs_shutdown();
	return 0;
}
RUMP_SYSCALL(reboot, RUMP_SYS_reboot, sys_reboot);

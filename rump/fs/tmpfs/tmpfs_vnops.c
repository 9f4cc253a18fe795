/* SPDX-License-Identifier: BSD-2-Clause */
/* tmpfs: the operations on files and names. */
#include <rump/errno.h>

#include "fs/tmpfs/tmpfs.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

static int lookup(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp)
{
	struct tmpfs_node *dir = tmpfs_node_of(dvp);
	struct tmpfs_dirent *td;

	if (cn->cn_len == 2 && cn->cn_name[0] == '.' && cn->cn_name[1] == '.') {
		if (dir->tn_dir.parent == NULL)
			return RUMP_ENOENT; /* the directory was removed */
		return vcache_get(dvp->v_mount, dir->tn_dir.parent->tn_ino, vpp);
	}
	td = tmpfs_dir_find(dir, cn);
	return td == NULL ? RUMP_ENOENT : vcache_get(dvp->v_mount, td->td_node->tn_ino, vpp);
}

/* Make a node and its name. target is that of a symbolic link. */
static int make(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		const char *target, struct vnode **vpp)
{
	struct tmpfs_node *dir = tmpfs_node_of(dvp), *tn;
	int error;

	if (dir->tn_nlink == 0)
		return RUMP_ENOENT;
	error = tmpfs_node_new(dir->tn_mount, va, &tn);
	if (error != 0)
		return error;
	if (target != NULL) {
		tn->tn_target = kmem_strdup(target);
		tn->tn_size = (int64_t)strlen(target);
		if (tn->tn_target == NULL)
			error = RUMP_ENOSPC;
	}
	if (error == 0)
		error = tmpfs_dir_add(dir, cn, tn);
	if (error != 0) {
		tmpfs_node_free(tn);
		return error;
	}
	tn->tn_nlink = 1;
	if (tn->tn_type == VDIR) {
		tn->tn_nlink = 2;
		tn->tn_size = 64;
		tn->tn_dir.parent = dir;
		dir->tn_nlink++;
	}
	error = vcache_get(dvp->v_mount, tn->tn_ino, vpp);
	if (error != 0) {
		tmpfs_dir_remove(dir, tmpfs_dir_find(dir, cn));
		if (tn->tn_type == VDIR)
			dir->tn_nlink--;
		tmpfs_node_free(tn);
		return error;
	}
	tmpfs_node_touch(dir, TN_MODIFIED);
	return 0;
}

static int create(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		  struct vnode **vpp)
{
	return make(dvp, cn, va, NULL, vpp);
}

static int symlink(struct vnode *dvp, const struct componentname *cn, const struct vattr *va,
		   const char *target, struct vnode **vpp)
{
	return make(dvp, cn, va, target, vpp);
}

static int link(struct vnode *dvp, struct vnode *vp, const struct componentname *cn)
{
	struct tmpfs_node *dir = tmpfs_node_of(dvp), *tn = tmpfs_node_of(vp);
	int error;

	if (dir->tn_nlink == 0 || tn->tn_nlink == 0)
		return RUMP_ENOENT;
	if (tn->tn_nlink == UINT32_MAX)
		return RUMP_EMLINK;
	error = tmpfs_dir_add(dir, cn, tn);
	if (error == 0) {
		tn->tn_nlink++;
		tmpfs_node_touch(tn, TN_CHANGED);
		tmpfs_node_touch(dir, TN_MODIFIED);
	}
	return error;
}

/* A name of vp was removed. */
static void unname(struct vnode *vp)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);

	if (--tn->tn_nlink == 0)
		vnode_unlinked(vp);
	tmpfs_node_touch(tn, TN_CHANGED);
}

static int remove(struct vnode *dvp, struct vnode *vp, const struct componentname *cn)
{
	struct tmpfs_node *dir = tmpfs_node_of(dvp);

	tmpfs_dir_remove(dir, tmpfs_dir_find(dir, cn));
	unname(vp);
	tmpfs_node_touch(dir, TN_MODIFIED);
	return 0;
}

/* An empty directory loses its name, its "." and its "..". */
static void unname_dir(struct tmpfs_node *dir, struct vnode *vp)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);

	tn->tn_dir.parent = NULL;
	tn->tn_nlink = 0;
	dir->tn_nlink--;
	vnode_unlinked(vp);
}

static int rmdir(struct vnode *dvp, struct vnode *vp, const struct componentname *cn)
{
	struct tmpfs_node *dir = tmpfs_node_of(dvp);

	if (tmpfs_node_of(vp)->tn_dir.nused != 0)
		return RUMP_ENOTEMPTY;
	tmpfs_dir_remove(dir, tmpfs_dir_find(dir, cn));
	unname_dir(dir, vp);
	tmpfs_node_touch(dir, TN_MODIFIED);
	return 0;
}

static int rename(struct vnode *fdvp, struct vnode *fvp, const struct componentname *fcn,
		  struct vnode *tdvp, struct vnode *tvp, const struct componentname *tcn)
{
	struct tmpfs_node *fdir = tmpfs_node_of(fdvp), *tdir = tmpfs_node_of(tdvp);
	struct tmpfs_node *tn = tmpfs_node_of(fvp);
	struct tmpfs_dirent *td = NULL;
	int error;

	if (tdir->tn_nlink == 0)
		return RUMP_ENOENT;
	if (tvp != NULL) {
		if (tvp->v_type == VDIR && tmpfs_node_of(tvp)->tn_dir.nused != 0)
			return RUMP_ENOTEMPTY;
		td = tmpfs_dir_find(tdir, tcn);
		td->td_node = tn;
	} else {
		error = tmpfs_dir_add(tdir, tcn, tn);
		if (error != 0)
			return error;
	}
	tmpfs_dir_remove(fdir, tmpfs_dir_find(fdir, fcn));
	if (tvp != NULL && tvp->v_type == VDIR)
		unname_dir(tdir, tvp);
	else if (tvp != NULL)
		unname(tvp);
	if (tn->tn_type == VDIR && fdir != tdir) {
		tn->tn_dir.parent = tdir;
		fdir->tn_nlink--;
		tdir->tn_nlink++;
	}
	tmpfs_node_touch(tn, TN_CHANGED);
	tmpfs_node_touch(fdir, TN_MODIFIED);
	tmpfs_node_touch(tdir, TN_MODIFIED);
	return 0;
}

static int getattr(struct vnode *vp, struct vattr *va)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);
	bool device = tn->tn_type == VBLK || tn->tn_type == VCHR;

	spin_enter(&tn->tn_mount->tm_timelock);
	*va = (struct vattr){
		.va_type = tn->tn_type,
		.va_mode = tn->tn_mode,
		.va_nlink = tn->tn_nlink,
		.va_uid = tn->tn_uid,
		.va_gid = tn->tn_gid,
		.va_fileid = tn->tn_ino,
		.va_size = tn->tn_size,
		.va_bytes = tn->tn_pages * TMPFS_PAGE,
		.va_blocksize = TMPFS_PAGE,
		.va_rdev = device ? tn->tn_rdev : 0,
		.va_atime = tn->tn_atime,
		.va_mtime = tn->tn_mtime,
		.va_ctime = tn->tn_ctime,
		.va_birthtime = tn->tn_birthtime,
	};
	spin_exit(&tn->tn_mount->tm_timelock);
	return 0;
}

static int setattr(struct vnode *vp, const struct vattr *va)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);
	int what = TN_CHANGED;

	if (va->va_size != VNOVAL) {
		tmpfs_data_truncate(tn, va->va_size);
		what |= TN_MODIFIED;
	}
	if (va->va_mode != (rump_mode_t)VNOVAL)
		tn->tn_mode = va->va_mode;
	if (va->va_uid != (rump_uid_t)VNOVAL)
		tn->tn_uid = va->va_uid;
	if (va->va_gid != (rump_gid_t)VNOVAL)
		tn->tn_gid = va->va_gid;
	tmpfs_node_touch(tn, what);
	spin_enter(&tn->tn_mount->tm_timelock);
	if (va->va_atime.tv_nsec != VNOVAL_TIME)
		tn->tn_atime = va->va_atime;
	if (va->va_mtime.tv_nsec != VNOVAL_TIME)
		tn->tn_mtime = va->va_mtime;
	spin_exit(&tn->tn_mount->tm_timelock);
	vnode_setattr(vp, tn->tn_mode, tn->tn_uid, tn->tn_gid);
	return 0;
}

static int read(struct vnode *vp, struct uio *uio, int ioflag)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);
	int error;

	(void)ioflag;
	error = tmpfs_data_read(tn, uio);
	if ((vp->v_mount->mnt_flag & RUMP_MNT_NOATIME) == 0)
		tmpfs_node_touch(tn, TN_ACCESSED);
	return error;
}

static int write(struct vnode *vp, struct uio *uio, int ioflag)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);
	int error;

	if (ioflag & IO_APPEND)
		uio->uio_offset = tn->tn_size;
	if (uio->uio_resid > (uint64_t)(INT64_MAX - uio->uio_offset))
		return RUMP_EFBIG;
	error = tmpfs_data_write(tn, uio);
	tmpfs_node_touch(tn, TN_MODIFIED);
	return error;
}

static int emit(struct readdir *rd, const struct tmpfs_node *tn, const char *name, size_t len)
{
	return readdir_emit(rd, tn->tn_ino, dtype_of_vtype(tn->tn_type), name, len, rd->rd_off + 1);
}

/* Position 0 is ".", 1 is "..", from 2 on the slots. */
static int readdir(struct vnode *vp, struct readdir *rd)
{
	struct tmpfs_node *dir = tmpfs_node_of(vp);
	struct tmpfs_dir *d = &dir->tn_dir;
	int error = 0;

	if (rd->rd_off < 0)
		return RUMP_EINVAL;
	if (dir->tn_nlink == 0) {
		rd->rd_eof = true;
		return 0;
	}
	if (rd->rd_off == 0)
		error = emit(rd, dir, ".", 1);
	if (error == 0 && rd->rd_off == 1)
		error = emit(rd, d->parent, "..", 2);
	while (error == 0 && rd->rd_off - 2 < d->nslots) {
		struct tmpfs_dirent *td = d->slots[rd->rd_off - 2];

		if (td == NULL)
			rd->rd_off++;
		else
			error = emit(rd, td->td_node, td->td_name, td->td_len);
	}
	rd->rd_eof = error == 0;
	tmpfs_node_touch(dir, TN_ACCESSED);
	return error == -1 ? 0 : error;
}

static int readlink(struct vnode *vp, struct uio *uio)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);

	return uiomove(tn->tn_target, (size_t)tn->tn_size, uio);
}

/* Memory is as stable as a tmpfs can be. */
static int fsync(struct vnode *vp, int flags)
{
	(void)vp;
	(void)flags;
	return 0;
}

static int seek_hole(struct vnode *vp, int64_t *offp, bool hole)
{
	return vp->v_type == VREG ? tmpfs_data_seek(tmpfs_node_of(vp), offp, hole) : RUMP_EINVAL;
}

static void reclaim(struct vnode *vp)
{
	struct tmpfs_node *tn = tmpfs_node_of(vp);

	vp->v_data = NULL;
	if (tn->tn_nlink == 0)
		tmpfs_node_free(tn);
}

const struct vops tmpfs_vops = {
	.vop_lookup = lookup,
	.vop_create = create,
	.vop_mknod = create,
	.vop_mkdir = create,
	.vop_symlink = symlink,
	.vop_link = link,
	.vop_remove = remove,
	.vop_rmdir = rmdir,
	.vop_rename = rename,
	.vop_getattr = getattr,
	.vop_setattr = setattr,
	.vop_read = read,
	.vop_write = write,
	.vop_readdir = readdir,
	.vop_readlink = readlink,
	.vop_fsync = fsync,
	.vop_seek_hole = seek_hole,
	.vop_reclaim = reclaim,
};

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mounts.
 *
 * I1 mount_lock guards the list, v_mounted, mnt_dying and mnt_busy.
 * I2 A mount does not go away while mnt_busy is not 0. It counts lwps that work on the mount
 *    without holding a vnode of it.
 * I3 Unmounting (in this order): hide the mount, so that no walk enters it; wait until mnt_busy is
 *    0; refuse if a vnode is in use; sync; reclaim the vnodes; have the file system end
 *    (vfs_unmount).
 */
#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/copy.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

LINK_SET_DECLARE(modules, struct vfs_module);

struct list mount_list = LIST_INIT(mount_list);
struct kmutex mount_lock;
struct vnode *rootvnode;
static struct kcv mount_cv;
static uint64_t next_id = 1;

void mount_bootstrap(void)
{
	mutex_init(&mount_lock);
	cv_init(&mount_cv);
}

const struct vfsops *vfs_find(const char *name)
{
	const struct vfs_module *const *m;

	LINK_SET_FOREACH(m, modules)
	{
		if (strcmp((*m)->vm_ops->vfs_name, name) == 0)
			return (*m)->vm_ops;
	}
	return NULL;
}

void vfs_timestamp(struct rump_timespec *ts)
{
	clock_realtime(ts);
}

struct vnode *mount_cross(struct vnode *vp)
{
	while (vp->v_mounted != NULL) {
		struct vnode *root = NULL;

		mutex_enter(&mount_lock);
		if (vp->v_mounted != NULL) {
			root = vp->v_mounted->mnt_root;
			vref(root);
		}
		mutex_exit(&mount_lock);
		if (root == NULL)
			break;
		vrele(vp);
		vp = root;
	}
	return vp;
}

static void mount_leave(struct mount *mp)
{
	mutex_enter(&mount_lock);
	if (--mp->mnt_busy == 0)
		cv_broadcast(&mount_cv);
	mutex_exit(&mount_lock);
}

static struct mount *mount_alloc(const struct vfsops *ops, int flags)
{
	struct mount *mp = kmem_zalloc(sizeof(*mp));

	if (mp == NULL)
		return NULL;
	mp->mnt_op = ops;
	mp->mnt_flag = (unsigned)flags &
		       (RUMP_MNT_RDONLY | RUMP_MNT_SYNCHRONOUS | RUMP_MNT_NOEXEC | RUMP_MNT_NOSUID |
			RUMP_MNT_NODEV | RUMP_MNT_NOATIME | RUMP_MNT_RELATIME);
	mp->mnt_namemax = 255;
	mp->mnt_bsize = 4096;
	mutex_init(&mp->mnt_lock);
	mutex_init(&mp->mnt_renamelock);
	list_init(&mp->mnt_vnodes);
	mutex_enter(&mount_lock);
	mp->mnt_id = next_id++;
	mutex_exit(&mount_lock);
	return mp;
}

static void mount_free(struct mount *mp)
{
	if (mp->mnt_dev != NULL)
		vfs_putdev(mp->mnt_dev);
	mutex_destroy(&mp->mnt_lock);
	mutex_destroy(&mp->mnt_renamelock);
	kmem_free(mp, sizeof(*mp));
}

/* Start a file system of type ops. vp is the directory to cover, NULL for the root. */
static int mount_new(const struct vfsops *ops, struct vnode *vp, const char *path, int flags,
		     const void *data, size_t len)
{
	struct mount *mp = mount_alloc(ops, flags);
	int error;

	if (mp == NULL)
		return RUMP_ENOMEM;
	kstrlcpy(mp->mnt_on, path, sizeof(mp->mnt_on));
	kstrlcpy(mp->mnt_from, ops->vfs_name, sizeof(mp->mnt_from));
	error = ops->vfs_mount(mp, data, len, flags);
	if (error != 0) {
		mount_free(mp);
		return error;
	}
	error = vcache_get(mp, mp->mnt_root_ino, &mp->mnt_root);
	if (error == 0 && mp->mnt_root->v_type != VDIR) {
		vrele(mp->mnt_root);
		error = RUMP_EINVAL;
	}
	if (error == 0) {
		mp->mnt_root->v_isroot = true;
		mutex_enter(&mount_lock);
		if (vp != NULL && vp->v_mounted != NULL) {
			error = RUMP_EBUSY;
		} else {
			if (vp != NULL) {
				vref(vp);
				mp->mnt_covered = vp;
				vp->v_mounted = mp;
			} else {
				mp->mnt_flag |= RUMP_MNT_ROOTFS;
				rootvnode = mp->mnt_root;
			}
			list_insert_tail(&mount_list, &mp->mnt_node);
		}
		mutex_exit(&mount_lock);
		if (error != 0)
			vrele(mp->mnt_root);
	}
	if (error != 0) {
		mp->mnt_dying = true;
		vcache_flush(mp);
		ops->vfs_unmount(mp, true);
		mount_free(mp);
	}
	return error;
}

static int mount_update(struct vnode *vp, int flags, const void *data, size_t len)
{
	struct mount *mp = vp->v_mount;
	unsigned keep = RUMP_MNT_ROOTFS | RUMP_MNT_LOCAL;
	int error;

	if (!vp->v_isroot)
		return RUMP_EINVAL;
	error = mp->mnt_op->vfs_mount(mp, data, len, flags);
	if (error == 0)
		mp->mnt_flag = (mp->mnt_flag & keep) |
			       ((unsigned)flags & ~(RUMP_MNT_UPDATE | RUMP_MNT_FORCE | keep));
	return error;
}

int vfs_mount(const char *type, const char *path, int flags, const void *data, size_t len)
{
	const struct vfsops *ops = vfs_find(type);
	struct nameidata nd;
	int error;

	if (!cred_issuser(curlwp->l_cred))
		return RUMP_EPERM;
	if (ops == NULL)
		return RUMP_ENODEV;
	if (rootvnode == NULL)
		return mount_new(ops, NULL, "/", flags, data, len);
	error = namei(curlwp, NULL, path, NAMEI_FOLLOW, &nd);
	if (error != 0)
		return error;
	if (nd.nd_vp->v_type != VDIR)
		error = RUMP_ENOTDIR;
	else if (flags & RUMP_MNT_UPDATE)
		error = mount_update(nd.nd_vp, flags, data, len);
	else
		error = mount_new(ops, nd.nd_vp, path, flags, data, len);
	namei_done(&nd);
	return error;
}

static int purge_one(struct vnode *vp, void *arg)
{
	(void)arg;
	namecache_purge(vp);
	return 0;
}

int vfs_unmount(struct mount *mp, int flags)
{
	bool force = (flags & RUMP_MNT_FORCE) != 0;
	struct vnode *covered;
	int error = 0;

	mutex_enter(&mount_lock);
	if (mp->mnt_dying) {
		mutex_exit(&mount_lock);
		return RUMP_EBUSY;
	}
	mp->mnt_dying = true;
	covered = mp->mnt_covered;
	if (covered != NULL)
		covered->v_mounted = NULL;
	while (mp->mnt_busy != 0)
		cv_wait(&mount_cv, &mount_lock);
	mutex_exit(&mount_lock);

	mount_foreach_vnode(mp, purge_one, NULL);
	if (covered == NULL || vcache_busy(mp) != 0)
		error = RUMP_EBUSY;
	if (error == 0 && !mount_rdonly(mp))
		error = mp->mnt_op->vfs_sync(mp, true);
	if (error != 0 && !(force && error != RUMP_EBUSY)) {
		mutex_enter(&mount_lock);
		mp->mnt_dying = false;
		if (covered != NULL)
			covered->v_mounted = mp;
		mutex_exit(&mount_lock);
		return error;
	}
	mutex_enter(&mount_lock);
	list_remove(&mp->mnt_node);
	mutex_exit(&mount_lock);
	vrele(mp->mnt_root); /* the mount is dying: this reclaims the root */
	vcache_flush(mp);
	error = mp->mnt_op->vfs_unmount(mp, force);
	if (error != 0)
		kprintf("unmount of %s: error %d\n", mp->mnt_on, error);
	mount_free(mp);
	vrele(covered);
	return error;
}

static int mount_sync(struct mount *mp, bool wait)
{
	int error;

	if (mount_rdonly(mp))
		return 0;
	error = mp->mnt_op->vfs_sync(mp, wait);
	if (error == 0 && wait && mp->mnt_dev != NULL)
		error = bdev_flush(mp->mnt_dev);
	return error;
}

int vfs_sync_all(bool wait)
{
	struct mount *mp, *prev = NULL;
	int error = 0, one;

	mutex_enter(&mount_lock);
	for (struct list *n = mount_list.next; n != &mount_list; n = n->next) {
		mp = list_entry(n, struct mount, mnt_node);
		if (mp->mnt_dying)
			continue;
		mp->mnt_busy++;
		mutex_exit(&mount_lock);
		if (prev != NULL)
			mount_leave(prev);
		one = mount_sync(mp, wait);
		if (error == 0)
			error = one;
		prev = mp; /* still busy, so it stays in the list */
		mutex_enter(&mount_lock);
	}
	mutex_exit(&mount_lock);
	if (prev != NULL)
		mount_leave(prev);
	return error;
}

/* In reverse order: a later mount may be on top of an earlier one. */
void vfs_shutdown(void)
{
	vfs_sync_all(true);
	for (;;) {
		struct mount *mp = NULL;
		struct list *n;

		mutex_enter(&mount_lock);
		for (n = mount_list.prev; n != &mount_list; n = n->prev) {
			mp = list_entry(n, struct mount, mnt_node);
			if (mp->mnt_covered != NULL && !mp->mnt_dying && !mp->mnt_stuck)
				break;
			mp = NULL;
		}
		mutex_exit(&mount_lock);
		if (mp == NULL)
			return;
		if (vfs_unmount(mp, RUMP_MNT_FORCE) != 0) {
			kprintf("%s is in use: synced, not unmounted\n", mp->mnt_on);
			mp->mnt_stuck = true;
		}
	}
}

int vfs_getdev(const char *user_path, bool readonly, struct bdev **bdp, char *name, size_t namelen)
{
	char *path = kmem_alloc(RUMP_PATH_MAX);
	struct nameidata nd;
	struct bdev *bd;
	int error;

	if (path == NULL)
		return RUMP_ENOMEM;
	error = copyinstr(user_path, path, RUMP_PATH_MAX, NULL);
	if (error == 0)
		error = namei(curlwp, NULL, path, NAMEI_FOLLOW, &nd);
	if (error == 0) {
		if (name != NULL)
			kstrlcpy(name, path, namelen);
		if (nd.nd_vp->v_type != VBLK)
			error = RUMP_ENOTBLK;
		else if ((bd = bdev_find_dev(nd.nd_vp->v_rdev)) == NULL)
			error = RUMP_ENXIO;
		namei_done(&nd);
	}
	kmem_free(path, RUMP_PATH_MAX);
	if (error != 0)
		return error;
	if (!readonly && bd->bd_readonly)
		error = RUMP_EROFS;
	if (error == 0)
		error = bdev_claim(bd);
	if (error != 0)
		bdev_release(bd);
	else
		*bdp = bd;
	return error;
}

void vfs_putdev(struct bdev *bd)
{
	bdev_unclaim(bd);
	bdev_release(bd);
}

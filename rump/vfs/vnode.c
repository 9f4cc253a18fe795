/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vnode cache.
 *
 * I1 There is at most one vnode for an inode.
 * I2 vcache_lock guards the hash, the LRU list, the flags, and the changes of v_refs from and to
 *    zero. Other changes of v_refs are atomic operations without the lock.
 * I3 An idle vnode has no users, so it can always be reclaimed.
 * I4 Order of locks: a vnode's, mnt_lock, the name cache's, vcache_lock.
 *
 * States and what changes them:
 *	absent -> LOADING        vcache_get: its maker fills the vnode; others wait
 *	LOADING -> in use        vfs_loadvnode has succeeded
 *	in use <-> idle          the last vrele; vcache_get, vtryref. An idle one is on the LRU list
 *	idle -> RECLAIMING       vnode_reclaim: the file system takes its part back; others wait
 *	RECLAIMING -> absent     vop_reclaim has returned
 */
#include <rump/errno.h>

#include "kern/hash.h"
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* Where the table starts; it grows. */
#define FIRST_HEADS 256
#define VF_LOADING 0x1
#define VF_RECLAIMING 0x2
#define VF_UNLINKED 0x4

static struct kmutex vcache_lock;
static struct kcv vcache_cv;
static struct hash vnodes;
static size_t nvnodes, vnode_limit;
static struct list lru = LIST_INIT(lru);

void vcache_bootstrap(void)
{
	/*
	 * A vnode takes a few hundred bytes and pins its file system's part: one for 16 KiB of
	 * memory, at most 65536.
	 */
	uint64_t room = kmem_limit() / 16384;

	vnode_limit = room > 65536 ? 65536 : room < 256 ? 256 : (size_t)room;
	hash_init(&vnodes, FIRST_HEADS);
	mutex_init(&vcache_lock);
	cv_init(&vcache_cv);
}

static uint64_t key(const struct mount *mp, uint64_t ino)
{
	return (ino + mp->mnt_id * 0x10001) * UINT64_C(0x9e3779b97f4a7c15) >> 32;
}

static uint64_t vnode_key(const struct list *node)
{
	const struct vnode *vp = list_entry(node, struct vnode, v_hash);

	return key(vp->v_mount, vp->v_ino);
}

static struct list *bucket(const struct mount *mp, uint64_t ino)
{
	return hash_head(&vnodes, key(mp, ino));
}

static struct vnode *vnode_alloc(struct mount *mp, uint64_t ino)
{
	struct vnode *vp = kmem_zalloc(sizeof(*vp));

	if (vp == NULL)
		return NULL;
	vp->v_mount = mp;
	vp->v_ino = ino;
	vp->v_refs = 1;
	vp->v_flag = VF_LOADING;
	rw_init(&vp->v_lock);
	list_init(&vp->v_lru);
	list_init(&vp->v_mntnode);
	list_init(&vp->v_ncdir);
	list_init(&vp->v_ncvp);
	selinit(&vp->v_sel);
	return vp;
}

static void vnode_free(struct vnode *vp)
{
	lockf_free(vp);
	seldestroy(&vp->v_sel);
	rw_destroy(&vp->v_lock);
	kmem_free(vp, sizeof(*vp));
}

/* vp is RECLAIMING, in the hash and not on the LRU list. */
static void vnode_reclaim(struct vnode *vp)
{
	struct mount *mp = vp->v_mount;

	namecache_purge(vp);
	if (vp->v_ops != NULL && vp->v_ops->vop_reclaim != NULL)
		vp->v_ops->vop_reclaim(vp);
	mutex_enter(&mp->mnt_lock);
	list_remove(&vp->v_mntnode);
	mutex_exit(&mp->mnt_lock);
	mutex_enter(&vcache_lock);
	list_remove(&vp->v_hash);
	nvnodes--;
	cv_broadcast(&vcache_cv);
	mutex_exit(&vcache_lock);
	vnode_free(vp);
}

/* Take the least recently used idle vnode for reclaiming, if there are too many. */
static struct vnode *lru_excess(void)
{
	struct vnode *vp = NULL;

	if (nvnodes > vnode_limit && !list_empty(&lru)) {
		vp = list_entry(lru.next, struct vnode, v_lru);
		list_remove(&vp->v_lru);
		vp->v_flag |= VF_RECLAIMING;
	}
	return vp;
}

/* The cached vnode, or NULL. Waits for one in transition. vcache_lock held. */
static struct vnode *vcache_find(struct mount *mp, uint64_t ino)
{
	struct list *n, *head;

again:
	head = bucket(mp, ino);
	list_foreach(n, head) {
		struct vnode *vp = list_entry(n, struct vnode, v_hash);

		if (vp->v_ino != ino || vp->v_mount != mp)
			continue;
		if (vp->v_flag & (VF_LOADING | VF_RECLAIMING)) {
			cv_wait(&vcache_cv, &vcache_lock);
			goto again;
		}
		if (atomic_fetch_add(&vp->v_refs, 1) == 0)
			list_remove(&vp->v_lru);
		return vp;
	}
	return NULL;
}

int vcache_get(struct mount *mp, uint64_t ino, struct vnode **vpp)
{
	struct vnode *vp, *fresh, *excess;
	bool full;
	int error;

	mutex_enter(&vcache_lock);
	vp = vcache_find(mp, ino);
	mutex_exit(&vcache_lock);
	if (vp != NULL) {
		*vpp = vp;
		return 0;
	}
	fresh = vnode_alloc(mp, ino);
	if (fresh == NULL)
		return RUMP_ENOMEM;
	mutex_enter(&vcache_lock);
	vp = vcache_find(mp, ino);
	if (vp != NULL) {
		mutex_exit(&vcache_lock);
		vnode_free(fresh);
		*vpp = vp;
		return 0;
	}
	list_insert_head(bucket(mp, ino), &fresh->v_hash);
	nvnodes++;
	full = nvnodes > vnodes.nheads;
	excess = lru_excess();
	mutex_exit(&vcache_lock);
	if (full)
		hash_grow(&vnodes, &vcache_lock, &nvnodes, vnode_key);
	if (excess != NULL)
		vnode_reclaim(excess);

	error = mp->mnt_op->vfs_loadvnode(mp, fresh, ino);
	if (error == 0) {
		mutex_enter(&mp->mnt_lock);
		list_insert_tail(&mp->mnt_vnodes, &fresh->v_mntnode);
		mutex_exit(&mp->mnt_lock);
	}
	mutex_enter(&vcache_lock);
	fresh->v_flag &= ~VF_LOADING;
	if (error != 0) {
		list_remove(&fresh->v_hash);
		nvnodes--;
	}
	cv_broadcast(&vcache_cv);
	mutex_exit(&vcache_lock);
	if (error != 0) {
		vnode_free(fresh);
		return error;
	}
	*vpp = fresh;
	return 0;
}

void vref(struct vnode *vp)
{
	unsigned old = atomic_fetch_add_explicit(&vp->v_refs, 1, memory_order_relaxed);

	KASSERT(old != 0);
}

bool vtryref(struct vnode *vp)
{
	unsigned refs = vp->v_refs;
	bool ok = false;

	while (refs != 0)
		if (atomic_compare_exchange_weak(&vp->v_refs, &refs, refs + 1))
			return true;
	mutex_enter(&vcache_lock);
	if ((vp->v_flag & (VF_RECLAIMING | VF_LOADING)) == 0) {
		if (atomic_fetch_add(&vp->v_refs, 1) == 0)
			list_remove(&vp->v_lru);
		ok = true;
	}
	mutex_exit(&vcache_lock);
	return ok;
}

void vrele(struct vnode *vp)
{
	for (;;) {
		unsigned refs = vp->v_refs;
		bool reclaim = false;

		KASSERT(refs != 0);
		while (refs > 1)
			if (atomic_compare_exchange_weak(&vp->v_refs, &refs, refs - 1))
				return;
		/*
		 * This reference is the last, unless the vnode is found in a cache in the meantime.
		 */
		if (vp->v_ops->vop_inactive != NULL) {
			vlock(vp);
			vp->v_ops->vop_inactive(vp);
			vunlock(vp);
		}
		refs = 1;
		mutex_enter(&vcache_lock);
		if (!atomic_compare_exchange_strong(&vp->v_refs, &refs, 0)) {
			mutex_exit(&vcache_lock);
			continue;
		}
		reclaim = (vp->v_flag & VF_UNLINKED) != 0 || vp->v_mount->mnt_dying;
		if (reclaim)
			vp->v_flag |= VF_RECLAIMING;
		else
			list_insert_tail(&lru, &vp->v_lru);
		mutex_exit(&vcache_lock);
		if (reclaim)
			vnode_reclaim(vp);
		return;
	}
}

void vnode_unlinked(struct vnode *vp)
{
	mutex_enter(&vcache_lock);
	vp->v_flag |= VF_UNLINKED;
	mutex_exit(&vcache_lock);
}

unsigned vcache_busy(struct mount *mp)
{
	unsigned busy = 0;
	struct list *n;

	mutex_enter(&mp->mnt_lock);
	list_foreach(n, &mp->mnt_vnodes) {
		struct vnode *vp = list_entry(n, struct vnode, v_mntnode);

		if (vp->v_refs > (vp == mp->mnt_root ? 1 : 0))
			busy++;
	}
	mutex_exit(&mp->mnt_lock);
	return busy;
}

void vcache_flush(struct mount *mp)
{
	struct vnode *vp;
	struct list *n;

	do {
		vp = NULL;
		mutex_enter(&mp->mnt_lock);
		mutex_enter(&vcache_lock);
		list_foreach(n, &mp->mnt_vnodes) {
			struct vnode *v = list_entry(n, struct vnode, v_mntnode);

			if (v->v_refs == 0 && (v->v_flag & VF_RECLAIMING) == 0) {
				vp = v;
				list_remove(&v->v_lru);
				v->v_flag |= VF_RECLAIMING;
				break;
			}
		}
		mutex_exit(&vcache_lock);
		mutex_exit(&mp->mnt_lock);
		if (vp != NULL)
			vnode_reclaim(vp);
	} while (vp != NULL);
	/* Wait for vnodes that other lwps are reclaiming. */
	mutex_enter(&vcache_lock);
	for (;;) {
		bool left = false;

		for (size_t i = 0; i < vnodes.nheads && !left; i++)
			list_foreach(n, &vnodes.heads[i]) {
				struct vnode *v = list_entry(n, struct vnode, v_hash);

				if (v->v_mount == mp && v->v_flag & VF_RECLAIMING) {
					left = true;
					break;
				}
			}
		if (!left)
			break;
		cv_wait(&vcache_cv, &vcache_lock);
	}
	mutex_exit(&vcache_lock);
}

int mount_foreach_vnode(struct mount *mp, int (*fn)(struct vnode *vp, void *arg), void *arg)
{
	struct vnode *vp, *prev = NULL;
	struct list *n;
	int error = 0;

	mutex_enter(&mp->mnt_lock);
	n = mp->mnt_vnodes.next;
	while (n != &mp->mnt_vnodes && error == 0) {
		vp = list_entry(n, struct vnode, v_mntnode);
		if (!vtryref(vp)) {
			n = n->next;
			continue;
		}
		mutex_exit(&mp->mnt_lock);
		if (prev != NULL)
			vrele(prev);
		error = fn(vp, arg);
		prev = vp; /* its reference keeps the place in the list */
		mutex_enter(&mp->mnt_lock);
		n = vp->v_mntnode.next;
	}
	mutex_exit(&mp->mnt_lock);
	if (prev != NULL)
		vrele(prev);
	return error;
}

/* Attributes and permissions. */

void vattr_null(struct vattr *va)
{
	memset(va, 0xff, sizeof(*va));
	va->va_type = VNON;
}

void vnode_setattr(struct vnode *vp, rump_mode_t mode, rump_uid_t uid, rump_gid_t gid)
{
	vp->v_mode = mode & RUMP_ALLPERMS;
	vp->v_uid = uid;
	vp->v_gid = gid;
}

int vaccess(struct vnode *vp, unsigned how, const struct cred *cr)
{
	rump_mode_t mode = vp->v_mode;
	unsigned granted;

	if (cred_issuser(cr)) {
		if (how & VEXEC && vp->v_type != VDIR && (mode & 0111) == 0)
			return RUMP_EACCES;
		return 0;
	}
	if (cr->cr_euid == vp->v_uid)
		granted = mode >> 6;
	else if (cred_ingroup(cr, vp->v_gid))
		granted = mode >> 3;
	else
		granted = mode;
	return (how & ~granted & 7) == 0 ? 0 : RUMP_EACCES;
}

static const struct {
	rump_mode_t mode;
	uint8_t dtype;
} types[] = {
	[VNON] = {0, RUMP_DT_UNKNOWN},		 [VREG] = {RUMP_S_IFREG, RUMP_DT_REG},
	[VDIR] = {RUMP_S_IFDIR, RUMP_DT_DIR},	 [VBLK] = {RUMP_S_IFBLK, RUMP_DT_BLK},
	[VCHR] = {RUMP_S_IFCHR, RUMP_DT_CHR},	 [VLNK] = {RUMP_S_IFLNK, RUMP_DT_LNK},
	[VSOCK] = {RUMP_S_IFSOCK, RUMP_DT_SOCK}, [VFIFO] = {RUMP_S_IFIFO, RUMP_DT_FIFO},
};

enum vtype vtype_of_mode(rump_mode_t mode)
{
	for (unsigned t = VREG; t <= VFIFO; t++)
		if (types[t].mode == (mode & RUMP_S_IFMT))
			return (enum vtype)t;
	return VNON;
}

rump_mode_t mode_of_vtype(enum vtype t)
{
	return types[t].mode;
}

uint8_t dtype_of_vtype(enum vtype t)
{
	return types[t].dtype;
}

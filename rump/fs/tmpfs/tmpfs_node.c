/* SPDX-License-Identifier: BSD-2-Clause */
/* tmpfs: nodes, their numbers, and their times. */
#include <rump/errno.h>

#include "fs/tmpfs/tmpfs.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

#define FIRST_BUCKETS 64

int tmpfs_hash_init(struct tmpfs_mount *tm)
{
	tm->tm_nbuckets = FIRST_BUCKETS;
	tm->tm_hash = kmem_zalloc(FIRST_BUCKETS * sizeof(*tm->tm_hash));
	return tm->tm_hash != NULL ? 0 : RUMP_ENOMEM;
}

/* Double the table; without memory the chains grow longer. tm_lock held. */
static void hash_grow(struct tmpfs_mount *tm)
{
	uint64_t n = tm->tm_nbuckets * 2;
	struct tmpfs_node **bigger = kmem_zalloc(n * sizeof(*bigger)), *tn;

	if (bigger == NULL)
		return;
	for (uint64_t i = 0; i < tm->tm_nbuckets; i++)
		while ((tn = tm->tm_hash[i]) != NULL) {
			tm->tm_hash[i] = tn->tn_hash;
			tn->tn_hash = bigger[tn->tn_ino & (n - 1)];
			bigger[tn->tn_ino & (n - 1)] = tn;
		}
	kmem_free(tm->tm_hash, tm->tm_nbuckets * sizeof(*tm->tm_hash));
	tm->tm_hash = bigger;
	tm->tm_nbuckets = n;
}

int tmpfs_node_new(struct tmpfs_mount *tm, const struct vattr *va, struct tmpfs_node **tnp)
{
	struct tmpfs_node *tn = kmem_zalloc(sizeof(*tn)), **bucket;

	if (tn == NULL)
		return RUMP_ENOSPC;
	tn->tn_mount = tm;
	tn->tn_type = va->va_type;
	tn->tn_mode = va->va_mode;
	tn->tn_uid = va->va_uid;
	tn->tn_gid = va->va_gid;
	if (va->va_type == VBLK || va->va_type == VCHR)
		tn->tn_rdev = va->va_rdev;
	vfs_timestamp(&tn->tn_birthtime);
	tn->tn_atime = tn->tn_mtime = tn->tn_ctime = tn->tn_birthtime;
	mutex_enter(&tm->tm_lock);
	if (tm->tm_nnodes >= tm->tm_nodes_max) {
		mutex_exit(&tm->tm_lock);
		kmem_free(tn, sizeof(*tn));
		return RUMP_ENOSPC;
	}
	if (tm->tm_nnodes >= tm->tm_nbuckets)
		hash_grow(tm);
	tm->tm_nnodes++;
	tn->tn_ino = tm->tm_next_ino++;
	bucket = &tm->tm_hash[tn->tn_ino & (tm->tm_nbuckets - 1)];
	tn->tn_hash = *bucket;
	*bucket = tn;
	mutex_exit(&tm->tm_lock);
	*tnp = tn;
	return 0;
}

struct tmpfs_node *tmpfs_node_find(struct tmpfs_mount *tm, uint64_t ino)
{
	struct tmpfs_node *tn;

	mutex_enter(&tm->tm_lock);
	for (tn = tm->tm_hash[ino & (tm->tm_nbuckets - 1)]; tn != NULL; tn = tn->tn_hash)
		if (tn->tn_ino == ino)
			break;
	mutex_exit(&tm->tm_lock);
	return tn;
}

/* The node has neither a name nor a vnode any more. */
void tmpfs_node_free(struct tmpfs_node *tn)
{
	struct tmpfs_mount *tm = tn->tn_mount;
	struct tmpfs_node **p;

	mutex_enter(&tm->tm_lock);
	p = &tm->tm_hash[tn->tn_ino & (tm->tm_nbuckets - 1)];
	while (*p != tn)
		p = &(*p)->tn_hash;
	*p = tn->tn_hash;
	tm->tm_nnodes--;
	mutex_exit(&tm->tm_lock);
	if (tn->tn_type == VREG)
		tmpfs_data_truncate(tn, 0);
	else if (tn->tn_type == VDIR)
		tmpfs_dir_fini(tn);
	else if (tn->tn_type == VLNK)
		kmem_strfree(tn->tn_target);
	kmem_free(tn, sizeof(*tn));
}

static bool later(const struct rump_timespec *a, const struct rump_timespec *b)
{
	return a->tv_sec > b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec > b->tv_nsec);
}

/* A read changes the access time only if it is not later than the modification time. */
void tmpfs_node_touch(struct tmpfs_node *tn, int what)
{
	struct tmpfs_mount *tm = tn->tn_mount;
	struct rump_timespec now;

	if (what == TN_ACCESSED && later(&tn->tn_atime, &tn->tn_mtime) &&
	    later(&tn->tn_atime, &tn->tn_ctime))
		return;
	vfs_timestamp(&now);
	spin_enter(&tm->tm_timelock);
	if (what & TN_ACCESSED)
		tn->tn_atime = now;
	if (what & TN_MODIFIED)
		tn->tn_mtime = now;
	if (what & (TN_MODIFIED | TN_CHANGED))
		tn->tn_ctime = now;
	spin_exit(&tm->tm_timelock);
}

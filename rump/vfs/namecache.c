/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The name cache: (directory, name) to vnode, or to "does not exist".
 *
 * I1 Entries hold no reference. They are removed when either vnode is reclaimed.
 * I2 An entry is made with the directory locked, and removed when the name changes, with the
 *    directory locked exclusively. So no entry is stale.
 * I3 One lock guards the table; only the table is touched under it.
 */
#include <rump/errno.h>

#include "kern/hash.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"
#include "vfs/vfs.h"
#include "vfs/vfs_private.h"

/* FIRST_HEADS: where the table starts; it grows. */
#define FIRST_HEADS 256
#define NC_NAME_MAX 64 /* longer names are rare and not cached */

struct ncentry {
	struct list nc_hash, nc_lru, nc_dirnode, nc_vpnode;
	struct vnode *nc_dvp, *nc_vp; /* nc_vp NULL: the name does not exist */
	uint8_t nc_len;
	char nc_name[];
};

static struct kmutex lock;
static struct hash names;
static size_t nentries, entry_limit;
static struct list lru = LIST_INIT(lru);

void namecache_bootstrap(void)
{
	/* Two entries for a vnode (vnode.c). */
	uint64_t room = kmem_limit() / 8192;

	entry_limit = room > 131072 ? 131072 : room < 1024 ? 1024 : (size_t)room;
	hash_init(&names, FIRST_HEADS);
	mutex_init(&lock);
}

/* FNV-1a over the name, mixed with the directory. */
static uint64_t key(const struct vnode *dvp, const char *name, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ (uintptr_t)dvp;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)name[i]) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

static uint64_t entry_key(const struct list *node)
{
	const struct ncentry *nc = list_entry(node, struct ncentry, nc_hash);

	return key(nc->nc_dvp, nc->nc_name, nc->nc_len);
}

static struct list *bucket(const struct vnode *dvp, const struct componentname *cn)
{
	return hash_head(&names, key(dvp, cn->cn_name, cn->cn_len));
}

static struct ncentry *find(struct vnode *dvp, const struct componentname *cn)
{
	struct list *n, *head = bucket(dvp, cn);

	list_foreach(n, head) {
		struct ncentry *nc = list_entry(n, struct ncentry, nc_hash);

		if (nc->nc_dvp == dvp && nc->nc_len == cn->cn_len &&
		    memcmp(nc->nc_name, cn->cn_name, cn->cn_len) == 0)
			return nc;
	}
	return NULL;
}

static void drop(struct ncentry *nc)
{
	list_remove(&nc->nc_hash);
	list_remove(&nc->nc_lru);
	list_remove(&nc->nc_dirnode);
	list_remove(&nc->nc_vpnode);
	nentries--;
	kmem_free(nc, sizeof(*nc) + nc->nc_len);
}

int namecache_lookup(struct vnode *dvp, const struct componentname *cn, struct vnode **vpp)
{
	struct ncentry *nc;
	int rv = 0;

	if (cn->cn_len > NC_NAME_MAX)
		return 0;
	mutex_enter(&lock);
	nc = find(dvp, cn);
	if (nc != NULL) {
		if (nc->nc_vp == NULL) {
			rv = RUMP_ENOENT;
		} else if (vtryref(nc->nc_vp)) {
			*vpp = nc->nc_vp;
			rv = NC_HIT;
		}
		list_remove(&nc->nc_lru);
		list_insert_tail(&lru, &nc->nc_lru);
	}
	mutex_exit(&lock);
	return rv;
}

void namecache_enter(struct vnode *dvp, const struct componentname *cn, struct vnode *vp)
{
	struct ncentry *nc, *old;
	bool full;

	if (cn->cn_len > NC_NAME_MAX)
		return;
	nc = kmem_alloc(sizeof(*nc) + cn->cn_len);
	if (nc == NULL)
		return;
	nc->nc_dvp = dvp;
	nc->nc_vp = vp;
	nc->nc_len = (uint8_t)cn->cn_len;
	memcpy(nc->nc_name, cn->cn_name, cn->cn_len);
	list_init(&nc->nc_vpnode);
	mutex_enter(&lock);
	old = find(dvp, cn);
	if (old != NULL)
		drop(old);
	else if (nentries >= entry_limit)
		drop(list_entry(lru.next, struct ncentry, nc_lru));
	list_insert_head(bucket(dvp, cn), &nc->nc_hash);
	list_insert_tail(&lru, &nc->nc_lru);
	list_insert_head(&dvp->v_ncdir, &nc->nc_dirnode);
	if (vp != NULL)
		list_insert_head(&vp->v_ncvp, &nc->nc_vpnode);
	nentries++;
	full = nentries > names.nheads;
	mutex_exit(&lock);
	if (full)
		hash_grow(&names, &lock, &nentries, entry_key);
}

void namecache_remove(struct vnode *dvp, const struct componentname *cn)
{
	struct ncentry *nc;

	if (cn->cn_len > NC_NAME_MAX)
		return;
	mutex_enter(&lock);
	nc = find(dvp, cn);
	if (nc != NULL)
		drop(nc);
	mutex_exit(&lock);
}

void namecache_purge(struct vnode *vp)
{
	mutex_enter(&lock);
	while (!list_empty(&vp->v_ncdir))
		drop(list_entry(vp->v_ncdir.next, struct ncentry, nc_dirnode));
	while (!list_empty(&vp->v_ncvp))
		drop(list_entry(vp->v_ncvp.next, struct ncentry, nc_vpnode));
	mutex_exit(&lock);
}

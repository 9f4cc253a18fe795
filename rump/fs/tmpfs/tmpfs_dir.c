/* SPDX-License-Identifier: BSD-2-Clause */
/* tmpfs: the entries of a directory. */
#include <rump/errno.h>

#include "fs/tmpfs/tmpfs.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/string.h"

static uint32_t name_hash(const char *name, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)name[i]) * 16777619u;
	return h ^ h >> 15;
}

struct tmpfs_dirent *tmpfs_dir_find(struct tmpfs_node *dir, const struct componentname *cn)
{
	struct tmpfs_dir *d = &dir->tn_dir;
	struct tmpfs_dirent *td;

	if (d->nbuckets == 0)
		return NULL;
	td = d->buckets[name_hash(cn->cn_name, cn->cn_len) & (d->nbuckets - 1)];
	for (; td != NULL; td = td->td_hash)
		if (td->td_len == cn->cn_len && memcmp(td->td_name, cn->cn_name, cn->cn_len) == 0)
			break;
	return td;
}

/* Make room for one more entry, in slots and buckets. */
static int dir_grow(struct tmpfs_dir *d)
{
	uint32_t n = d->nslots == 0 ? 8 : d->nslots * 2;
	struct tmpfs_dirent **slots, **buckets;

	if (d->nused < d->nslots)
		return 0;
	slots = kmem_zalloc(n * sizeof(*slots));
	buckets = kmem_zalloc(n * sizeof(*buckets));
	if (slots == NULL || buckets == NULL) {
		kmem_free(slots, n * sizeof(*slots));
		kmem_free(buckets, n * sizeof(*buckets));
		return RUMP_ENOSPC;
	}
	for (uint32_t i = 0; i < d->nslots; i++) {
		struct tmpfs_dirent *td = slots[i] = d->slots[i], **bucket;

		bucket = &buckets[name_hash(td->td_name, td->td_len) & (n - 1)];
		td->td_hash = *bucket;
		*bucket = td;
	}
	kmem_free(d->slots, d->nslots * sizeof(*slots));
	kmem_free(d->buckets, d->nbuckets * sizeof(*buckets));
	d->lowest_free = d->nslots;
	d->slots = slots;
	d->buckets = buckets;
	d->nslots = d->nbuckets = n;
	return 0;
}

int tmpfs_dir_add(struct tmpfs_node *dir, const struct componentname *cn, struct tmpfs_node *tn)
{
	struct tmpfs_dir *d = &dir->tn_dir;
	struct tmpfs_dirent *td, **bucket;
	int error = dir_grow(d);

	if (error != 0)
		return error;
	td = kmem_alloc(sizeof(*td) + cn->cn_len);
	if (td == NULL)
		return RUMP_ENOSPC;
	while (d->slots[d->lowest_free] != NULL)
		d->lowest_free++;
	td->td_node = tn;
	td->td_slot = d->lowest_free++;
	td->td_len = (uint8_t)cn->cn_len;
	memcpy(td->td_name, cn->cn_name, cn->cn_len);
	d->slots[td->td_slot] = td;
	bucket = &d->buckets[name_hash(cn->cn_name, cn->cn_len) & (d->nbuckets - 1)];
	td->td_hash = *bucket;
	*bucket = td;
	d->nused++;
	dir->tn_size = (int64_t)(d->nused + 2) * 32;
	return 0;
}

void tmpfs_dir_remove(struct tmpfs_node *dir, struct tmpfs_dirent *td)
{
	struct tmpfs_dir *d = &dir->tn_dir;
	struct tmpfs_dirent **p =
		&d->buckets[name_hash(td->td_name, td->td_len) & (d->nbuckets - 1)];

	while (*p != td)
		p = &(*p)->td_hash;
	*p = td->td_hash;
	d->slots[td->td_slot] = NULL;
	if (td->td_slot < d->lowest_free)
		d->lowest_free = td->td_slot;
	d->nused--;
	dir->tn_size = (int64_t)(d->nused + 2) * 32;
	kmem_free(td, sizeof(*td) + td->td_len);
}

void tmpfs_dir_fini(struct tmpfs_node *dir)
{
	struct tmpfs_dir *d = &dir->tn_dir;

	for (uint32_t i = 0; i < d->nslots; i++)
		if (d->slots[i] != NULL)
			kmem_free(d->slots[i], sizeof(*d->slots[i]) + d->slots[i]->td_len);
	kmem_free(d->slots, d->nslots * sizeof(*d->slots));
	kmem_free(d->buckets, d->nbuckets * sizeof(*d->buckets));
}

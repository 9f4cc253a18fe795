/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of a large directory by hash, in memory. The idea is Ian Dowse's and David Malone's,
 * for UFS.
 *
 * An ext2 directory is a list: to find out that a name does not exist, which precedes every
 * creation, all of it is read. So a directory of more than EXT2_DIRHASH_BLOCKS blocks gets a table
 * of (hash of the name, block) at its first search. For each block the table has the most room for
 * an entry, too. A search then reads only blocks with a matching hash, and an insertion knows its
 * block at once.
 *
 * I1 The table holds nothing that the directory does not, so it may be dropped at any time when
 *    memory is short.
 * I2 A table that cannot be kept right is dropped (drop); the next search builds it again.
 * I3 The table uses open addressing. With deleted slots it is at most three quarters full; then it
 *    is rebuilt larger.
 */
#include "fs/ext2/ext2.h"
#include "kern/kmem.h"
#include "kern/string.h"

#define FREE UINT32_MAX
#define DELETED (UINT32_MAX - 1)
#define MIN_SLOTS 512

struct slot {
	uint32_t s_hash, s_lbn;
};

struct ext2_dirhash {
	struct list dh_node; /* in the list of all, in order of use */
	struct ext2_inode *dh_dir;
	struct slot *dh_slots;
	uint32_t dh_nslots; /* a power of two */
	uint32_t dh_used;   /* with those DELETED */
	uint32_t dh_live;
	uint16_t *dh_room; /* by block, in units of 4 bytes */
	uint32_t dh_nroom, dh_blocks;
	uint32_t dh_last; /* the last block that had room */
};

static struct kmutex all_lock; /* after an i_hashlock */
static struct list all;

static uint32_t hash_of(const char *name, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)name[i]) * 16777619u; /* FNV-1a */
	return h ^ (h >> 15);
}

static void destroy(struct ext2_dirhash *dh)
{
	if (dh->dh_slots != NULL)
		kmem_free(dh->dh_slots, (size_t)dh->dh_nslots * sizeof(*dh->dh_slots));
	if (dh->dh_room != NULL)
		kmem_free(dh->dh_room, (size_t)dh->dh_nroom * sizeof(*dh->dh_room));
	kmem_free(dh, sizeof(*dh));
}

static size_t reclaim(size_t want)
{
	struct list *n, *tmp;
	size_t got = 0;

	mutex_enter(&all_lock);
	list_foreach_safe(n, tmp, &all) {
		struct ext2_dirhash *dh = list_entry(n, struct ext2_dirhash, dh_node);
		struct ext2_inode *dir = dh->dh_dir;

		if (got >= want)
			break;
		if (!mutex_tryenter(&dir->i_hashlock))
			continue;
		list_remove(&dh->dh_node);
		dir->i_hash = NULL;
		got += (size_t)dh->dh_nslots * sizeof(*dh->dh_slots);
		destroy(dh);
		mutex_exit(&dir->i_hashlock);
	}
	mutex_exit(&all_lock);
	return got;
}

void ext2_dirhash_init(void)
{
	static struct kmem_reclaimer reclaimer = {.kr_reclaim = reclaim};

	mutex_init(&all_lock);
	list_init(&all);
	kmem_reclaimer_add(&reclaimer);
}

/* i_hashlock held. */
static void drop(struct ext2_inode *dir)
{
	struct ext2_dirhash *dh = dir->i_hash;

	if (dh == NULL)
		return;
	mutex_enter(&all_lock);
	list_remove(&dh->dh_node);
	mutex_exit(&all_lock);
	dir->i_hash = NULL;
	destroy(dh);
}

void ext2_dirhash_drop(struct ext2_inode *dir)
{
	mutex_enter(&dir->i_hashlock);
	drop(dir);
	mutex_exit(&dir->i_hashlock);
}

static void insert(struct slot *slots, uint32_t nslots, uint32_t hash, uint32_t lbn)
{
	uint32_t i = hash & (nslots - 1);

	while (slots[i].s_lbn != FREE)
		i = (i + 1) & (nslots - 1);
	slots[i] = (struct slot){hash, lbn};
}

/* Make room for one more name. false: no memory. */
static bool grow(struct ext2_dirhash *dh)
{
	uint32_t n = MIN_SLOTS;
	struct slot *slots;

	if (dh->dh_nslots != 0 && dh->dh_used < dh->dh_nslots / 4 * 3)
		return true;
	while (n / 2 <= dh->dh_live && n < UINT32_C(1) << 30)
		n *= 2;
	slots = kmem_alloc((size_t)n * sizeof(*slots));
	if (slots == NULL)
		return false;
	memset(slots, 0xff, (size_t)n * sizeof(*slots));
	for (uint32_t i = 0; i < dh->dh_nslots; i++)
		if (dh->dh_slots[i].s_lbn < DELETED)
			insert(slots, n, dh->dh_slots[i].s_hash, dh->dh_slots[i].s_lbn);
	if (dh->dh_slots != NULL)
		kmem_free(dh->dh_slots, (size_t)dh->dh_nslots * sizeof(*slots));
	dh->dh_slots = slots;
	dh->dh_nslots = n;
	dh->dh_used = dh->dh_live;
	return true;
}

static bool set_room(struct ext2_dirhash *dh, uint32_t lbn, uint32_t room)
{
	if (lbn >= dh->dh_nroom) {
		uint32_t n = dh->dh_nroom == 0 ? 64 : dh->dh_nroom;
		uint16_t *rooms;

		while (n <= lbn)
			n *= 2;
		rooms = kmem_zalloc((size_t)n * sizeof(*rooms));
		if (rooms == NULL)
			return false;
		if (dh->dh_room != NULL) {
			memcpy(rooms, dh->dh_room, dh->dh_nroom * sizeof(*rooms));
			kmem_free(dh->dh_room, (size_t)dh->dh_nroom * sizeof(*rooms));
		}
		dh->dh_room = rooms;
		dh->dh_nroom = n;
	}
	if (lbn >= dh->dh_blocks)
		dh->dh_blocks = lbn + 1;
	dh->dh_room[lbn] = (uint16_t)(room / 4);
	return true;
}

static bool add(struct ext2_dirhash *dh, const char *name, size_t len, uint32_t lbn)
{
	if (!grow(dh))
		return false;
	insert(dh->dh_slots, dh->dh_nslots, hash_of(name, len), lbn);
	dh->dh_used++;
	dh->dh_live++;
	return true;
}

/* Add all names of one block. ENOMEM, EIO. */
static int add_block(struct ext2_dirhash *dh, uint32_t lbn)
{
	struct ext2_fs *fs = dh->dh_dir->i_fs;
	struct buf *bp;
	bool ok;
	int error;

	error = ext2_dir_block(dh->dh_dir, lbn, &bp);
	if (error != 0)
		return error;
	ok = set_room(dh, lbn, ext2_dir_room(fs, bp->b_data));
	for (uint32_t off = 0; ok && off < fs->fs_bsize;) {
		const struct ext2_dirent *de =
			(const struct ext2_dirent *)((const char *)bp->b_data + off);

		if (de->inode != 0)
			ok = add(dh, de->name, ext2_dirent_namelen(fs, de), lbn);
		off += de->rec_len;
	}
	brelse(bp);
	return ok ? 0 : RUMP_ENOMEM;
}

int ext2_dirhash_get(struct ext2_inode *dir, struct ext2_dirhash **dhp)
{
	uint32_t n = (uint32_t)(dir->i_size >> dir->i_fs->fs_bshift);
	struct ext2_dirhash *dh = dir->i_hash;
	int error = 0;

	*dhp = NULL;
	if (n <= EXT2_DIRHASH_BLOCKS)
		return 0;
	if (dh == NULL) {
		dh = kmem_zalloc(sizeof(*dh));
		if (dh == NULL)
			return 0;
		dh->dh_dir = dir;
		list_init(&dh->dh_node);
		if (!grow(dh))
			error = RUMP_ENOMEM;
		for (uint32_t lbn = 0; lbn < n && error == 0; lbn++)
			error = add_block(dh, lbn);
		if (error != 0) {
			destroy(dh);
			return error == RUMP_ENOMEM ? 0 : error;
		}
		dir->i_hash = dh;
	}
	mutex_enter(&all_lock);
	list_remove(&dh->dh_node);
	list_insert_tail(&all, &dh->dh_node);
	mutex_exit(&all_lock);
	*dhp = dh;
	return 0;
}

int64_t ext2_dirhash_next(struct ext2_dirhash *dh, const char *name, size_t len, uint32_t *iterp)
{
	uint32_t hash = hash_of(name, len), mask = dh->dh_nslots - 1;

	for (;;) {
		const struct slot *s = &dh->dh_slots[(hash + *iterp) & mask];

		if (s->s_lbn == FREE || *iterp > mask)
			return -1;
		++*iterp;
		if (s->s_lbn != DELETED && s->s_hash == hash)
			return s->s_lbn;
	}
}

int64_t ext2_dirhash_room(struct ext2_dirhash *dh, uint32_t need)
{
	for (uint32_t k = 0; k < dh->dh_blocks; k++) {
		uint32_t lbn = dh->dh_last + k;

		if (lbn >= dh->dh_blocks)
			lbn -= dh->dh_blocks;
		if (dh->dh_room[lbn] * 4u >= need) {
			dh->dh_last = lbn;
			return lbn;
		}
	}
	return -1;
}

void ext2_dirhash_added(struct ext2_inode *dir, const char *name, size_t len, int64_t lbn,
			uint32_t room)
{
	struct ext2_dirhash *dh = dir->i_hash;

	if (dh != NULL &&
	    (!set_room(dh, (uint32_t)lbn, room) || !add(dh, name, len, (uint32_t)lbn)))
		drop(dir); /* it would be wrong (I2) */
}

void ext2_dirhash_removed(struct ext2_inode *dir, const char *name, size_t len, int64_t lbn,
			  uint32_t room)
{
	struct ext2_dirhash *dh = dir->i_hash;
	uint32_t hash = hash_of(name, len), mask, i = hash;

	if (dh == NULL)
		return;
	mask = dh->dh_nslots - 1;
	for (;; i++) {
		struct slot *s = &dh->dh_slots[i & mask];

		if (s->s_lbn == FREE) {
			drop(dir); /* it did not have the name (I2) */
			return;
		}
		if (s->s_hash == hash && s->s_lbn == (uint32_t)lbn) {
			s->s_lbn = DELETED;
			break;
		}
	}
	dh->dh_live--;
	if (!set_room(dh, (uint32_t)lbn, room))
		drop(dir);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash tables of lists, which begin small and double when they have more entries than lists: a
 * cache may become large, and most do not. The table has no lock: it is the caller's.
 */
#ifndef RUMP_KERN_HASH_H
#define RUMP_KERN_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "kern/list.h"
#include "kern/sync.h"

struct hash {
	struct list *heads;
	size_t nheads; /* a power of two */
};

/* nheads: a power of two. Panics without memory. */
void hash_init(struct hash *h, size_t nheads);

static inline struct list *hash_head(const struct hash *h, uint64_t key)
{
	return &h->heads[key & (h->nheads - 1)];
}

/*
 * After an insertion, with the lock not held: allocates. *nentries is read with it. key_of: the key
 * by which the entry of that node was put in. Without memory the table stays as it is. Heads that
 * were got before are not valid after it.
 */
void hash_grow(struct hash *h, struct kmutex *lock, const size_t *nentries,
	       uint64_t (*key_of)(const struct list *node));

#endif

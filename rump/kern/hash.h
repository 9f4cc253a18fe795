/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash tables of lists. A table begins small and doubles when it has more entries than lists: a
 * cache may grow large, but most stay small. The table has no lock of its own; the caller's guards
 * it.
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
 * To be called after an insertion, with the lock not held, since it allocates. *nentries is read
 * under the lock. key_of returns the key by which the entry of a node was inserted. Without memory
 * the table stays as it is. Heads obtained before are invalid afterwards.
 */
void hash_grow(struct hash *h, struct kmutex *lock, const size_t *nentries,
	       uint64_t (*key_of)(const struct list *node));

#endif

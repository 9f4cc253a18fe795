/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash tables of lists that grow (hash.h). */
#include "kern/hash.h"

#include "kern/kmem.h"
#include "kern/printf.h"

static struct list *heads_alloc(size_t nheads)
{
	struct list *heads = kmem_alloc(nheads * sizeof(*heads));

	if (heads != NULL)
		for (size_t i = 0; i < nheads; i++)
			list_init(&heads[i]);
	return heads;
}

void hash_init(struct hash *h, size_t nheads)
{
	h->heads = heads_alloc(nheads);
	h->nheads = nheads;
	if (h->heads == NULL)
		panic("no memory for a hash table");
}

static void heads_move(struct hash *to, const struct hash *from,
		       uint64_t (*key_of)(const struct list *node))
{
	for (size_t i = 0; i < from->nheads; i++)
		while (!list_empty(&from->heads[i])) {
			struct list *n = from->heads[i].next;

			list_remove(n);
			list_insert_tail(hash_head(to, key_of(n)), n);
		}
}

void hash_grow(struct hash *h, struct kmutex *lock, const size_t *nentries,
	       uint64_t (*key_of)(const struct list *node))
{
	struct hash longer, unused;

	mutex_enter(lock);
	longer.nheads = *nentries > h->nheads ? 2 * h->nheads : 0;
	mutex_exit(lock);
	if (longer.nheads == 0)
		return;
	longer.heads = heads_alloc(longer.nheads);
	if (longer.heads == NULL)
		return;
	mutex_enter(lock);
	unused = longer;
	if (longer.nheads > h->nheads) {
		unused = *h;
		heads_move(&longer, h, key_of);
		*h = longer;
	}
	mutex_exit(lock);
	kmem_free(unused.heads, unused.nheads * sizeof(*unused.heads));
}

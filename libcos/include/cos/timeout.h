/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts by deadline: a pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986). Its nodes are
 * members of what waits, so an insertion cannot fail. Inserting one and looking at the first takes
 * constant time, removal O(log n) amortised. The caller locks.
 */
#ifndef COS_TIMEOUT_H
#define COS_TIMEOUT_H

#include <stddef.h>
#include <stdint.h>

struct cos_timeout {
	uint64_t deadline; /* 0: not in the heap */
	struct cos_timeout *child;
	struct cos_timeout *next;     /* sibling */
	struct cos_timeout *previous; /* sibling, or the parent of a first child */
};

struct cos_timeout_heap {
	struct cos_timeout *root;
};

/* The node is in no heap; deadline is not 0. */
void cos_timeout_insert(struct cos_timeout_heap *heap, struct cos_timeout *timeout,
			uint64_t deadline);
/* The node is in the heap. */
void cos_timeout_take(struct cos_timeout_heap *heap, struct cos_timeout *timeout);
/* Does nothing for a node that is in none. */
static inline void cos_timeout_remove(struct cos_timeout_heap *heap, struct cos_timeout *timeout)
{
	if (timeout->deadline != 0)
		cos_timeout_take(heap, timeout);
}
/* The earliest, or NULL. */
static inline struct cos_timeout *cos_timeout_first(const struct cos_timeout_heap *heap)
{
	return heap->root;
}

#endif

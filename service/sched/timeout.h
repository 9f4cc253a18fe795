/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads by deadline: a pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986), whose nodes are
 * in the threads. Insert and peek are constant time, removal O(log n) amortised.
 */
#ifndef SCHED_TIMEOUT_H
#define SCHED_TIMEOUT_H

#include <stddef.h>
#include <stdint.h>

struct timeout {
	uint64_t deadline; /* 0: not in the heap */
	struct timeout *child;
	struct timeout *next;	  /* sibling */
	struct timeout *previous; /* sibling, or the parent of a first child */
};

struct timeout_heap {
	struct timeout *root;
};

/* The node is in no heap; deadline is not 0. */
void timeout_insert(struct timeout_heap *heap, struct timeout *timeout, uint64_t deadline);
/* The node is in the heap. */
void timeout_take(struct timeout_heap *heap, struct timeout *timeout);
/* Does nothing for a node that is in none. */
static inline void timeout_remove(struct timeout_heap *heap, struct timeout *timeout)
{
	if (timeout->deadline != 0)
		timeout_take(heap, timeout);
}
/* The earliest, or NULL. */
static inline struct timeout *timeout_first(const struct timeout_heap *heap)
{
	return heap->root;
}

#endif

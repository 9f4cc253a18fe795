/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pairing heap of timeouts (cos/timeout.h). A node's children are a list of siblings; no child
 * is earlier than its parent.
 */
#include <cos/timeout.h>

/* Two roots, either may be NULL; the later deadline becomes the first child of the other. */
static struct cos_timeout *meld(struct cos_timeout *a, struct cos_timeout *b)
{
	struct cos_timeout *swap;

	if (a == NULL)
		return b;
	if (b == NULL)
		return a;
	if (b->deadline < a->deadline) {
		swap = a;
		a = b;
		b = swap;
	}
	b->previous = a;
	b->next = a->child;
	if (b->next != NULL)
		b->next->previous = b;
	a->child = b;
	a->next = NULL;
	a->previous = NULL;
	return a;
}

/* Melds a list of siblings into one: in pairs from the left, then the pairs from the right. */
static struct cos_timeout *meld_list(struct cos_timeout *first)
{
	struct cos_timeout *pairs = NULL, *result = NULL;

	while (first != NULL) {
		struct cos_timeout *a = first, *b = a->next, *pair;

		first = b != NULL ? b->next : NULL;
		a->next = NULL;
		a->previous = NULL;
		if (b != NULL) {
			b->next = NULL;
			b->previous = NULL;
		}
		pair = meld(a, b);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs != NULL) {
		struct cos_timeout *pair = pairs;

		pairs = pair->next;
		pair->next = NULL;
		result = meld(result, pair);
	}
	return result;
}

void cos_timeout_insert(struct cos_timeout_heap *heap, struct cos_timeout *timeout,
			uint64_t deadline)
{
	*timeout = (struct cos_timeout){.deadline = deadline};
	heap->root = meld(heap->root, timeout);
}

void cos_timeout_take(struct cos_timeout_heap *heap, struct cos_timeout *timeout)
{
	struct cos_timeout *rest = meld_list(timeout->child);

	if (timeout == heap->root) {
		heap->root = rest;
	} else {
		if (timeout->previous->child == timeout)
			timeout->previous->child = timeout->next;
		else
			timeout->previous->next = timeout->next;
		if (timeout->next != NULL)
			timeout->next->previous = timeout->previous;
		heap->root = meld(heap->root, rest);
	}
	*timeout = (struct cos_timeout){0};
}

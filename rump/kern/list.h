/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Intrusive circular doubly-linked lists. A head is a node that belongs to no element; an element's
 * node that is on no list points at itself, so list_remove may be called twice.
 */
#ifndef RUMP_KERN_LIST_H
#define RUMP_KERN_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(head)          \
	{                        \
		&(head), &(head) \
	}
#define list_entry(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))
#define list_first(head, type, member) \
	(list_empty(head) ? (type *)0 : list_entry((head)->next, type, member))
#define list_foreach(pos, head) for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)
/* pos may be removed in the body; tmp is another struct list pointer. */
#define list_foreach_safe(pos, tmp, head) \
	for ((pos) = (head)->next; (tmp) = (pos)->next, (pos) != (head); (pos) = (tmp))

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

static inline void list_insert_after(struct list *pos, struct list *node)
{
	node->next = pos->next;
	node->prev = pos;
	pos->next->prev = node;
	pos->next = node;
}

static inline void list_insert_head(struct list *head, struct list *node)
{
	list_insert_after(head, node);
}

static inline void list_insert_tail(struct list *head, struct list *node)
{
	list_insert_after(head->prev, node);
}

static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = node->prev = node;
}

#endif

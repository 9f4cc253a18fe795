/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capability tables: a radix tree of two levels. The root page holds 512 pointers to leaves, a leaf
 * is a page of 64 capabilities of 64 bytes. A leaf that is not there is the one empty leaf, so that
 * a lookup (the invocation path's above all) is two loads without a test.
 *
 * A slot is taken by compare-and-swap of its type from CAP_NONE to CAP_BUSY, filled, and published
 * by the store of its type. It is taken away by the same in reverse, and keeps its contents until that
 * has passed (quiesce.h): who has found it may read all of it. A capability holds a reference to the
 * object that it names.
 *
 * One that was delegated is a child of the one that it was delegated from: it names the slot of that and
 * how many capabilities had been removed from there. It is good as long as that number is the same, there
 * and all the way up, so removing a capability ends all below it with one store, however many they are.
 * A child holds its parent's table.
 */
#ifndef KERNEL_CAPTBL_H
#define KERNEL_CAPTBL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cos/abi.h"

enum cap_type {
	CAP_NONE,
	CAP_BUSY, /* being made or removed */
	CAP_CAPTBL,
	CAP_PGTBL,
	CAP_COMP,
	CAP_SINV,
	CAP_THD,
	CAP_ARCV,
	CAP_ASND,
	CAP_TCAP, /* the last that names an object */
	CAP_UNTYPED,
	CAP_DEVMEM,
	CAP_HW,
	CAP_IOPORT,
	CAP_NTYPES,
	CAP_CHILD = 0x80, /* in a slot, with the type: it has a parent */
};

struct comp;
struct thd;
struct tcap;
struct captbl;

/* Where an invocation enters. */
struct target {
	struct comp *comp;
	uint64_t entry;
	uint64_t token;
};

struct cap {
	_Atomic uint8_t type;
	uint8_t level : 3; /* pgtbl */
	uint8_t depth : 5; /* parents up to one that has none */
	uint16_t parent_index;
	uint32_t rights; /* mask of (1 << operation) */
	union {
		void *object;
		struct captbl *captbl;
		uint64_t *pgtbl;
		struct comp *comp;
		struct thd *thd; /* thd, arcv, asnd */
		struct tcap *tcap;
		struct target target;
		struct range {
			uint64_t first; /* untyped, devmem: physical address; ioport: port */
			uint64_t count;
		} range;
	};
	uint64_t gone;		  /* stamp of when the slot became free */
	_Atomic uint64_t removed; /* how many capabilities have been, from this slot */
	struct captbl *parent;	  /* its table, NULL: none */
	uint64_t parent_removed;
};

struct captbl {
	struct cap *leaf[512];
};

/* A zeroed page of kernel type becomes a table: COS_ETYPE, COS_EBUSY. */
int captbl_make(uint64_t pa, struct captbl **tbl);
/* COS_EINVAL: index out of range; COS_EEXIST; COS_ETYPE, COS_EBUSY: the page. */
int captbl_extend(struct captbl *tbl, uint64_t index, uint64_t pa);
/* Drop a reference, with the last one the table and its leaves are free pages: COS_EBUSY when it is
 * the last and a capability is in it. */
int captbl_put(struct captbl *tbl);

/* Does it refer to an object? */
static inline bool captbl_is_object(enum cap_type type)
{
	return type <= CAP_TCAP;
}

static inline struct cap *captbl_slot(const struct captbl *tbl, uint64_t index)
{
	return &tbl->leaf[index / COS_CAPTBL_LEAF][index % COS_CAPTBL_LEAF];
}

/* Are all there that it comes from? No slot on the way is reused while we look. */
bool captbl_good(const struct cap *cap);

/* What is in the slot at index, and its type, or NULL when there is nothing. Its own word of its type
 * may change at any time. */
static inline struct cap *captbl_find(const struct captbl *tbl, uint64_t index, enum cap_type *type)
{
	struct cap *cap;

	if (index >= COS_CAPTBL_MAX)
		return NULL;
	cap = captbl_slot(tbl, index);
	*type = (enum cap_type)(atomic_load(&cap->type) & ~CAP_CHILD);
	return *type > CAP_BUSY ? cap : NULL;
}

/* Likewise, when it is good: not if it was delegated from one that has been removed. */
static inline struct cap *captbl_lookup(const struct captbl *tbl, uint64_t index,
					enum cap_type *type)
{
	struct cap *cap = captbl_find(tbl, index, type);

	return !cap || !cap->parent || captbl_good(cap) ? cap : NULL;
}

/* Likewise, of that type only. */
static inline struct cap *captbl_get(const struct captbl *tbl, uint64_t index, enum cap_type type)
{
	enum cap_type found;
	struct cap *cap = captbl_lookup(tbl, index, &found);

	return cap && found == type ? cap : NULL;
}

/*
 * Take the slot at index: COS_EINVAL (the first COS_CAP_FIRST are not slots), COS_ENOTBL, COS_EEXIST,
 * COS_EAGAIN, COS_EDEAD. It must be published or given back.
 */
int captbl_take(struct captbl *tbl, uint64_t index, struct cap **slot);
void captbl_publish(struct cap *slot, enum cap_type type);
void captbl_give_back(struct captbl *tbl, struct cap *slot);
/*
 * Before it is published: what is in the slot is delegated from what was found at index; or is what
 * `like` is, a child of the same parent or nobody's. COS_ENOENT: that is gone; COS_EDEPTH; COS_EBUSY: the
 * table has too many children.
 */
int captbl_delegate(struct cap *slot, struct captbl *tbl, uint64_t index);
int captbl_inherit(struct cap *slot, const struct cap *like);
/* The opposite of captbl_publish: nobody finds it any more. False: nor did we. Publish it again or
 * remove it. */
bool captbl_withdraw(struct cap *slot, enum cap_type type);
void captbl_remove(struct captbl *tbl, struct cap *slot);

#endif

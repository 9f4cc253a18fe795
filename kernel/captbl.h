/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capability tables: what a component may do, by number.
 *
 * DEFINITIONS
 *	table		a radix tree of two levels. The root page has 512 pointers to leaves; a leaf
 *			is a page of 64 capabilities of 64 bytes.
 *	empty leaf	the one page that stands for all leaves that are missing. A lookup, that of
 *			the invocation path above all, is therefore two loads without a test.
 *	slot		struct cap at an index of a table.
 *	child		a capability that was delegated. It stores its parent's table and slot, and
 *			that slot's `removed` count at the time of the delegation.
 *	good		a capability is good while it and all its ancestors are there.
 *
 * STATES of a slot, by its type
 *	free		CAP_NONE
 *	taken		CAP_BUSY: one operation on one core fills it or empties it
 *	published	any other type, with CAP_SLOW if C9 says so
 *
 * TRANSITIONS
 *	free -> taken		[captbl_take], compare-and-swap of the type; only when `gone` has
 *				passed
 *	taken -> published	[captbl_publish], a store of the type
 *	taken -> free		[captbl_give_back], when nothing was made
 *	published -> taken	[captbl_withdraw], compare-and-swap of the type
 *	taken -> free		[captbl_remove], which counts and stamps first
 *
 * WHAT MAY BE TRUSTED
 *	free		`removed` and `gone` only.
 *	taken		nothing, by other operations than the one that took the slot.
 *	published	all of it, until the end of the operation that found it, even if the
 *			capability is withdrawn or removed meanwhile (C1). Only the type may change
 *			under the reader.
 *
 * INVARIANTS
 *	C1	The contents of a published capability do not change until the slot is taken again.
 *		That waits for quiescence (quiesce.h): until no core can still be using the former
 *		one.
 *	C2	A published capability to an object is a reference to the object (mem.h).
 *	C3	A copy or child has no right that its source lacks.
 *	C4	`removed` rises before the slot becomes free. So a reader that reads `removed` and
 *		then still sees a capability in the slot has the number of that capability.
 *	C5	A child is good if and only if each `removed` on its way up equals the number stored
 *		below it. Removing one capability so ends all its descendants with one store,
 *		however many.
 *	C6	A table is held (mem_hold) once for each slot that is not free and once for each
 *		child of a capability in it. It is not freed while held, so the slots on a child's
 *		way up can be read.
 *	C7	A capability has at most COS_CAPTBL_DEPTH ancestors.
 *	C8	The empty leaf is never written: captbl_take refuses it.
 *	C9	The invocation path uses a sinv by its type alone. So a capability that is a child,
 *		or has no right to operation 0, has CAP_SLOW in its type.
 *
 * kernel/proof/delegate.pml checks C1, C4 and C5 over all interleavings,
 * tests/kernel/host/model_test.c C1, C2 and C4 to C7 by random steps. tests/kernel/boot tests C3
 * (objects.c, attacks.c, random.c) and, on several cores, C1 and C5 (cores.c).
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
	CAP_BUSY, /* taken: being made or removed */
	CAP_CAPTBL,
	CAP_PGTBL,
	CAP_COMP,
	CAP_SINV,
	CAP_THD,
	CAP_ARCV,
	CAP_ASND,
	CAP_TCAP, /* the last type that names an object */
	CAP_UNTYPED,
	CAP_DEVMEM,
	CAP_HW,
	CAP_IOPORT,
	CAP_NTYPES,
	CAP_SLOW = 0x80, /* in a slot, added to the type: not for the invocation path (C9) */
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
	uint8_t level : 3; /* of a page table */
	uint8_t depth : 5; /* number of ancestors: at most COS_CAPTBL_DEPTH */
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
	uint64_t gone;		  /* stamp (quiesce.h) of when the slot became free */
	_Atomic uint64_t removed; /* how many capabilities have been removed from this slot */
	struct captbl *parent;	  /* the parent's table; NULL: no child */
	uint64_t parent_removed;  /* the parent's slot's `removed` when this was delegated */
};

struct captbl {
	struct cap *leaf[512];
};

/* Make a table, without leaves, of a free page of kernel type. Errors as mem_claim. */
int captbl_make(uint64_t pa, struct captbl **tbl);
/*
 * Add the leaf that index lies in. COS_EINVAL: index out of range; COS_EEXIST: the leaf is there;
 * else as mem_hold of the table and mem_claim of the page.
 */
int captbl_extend(struct captbl *tbl, uint64_t index, uint64_t pa);
/*
 * Drop a reference; with the last one the table and its leaves become free pages. COS_EBUSY: it is
 * the last and the table is held (C6).
 */
int captbl_put(struct captbl *tbl);

/* Does a capability of that type refer to an object? */
static inline bool captbl_is_object(enum cap_type type)
{
	return type <= CAP_TCAP;
}

static inline struct cap *captbl_slot(const struct captbl *tbl, uint64_t index)
{
	return &tbl->leaf[index / COS_CAPTBL_LEAF][index % COS_CAPTBL_LEAF];
}

/* Are all ancestors there (C5)? By C1 no slot on the way is reused during the look. */
bool captbl_good(const struct cap *cap);

/*
 * The capability at index, good or not, and its type; NULL: none. The caller uses *type: the type
 * in the slot may change at any time.
 */
static inline struct cap *captbl_find(const struct captbl *tbl, uint64_t index, enum cap_type *type)
{
	struct cap *cap;

	if (index >= COS_CAPTBL_MAX)
		return NULL;
	cap = captbl_slot(tbl, index);
	*type = (enum cap_type)(atomic_load(&cap->type) & ~CAP_SLOW);
	return *type > CAP_BUSY ? cap : NULL;
}

/* The capability at index if it is good, and its type. */
static inline struct cap *captbl_lookup(const struct captbl *tbl, uint64_t index,
					enum cap_type *type)
{
	struct cap *cap = captbl_find(tbl, index, type);

	return !cap || !cap->parent || captbl_good(cap) ? cap : NULL;
}

/* The good capability of that type at index, or NULL. */
static inline struct cap *captbl_get(const struct captbl *tbl, uint64_t index, enum cap_type type)
{
	enum cap_type found;
	struct cap *cap = captbl_lookup(tbl, index, &found);

	return cap && found == type ? cap : NULL;
}

/*
 * Take the slot at index, which the caller then publishes or gives back. COS_EINVAL: no slot has
 * that number (the first COS_CAP_FIRST are none); COS_ENOTBL: its leaf is missing; COS_EEXIST: it
 * is not free; COS_EAGAIN: it became free just now; COS_EDEAD: the table was freed meanwhile.
 */
int captbl_take(struct captbl *tbl, uint64_t index, struct cap **slot);
void captbl_publish(struct cap *slot, enum cap_type type);
void captbl_give_back(struct captbl *tbl, struct cap *slot);
/*
 * Before a taken slot is published: make it a child of the capability at index of tbl, or give it
 * the same parent as `like` has, if any. COS_ENOENT: that capability is gone; COS_EDEPTH: it has
 * too many ancestors (C7); COS_EBUSY: its table has too many children.
 */
int captbl_delegate(struct cap *slot, struct captbl *tbl, uint64_t index);
int captbl_inherit(struct cap *slot, const struct cap *like);
/*
 * Take a published capability out of sight; the caller then publishes it again or removes it.
 * False: another operation has done so.
 */
bool captbl_withdraw(struct cap *slot, enum cap_type type);
/* Free a withdrawn slot: its descendants end here (C5). The caller has dropped the reference. */
void captbl_remove(struct captbl *tbl, struct cap *slot);

#endif

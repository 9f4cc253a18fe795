/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables: one page each, of level 1 (its entries map pages) to 4 (an address space; the upper
 * half is the kernel's). A table is linked into tables of higher levels, as often as wished.
 * Entries of level 2 and 3 can map super-pages instead.
 *
 * INVARIANTS
 *	P1	A link leads to a table of the next lower level. So there are no circles.
 *	P2	A link is a reference to the table that it leads to, and is counted in the table
 *		that it is in (mem_hold). A mapping of a user page is a reference to the page.
 *	P3	Entries change by compare-and-swap: other cores change them too, and the CPU sets
 *		its bits in them. The operation that takes an entry out drops its reference.
 *	P4	Only user and device memory is mapped. No mapping is writable and executable, and
 *		none of the payload is writable.
 *	P5	Translations are dropped on this core before a reference goes. Other cores drop
 *		theirs before the page can be anything else (quiesce.h, Q3; mem.h, M2).
 *	P6	Operations change only entries for addresses below USER_END.
 *	P7	A table can be freed while a mapping is entered: pgtbl_map looks afterwards and
 *		takes the entry out.
 *
 * kernel/proof/retype.pml checks P3, P5 and P7 over all interleavings,
 * tests/kernel/host/model_test.c P1 to P4 and P6 by random steps, tests/kernel/check.c P1 and P4
 * after each change; tests/kernel/host/objects_test.c tests P5 and P7.
 */
#ifndef KERNEL_PGTBL_H
#define KERNEL_PGTBL_H

#include <stdint.h>

/*
 * One past the last user address. The last page of the lower half is never mapped: a SYSCALL in its
 * last bytes would return to a non-canonical address (SDM 2B, SYSRET).
 */
#define USER_END 0x00007ffffffff000UL

/* Make a table of a free kernel page. COS_EINVAL: level; else as mem_claim. */
int pgtbl_make(uint64_t pa, uint64_t level, uint64_t **tbl);
/*
 * Drop a reference; with the last one the table is a free page, and what it maps loses a reference.
 * COS_EBUSY: it is the last and the table has links.
 */
int pgtbl_put(uint64_t *tbl, unsigned level);

/*
 * All of these: tbl is of `level`; va is within what it spans. COS_EINVAL: va, level or flags.
 * COS_ENOTBL: a table on the way is not there, of level *missing.
 */
/*
 * Link sub, of sublevel, at va. COS_EEXIST: there is a link or mapping; COS_EBUSY: too many
 * references; COS_EDEAD: a table was freed meanwhile.
 */
int pgtbl_link(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *sub, unsigned sublevel,
	       uint64_t flags, unsigned *missing);
/*
 * Take out the link at va, in the table of level `at`. COS_ENOENT: none; COS_EBUSY: it is the last
 * reference to a table with links.
 */
int pgtbl_unlink(uint64_t *tbl, unsigned level, uint64_t va, uint64_t at);
/*
 * Map the page or super-page at pa. COS_EEXIST: there is a link or mapping; COS_ETYPE: neither user
 * nor device memory; COS_EPERM: the payload is read-only; COS_EBUSY: too many references;
 * COS_EDEAD: the table was freed meanwhile.
 */
int pgtbl_map(uint64_t *tbl, unsigned level, uint64_t va, uint64_t pa, uint64_t flags,
	      unsigned *missing);
/*
 * COS_ENOENT: no mapping at va; COS_EINVAL: va is inside a super-page, which is fine for a lookup.
 */
int pgtbl_unmap(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *pa);
int pgtbl_protect(uint64_t *tbl, unsigned level, uint64_t va, uint64_t flags);
int pgtbl_lookup(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *flags, uint64_t *pa);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables: one page each, of level 1 (maps pages) to 4 (an address space; its upper half is the
 * kernel's). A table is linked into a table one level up, as often as wished, and each link or
 * mapping is a reference to what it points at. Links go strictly downward, so there are no circles.
 *
 * All addresses are checked to lie in what a table of that level spans, and below the kernel's
 * half.
 */
#ifndef KERNEL_PGTBL_H
#define KERNEL_PGTBL_H

#include <stdint.h>

/* One past the last user address. The last page of the lower half is never mapped: a SYSCALL in its
 * last bytes would return to a non-canonical address (SDM 2B, SYSRET). */
#define USER_END 0x00007ffffffff000UL

/* COS_EINVAL: level; COS_ETYPE, COS_EBUSY: the page. */
int pgtbl_make(uint64_t pa, uint64_t level, uint64_t **tbl);
/* Drop a reference; with the last one it is a free page, and a level-1 table's pages are given back:
 * COS_EBUSY when it is the last and the table points to others. */
int pgtbl_put(uint64_t *tbl, unsigned level);

/*
 * All: COS_EINVAL for address, level or flags. missing: the level of the table that is not there
 * when the answer is COS_ENOTBL.
 */
/* COS_ENOTBL, COS_EEXIST, COS_EBUSY (too many references), COS_EDEAD (a table was freed meanwhile). */
int pgtbl_link(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *sub, unsigned sublevel,
	       uint64_t flags, unsigned *missing);
/* COS_ENOENT, COS_EBUSY (last reference to a table that points to others). */
int pgtbl_unlink(uint64_t *tbl, unsigned level, uint64_t va, uint64_t at);
/* pa: user or device memory; a super-page by an entry of its level. COS_ENOTBL, COS_EEXIST, COS_ETYPE, COS_EPERM
 * (the payload is read-only), COS_EDEAD. */
int pgtbl_map(uint64_t *tbl, unsigned level, uint64_t va, uint64_t pa, uint64_t flags,
	      unsigned *missing);
/* COS_ENOENT; COS_EINVAL also for what is inside a super-page, but not for lookup. */
int pgtbl_unmap(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *pa);
int pgtbl_protect(uint64_t *tbl, unsigned level, uint64_t va, uint64_t flags);
int pgtbl_lookup(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *flags, uint64_t *pa);

#endif

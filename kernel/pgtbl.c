/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables: links and mappings. Invariants are in pgtbl.h. */
#include <stddef.h>
#include "machine.h"
#include "mem.h"
#include "pgtbl.h"
#include "pte.h"

#define PG_ALL (COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC | COS_PG_NOCACHE)

static bool pgtbl_va_ok(uint64_t va, unsigned level)
{
	return va % COS_PAGE_SIZE == 0 && va < USER_END && va < 1UL << (12 + 9 * level);
}

static bool pgtbl_flags_ok(uint64_t flags)
{
	return (flags & COS_PG_READ) && !(flags & ~(uint64_t)PG_ALL) &&
	       (flags & (COS_PG_WRITE | COS_PG_EXEC)) != (COS_PG_WRITE | COS_PG_EXEC);
}

/*
 * The entry for va in the table of level `at` below tbl. NULL: none, and *missing says of what
 * level; 0: a super-page.
 */
static uint64_t *pgtbl_walk(uint64_t *tbl, unsigned level, uint64_t va, unsigned at,
			    unsigned *missing)
{
	for (; level > at; level--) {
		uint64_t pte = tbl[pte_index(va, level)];

		if (!pte_present(pte) || (pte & PTE_PS)) {
			*missing = pte_present(pte) ? 0 : level - 1;
			return NULL;
		}
		tbl = pa_va(pte_paddr(pte));
	}
	return &tbl[pte_index(va, at)];
}

/*
 * The entry that maps va, and its level *at. whole: va must be where the mapping starts. NULL:
 * none, and *at is -COS_EINVAL or -COS_ENOENT.
 */
static uint64_t *pgtbl_page(uint64_t *tbl, int level, uint64_t va, bool whole, int *at)
{
	*at = -COS_EINVAL;
	if (!pgtbl_va_ok(va, (unsigned)level))
		return NULL;
	for (;; level--) {
		uint64_t *entry = &tbl[pte_index(va, (unsigned)level)];
		uint64_t pte = __atomic_load_n(entry, __ATOMIC_ACQUIRE);

		if (!pte_present(pte)) {
			*at = -COS_ENOENT;
			return NULL;
		}
		if (level == 1 || (pte & PTE_PS)) {
			if (level > 1 && whole && va % mem_span((unsigned)level))
				return NULL;
			*at = level;
			return entry;
		}
		tbl = pa_va(pte_paddr(pte));
	}
}

/*
 * Take out an entry that maps a super-page (super: PTE_PS), or does not (0). 0: there is no such
 * entry any more.
 */
static uint64_t pte_take(uint64_t *pte, uint64_t super)
{
	uint64_t old = __atomic_load_n(pte, __ATOMIC_ACQUIRE);

	do {
		if (!pte_present(old) || (old & PTE_PS) != super)
			return 0;
	} while (!__atomic_compare_exchange_n(pte, &old, 0, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_ACQUIRE));
	return old;
}

static bool pte_swap(uint64_t *pte, uint64_t old, uint64_t new)
{
	return __atomic_compare_exchange_n(pte, &old, new, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_ACQUIRE);
}

int pgtbl_make(uint64_t pa, uint64_t level, uint64_t **tbl)
{
	int err;

	if (level < 1 || level > PGTBL_LEVELS)
		return -COS_EINVAL;
	err = mem_claim(pa, KIND_PGTBL + (unsigned)level - 1);
	if (err)
		return err;
	*tbl = pa_va(pa);
	if (level == PGTBL_LEVELS)
		space_init(*tbl);
	return 0;
}

int pgtbl_put(uint64_t *tbl, unsigned level)
{
	uint16_t tag = mem_tag(tbl);
	int err;

	if (mem_unref(tbl))
		return 0;
	err = mem_free(tbl);
	if (err)
		return err;
	tlb_flush();
	/* Its count was 0, so it has no links: what is in it are mappings. */
	for (unsigned i = 0; level < PGTBL_LEVELS && i < PGTBL_ENTRIES; i++) {
		uint64_t old = tbl[i] ? __atomic_exchange_n(&tbl[i], 0, __ATOMIC_SEQ_CST) : 0;

		if (pte_present(old))
			mem_user_unref(pte_paddr(old));
	}
	if (level == PGTBL_LEVELS)
		space_fini(tag);
	return 0;
}

/* The table that an entry is in. */
static void *pte_table(uint64_t *pte)
{
	return (void *)((uintptr_t)pte & ~(uintptr_t)(COS_PAGE_SIZE - 1));
}

int pgtbl_link(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *sub, unsigned sublevel,
	       uint64_t flags, unsigned *missing)
{
	uint64_t *pte;
	int err;

	/*
	 * A link may be writable and executable: it only bounds the rights of the mappings below.
	 */
	if (!pgtbl_va_ok(va, level) || sublevel >= level || !(flags & COS_PG_READ) ||
	    (flags & ~(uint64_t)PG_ALL))
		return -COS_EINVAL;
	if (va % mem_span(sublevel + 1))
		return -COS_EINVAL;
	pte = pgtbl_walk(tbl, level, va, sublevel + 1, missing);
	if (!pte)
		return *missing ? -COS_ENOTBL : -COS_EEXIST;
	if (pte_present(*pte))
		return -COS_EEXIST;
	err = mem_hold(pte_table(pte));
	if (err)
		return err;
	err = mem_ref(sub);
	if (!err && !pte_swap(pte, 0, pte_make(va_pa(sub), (unsigned)flags))) {
		(void)pgtbl_put(sub, sublevel);
		err = -COS_EEXIST;
	}
	if (err)
		mem_unhold(pte_table(pte));
	return err;
}

int pgtbl_unlink(uint64_t *tbl, unsigned level, uint64_t va, uint64_t at)
{
	unsigned missing;
	uint64_t *pte, old, *sub;

	if (!pgtbl_va_ok(va, level) || at < 2 || at > level)
		return -COS_EINVAL;
	pte = pgtbl_walk(tbl, level, va, (unsigned)at, &missing);
	if (!pte || !pte_present(*pte) || (*pte & PTE_PS))
		return -COS_ENOENT;
	sub = pa_va(pte_paddr(*pte));
	if (mem_refs(sub) == 1 && mem_held(sub))
		return -COS_EBUSY;
	old = pte_take(pte, 0);
	if (!old)
		return -COS_ENOENT;
	tlb_flush();
	mem_unhold(pte_table(pte));
	return pgtbl_put(pa_va(pte_paddr(old)), (unsigned)at - 1);
}

int pgtbl_map(uint64_t *tbl, unsigned level, uint64_t va, uint64_t pa, uint64_t flags,
	      unsigned *missing)
{
	struct mem_page page = mem_page(pa);
	uint64_t *pte;

	if (!pgtbl_va_ok(va, level) || !pgtbl_flags_ok(flags))
		return -COS_EINVAL;
	if (page.level == 0)
		return -COS_ETYPE;
	if (page.level > 1 && (page.level > level || va % mem_span(page.level)))
		return -COS_EINVAL;
	if (page.kind == KIND_IMAGE && (flags & COS_PG_WRITE))
		return -COS_EPERM;
	pte = pgtbl_walk(tbl, level, va, page.level, missing);
	if (!pte)
		return *missing ? -COS_ENOTBL : -COS_EEXIST;
	if (pte_present(*pte))
		return -COS_EEXIST;
	if (page.type != COS_MEM_DEVICE) {
		int err = mem_user_ref(pa);

		if (err)
			return err;
	}
	if (!pte_swap(pte, 0, pte_make(pa, (unsigned)flags) | (page.level > 1 ? PTE_PS : 0))) {
		mem_user_unref(pa);
		return -COS_EEXIST;
	}
	/* P7; pgtbl_put may take the entry out as well, and drop the reference then (P3). */
	if (!mem_refs(pte_table(pte))) {
		if (pte_present(__atomic_exchange_n(pte, 0, __ATOMIC_SEQ_CST)))
			mem_user_unref(pa);
		return -COS_EDEAD;
	}
	return 0;
}

int pgtbl_unmap(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *pa)
{
	int at;
	uint64_t *pte = pgtbl_page(tbl, (int)level, va, true, &at), old;

	if (!pte)
		return at;
	old = pte_take(pte, at > 1 ? PTE_PS : 0);
	if (!old)
		return -COS_ENOENT;
	/* P5 */
	tlb_flush();
	*pa = pte_paddr(old);
	mem_user_unref(*pa);
	return 0;
}

int pgtbl_protect(uint64_t *tbl, unsigned level, uint64_t va, uint64_t flags)
{
	int at = -COS_EINVAL;
	uint64_t *pte = pgtbl_flags_ok(flags) ? pgtbl_page(tbl, (int)level, va, true, &at) : NULL,
		 old;

	if (!pte)
		return at;
	do {
		old = __atomic_load_n(pte, __ATOMIC_ACQUIRE);
		if (!pte_present(old) || (at > 1 && !(old & PTE_PS)))
			return -COS_ENOENT;
		if ((flags & COS_PG_WRITE) && mem_page(pte_paddr(old)).kind == KIND_IMAGE)
			return -COS_EPERM;
	} while (!pte_swap(pte, old, pte_make(pte_paddr(old), (unsigned)flags) | (old & PTE_PS)));
	tlb_flush();
	return 0;
}

int pgtbl_lookup(uint64_t *tbl, unsigned level, uint64_t va, uint64_t *flags, uint64_t *pa)
{
	int at;
	uint64_t *pte = pgtbl_page(tbl, (int)level, va, false, &at);

	if (!pte)
		return at;
	*flags = pte_flags(*pte);
	*pa = pte_paddr(*pte) + va % mem_span((unsigned)at);
	return 0;
}

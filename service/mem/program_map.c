/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The regions of a program (mem/program.h). Pages are populated when they are touched, or by
 * MEM_WIRED.
 */
#include <mem/mem.h>
#include <mem/program.h>
#include "heap.h"
#include "lock.h"
#include "program.h"

#define LOW 0x10000UL			       /* the first address that a program may have */
#define HIGH (COS_SLOT(1UL) - COS_PAGE_SIZE)   /* one past the last */
#define MMAP_TOP (COS_SLOT(1UL) - (1UL << 30)) /* hint 0 looks from here downward */

static bool range_valid(uint64_t addr, uint64_t len)
{
	return addr % COS_PAGE_SIZE == 0 && len != 0 && addr >= LOW && addr < HIGH &&
	       len <= HIGH - addr;
}

/* Unmap all of [start, end). */
static long clear(struct space *space, uint64_t start, uint64_t end)
{
	if (!region_split(&space->regions, start) || !region_split(&space->regions, end))
		return -COS_ENOMEM;
	region_remove(&space->regions, start, end);
	space_clear(space, start, end);
	return 0;
}

static bool all_mapped(const struct space *space, uint64_t start, uint64_t end)
{
	while (start < end) {
		struct region *region = region_at(&space->regions, start);

		if (region == NULL)
			return false;
		start = region->end;
	}
	return true;
}

/* An address for a mapping of len; 0: there is no room. */
static uint64_t choose(const struct space *space, uint64_t hint, uint64_t len)
{
	uint64_t found, align = len < SPACE_SUPER ? COS_PAGE_SIZE : SPACE_SUPER;

	hint &= -(uint64_t)COS_PAGE_SIZE;
	if (hint != 0 && range_valid(hint, len) &&
	    !region_overlaps(&space->regions, hint, hint + len))
		return hint;
	found = region_gap(&space->regions, LOW, MMAP_TOP, len, align, true);
	return found != 0 ? found
			  : region_gap(&space->regions, LOW, HIGH, len, COS_PAGE_SIZE, true);
}

static long map(struct space *space, uint64_t hint, uint64_t len, unsigned long prot_flags)
{
	uint32_t prot = prot_flags & PROT_MASK;
	uint64_t start = hint;
	long error;

	if (!prot_valid(prot) ||
	    (prot_flags & ~(PROT_MASK | MEM_WIRED | MEM_FIXED | MEM_NOREPLACE)) != 0 || len == 0)
		return -COS_EINVAL;
	if (len > HIGH)
		return -COS_ENOMEM;
	len = round_page(len);
	if (prot_flags & MEM_FIXED) {
		if (!range_valid(start, len))
			return -COS_EINVAL;
		if (region_overlaps(&space->regions, start, start + len)) {
			if (prot_flags & MEM_NOREPLACE)
				return -COS_EEXIST;
			error = clear(space, start, start + len);
			if (error < 0)
				return error;
		}
	} else {
		start = choose(space, hint, len);
		if (start == 0)
			return -COS_ENOMEM;
	}
	if (!region_insert(&space->regions, start, start + len, prot, REGION_ANON, NULL))
		return -COS_ENOMEM;
	if ((prot_flags & MEM_WIRED) && prot != 0) {
		error = space_populate(space, start, start + len, prot);
		if (error < 0) {
			(void)clear(space, start, start + len); /* at worst demand-zero stays */
			return error;
		}
	}
	return (long)start;
}

long mem_as_map(long as, unsigned long hint, unsigned long len_bytes, unsigned long prot_flags)
{
	struct component *program;
	long addr = -COS_ENOENT;

	mem_lock();
	program = program_get(as);
	if (program != NULL)
		addr = map(&program->domain->space, hint, len_bytes, prot_flags);
	mem_unlock();
	return addr;
}

long mem_as_unmap(long as, unsigned long addr, unsigned long len_bytes)
{
	struct component *program;
	long error = -COS_ENOENT;

	mem_lock();
	program = program_get(as);
	if (program != NULL)
		error = len_bytes <= HIGH && range_valid(addr, round_page(len_bytes))
				? clear(&program->domain->space, addr, addr + round_page(len_bytes))
				: -COS_EINVAL;
	mem_unlock();
	return error;
}

static long protect(struct space *space, uint64_t start, uint64_t end, uint32_t prot)
{
	long error;

	if (!all_mapped(space, start, end))
		return -COS_ENOMEM; /* as Linux's mprotect */
	if (!region_split(&space->regions, start) || !region_split(&space->regions, end))
		return -COS_ENOMEM;
	for (struct region *region = region_find(&space->regions, start);
	     region != NULL && region->start < end;
	     region = region_find(&space->regions, region->end))
		region->prot = prot;
	error = space_reprotect(space, start, end, prot);
	/* They may be alike with each other and with the neighbours now. */
	for (struct region *region = region_find(&space->regions, start);
	     region != NULL && region->start < end;) {
		uint64_t next = region->end;

		region_merge(&space->regions, region->start);
		region = region_find(&space->regions, next);
	}
	region_merge(&space->regions, end);
	return error;
}

long mem_as_protect(long as, unsigned long addr, unsigned long len_bytes, unsigned long prot)
{
	struct component *program;
	long error = -COS_ENOENT;

	mem_lock();
	program = program_get(as);
	if (program != NULL)
		error = len_bytes <= HIGH && range_valid(addr, round_page(len_bytes)) &&
					prot_valid(prot)
				? protect(&program->domain->space, addr,
					  addr + round_page(len_bytes), (uint32_t)prot)
				: -COS_EINVAL;
	mem_unlock();
	return error;
}

/* Grow in place, else move, with the pages that are present. */
static long remap(struct space *space, uint64_t addr, uint64_t old_len, uint64_t new_len,
		  unsigned long flags, uint64_t new_addr)
{
	struct region *region = region_at(&space->regions, addr);
	uint32_t prot;
	long to, error;

	if (region == NULL || region->end < addr + old_len)
		return -COS_EFAULT;
	prot = region->prot;
	if (!(flags & MEM_FIXED)) {
		if (new_len <= old_len) {
			error = new_len < old_len ? clear(space, addr + new_len, addr + old_len)
						  : 0;
			return error < 0 ? error : (long)addr;
		}
		if (range_valid(addr, new_len) &&
		    !region_overlaps(&space->regions, addr + old_len, addr + new_len))
			return region_insert(&space->regions, addr + old_len, addr + new_len, prot,
					     REGION_ANON, NULL)
				       ? (long)addr
				       : -COS_ENOMEM;
		if (!(flags & MEM_MAYMOVE))
			return -COS_ENOMEM;
	} else if (new_addr < addr + old_len && addr < new_addr + new_len) {
		return -COS_EINVAL;
	}
	to = map(space, flags & MEM_FIXED ? new_addr : 0, new_len, prot | (flags & MEM_FIXED));
	if (to < 0)
		return to;
	error = space_move(space, addr, (uint64_t)to, old_len < new_len ? old_len : new_len, prot);
	if (error < 0) { /* move back what was moved: its leaves are still there */
		(void)space_move(space, (uint64_t)to, addr, old_len < new_len ? old_len : new_len,
				 prot);
		(void)clear(space, (uint64_t)to, (uint64_t)to + new_len);
		return error;
	}
	error = clear(space, addr, addr + old_len);
	return error < 0 ? error : to;
}

long mem_as_remap(long as, unsigned long addr, unsigned long old_len_bytes,
		  unsigned long new_len_bytes, unsigned long flags, unsigned long new_addr)
{
	struct component *program;
	uint64_t old_len = round_page(old_len_bytes), new_len = round_page(new_len_bytes);
	long result = -COS_ENOENT;

	mem_lock();
	program = program_get(as);
	if (program != NULL)
		result = old_len_bytes <= HIGH && new_len_bytes <= HIGH &&
					 range_valid(addr, old_len) && new_len != 0 &&
					 (flags & ~(unsigned long)(MEM_FIXED | MEM_MAYMOVE)) == 0
				 ? remap(&program->domain->space, addr, old_len, new_len, flags,
					 new_addr)
				 : -COS_EINVAL;
	mem_unlock();
	return result;
}

long mem_as_discard(long as, unsigned long addr, unsigned long len_bytes)
{
	struct component *program;
	uint64_t len = round_page(len_bytes);
	long error = -COS_ENOENT;

	mem_lock();
	program = program_get(as);
	if (program != NULL && (len_bytes > HIGH || !range_valid(addr, len)))
		error = -COS_EINVAL;
	else if (program != NULL && !all_mapped(&program->domain->space, addr, addr + len))
		error = -COS_ENOMEM;
	else if (program != NULL) {
		space_clear(&program->domain->space, addr, addr + len);
		error = 0;
	}
	mem_unlock();
	return error;
}

struct cos_pair mem_as_query(long as, unsigned long addr)
{
	struct cos_pair pair = {-COS_ENOENT, 0};
	struct component *program;
	struct region *region;

	mem_lock();
	program = program_get(as);
	region = program != NULL ? region_find(&program->domain->space.regions, addr) : NULL;
	if (region != NULL)
		pair = (struct cos_pair){(long)(region->start | region->prot), (long)region->end};
	mem_unlock();
	return pair;
}

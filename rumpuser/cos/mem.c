/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory: the arena (alloc.h) for malloc, pages of its own for anonmmap. */
#include <cos/layout.h>
#include <cos/string.h>
#include <cos/user.h>
#include <mem/mem.h>
#include <rump/errno.h>

#include "alloc.h"
#include "hyp.h"

#define DEFAULT_ALIGNMENT 16
/* Larger than the memory of any component. */
#define ALIGNBIT_MAX 40

int rumpuser_malloc(size_t len_bytes, int alignment, void **memp)
{
	size_t align = alignment > 0 ? (size_t)alignment : DEFAULT_ALIGNMENT;

	if (align & (align - 1))
		return RUMP_EINVAL;
	*memp = arena_alloc(len_bytes, align);
	return *memp ? 0 : RUMP_ENOMEM;
}

void rumpuser_free(void *mem, size_t len_bytes)
{
	arena_free(mem, len_bytes);
}

/*
 * Whole pages outside the arena, aligned, at prefer if possible. Pages with EXEC are writable until
 * they are executed, page by page, and the reverse (MEM_TURNS): a rump kernel fills them and does
 * not say when it has finished.
 */
static void *pages_map(void *prefer, size_t len, size_t align, unsigned long prot_flags)
{
	size_t slack = align - COS_PAGE_SIZE;
	long va = mem_map_at((unsigned long)prefer, len, prot_flags);
	unsigned long start;

	if (va > 0 && (unsigned long)va % align == 0)
		return (void *)va;
	if (va > 0)
		mem_unmap((unsigned long)va, len);
	va = mem_map(len + slack, prot_flags);
	if (va < 0)
		return NULL;
	start = ((unsigned long)va + align - 1) & ~(align - 1);
	if (start > (unsigned long)va)
		mem_unmap((unsigned long)va, start - (unsigned long)va);
	if (start < (unsigned long)va + slack)
		mem_unmap(start + len, (unsigned long)va + slack - start);
	return (void *)start;
}

/*
 * A wanted address is granted if nothing is mapped there. In a rump kernel with a device only an
 * address that was the arena's before can be granted, since devices must reach the memory; EXEC
 * pages are exempt.
 */
int rumpuser_anonmmap(void *prefer, size_t len_bytes, int alignbit, int exec, void **memp)
{
	const unsigned long rw = COS_PG_READ | COS_PG_WRITE;
	size_t align = COS_PAGE_SIZE, len = (len_bytes + COS_PAGE_SIZE - 1) & -COS_PAGE_SIZE;

	if (len_bytes == 0 || alignbit < 0 || alignbit > ALIGNBIT_MAX)
		return RUMP_EINVAL;
	if (len < len_bytes)
		return RUMP_ENOMEM;
	if (align < 1ul << alignbit)
		align = 1ul << alignbit;
	if (exec)
		*memp = pages_map(prefer, len, align, rw | COS_PG_EXEC | MEM_TURNS);
	else if (prefer && (uintptr_t)prefer % align == 0 && arena_alloc_at(prefer, len))
		*memp = prefer;
	else if (prefer && !chunk_is_dma())
		*memp = pages_map(prefer, len, align, rw | MEM_WIRED);
	else
		*memp = arena_alloc(len, align);
	if (!*memp)
		return RUMP_ENOMEM;
	if (arena_has(*memp))
		memset(*memp, 0, len);
	return 0;
}

void rumpuser_unmap(void *addr, size_t len_bytes)
{
	size_t len = (len_bytes + COS_PAGE_SIZE - 1) & -COS_PAGE_SIZE;
	long error;

	if (arena_has(addr)) {
		arena_free(addr, len);
		return;
	}
	if ((uintptr_t)addr >> COS_SLOT_SHIFT == COS_SLOT_SHARED)
		return; /* a bus (shmif.c), which is shared */
	error = mem_unmap((unsigned long)addr, len);
	if (error)
		cos_panic("rumpuser: unmap of %p, %zu bytes: %ld", addr, len_bytes, error);
}

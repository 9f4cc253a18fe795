/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory. It is the process's; with a PCI device it is the arena's, which devices can reach, except
 * for memory that is to be executed.
 */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <sys/mman.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"

/* The size of an address space, which no process uses up. */
#define ADDRESS_BITS 57
#define ADDRESSES ((size_t)1 << ADDRESS_BITS)

int rumpuser_malloc(size_t len_bytes, int alignment, void **memp)
{
	size_t align = alignment > (int)sizeof(void *) ? (size_t)alignment : sizeof(void *);

	if ((align & (align - 1)) != 0)
		return RUMP_EINVAL;
	if (chunk_is_dma()) {
		*memp = arena_alloc(len_bytes, align);
		return *memp != NULL ? 0 : RUMP_ENOMEM;
	}
	if (align <= _Alignof(max_align_t)) {
		/* malloc aligns as much anyway, and costs less */
		*memp = malloc(len_bytes != 0 ? len_bytes : 1);
		return *memp != NULL ? 0 : RUMP_ENOMEM;
	}
	return errno_to_netbsd(posix_memalign(memp, align, len_bytes != 0 ? len_bytes : 1));
}

void rumpuser_free(void *mem, size_t len_bytes)
{
	if (chunk_is_dma())
		arena_free(mem, len_bytes);
	else
		free(mem);
}

/* From the arena. */
static int pages_alloc(void *prefer, size_t len_bytes, size_t align, void **memp)
{
	void *mem = (uintptr_t)prefer % align == 0 ? arena_alloc_at(prefer, len_bytes) : NULL;

	if (mem == NULL)
		mem = arena_alloc((len_bytes + ARENA_PAGE - 1) & -ARENA_PAGE, align);
	if (mem == NULL)
		return RUMP_ENOMEM;
	memset(mem, 0, len_bytes);
	*memp = mem;
	return 0;
}

int rumpuser_anonmmap(void *prefer, size_t len_bytes, int alignbit, int exec, void **memp)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t align, slack;
	int prot = PROT_READ | PROT_WRITE | (exec ? PROT_EXEC : 0);
	char *p;

	if (len_bytes == 0 || alignbit < 0)
		return RUMP_EINVAL;
	if (len_bytes > ADDRESSES || alignbit > ADDRESS_BITS)
		return RUMP_ENOMEM;
	align = (size_t)1 << alignbit;
	slack = align > page ? align : 0;
	if (chunk_is_dma() && !exec)
		return pages_alloc(prefer, len_bytes, align > page ? align : page, memp);
	len_bytes = (len_bytes + page - 1) & ~(page - 1);
	p = mmap(prefer, len_bytes + slack, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return errno_to_netbsd(errno);
	if (slack != 0) {
		size_t head = (size_t)(-(uintptr_t)p) & (align - 1);
		if (head != 0)
			munmap(p, head);
		if (slack != head)
			munmap(p + head + len_bytes, slack - head);
		p += head;
	}
	*memp = p;
	return 0;
}

void rumpuser_unmap(void *addr, size_t len_bytes)
{
	if (arena_has(addr))
		arena_free(addr, (len_bytes + ARENA_PAGE - 1) & -ARENA_PAGE);
	else if (munmap(addr, len_bytes) != 0)
		perror("rumpuser_unmap");
}

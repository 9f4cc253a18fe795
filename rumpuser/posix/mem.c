/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp.h"

#include <errno.h>
#include <rump/errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of an address space, and more than any process of the host has of it. */
#define ADDRESS_BITS 57
#define ADDRESSES ((size_t)1 << ADDRESS_BITS)

int rumpuser_malloc(size_t len_bytes, int alignment, void **memp)
{
	size_t align = alignment > (int)sizeof(void *) ? (size_t)alignment : sizeof(void *);

	if ((align & (align - 1)) != 0)
		return RUMP_EINVAL;
	return errno_to_netbsd(posix_memalign(memp, align, len_bytes != 0 ? len_bytes : 1));
}

void rumpuser_free(void *mem, size_t len_bytes)
{
	(void)len_bytes;
	free(mem);
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
	if (munmap(addr, len_bytes) != 0)
		perror("rumpuser_unmap");
}

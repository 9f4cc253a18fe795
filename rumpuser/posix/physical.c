/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for devices without an IOMMU: huge pages, which the host does not move, at the machine
 * addresses that /proc/self/pagemap reports (to root). To get several adjacent ones, more pages
 * than needed are taken and sorted; a run among them is then mapped together.
 */
#include "hyp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfio.h"

#define HUGE_SHIFT 21
#define HUGE (1ul << HUGE_SHIFT)
#define NEAR (1ul << 30) /* virtual and machine addresses agree up to this alignment */
#define PAGES_MAX 512	 /* taken at most, to find a run among them */

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_FRAME ((1ull << 55) - 1)

struct page {
	char *va;
	uint64_t address;
};

/* 0: the address is not reported. */
static uint64_t address_of(const char *va)
{
	static int pagemap = -1;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint64_t entry;

	if (pagemap < 0)
		pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (pagemap < 0 ||
	    pread(pagemap, &entry, sizeof(entry), (off_t)((uintptr_t)va / page * sizeof(entry))) !=
		    (ssize_t)sizeof(entry) ||
	    (entry & PAGEMAP_PRESENT) == 0)
		return 0;
	return (entry & PAGEMAP_FRAME) * page;
}

/* 0 or a host errno. */
static int page_get(struct page *p)
{
	p->va = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_HUGETLB |
			     HUGE_SHIFT << MAP_HUGE_SHIFT,
		     -1, 0);
	if (p->va == MAP_FAILED)
		return errno;
	p->address = address_of(p->va);
	if (p->address != 0)
		return 0;
	munmap(p->va, HUGE);
	return EPERM;
}

/* Insert into the order of addresses. Returns where a run of count pages begins now, or -1. */
static int page_insert(struct page *pages, int have, struct page p, int count)
{
	int at = have, first, last;

	for (; at > 0 && pages[at - 1].address > p.address; at--)
		pages[at] = pages[at - 1];
	pages[at] = p;
	for (first = at; first > 0 && pages[first - 1].address + HUGE == pages[first].address;)
		first--;
	for (last = at; last < have && pages[last].address + HUGE == pages[last + 1].address;)
		last++;
	return last - first + 1 >= count ? first : -1;
}

/* Move the pages to consecutive addresses of the process. NULL: see errno. */
static char *pages_join(const struct page *pages, int count)
{
	size_t len = (size_t)count * HUGE;
	char *space = mmap(NULL, len + NEAR, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			   -1, 0);
	char *va;

	if (space == MAP_FAILED)
		return NULL;
	va = space + ((pages[0].address - (uintptr_t)space) & (NEAR - 1));
	munmap(space, (size_t)(va - space));
	munmap(va + len, (size_t)(space + NEAR - va));
	for (int i = 0; i < count; i++)
		if (mremap(pages[i].va, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			   va + (size_t)i * HUGE) == MAP_FAILED)
			return NULL;
	return va;
}

int physical_get(size_t len_bytes, void **vap, uint64_t *address)
{
	struct page pages[PAGES_MAX], p = {0};
	int count = (int)((len_bytes + HUGE - 1) / HUGE), have = 0, first = -1, error = 0;

	if (len_bytes > PAGES_MAX * HUGE)
		return ENOSPC;
	while (first < 0 && have < PAGES_MAX && (error = page_get(&p)) == 0)
		first = page_insert(pages, have++, p, count);
	if (first >= 0) {
		*address = pages[first].address;
		*vap = pages_join(pages + first, count);
		error = *vap == NULL ? errno : 0;
	}
	for (int i = 0; i < have; i++)
		if (first < 0 || i < first || i >= first + count)
			munmap(pages[i].va, HUGE);
	return first < 0 && error == 0 ? ENOMEM : error;
}

void physical_put(void *va, size_t len_bytes)
{
	MUST(munmap(va, (len_bytes + HUGE - 1) & ~(HUGE - 1)));
}

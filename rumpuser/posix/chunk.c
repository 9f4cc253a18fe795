/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for DMA, for the arena (alloc.h). A chunk is wired, and has a run of addresses that the
 * IOMMU translates. These addresses are handed out in units of UNIT, the lowest first, since some
 * devices accept no others. Virtual addresses have the same layout, from a multiple of 4 GiB on:
 * memory that is aligned to a power of two is aligned for devices as well. Without an IOMMU
 * physical.c takes over.
 */
#include "hyp.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc.h"
#include "vfio.h"

#define SPACE (1ull << 32) /* addresses for devices: some accept only 32 bits */
/* The arena's least chunk (arena.c), so none takes more addresses than it has memory. */
#define UNIT (64ull << 10)
#define UNITS_MAX (SPACE / UNIT)

static pthread_mutex_t arena_mutex = PTHREAD_MUTEX_INITIALIZER;
static bool units_used[UNITS_MAX];
static char *space; /* the virtual address that corresponds to address 0 */

void chunk_lock(void)
{
	MUST(pthread_mutex_lock(&arena_mutex));
}

void chunk_unlock(void)
{
	MUST(pthread_mutex_unlock(&arena_mutex));
}

bool chunk_is_dma(void)
{
	return vfio_device_get(0) != NULL;
}

static void units_mark(uint64_t first, uint64_t count, bool used)
{
	memset(units_used + first, used, count);
}

/* count consecutive units; 0: there are none. */
static uint64_t address_take(uint64_t count)
{
	uint64_t first, end, run = 0;

	vfio_dma_window(&first, &end);
	for (uint64_t n = (first + UNIT - 1) / UNIT; n < end / UNIT; n++) {
		run = units_used[n] ? 0 : run + 1;
		if (run == count) {
			units_mark(n + 1 - count, count, true);
			return (n + 1 - count) * UNIT;
		}
	}
	return 0;
}

/* Reserve all of it. What is in use becomes wired; the rest is not accessible. */
static int space_reserve(void)
{
	char *p;

	if (space != NULL)
		return 0;
	p = mmap(NULL, 2 * SPACE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return errno;
	space = (char *)(((uintptr_t)p + SPACE - 1) & ~(SPACE - 1));
	munmap(p, (size_t)(space - p));
	munmap(space + SPACE, SPACE - (size_t)(space - p));
	return 0;
}

/* Zeroed memory. 0 or a host errno. */
static int space_map(char *va, size_t len_bytes, int prot)
{
	void *p = mmap(va, len_bytes, prot, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

/* Reported once: later shortages say nothing new. */
static void say_short(int error, size_t len_bytes)
{
	static bool said;
	const char *remedy = "";

	if (error == ENOMEM && vfio_translates())
		remedy = "; more may be locked with a higher ulimit -l";
	else if (error == ENOMEM)
		remedy = "; without an IOMMU it is of huge pages: "
			 "as root, echo NUMBER > /proc/sys/vm/nr_hugepages";
	else if (error == EPERM)
		remedy = "; without an IOMMU only root can have any";
	if (!said)
		fprintf(stderr, "rumpuser: %zu bytes for DMA: %s%s\n", len_bytes, strerror(error),
			remedy);
	said = true;
}

/* 0 or a host errno. */
static int translated_get(size_t len_bytes, struct chunk_memory *memory)
{
	uint64_t count = (len_bytes + UNIT - 1) / UNIT, address;
	int error = space_reserve();

	if (error != 0)
		return error;
	address = address_take(count);
	if (address == 0)
		return ENOSPC;
	error = space_map(space + address, len_bytes, PROT_READ | PROT_WRITE);
	if (error == 0)
		error = vfio_dma_map(space + address, address, len_bytes);
	if (error != 0) {
		MUST(space_map(space + address, len_bytes, PROT_NONE));
		units_mark(address / UNIT, count, false);
		return error;
	}
	*memory = (struct chunk_memory){(uint8_t *)space + address, address};
	return 0;
}

bool chunk_get(size_t len_bytes, struct chunk_memory *memory)
{
	void *va;
	int error;

	if (vfio_translates()) {
		error = translated_get(len_bytes, memory);
	} else {
		error = physical_get(len_bytes, &va, &memory->paddr);
		memory->va = va;
	}
	if (error != 0 && error != ENOSPC)
		say_short(error, len_bytes);
	return error == 0;
}

void chunk_put(const struct chunk_memory *memory, size_t len_bytes)
{
	if (!vfio_translates()) {
		physical_put(memory->va, len_bytes);
		return;
	}
	vfio_dma_unmap(memory->paddr, len_bytes);
	MUST(space_map((char *)memory->va, len_bytes, PROT_NONE));
	units_mark(memory->paddr / UNIT, (len_bytes + UNIT - 1) / UNIT, false);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for DMA, for the arena (alloc.h): a chunk is wired, and has one run of the addresses that
 * the IOMMU translates. Those are handed out in units of UNIT, the lowest first: some devices take
 * no others. Virtual addresses are laid out in the same way, from a multiple of 4 GiB, so that
 * memory which is aligned to any power of two is so for devices as well.
 */
#include "hyp.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "alloc.h"
#include "vfio.h"

#define SPACE (1ull << 32) /* of addresses for devices */
#define UNIT (64ull << 10)
#define UNITS_MAX (SPACE / UNIT)

static pthread_mutex_t arena_mutex = PTHREAD_MUTEX_INITIALIZER;
static bool units_used[UNITS_MAX];
static char *space; /* where address 0 would be */

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

/* 0: there are no so many that follow one another. */
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

/* All of it is reserved; what is in use is wired, the rest is not accessible. */
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

/* Zeroed. 0 or a host errno. */
static int space_map(char *va, size_t len_bytes, int prot)
{
	void *p = mmap(va, len_bytes, prot, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		       -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

/* The limit that an unprivileged process meets first. */
static void say_short(int error, size_t len_bytes)
{
	static bool said;

	if (!said)
		fprintf(stderr, "rumpuser: %zu bytes for DMA: %s%s\n", len_bytes, strerror(error),
			error == ENOMEM ? "; more may be locked with a higher ulimit -l" : "");
	said = true;
}

bool chunk_get(size_t len_bytes, struct chunk_memory *memory)
{
	uint64_t count = (len_bytes + UNIT - 1) / UNIT, address;
	int error = space_reserve();

	address = error == 0 ? address_take(count) : 0;
	if (address == 0)
		return false;
	error = space_map(space + address, len_bytes, PROT_READ | PROT_WRITE);
	if (error == 0)
		error = vfio_dma_map(space + address, address, len_bytes);
	if (error == 0) {
		*memory = (struct chunk_memory){(uint8_t *)space + address, address};
		return true;
	}
	say_short(error, len_bytes);
	MUST(space_map(space + address, len_bytes, PROT_NONE));
	units_mark(address / UNIT, count, false);
	return false;
}

void chunk_put(const struct chunk_memory *memory, size_t len_bytes)
{
	vfio_dma_unmap(memory->paddr, len_bytes);
	MUST(space_map((char *)memory->va, len_bytes, PROT_NONE));
	units_mark(memory->paddr / UNIT, (len_bytes + UNIT - 1) / UNIT, false);
}

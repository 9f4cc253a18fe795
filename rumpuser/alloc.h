/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rump kernel's memory. On POSIX only a process that has a device uses it.
 *
 * Invariants:
 * A1 All memory is wired. If memory is short an allocation fails; a page fault never does.
 * A2 In a rump kernel with a device every allocation is contiguous for devices, and arena_paddr
 *    knows its machine address. In one without a device there are no machine addresses.
 * A3 Objects have no headers: the caller states the length when it frees, as rumpuser_free does.
 *
 * Memory comes from the host in chunks of ARENA_CHUNK bytes, or more for a larger allocation. A
 * chunk is handed out in pages. For allocations below half a page, a page is cut into objects of
 * one power-of-two size. A freed object stays on the list of its size; freed pages return to their
 * chunk; a chunk without a page in use returns to the host, except the last such one, which saves
 * the next allocation a call of the host.
 */
#ifndef RUMPUSER_ALLOC_H
#define RUMPUSER_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARENA_PAGE 4096ul
#define ARENA_FIRST (256ul << 10)
#define ARENA_CHUNK (2ul << 20)

/* align: a power of two. Contents undefined. NULL: out of memory. */
void *arena_alloc(size_t len_bytes, size_t align);
/* Whole pages at that address. NULL: they are not all there and free. */
void *arena_alloc_at(void *mem, size_t len_bytes);
/* What arena_alloc or arena_alloc_at gave for len_bytes. */
void arena_free(void *mem, size_t len_bytes);
/* Is this byte the arena's? */
bool arena_has(const void *mem);
/* Machine address of a byte in an allocation; 0: it is not in one, or has none. */
uint64_t arena_paddr(const void *mem);

/* Zeroed, for what cannot fail: the component is over when there is no memory for a lock. */
void *object_alloc(size_t len_bytes);
void object_free(void *mem, size_t len_bytes);

/* Where chunks come from, the host's (chunk.c; a test brings its own). */
struct chunk_memory {
	uint8_t *va;
	uint64_t paddr; /* 0: not for DMA */
};
/* len_bytes: whole pages. false: out of memory. */
bool chunk_get(size_t len_bytes, struct chunk_memory *memory);
void chunk_put(const struct chunk_memory *memory, size_t len_bytes);
/* The arena's lock, which is held around both. */
void chunk_lock(void);
void chunk_unlock(void);
/* Are chunks for DMA? */
bool chunk_is_dma(void);

#endif

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bitmaps, by words. Bit i of a map is bit i % 64 of word i / 64. On a little-endian machine that
 * is bit i % 8 of byte i / 8, as ext2 requires.
 */
#ifndef EXT2_BITMAP_H
#define EXT2_BITMAP_H

#include <stdbool.h>
#include <stdint.h>

static inline bool bit_test(const uint64_t *map, uint32_t i)
{
	return (map[i / 64] >> (i % 64)) & 1;
}
static inline void bit_set(uint64_t *map, uint32_t i)
{
	map[i / 64] |= UINT64_C(1) << (i % 64);
}
static inline void bit_clear(uint64_t *map, uint32_t i)
{
	map[i / 64] &= ~(UINT64_C(1) << (i % 64));
}

/* The first bit from start on that is zero in a and in b (which may be NULL), or end. */
uint32_t bits_find(const uint64_t *a, const uint64_t *b, uint32_t start, uint32_t end);
/* The number of such bits in a row from start on, at most max, below end. */
uint32_t bits_run(const uint64_t *a, const uint64_t *b, uint32_t start, uint32_t end, uint32_t max);
/*
 * The first run of want such bits in [start, end), otherwise the longest; *lenp 0: there is none.
 */
uint32_t bits_find_run(const uint64_t *a, const uint64_t *b, uint32_t start, uint32_t end,
		       uint32_t want, uint32_t *lenp);

#endif

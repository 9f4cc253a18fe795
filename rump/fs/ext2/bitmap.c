/* SPDX-License-Identifier: BSD-2-Clause */
/* Bitmaps, by words (bitmap.h). */
#include <stddef.h>

#include "fs/ext2/bitmap.h"

static uint64_t word(const uint64_t *a, const uint64_t *b, uint32_t w)
{
	return b == NULL ? a[w] : a[w] | b[w];
}

uint32_t bits_find(const uint64_t *a, const uint64_t *b, uint32_t start, uint32_t end)
{
	uint32_t i = start;

	while (i < end) {
		uint64_t zeros = ~word(a, b, i / 64) >> (i % 64);

		if (zeros != 0) {
			i += (uint32_t)__builtin_ctzll(zeros);
			return i < end ? i : end;
		}
		i = (i / 64 + 1) * 64;
	}
	return end;
}

uint32_t bits_run(const uint64_t *a, const uint64_t *b, uint32_t start, uint32_t end, uint32_t max)
{
	uint32_t i = start;

	if (end - start > max)
		end = start + max;
	while (i < end) {
		uint64_t ones = word(a, b, i / 64) >> (i % 64);

		if (ones != 0) {
			i += (uint32_t)__builtin_ctzll(ones);
			break;
		}
		i = (i / 64 + 1) * 64;
	}
	return (i < end ? i : end) - start;
}

uint32_t bits_find_run(const uint64_t *a, const uint64_t *b, uint32_t start, uint32_t end,
		       uint32_t want, uint32_t *lenp)
{
	uint32_t best = end, best_len = 0;

	for (uint32_t i = bits_find(a, b, start, end); i < end;) {
		uint32_t len = bits_run(a, b, i, end, want);

		if (len > best_len) {
			best = i;
			best_len = len;
		}
		if (len >= want)
			break;
		i = bits_find(a, b, i + len, end);
	}
	*lenp = best_len;
	return best;
}

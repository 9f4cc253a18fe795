/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random numbers for programs: ChaCha20 (RFC 8439, 2.3) under a key from the processor's generator.
 *
 * N1. After every request the generator's own output replaces the key, before the lock is released:
 *     numbers that were given out cannot be computed from a later state.
 */
#include "base/os.h"
#include "arch/cpu.h"
#include "base/random.h"

static struct {
	struct cos_mutex lock;
	bool seeded;
	uint32_t key[8];
	uint64_t counter;
} pool;

static uint32_t rotl(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

#define QUARTER(a, b, c, d)                                                                      \
	(x[a] += x[b], x[d] = rotl(x[d] ^ x[a], 16), x[c] += x[d], x[b] = rotl(x[b] ^ x[c], 12), \
	 x[a] += x[b], x[d] = rotl(x[d] ^ x[a], 8), x[c] += x[d], x[b] = rotl(x[b] ^ x[c], 7))

static void chacha_block(uint32_t out[16])
{
	uint32_t in[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, x[16];

	memcpy(in + 4, pool.key, sizeof(pool.key));
	in[12] = (uint32_t)pool.counter;
	in[13] = (uint32_t)(pool.counter >> 32);
	pool.counter++;
	memcpy(x, in, sizeof(x));
	for (int i = 0; i < 10; i++) {
		QUARTER(0, 4, 8, 12);
		QUARTER(1, 5, 9, 13);
		QUARTER(2, 6, 10, 14);
		QUARTER(3, 7, 11, 15);
		QUARTER(0, 5, 10, 15);
		QUARTER(1, 6, 11, 12);
		QUARTER(2, 7, 8, 13);
		QUARTER(3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		out[i] = x[i] + in[i];
}

void random_bytes(void *to, size_t len)
{
	uint32_t block[16];
	char *p = to;

	cos_mutex_lock(&pool.lock);
	if (!pool.seeded) {
		for (int i = 0; i < 4; i++) {
			uint64_t r = cpu_random() ^ (i == 3 ? cos_wall_ns() : 0);

			memcpy(pool.key + 2 * i, &r, 8);
		}
		pool.seeded = true;
	}
	while (len > 0) {
		size_t n = MIN(len, sizeof(block));

		chacha_block(block);
		memcpy(p, block, n);
		p += n;
		len -= n;
	}
	chacha_block(block);
	memcpy(pool.key, block, sizeof(pool.key));
	cos_mutex_unlock(&pool.lock);
}

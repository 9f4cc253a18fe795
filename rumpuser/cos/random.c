/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random numbers: a ChaCha20 key stream with fast key erasure. Each request runs the cipher from
 * block 0 under the current key; the first half block becomes the next key, the rest is the output:
 * what was given out cannot be computed from what is left in memory. The CPU's generator (SDM
 * 1, 7.3.17: RDSEED, RDRAND) is mixed into the key at the first request and after each
 * RESEED_BYTES.
 *
 * A CPU that has neither gives no seed. Then the key is stirred with the low bits of many
 * differences of the TSC across invocations, and the log says that numbers are weak;
 * RUMPUSER_RANDOM_HARD fails (ENODEV).
 */
#include <cos/clock.h>
#include <cos/string.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "chacha.h"
#include "hyp.h"

#define RESEED_BYTES (1ul << 20)
#define DRAW_TRIES 32 /* the SDM asks for 10 of RDRAND; RDSEED may be drained for a while */
#define STIR_ROUNDS 256
#define CPUID_1_ECX_RDRAND (1u << 30)
#define CPUID_7_EBX_RDSEED (1u << 18)

enum source { SOURCE_UNKNOWN, SOURCE_RDSEED, SOURCE_RDRAND, SOURCE_TIME };

static struct cos_mutex random_mutex;
static enum source source;
static uint32_t key[CHACHA_KEY_WORDS];
static bool seeded;
static size_t given_bytes = RESEED_BYTES; /* since the last seed */

static void cpuid(uint32_t leaf, uint32_t *ebx, uint32_t *ecx)
{
	uint32_t eax = leaf, edx;

	*ecx = 0;
	__asm__ volatile("cpuid" : "+a"(eax), "=b"(*ebx), "+c"(*ecx), "=d"(edx));
}

static enum source source_find(void)
{
	uint32_t ebx, ecx, max = 0, unused;

	__asm__ volatile("cpuid" : "+a"(max), "=b"(ebx), "=c"(ecx), "=d"(unused));
	if (max >= 7) {
		cpuid(7, &ebx, &ecx);
		if (ebx & CPUID_7_EBX_RDSEED)
			return SOURCE_RDSEED;
	}
	cpuid(1, &ebx, &ecx);
	return ecx & CPUID_1_ECX_RDRAND ? SOURCE_RDRAND : SOURCE_TIME;
}

static bool draw(uint64_t *value)
{
	for (unsigned i = 0; i < DRAW_TRIES; i++) {
		bool ok;

		if (source == SOURCE_RDSEED)
			__asm__ volatile("rdseed %0" : "=r"(*value), "=@ccc"(ok));
		else
			__asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
		if (ok)
			return true;
	}
	return false;
}

/* The key becomes a function of what it was and of these words. */
static void key_mix(const uint32_t nonce[CHACHA_NONCE_WORDS], uint32_t counter)
{
	uint32_t block[CHACHA_BLOCK_WORDS];

	chacha_block(key, counter, nonce, block);
	memcpy(key, block, sizeof(key));
}

static void seed_from_time(void)
{
	uint32_t nonce[CHACHA_NONCE_WORDS];

	for (uint32_t i = 0; i < STIR_ROUNDS; i++) {
		uint64_t wall_ns = cos_wall_ns(), before = cos_tsc();

		sched_yield();
		nonce[0] = (uint32_t)(cos_tsc() - before);
		nonce[1] = (uint32_t)wall_ns;
		nonce[2] = (uint32_t)(wall_ns >> 32);
		key_mix(nonce, i);
	}
}

static bool seed_from_cpu(void)
{
	uint64_t words[CHACHA_KEY_WORDS / 2] = {0};
	uint32_t fresh[CHACHA_KEY_WORDS];

	for (unsigned i = 0; i < CHACHA_KEY_WORDS / 2; i++)
		if (!draw(&words[i]))
			return false;
	memcpy(fresh, words, sizeof(fresh));
	for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++)
		key[i] ^= fresh[i];
	return true;
}

/* false: the CPU's generator gave nothing at the first time. Later the key is good without. */
static bool seed(void)
{
	if (source == SOURCE_UNKNOWN) {
		source = source_find();
		if (source == SOURCE_TIME) {
			cos_log("rumpuser: this CPU has no random numbers, ours are weak\n");
			seed_from_time();
		}
	}
	if (source != SOURCE_TIME && !seed_from_cpu() && !seeded)
		return false;
	seeded = true;
	given_bytes = 0;
	return true;
}

static void generate(uint8_t *to, size_t len)
{
	static const uint32_t nonce[CHACHA_NONCE_WORDS];
	uint32_t block[CHACHA_BLOCK_WORDS], next[CHACHA_KEY_WORDS];
	/* Block 0: its first half is the next key. */
	size_t at = sizeof(next);

	chacha_block(key, 0, nonce, block);
	memcpy(next, block, sizeof(next));
	for (uint32_t counter = 1; len > 0; counter++) {
		size_t part = sizeof(block) - at < len ? sizeof(block) - at : len;

		memcpy(to, (uint8_t *)block + at, part);
		to += part;
		len -= part;
		at = 0;
		if (len > 0)
			chacha_block(key, counter, nonce, block);
	}
	memcpy(key, next, sizeof(key));
}

/* The generator never makes anyone wait: NOWAIT changes nothing. */
int rumpuser_getrandom(void *buf, size_t len_bytes, int flags, size_t *gotp)
{
	uint8_t *to = buf;
	int error = 0;

	*gotp = 0;
	cos_mutex_lock(&random_mutex);
	while (*gotp < len_bytes && error == 0) {
		size_t part = len_bytes - *gotp < RESEED_BYTES ? len_bytes - *gotp : RESEED_BYTES;

		if (given_bytes >= RESEED_BYTES && !seed())
			error = RUMP_EAGAIN;
		else if (flags & RUMPUSER_RANDOM_HARD && source == SOURCE_TIME)
			error = RUMP_ENODEV;
		if (error)
			break;
		generate(to + *gotp, part);
		given_bytes += part;
		*gotp += part;
	}
	cos_mutex_unlock(&random_mutex);
	return error;
}

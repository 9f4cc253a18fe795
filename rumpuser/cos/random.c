/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random numbers: a ChaCha20 key stream with fast key erasure.
 *
 * I1 Each request runs the cipher from block 0 under the current key. The first half block becomes
 *    the next key, and the rest is the output: earlier output cannot be computed from what is left
 *    in memory.
 * I2 Every source that there is goes into the key, so a bad one does no harm. Sources are the CPU's
 *    generator (SDM 1, 7.3.17: RDSEED, RDRAND) and the device of another component
 *    (interface/entropy).
 * I3 The key is reseeded at the first request and after each RESEED_BYTES; for RUMPUSER_RANDOM_HARD
 *    before each HARD_BYTES of output, so that no more bits are given out than entropy came in.
 *
 * The entropy device may block its reader. The virtual CPU is given up meanwhile, and
 * RUMPUSER_RANDOM_NOWAIT does not ask the device.
 *
 * Without any source the key is mixed with the low bits of many TSC differences across invocations,
 * and the log warns that numbers are weak; HARD fails then (ENODEV).
 */
#include <cos/clock.h>
#include <cos/string.h>
#include <entropy/entropy.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "chacha.h"
#include "hyp.h"

/*
 * RESEED_BYTES bounds what a key that leaked gives away; it costs one seed a MiB. HARD_BYTES is the
 * length of the key: no seed can bring more. The naps wait for a generator that is drained.
 */
#define RESEED_BYTES (1ul << 20)
#define DRAW_TRIES 32 /* the SDM asks for 10 of RDRAND; RDSEED may be drained for a while */
#define STIR_ROUNDS 256
#define HARD_BYTES 32 /* of the key */
#define DRY_NAP_NS 1000000
#define DRY_NAPS 100
#define CPUID_1_ECX_RDRAND (1u << 30)
#define CPUID_7_EBX_RDSEED (1u << 18)

__typeof__(entropy_draw) entropy_draw __attribute__((weak));

enum source { SOURCE_UNKNOWN, SOURCE_RDSEED, SOURCE_RDRAND, SOURCE_NONE }; /* of the CPU's */

struct seed {
	uint64_t word[CHACHA_KEY_WORDS / 2];
};

static struct cos_mutex random_mutex; /* guards all below */
static enum source source;
static uint32_t key[CHACHA_KEY_WORDS];
static bool strong; /* the key has been seeded */
static bool stirred;
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
	return ecx & CPUID_1_ECX_RDRAND ? SOURCE_RDRAND : SOURCE_NONE;
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

/* The key becomes a function of its old value and of these words. */
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

static bool seed_from_cpu(struct seed *seed)
{
	if (source == SOURCE_UNKNOWN)
		source = source_find();
	for (unsigned i = 0; i < CHACHA_KEY_WORDS / 2; i++)
		if (source == SOURCE_NONE || !draw(&seed->word[i]))
			return false;
	return true;
}

/* Called without a lock and without a virtual CPU, since it waits. */
static bool seed_from_device(struct seed *seed)
{
	for (unsigned i = 0; i < CHACHA_KEY_WORDS / 2; i++) {
		struct cos_pair drawn = entropy_draw();

		if (drawn.v0 < 0)
			return false;
		/* Both words of a draw are combined into one word of the seed. */
		seed->word[i] = (uint64_t)drawn.v1 ^ (uint64_t)drawn.v0 << 1;
	}
	return true;
}

static void seed_mix(struct seed *seed)
{
	uint32_t fresh[CHACHA_KEY_WORDS];

	memcpy(fresh, seed->word, sizeof(fresh));
	for (unsigned i = 0; i < CHACHA_KEY_WORDS; i++)
		key[i] ^= fresh[i];
	memset(seed, 0, sizeof(*seed));
	strong = true;
	given_bytes = 0;
}

/*
 * device: a seed from it, or NULL. EAGAIN: the CPU's generator has nothing at the moment; ENODEV:
 * there is no source.
 */
static int reseed(struct seed *device, bool hard)
{
	struct seed cpu;
	bool has_cpu = seed_from_cpu(&cpu);

	if (has_cpu)
		seed_mix(&cpu);
	if (device)
		seed_mix(device);
	if (has_cpu || device || (strong && !hard))
		return 0;
	if (source != SOURCE_NONE || (hard && entropy_draw))
		return RUMP_EAGAIN;
	if (hard)
		return RUMP_ENODEV;
	if (!stirred) {
		cos_log("rumpuser: there is no source of entropy: random numbers are weak\n");
		seed_from_time();
		stirred = true;
	}
	return 0;
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

static bool device_read(struct seed *seed)
{
	int nlocks;
	bool drawn;

	hyp_leave(&nlocks, NULL);
	drawn = seed_from_device(seed);
	hyp_return(nlocks, NULL);
	return drawn;
}

static int part_give(uint8_t *to, size_t len, bool hard, bool wait)
{
	bool due = hard || __atomic_load_n(&given_bytes, __ATOMIC_RELAXED) >= RESEED_BYTES;
	struct seed device;
	bool drawn = due && wait && entropy_draw && device_read(&device);
	int error = 0;

	cos_mutex_lock(&random_mutex);
	if (due)
		error = reseed(drawn ? &device : NULL, hard);
	if (error == 0) {
		generate(to, len);
		given_bytes += len;
	}
	cos_mutex_unlock(&random_mutex);
	return error;
}

int rumpuser_getrandom(void *buf, size_t len_bytes, int flags, size_t *gotp)
{
	bool hard = flags & RUMPUSER_RANDOM_HARD, wait = !(flags & RUMPUSER_RANDOM_NOWAIT);
	size_t most = hard ? HARD_BYTES : RESEED_BYTES;
	unsigned naps = 0;
	int error = 0;

	*gotp = 0;
	while (*gotp < len_bytes && error == 0) {
		size_t part = len_bytes - *gotp < most ? len_bytes - *gotp : most;

		error = part_give((uint8_t *)buf + *gotp, part, hard, wait);
		if (error == 0) {
			*gotp += part;
		} else if (error == RUMP_EAGAIN && wait) {
			error = naps++ < DRY_NAPS ? 0 : RUMP_EIO;
			rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, DRY_NAP_NS);
		}
	}
	/* NOWAIT asks for as much as there is. */
	return error == RUMP_EAGAIN ? 0 : error;
}

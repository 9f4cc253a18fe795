/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of rumpuser_malloc and rumpuser_free. */
#include "conf.h"

#define BLOCKS 64

static const char *align_range(size_t from, size_t to)
{
	static const size_t lens[] = {1, 24, 1000, 4096, 70000};
	void *mem;

	for (size_t align = from; align <= to; align *= 2)
		for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			CHECK(rumpuser_malloc(lens[i], (int)align, &mem) == 0);
			CHECK(mem != NULL && conf_aligned(mem, align));
			memset(mem, 0xa5, lens[i]);
			rumpuser_free(mem, lens[i]);
		}
	return NULL;
}

static const char *align_small(void)
{
	return align_range(1, 4096);
}

static const char *align_large(void)
{
	return align_range(8192, 1ul << 20);
}

static const char *align_default(void)
{
	void *mem;

	for (size_t len = 1; len <= 8192; len *= 2) {
		CHECK(rumpuser_malloc(len, 0, &mem) == 0 && mem != NULL);
		CHECK(len < 8 || conf_aligned(mem, 8));
		memset(mem, 1, len);
		rumpuser_free(mem, len);
	}
	return NULL;
}

static const char *align_many_at_once(void)
{
	void *mem[21];

	for (unsigned i = 0; i < 21; i++) {
		CHECK(rumpuser_malloc(48, 1 << i, &mem[i]) == 0);
		CHECK(conf_aligned(mem[i], 1ul << i));
		memset(mem[i], (int)i, 48);
	}
	for (unsigned i = 0; i < 21; i++) {
		CHECK(conf_filled(mem[i], (int)i, 48));
		rumpuser_free(mem[i], 48);
	}
	return NULL;
}

static const char *disjoint(void)
{
	static unsigned char *mem[BLOCKS];
	static size_t lens[BLOCKS];

	for (unsigned i = 0; i < BLOCKS; i++) {
		lens[i] = 1 + i * 37 % 5000;
		CHECK(rumpuser_malloc(lens[i], 16, (void **)&mem[i]) == 0);
		memset(mem[i], (int)i + 1, lens[i]);
	}
	/* Every second block is freed and allocated in another size; its neighbours stay intact. */
	for (unsigned i = 0; i < BLOCKS; i += 2) {
		rumpuser_free(mem[i], lens[i]);
		lens[i] = 1 + i * 61 % 9000;
		CHECK(rumpuser_malloc(lens[i], 8, (void **)&mem[i]) == 0);
		memset(mem[i], (int)i + 1, lens[i]);
	}
	for (unsigned i = 0; i < BLOCKS; i++) {
		CHECK(conf_filled(mem[i], (int)i + 1, lens[i]));
		rumpuser_free(mem[i], lens[i]);
	}
	return NULL;
}

/* Many times the host's memory in all, one block at a time. */
static const char *freed_is_reused(void)
{
	size_t len = 1ul << 20;
	void *mem;

	for (unsigned i = 0; i < 8192; i++) {
		CHECK(rumpuser_malloc(len, 16, &mem) == 0);
		((char *)mem)[0] = ((char *)mem)[len - 1] = 1;
		rumpuser_free(mem, len);
	}
	return NULL;
}

static const char *impossible(void)
{
	void *mem;

	CHECK(rumpuser_malloc(SIZE_MAX / 4, 16, &mem) == RUMP_ENOMEM);
	CHECK(rumpuser_malloc(SIZE_MAX / 4, 4096, &mem) == RUMP_ENOMEM);
	CHECK(rumpuser_malloc(SIZE_MAX, 16, &mem) == RUMP_ENOMEM);
	CHECK(rumpuser_malloc(16, 16, &mem) == 0);
	rumpuser_free(mem, 16);
	return NULL;
}

static int get_malloc(size_t len, void **memp)
{
	return rumpuser_malloc(len, 16, memp);
}

static const char *exhaustion(void)
{
	if (conf_host->memory_steps == 0)
		SKIP("the harness names no limit");
	for (unsigned i = 0; i < 3; i++)
		CHECK(conf_exhaust(get_malloc, rumpuser_free) == RUMP_ENOMEM);
	return align_small();
}

static void *handed;

static void hand_over(void *arg)
{
	(void)arg;
	EXPECT(rumpuser_malloc(5000, 64, &handed) == 0);
	memset(handed, 0x3c, 5000);
}

static const char *freed_elsewhere(void)
{
	for (unsigned i = 0; i < 50; i++) {
		CHECK(conf_start(&conf_threads[0], hand_over, NULL) == 0);
		CHECK(conf_join(&conf_threads[0]) == 0);
		CHECK(handed != NULL && conf_filled(handed, 0x3c, 5000));
		rumpuser_free(handed, 5000);
		handed = NULL;
	}
	return NULL;
}

static void churn(void *arg)
{
	unsigned char *mem[8] = {0};
	uint32_t x = (uint32_t)(uintptr_t)arg * 2654435761u + 1;
	size_t lens[8];

	for (unsigned i = 0; i < 2000; i++) {
		unsigned slot = (x = x * 1664525 + 1013904223) >> 16 & 7;

		if (mem[slot] != NULL) {
			EXPECT(conf_filled(mem[slot], (int)(slot + 1), lens[slot]));
			rumpuser_free(mem[slot], lens[slot]);
		}
		lens[slot] = 1 + (x >> 8) % 3000;
		EXPECT(rumpuser_malloc(lens[slot], 1 << (x >> 28), (void **)&mem[slot]) == 0);
		memset(mem[slot], (int)(slot + 1), lens[slot]);
	}
	for (unsigned i = 0; i < 8; i++)
		if (mem[i] != NULL)
			rumpuser_free(mem[i], lens[i]);
}

static const char *concurrent(void)
{
	for (uintptr_t i = 0; i < 8; i++)
		CHECK(conf_start(&conf_threads[i], churn, (void *)i) == 0);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	return NULL;
}

static const struct conf_check malloc_checks[] = {
	{"malloc aligns to every power of two to 4 KiB (Memory allocation)", align_small},
	{"malloc aligns to every power of two from 8 KiB to 1 MiB (Memory allocation)",
	 align_large},
	{"malloc without an alignment gives usable memory (Memory allocation)", align_default},
	{"blocks of all alignments live side by side (Memory allocation)", align_many_at_once},
	{"blocks of all lengths do not overlap, and keep what is in them (Memory allocation)",
	 disjoint},
	{"freed memory can be had again, 8 GiB of it in turn (Memory allocation)", freed_is_reused},
	{"more than an address space is ENOMEM, not the end (Return values)", impossible},
	{"when memory is used up malloc says ENOMEM, and goes on after a free (Return values)",
	 exhaustion},
	{"a thread may free what another allocated (Memory allocation)", freed_elsewhere},
	{"eight threads allocate and free at once (Memory allocation)", concurrent},
};
const struct conf_section conf_memory = SECTION("memory", malloc_checks);

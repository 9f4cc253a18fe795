/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of random numbers. */
#include "conf.h"

#define HARD RUMPUSER_RANDOM_HARD
#define NOWAIT RUMPUSER_RANDOM_NOWAIT

static unsigned char a[65536], b[65536];

/* Two equal ones by chance: probability 2^-256 or less. */
static const char *fresh(int flags)
{
	size_t got_a = 99999, got_b = 99999;

	memset(a, 0, 64);
	memset(b, 0, 64);
	CHECK(rumpuser_getrandom(a, 64, flags, &got_a) == 0 && got_a <= 64);
	CHECK(rumpuser_getrandom(b, 64, flags, &got_b) == 0 && got_b <= 64);
	CHECK(flags & NOWAIT || (got_a == 64 && got_b == 64));
	CHECK(got_a < 32 || got_b < 32 || memcmp(a, b, 32) != 0);
	CHECK(conf_filled(a + got_a, 0, 64 - got_a));
	return NULL;
}

static const char *plain(void)
{
	return fresh(0);
}

static const char *hard(void)
{
	return fresh(HARD);
}

static const char *nowait(void)
{
	return fresh(NOWAIT);
}

static const char *hard_nowait(void)
{
	return fresh(HARD | NOWAIT);
}

/* A rump kernel seeds itself before its scheduler runs. */
static const char *nowait_stays(void)
{
	size_t got;

	for (unsigned i = 0; i < 10; i++) {
		CHECK(rumpuser_getrandom(a, 512, NOWAIT, &got) == 0);
		CHECK(rumpuser_getrandom(a, 512, HARD | NOWAIT, &got) == 0);
	}
	CHECK(rumpuser_curlwp()->leaves == 0);
	return NULL;
}

static const char *bounds(void)
{
	size_t got;

	for (size_t len = 0; len <= 300; len++) {
		memset(a, 0xee, 400);
		got = 99999;
		CHECK(rumpuser_getrandom(a, len, 0, &got) == 0 && got == len);
		CHECK(conf_filled(a + len, 0xee, 400 - len));
	}
	return NULL;
}

/* 524288 bits: the count of ones is within 10 standard deviations (362) of the half. */
static const char *balanced(void)
{
	size_t got, ones = 0, half = sizeof(a) * 8 / 2;

	CHECK(rumpuser_getrandom(a, sizeof(a), 0, &got) == 0 && got == sizeof(a));
	for (size_t i = 0; i < 8 * sizeof(a); i++)
		ones += a[i / 8] >> i % 8 & 1;
	CHECK(ones > half - 3620 && ones < half + 3620);
	return NULL;
}

/* Every value occurs, about 256 times in 65536: chi-square of 255 degrees, beyond 10 sigma. */
static const char *even(void)
{
	static unsigned count[256];
	uint64_t sum = 0;
	size_t got;

	memset(count, 0, sizeof(count));
	CHECK(rumpuser_getrandom(a, sizeof(a), 0, &got) == 0 && got == sizeof(a));
	for (size_t i = 0; i < sizeof(a); i++)
		count[a[i]]++;
	for (unsigned i = 0; i < 256; i++) {
		int64_t off = (int64_t)count[i] - 256;

		sum += (uint64_t)(off * off);
	}
	CHECK(sum / 256 < 255 + 10 * 23);
	return NULL;
}

static void draw(void *arg)
{
	size_t got;

	EXPECT(rumpuser_getrandom(arg, 32, 0, &got) == 0 && got == 32);
}

static const char *threads_differ(void)
{
	memset(a, 0, sizeof(a));
	for (unsigned i = 0; i < 16; i++)
		CHECK(conf_start(&conf_threads[i], draw, a + 32 * i) == 0);
	for (unsigned i = 0; i < 16; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	for (unsigned i = 0; i < 16; i++)
		for (unsigned j = 0; j < i; j++)
			CHECK(memcmp(a + 32 * i, a + 32 * j, 32) != 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"without flags all bytes come, new ones each time (Random pool)", plain},
	{"HARD: all bytes come, new ones each time (Random pool)", hard},
	{"NOWAIT: it says how many came, and no more are written (Random pool)", nowait},
	{"HARD and NOWAIT: it says how many came, and no more are written (Random pool)",
	 hard_nowait},
	{"NOWAIT never gives the virtual CPU up (Upcalls and rump kernel context)", nowait_stays},
	{"every length to 300 is filled to its end and not beyond (Random pool)", bounds},
	{"half of the bits are ones (Random pool)", balanced},
	{"every byte value is as frequent (Random pool)", even},
	{"threads that ask at once get different bytes (Random pool)", threads_differ},
};
const struct conf_section conf_random = SECTION("random", checks);

/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of the clocks and of sleeping. */
#include "conf.h"

#define MS 1000000l
#define S 1000000000ll
#define YEAR_2020_S 1577836800ll

static const char *wall(void)
{
	int64_t sec = 0;
	long nsec = -1;

	CHECK(rumpuser_clock_gettime(RUMPUSER_CLOCK_RELWALL, &sec, &nsec) == 0);
	CHECK(sec > YEAR_2020_S && sec < 4 * YEAR_2020_S);
	CHECK(nsec >= 0 && nsec < S);
	return NULL;
}

static const char *range(void)
{
	int64_t sec;
	long nsec;

	for (unsigned i = 0; i < 10000; i++) {
		CHECK(rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &sec, &nsec) == 0);
		CHECK(sec >= 0 && nsec >= 0 && nsec < S);
	}
	return NULL;
}

static const char *forward(void)
{
	int64_t last = conf_now_ns(), now;

	for (unsigned i = 0; i < 100000; i++) {
		now = conf_now_ns();
		CHECK(now >= last);
		last = now;
	}
	return NULL;
}

static _Atomic int64_t latest;

/* A time read now is not before one that another thread has read earlier. */
static void read_times(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 20000; i++) {
		int64_t before = latest, now = conf_now_ns();

		EXPECT(now >= before);
		while (before < now && !atomic_compare_exchange_weak(&latest, &before, now))
			;
	}
}

static const char *forward_across_threads(void)
{
	latest = 0;
	conf_cpus(4);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_start(&conf_threads[i], read_times, NULL) == 0);
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	return NULL;
}

static const char *resolution(void)
{
	bool fine = false;

	for (unsigned i = 0; i < 1000 && !fine; i++)
		fine = conf_now_ns() % 1000 != 0;
	CHECK(fine);
	return NULL;
}

static const char *two_clocks(void)
{
	int64_t sec;
	long nsec;

	if (conf_host->wall_step == NULL)
		SKIP("the harness cannot step the wall clock");
	int64_t before = conf_now_ns();
	conf_host->wall_step(-1000000);
	int64_t after = conf_now_ns();
	conf_host->wall_step(1000000);
	CHECK(rumpuser_clock_gettime(RUMPUSER_CLOCK_RELWALL, &sec, &nsec) == 0);
	CHECK(after >= before && after - before < 1000 * S);
	return NULL;
}

static const char *sleep_relative(void)
{
	static const int64_t lens[] = {0, 1, 1000, MS, 20 * MS};

	for (unsigned i = 0; i < 5; i++) {
		int64_t start = conf_now_ns();

		CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, lens[i]) == 0);
		CHECK(conf_now_ns() - start >= lens[i]);
	}
	return NULL;
}

static const char *sleep_seconds(void)
{
	int64_t start = conf_now_ns();

	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 1, 5 * MS) == 0);
	CHECK(conf_now_ns() - start >= S + 5 * MS);
	return NULL;
}

static const char *sleep_until(void)
{
	for (int64_t len = 0; len <= 16 * MS; len = 2 * len + 100000) {
		int64_t until = conf_now_ns() + len;

		CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, until / S, until % S) == 0);
		CHECK(conf_now_ns() >= until);
	}
	return NULL;
}

/*
 * A sleep that is not over at once would last as long as the machine was up: the limit would end
 * it.
 */
static const char *sleep_until_past(void)
{
	int64_t now = conf_now_ns();

	for (unsigned i = 0; i < 100; i++) {
		CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, now / S, now % S) == 0);
		CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, 0, 0) == 0);
	}
	return NULL;
}

static const char *unknown_clock(void)
{
	int64_t sec;
	long nsec;

	CHECK(rumpuser_clock_gettime(99, &sec, &nsec) == RUMP_EINVAL);
	CHECK(rumpuser_clock_gettime(-1, &sec, &nsec) == RUMP_EINVAL);
	CHECK(rumpuser_clock_sleep(99, 0, 0) == RUMP_EINVAL);
	return NULL;
}

static const char *no_time(void)
{
	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, S) == RUMP_EINVAL);
	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, -1) == RUMP_EINVAL);
	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, 0, S) == RUMP_EINVAL);
	return NULL;
}

static void sleeper(void *arg)
{
	int64_t start = conf_now_ns();

	(void)arg;
	EXPECT(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 5 * MS) == 0);
	EXPECT(conf_now_ns() - start >= 5 * MS);
}

static const char *sleep_together(void)
{
	for (unsigned i = 0; i < CONF_THREADS; i++)
		CHECK(conf_start(&conf_threads[i], sleeper, NULL) == 0);
	for (unsigned i = 0; i < CONF_THREADS; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	return NULL;
}

static const struct conf_check checks[] = {
	{"RELWALL is the time of day since 1970 (Clocks)", wall},
	{"nanoseconds are below a second (Clocks)", range},
	{"ABSMONO never goes back (Clocks)", forward},
	{"ABSMONO never goes back from thread to thread (Clocks)", forward_across_threads},
	{"ABSMONO is finer than a microsecond (Clocks)", resolution},
	{"ABSMONO does not follow the wall clock (Clocks)", two_clocks},
	{"a RELWALL sleep lasts at least as long as asked (Clocks)", sleep_relative},
	{"a RELWALL sleep counts seconds and nanoseconds (Clocks)", sleep_seconds},
	{"an ABSMONO sleep lasts until the time (Clocks)", sleep_until},
	{"an ABSMONO sleep until a time that is past is over (Clocks)", sleep_until_past},
	{"a clock that is none is EINVAL (Return values)", unknown_clock},
	{"nanoseconds that are none are EINVAL (Return values)", no_time},
	{"64 threads sleep at once, each its time (Clocks)", sleep_together},
};
const struct conf_section conf_clock = SECTION("clock", checks);

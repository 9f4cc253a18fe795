/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of timeouts of condition variables. */
#include "condition.h"

#define MS 1000000l
#define S 1000000000ll

static const char *timeout(int flags)
{
	static const int64_t lens[] = {0, 1, 1000, MS, 10 * MS};

	cond_begin(flags);
	rumpuser_mutex_enter(cond_mtx);
	for (unsigned i = 0; i < 5; i++) {
		int64_t start = conf_now_ns();

		CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, lens[i]) == RUMP_ETIMEDOUT);
		CHECK(conf_now_ns() - start >= lens[i]);
		CHECK(rumpuser_mutex_tryenter(cond_mtx) == RUMP_EBUSY);
	}
	rumpuser_mutex_exit(cond_mtx);
	return cond_finish();
}

static const char *timeout_kmutex(void)
{
	return timeout(KMUTEX);
}

static const char *timeout_both(void)
{
	return timeout(SPIN | KMUTEX);
}

static const char *timeout_seconds(void)
{
	int64_t start;

	cond_begin(KMUTEX);
	rumpuser_mutex_enter(cond_mtx);
	start = conf_now_ns();
	CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 1, 5 * MS) == RUMP_ETIMEDOUT);
	CHECK(conf_now_ns() - start >= S + 5 * MS);
	/* The nanoseconds carry over into the seconds. */
	start = conf_now_ns();
	CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, S - 1) == RUMP_ETIMEDOUT);
	CHECK(conf_now_ns() - start >= S - 1);
	rumpuser_mutex_exit(cond_mtx);
	return cond_finish();
}

/* A host that waits by the wall clock wakes now, or in a day. */
static const char *timeout_not_wall(int64_t step)
{
	int64_t start;
	int error;

	if (conf_host->wall_step == NULL)
		SKIP("the harness cannot step the wall clock");
	cond_begin(KMUTEX);
	rumpuser_mutex_enter(cond_mtx);
	conf_host->wall_step(step);
	start = conf_now_ns();
	error = rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, 5 * MS);
	conf_host->wall_step(-step);
	CHECK(error == RUMP_ETIMEDOUT);
	CHECK(conf_now_ns() - start >= 5 * MS);
	rumpuser_mutex_exit(cond_mtx);
	return cond_finish();
}

static const char *timeout_wall_ahead(void)
{
	return timeout_not_wall(86400);
}

static const char *timeout_wall_behind(void)
{
	return timeout_not_wall(-86400);
}

static int64_t long_sec;

static void waits_long(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(cond_mtx);
	cond_ready++;
	rumpuser_cv_signal(cond_ready_cv);
	while (cond_tickets == 0)
		EXPECT(rumpuser_cv_timedwait(cond_cv, cond_mtx, long_sec, S - 1) == 0);
	rumpuser_mutex_exit(cond_mtx);
}

/*
 * Signalled before the timeout: 0. A time that no clock reaches is waited for, without wrapping
 * around.
 */
static const char *signalled_in_time(int64_t sec)
{
	cond_begin(KMUTEX);
	long_sec = sec;
	WAITERS(4, waits_long);
	rumpuser_mutex_exit(cond_mtx);
	conf_breathe(); /* a time that wrapped around would be over by now */
	rumpuser_mutex_enter(cond_mtx);
	cond_tickets = 1;
	rumpuser_cv_broadcast(cond_cv);
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(4) == NULL);
	return cond_finish();
}

static const char *signalled_hour(void)
{
	return signalled_in_time(3600);
}

static const char *signalled_end_of_time(void)
{
	return signalled_in_time(INT64_MAX);
}

static const char *no_time(void)
{
	cond_begin(KMUTEX);
	rumpuser_mutex_enter(cond_mtx);
	CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, S) == RUMP_EINVAL);
	CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, -1) == RUMP_EINVAL);
	CHECK(rumpuser_mutex_tryenter(cond_mtx) == RUMP_EBUSY);
	rumpuser_mutex_exit(cond_mtx);
	return cond_finish();
}

#define LOCKS "(Mutexes, rwlocks and condition variables)"
static const struct conf_check checks[] = {
	{"KMUTEX: timedwait lasts its time, then ETIMEDOUT with the mutex " LOCKS, timeout_kmutex},
	{"SPIN|KMUTEX: timedwait lasts its time, then ETIMEDOUT with the mutex " LOCKS,
	 timeout_both},
	{"timedwait counts seconds and nanoseconds " LOCKS, timeout_seconds},
	{"timedwait does not care for a wall clock that was set ahead " LOCKS, timeout_wall_ahead},
	{"timedwait does not care for a wall clock that was set back " LOCKS, timeout_wall_behind},
	{"timedwait that is woken within its hour is 0 " LOCKS, signalled_hour},
	{"timedwait for longer than any clock counts is a wait " LOCKS, signalled_end_of_time},
	{"timedwait with nanoseconds that are none is EINVAL (Return values)", no_time},
};
const struct conf_section conf_cv_time = SECTION("cv_time", checks);

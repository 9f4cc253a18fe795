/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf.h"

#define SPIN RUMPUSER_MTX_SPIN
#define KMUTEX RUMPUSER_MTX_KMUTEX
#define MS 1000000l
#define S 1000000000ll

static struct rumpuser_mtx *mtx;
static struct rumpuser_cv *cv, *ready_cv;
static int ready, tickets, woken; /* under mtx */

static void begin(int flags)
{
	rumpuser_mutex_init(&mtx, flags);
	rumpuser_cv_init(&cv);
	rumpuser_cv_init(&ready_cv);
	ready = tickets = woken = 0;
}

static const char *finish(void)
{
	rumpuser_cv_destroy(ready_cv);
	rumpuser_cv_destroy(cv);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static int waiters(void)
{
	int n = -1;

	rumpuser_cv_has_waiters(cv, &n);
	return n;
}

/* Wait for a ticket; waking the wrong one, or for nothing, is allowed. */
static void waits(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(mtx);
	ready++;
	rumpuser_cv_signal(ready_cv);
	while (tickets == 0)
		rumpuser_cv_wait(cv, mtx);
	tickets--;
	woken++;
	rumpuser_cv_signal(ready_cv);
	rumpuser_mutex_exit(mtx);
}

/* n waiters, all asleep: each has given the mutex up, which it does only in cv_wait. */
static const char *waiters_start(unsigned n, void (*fn)(void *))
{
	for (unsigned i = 0; i < n; i++)
		CHECK(conf_start(&conf_threads[i], fn, &conf_threads[i]) == 0);
	rumpuser_mutex_enter(mtx);
	while (ready < (int)n)
		rumpuser_cv_wait(ready_cv, mtx);
	return NULL; /* with mtx */
}
#define WAITERS(n, fn)                                     \
	do {                                               \
		const char *failed = waiters_start(n, fn); \
		if (failed != NULL)                        \
			return failed;                     \
	} while (0)

static const char *join(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	return NULL;
}

static const char *signal_wakes(void)
{
	begin(KMUTEX);
	WAITERS(1, waits);
	tickets = 1;
	rumpuser_cv_signal(cv);
	rumpuser_mutex_exit(mtx);
	CHECK(join(1) == NULL);
	CHECK(woken == 1);
	return finish();
}

static const char *signal_without_mutex(void)
{
	begin(KMUTEX);
	WAITERS(1, waits);
	tickets = 1;
	rumpuser_mutex_exit(mtx);
	rumpuser_cv_signal(cv);
	CHECK(join(1) == NULL);
	return finish();
}

static const char *signals_wake_each(void)
{
	begin(KMUTEX);
	WAITERS(8, waits);
	for (int i = 1; i <= 8; i++) {
		tickets++;
		rumpuser_cv_signal(cv);
		while (woken < i)
			rumpuser_cv_wait(ready_cv, mtx);
	}
	rumpuser_mutex_exit(mtx);
	CHECK(join(8) == NULL);
	return finish();
}

static const char *broadcast_wakes_all(void)
{
	begin(KMUTEX);
	WAITERS(32, waits);
	tickets = 32;
	rumpuser_cv_broadcast(cv);
	rumpuser_mutex_exit(mtx);
	CHECK(join(32) == NULL);
	CHECK(woken == 32);
	return finish();
}

static const char *not_remembered(void)
{
	begin(KMUTEX);
	rumpuser_mutex_enter(mtx);
	rumpuser_cv_signal(cv);
	rumpuser_cv_broadcast(cv);
	CHECK(rumpuser_cv_timedwait(cv, mtx, 0, MS) == RUMP_ETIMEDOUT);
	rumpuser_mutex_exit(mtx);
	return finish();
}

static const char *has_waiters(void)
{
	begin(KMUTEX);
	CHECK(waiters() == 0);
	WAITERS(3, waits);
	CHECK(waiters() > 0);
	tickets = 3;
	rumpuser_cv_broadcast(cv);
	while (woken < 3)
		rumpuser_cv_wait(ready_cv, mtx);
	rumpuser_mutex_exit(mtx);
	CHECK(join(3) == NULL);
	CHECK(waiters() == 0);
	return finish();
}

static const char *has_waiters_after_timeout(void)
{
	begin(KMUTEX);
	rumpuser_mutex_enter(mtx);
	for (unsigned i = 0; i < 10; i++) {
		CHECK(rumpuser_cv_timedwait(cv, mtx, 0, 1000) == RUMP_ETIMEDOUT);
		CHECK(waiters() == 0);
	}
	rumpuser_mutex_exit(mtx);
	return finish();
}

/* On return the mutex is held, by this lwp; during the wait it was not. */
static const char *mutex_back(int flags)
{
	struct lwp *owner = NULL;

	begin(flags);
	WAITERS(1, waits); /* could not have been ready otherwise */
	if (flags & KMUTEX) {
		rumpuser_mutex_owner(mtx, &owner);
		CHECK(owner == rumpuser_curlwp());
	}
	CHECK(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	tickets = 1;
	rumpuser_cv_signal(cv);
	while (woken == 0)
		rumpuser_cv_wait(ready_cv, mtx);
	CHECK(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	if (flags & KMUTEX) {
		rumpuser_mutex_owner(mtx, &owner);
		CHECK(owner == rumpuser_curlwp());
	}
	rumpuser_mutex_exit(mtx);
	CHECK(join(1) == NULL);
	return finish();
}

static const char *mutex_back_kmutex(void)
{
	return mutex_back(KMUTEX);
}

static const char *mutex_back_both(void)
{
	return mutex_back(SPIN | KMUTEX);
}

static const char *mutex_back_spin(void)
{
	return mutex_back(SPIN);
}

static const char *no_owner_during_wait(void)
{
	struct lwp *owner;

	begin(KMUTEX);
	WAITERS(1, waits);
	rumpuser_mutex_exit(mtx);
	rumpuser_mutex_owner(mtx, &owner);
	CHECK(owner == NULL);
	rumpuser_mutex_enter(mtx);
	tickets = 1;
	rumpuser_cv_signal(cv);
	rumpuser_mutex_exit(mtx);
	CHECK(join(1) == NULL);
	return finish();
}

/*
 * Which comes first on the way back. The upcall for the CPU tries the mutex: it is free when the
 * CPU comes first, and held, by this very thread, when the mutex does. Nobody else wants it then.
 */
static bool timed;

static void waits_probing(void *arg)
{
	struct conf_thread *t = arg;

	rumpuser_mutex_enter(mtx);
	t->lwp.probe = mtx;
	t->lwp.probe_result = -1;
	ready++;
	rumpuser_cv_signal(ready_cv);
	if (timed)
		EXPECT(rumpuser_cv_timedwait(cv, mtx, 1000, 0) == 0);
	else
		rumpuser_cv_wait(cv, mtx);
	t->lwp.probe = NULL;
	EXPECT(t->lwp.interlock == mtx);
	EXPECT(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	rumpuser_mutex_exit(mtx);
}

static const char *order(int flags, bool with_time, int expected)
{
	struct conf_thread *t = &conf_threads[0];

	timed = with_time;
	for (unsigned i = 0; i < 20; i++) {
		begin(flags);
		CHECK(conf_start(t, waits_probing, t) == 0);
		rumpuser_mutex_enter(mtx);
		while (ready == 0)
			rumpuser_cv_wait_nowrap(ready_cv, mtx);
		rumpuser_cv_signal(cv);
		rumpuser_mutex_exit(mtx);
		CHECK(conf_join(t) == 0);
		CHECK(t->lwp.probe_result == expected);
		CHECK(finish() == NULL);
	}
	return NULL;
}

static const char *order_both(void)
{
	return order(SPIN | KMUTEX, false, 0);
}

static const char *order_both_timed(void)
{
	return order(SPIN | KMUTEX, true, 0);
}

static const char *order_spin(void)
{
	return order(SPIN, false, RUMP_EBUSY);
}

static const char *order_spin_timed(void)
{
	return order(SPIN, true, RUMP_EBUSY);
}

/* With one CPU, which main keeps while it spins for the mutex: who holds that must not want a CPU.
 */
static void waits_often(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(mtx);
	while (tickets < 1000) {
		tickets++;
		rumpuser_cv_signal(ready_cv);
		rumpuser_cv_wait(cv, mtx);
	}
	woken = 1;
	rumpuser_mutex_exit(mtx);
}

static const char *one_cpu(int flags)
{
	begin(flags);
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], waits_often, NULL) == 0);
	rumpuser_mutex_enter(mtx);
	for (int i = 1; i <= 1000; i++) {
		while (tickets < i)
			rumpuser_cv_wait(ready_cv, mtx);
		rumpuser_cv_signal(cv);
		/* The waiter comes for the mutex; so does this one, at once. */
		rumpuser_mutex_exit(mtx);
		rumpuser_mutex_enter(mtx);
	}
	rumpuser_cv_signal(cv);
	rumpuser_mutex_exit(mtx);
	CHECK(conf_join(&conf_threads[0]) == 0);
	CHECK(woken == 1);
	return finish();
}

static const char *one_cpu_both(void)
{
	return one_cpu(SPIN | KMUTEX);
}

static const char *one_cpu_kmutex(void)
{
	return one_cpu(KMUTEX);
}

static bool nowrap_owner;

static void waits_nowrap(void *arg)
{
	struct conf_thread *t = arg;
	struct lwp *owner = NULL;

	rumpuser_mutex_enter_nowrap(mtx);
	ready++;
	rumpuser_cv_signal(ready_cv);
	while (tickets == 0)
		rumpuser_cv_wait_nowrap(cv, mtx);
	EXPECT(t->lwp.leaves == 0 && t->lwp.scheduled);
	EXPECT(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	if (nowrap_owner) {
		rumpuser_mutex_owner(mtx, &owner);
		EXPECT(owner == &t->lwp);
	}
	rumpuser_mutex_exit(mtx);
}

static const char *nowrap(int flags)
{
	struct lwp *l = rumpuser_curlwp();

	begin(flags);
	nowrap_owner = (flags & KMUTEX) != 0;
	for (unsigned i = 0; i < 20; i++) {
		ready = tickets = 0;
		CHECK(conf_start(&conf_threads[0], waits_nowrap, &conf_threads[0]) == 0);
		rumpuser_mutex_enter_nowrap(mtx);
		while (ready == 0)
			rumpuser_cv_wait_nowrap(ready_cv, mtx);
		CHECK(l->leaves == l->returns);
		CHECK(conf_threads[0].lwp.leaves == 0);
		tickets = 1;
		rumpuser_cv_signal(cv);
		rumpuser_mutex_exit(mtx);
		CHECK(conf_join(&conf_threads[0]) == 0);
	}
	return finish();
}

static const char *nowrap_spin(void)
{
	return nowrap(SPIN);
}

static const char *nowrap_both(void)
{
	return nowrap(SPIN | KMUTEX);
}

static const char *timeout(int flags)
{
	static const int64_t lens[] = {0, 1, 1000, MS, 10 * MS};

	begin(flags);
	rumpuser_mutex_enter(mtx);
	for (unsigned i = 0; i < 5; i++) {
		int64_t start = conf_now_ns();

		CHECK(rumpuser_cv_timedwait(cv, mtx, 0, lens[i]) == RUMP_ETIMEDOUT);
		CHECK(conf_now_ns() - start >= lens[i]);
		CHECK(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	}
	rumpuser_mutex_exit(mtx);
	return finish();
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

	begin(KMUTEX);
	rumpuser_mutex_enter(mtx);
	start = conf_now_ns();
	CHECK(rumpuser_cv_timedwait(cv, mtx, 1, 5 * MS) == RUMP_ETIMEDOUT);
	CHECK(conf_now_ns() - start >= S + 5 * MS);
	/* Of which the nanoseconds carry over. */
	start = conf_now_ns();
	CHECK(rumpuser_cv_timedwait(cv, mtx, 0, S - 1) == RUMP_ETIMEDOUT);
	CHECK(conf_now_ns() - start >= S - 1);
	rumpuser_mutex_exit(mtx);
	return finish();
}

/* An implementation that waits by the wall clock wakes now, or in a day. */
static const char *timeout_not_wall(int64_t step)
{
	int64_t start;
	int error;

	if (conf_host->wall_step == NULL)
		SKIP("the harness cannot step the wall clock");
	begin(KMUTEX);
	rumpuser_mutex_enter(mtx);
	conf_host->wall_step(step);
	start = conf_now_ns();
	error = rumpuser_cv_timedwait(cv, mtx, 0, 5 * MS);
	conf_host->wall_step(-step);
	CHECK(error == RUMP_ETIMEDOUT);
	CHECK(conf_now_ns() - start >= 5 * MS);
	rumpuser_mutex_exit(mtx);
	return finish();
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
	rumpuser_mutex_enter(mtx);
	ready++;
	rumpuser_cv_signal(ready_cv);
	while (tickets == 0)
		EXPECT(rumpuser_cv_timedwait(cv, mtx, long_sec, S - 1) == 0);
	rumpuser_mutex_exit(mtx);
}

/* Signalled before the time is 0; a time that no clock reaches is waited for, not wrapped round. */
static const char *signalled_in_time(int64_t sec)
{
	begin(KMUTEX);
	long_sec = sec;
	WAITERS(4, waits_long);
	rumpuser_mutex_exit(mtx);
	conf_breathe(); /* one that wrapped round is back by now */
	rumpuser_mutex_enter(mtx);
	tickets = 1;
	rumpuser_cv_broadcast(cv);
	rumpuser_mutex_exit(mtx);
	CHECK(join(4) == NULL);
	return finish();
}

static const char *signalled_hour(void)
{
	return signalled_in_time(3600);
}

static const char *signalled_end_of_time(void)
{
	return signalled_in_time(INT64_MAX);
}

static const char *two_conditions(void)
{
	begin(KMUTEX);
	WAITERS(4, waits);
	/* The other condition's broadcast is not theirs. */
	rumpuser_cv_broadcast(ready_cv);
	conf_breathe();
	CHECK(woken == 0 && waiters() > 0);
	tickets = 4;
	rumpuser_cv_broadcast(cv);
	rumpuser_mutex_exit(mtx);
	CHECK(join(4) == NULL);
	return finish();
}

static const char *two_mutexes_in_turn(void)
{
	struct rumpuser_mtx *other;

	begin(KMUTEX);
	rumpuser_mutex_init(&other, SPIN | KMUTEX);
	for (unsigned i = 0; i < 10; i++) {
		rumpuser_mutex_enter(mtx);
		CHECK(rumpuser_cv_timedwait(cv, mtx, 0, 1000) == RUMP_ETIMEDOUT);
		rumpuser_mutex_exit(mtx);
		rumpuser_mutex_enter(other);
		CHECK(rumpuser_cv_timedwait(cv, other, 0, 1000) == RUMP_ETIMEDOUT);
		rumpuser_mutex_exit(other);
	}
	rumpuser_mutex_destroy(other);
	return finish();
}

static void answers(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(mtx);
	for (int i = 0; i < 2000; i++) {
		while (tickets % 2 == 0)
			rumpuser_cv_wait(cv, mtx);
		tickets++;
		rumpuser_cv_signal(ready_cv);
	}
	rumpuser_mutex_exit(mtx);
}

/* A wakeup that is lost ends in the limit. */
static const char *ping_pong(unsigned cpus)
{
	begin(KMUTEX);
	conf_cpus(cpus);
	CHECK(conf_start(&conf_threads[0], answers, NULL) == 0);
	rumpuser_mutex_enter(mtx);
	for (int i = 0; i < 2000; i++) {
		tickets++;
		rumpuser_cv_signal(cv);
		while (tickets % 2 == 1)
			rumpuser_cv_wait(ready_cv, mtx);
	}
	rumpuser_mutex_exit(mtx);
	CHECK(join(1) == NULL);
	CHECK(tickets == 4000);
	return finish();
}

static const char *ping_pong_one(void)
{
	return ping_pong(1);
}

static const char *ping_pong_two(void)
{
	return ping_pong(2);
}

static const char *no_time(void)
{
	begin(KMUTEX);
	rumpuser_mutex_enter(mtx);
	CHECK(rumpuser_cv_timedwait(cv, mtx, 0, S) == RUMP_EINVAL);
	CHECK(rumpuser_cv_timedwait(cv, mtx, 0, -1) == RUMP_EINVAL);
	CHECK(rumpuser_mutex_tryenter(mtx) == RUMP_EBUSY);
	rumpuser_mutex_exit(mtx);
	return finish();
}

#define LOCKS "(Mutexes, rwlocks and condition variables)"
static const struct conf_check checks[] = {
	{"signal wakes one that waits " LOCKS, signal_wakes},
	{"signal wakes also from outside the mutex " LOCKS, signal_without_mutex},
	{"as many signals wake as many " LOCKS, signals_wake_each},
	{"broadcast wakes all " LOCKS, broadcast_wakes_all},
	{"a signal that nobody waits for is not kept for later " LOCKS, not_remembered},
	{"has_waiters while some wait, and not after " LOCKS, has_waiters},
	{"has_waiters does not count who timed out " LOCKS, has_waiters_after_timeout},
	{"KMUTEX: free during the wait, held by its owner after " LOCKS, mutex_back_kmutex},
	{"SPIN|KMUTEX: free during the wait, held by its owner after " LOCKS, mutex_back_both},
	{"SPIN: free during the wait, held after " LOCKS, mutex_back_spin},
	{"a mutex that is waited with has no owner " LOCKS, no_owner_during_wait},
	{"SPIN|KMUTEX: after cv_wait first the CPU, then the mutex " LOCKS, order_both},
	{"SPIN|KMUTEX: after cv_timedwait first the CPU, then the mutex " LOCKS, order_both_timed},
	{"SPIN: after cv_wait first the mutex, then the CPU " LOCKS, order_spin},
	{"SPIN: after cv_timedwait first the mutex, then the CPU " LOCKS, order_spin_timed},
	{"SPIN|KMUTEX: no deadlock with one CPU, 1000 times " LOCKS, one_cpu_both},
	{"KMUTEX: no deadlock with one CPU, 1000 times " LOCKS, one_cpu_kmutex},
	{"SPIN: cv_wait_nowrap keeps the virtual CPU " LOCKS, nowrap_spin},
	{"SPIN|KMUTEX: cv_wait_nowrap keeps the virtual CPU, and the owner comes back " LOCKS,
	 nowrap_both},
	{"KMUTEX: timedwait lasts its time, then ETIMEDOUT with the mutex " LOCKS, timeout_kmutex},
	{"SPIN|KMUTEX: timedwait lasts its time, then ETIMEDOUT with the mutex " LOCKS,
	 timeout_both},
	{"timedwait counts seconds and nanoseconds " LOCKS, timeout_seconds},
	{"timedwait does not care for a wall clock that was set ahead " LOCKS, timeout_wall_ahead},
	{"timedwait does not care for a wall clock that was set back " LOCKS, timeout_wall_behind},
	{"timedwait that is woken within its hour is 0 " LOCKS, signalled_hour},
	{"timedwait for longer than any clock counts is a wait " LOCKS, signalled_end_of_time},
	{"timedwait with nanoseconds that are none is EINVAL (Return values)", no_time},
	{"two conditions of a mutex are apart " LOCKS, two_conditions},
	{"a condition may be used with one mutex, then another " LOCKS, two_mutexes_in_turn},
	{"no wakeup is lost in 4000, on one CPU " LOCKS, ping_pong_one},
	{"no wakeup is lost in 4000, on two CPUs " LOCKS, ping_pong_two},
};
const struct conf_section conf_cv = SECTION("cv", checks);

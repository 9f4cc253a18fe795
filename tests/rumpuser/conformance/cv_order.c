/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of the order in which a waiter gets mutex and virtual CPU back (rumpuser(3), Condition
 * variables).
 */
#include "condition.h"

/*
 * The order in which a waiter gets its mutex and its CPU back. The upcall for the CPU tries the
 * mutex. The mutex is free if the CPU comes first, and held by this very thread if the mutex does.
 * No other thread wants it then.
 */
static bool timed;

static void waits_probing(void *arg)
{
	struct conf_thread *t = arg;

	rumpuser_mutex_enter(cond_mtx);
	t->lwp.probe = cond_mtx;
	t->lwp.probe_result = -1;
	cond_ready++;
	rumpuser_cv_signal(cond_ready_cv);
	if (timed)
		EXPECT(rumpuser_cv_timedwait(cond_cv, cond_mtx, 1000, 0) == 0);
	else
		rumpuser_cv_wait(cond_cv, cond_mtx);
	t->lwp.probe = NULL;
	EXPECT(t->lwp.interlock == cond_mtx);
	EXPECT(rumpuser_mutex_tryenter(cond_mtx) == RUMP_EBUSY);
	rumpuser_mutex_exit(cond_mtx);
}

static const char *order(int flags, bool with_time, int expected)
{
	struct conf_thread *t = &conf_threads[0];

	timed = with_time;
	for (unsigned i = 0; i < 20; i++) {
		cond_begin(flags);
		CHECK(conf_start(t, waits_probing, t) == 0);
		rumpuser_mutex_enter(cond_mtx);
		while (cond_ready == 0)
			rumpuser_cv_wait_nowrap(cond_ready_cv, cond_mtx);
		rumpuser_mutex_exit(cond_mtx);
		/* The waiter waits, and may return on another core at once. */
		rumpuser_cv_signal(cond_cv);
		CHECK(conf_join(t) == 0);
		CHECK(t->lwp.probe_result == expected);
		CHECK(cond_finish() == NULL);
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

/* With one CPU, which main keeps while it spins for the mutex: the holder must not need a CPU. */
static void waits_often(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(cond_mtx);
	while (cond_tickets < 1000) {
		cond_tickets++;
		rumpuser_cv_signal(cond_ready_cv);
		rumpuser_cv_wait(cond_cv, cond_mtx);
	}
	cond_woken = 1;
	rumpuser_mutex_exit(cond_mtx);
}

static const char *one_cpu(int flags)
{
	cond_begin(flags);
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], waits_often, NULL) == 0);
	rumpuser_mutex_enter(cond_mtx);
	for (int i = 1; i <= 1000; i++) {
		while (cond_tickets < i)
			rumpuser_cv_wait(cond_ready_cv, cond_mtx);
		rumpuser_cv_signal(cond_cv);
		/* The waiter takes the mutex; so does this thread, at once. */
		rumpuser_mutex_exit(cond_mtx);
		rumpuser_mutex_enter(cond_mtx);
	}
	rumpuser_cv_signal(cond_cv);
	rumpuser_mutex_exit(cond_mtx);
	CHECK(conf_join(&conf_threads[0]) == 0);
	CHECK(cond_woken == 1);
	return cond_finish();
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

	rumpuser_mutex_enter_nowrap(cond_mtx);
	cond_ready++;
	rumpuser_cv_signal(cond_ready_cv);
	while (cond_tickets == 0)
		rumpuser_cv_wait_nowrap(cond_cv, cond_mtx);
	EXPECT(t->lwp.leaves == 0 && t->lwp.scheduled);
	EXPECT(rumpuser_mutex_tryenter(cond_mtx) == RUMP_EBUSY);
	if (nowrap_owner) {
		rumpuser_mutex_owner(cond_mtx, &owner);
		EXPECT(owner == &t->lwp);
	}
	rumpuser_mutex_exit(cond_mtx);
}

static const char *nowrap(int flags)
{
	struct lwp *l = rumpuser_curlwp();

	cond_begin(flags);
	nowrap_owner = (flags & KMUTEX) != 0;
	for (unsigned i = 0; i < 20; i++) {
		cond_ready = cond_tickets = 0;
		CHECK(conf_start(&conf_threads[0], waits_nowrap, &conf_threads[0]) == 0);
		rumpuser_mutex_enter_nowrap(cond_mtx);
		while (cond_ready == 0)
			rumpuser_cv_wait_nowrap(cond_ready_cv, cond_mtx);
		CHECK(l->leaves == l->returns);
		CHECK(conf_threads[0].lwp.leaves == 0);
		cond_tickets = 1;
		rumpuser_cv_signal(cond_cv);
		rumpuser_mutex_exit(cond_mtx);
		CHECK(conf_join(&conf_threads[0]) == 0);
	}
	return cond_finish();
}

static const char *nowrap_spin(void)
{
	return nowrap(SPIN);
}

static const char *nowrap_both(void)
{
	return nowrap(SPIN | KMUTEX);
}

#define LOCKS "(Mutexes, rwlocks and condition variables)"
static const struct conf_check checks[] = {
	{"SPIN|KMUTEX: after cv_wait first the CPU, then the mutex " LOCKS, order_both},
	{"SPIN|KMUTEX: after cv_timedwait first the CPU, then the mutex " LOCKS, order_both_timed},
	{"SPIN: after cv_wait first the mutex, then the CPU " LOCKS, order_spin},
	{"SPIN: after cv_timedwait first the mutex, then the CPU " LOCKS, order_spin_timed},
	{"SPIN|KMUTEX: no deadlock with one CPU, 1000 times " LOCKS, one_cpu_both},
	{"KMUTEX: no deadlock with one CPU, 1000 times " LOCKS, one_cpu_kmutex},
	{"SPIN: cv_wait_nowrap keeps the virtual CPU " LOCKS, nowrap_spin},
	{"SPIN|KMUTEX: cv_wait_nowrap keeps the virtual CPU, and the owner comes back " LOCKS,
	 nowrap_both},
};
const struct conf_section conf_cv_order = SECTION("cv_order", checks);

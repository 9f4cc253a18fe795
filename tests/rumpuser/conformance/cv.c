/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of condition variables: which waiters wake, and that no wake-up is lost. */
#include "condition.h"

#define MS 1000000l

static const char *signal_wakes(void)
{
	cond_begin(KMUTEX);
	WAITERS(1, cond_waits);
	cond_tickets = 1;
	rumpuser_cv_signal(cond_cv);
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(1) == NULL);
	CHECK(cond_woken == 1);
	return cond_finish();
}

static const char *signal_without_mutex(void)
{
	cond_begin(KMUTEX);
	WAITERS(1, cond_waits);
	cond_tickets = 1;
	rumpuser_mutex_exit(cond_mtx);
	rumpuser_cv_signal(cond_cv);
	CHECK(cond_join(1) == NULL);
	return cond_finish();
}

static const char *signals_wake_each(void)
{
	cond_begin(KMUTEX);
	WAITERS(8, cond_waits);
	for (int i = 1; i <= 8; i++) {
		cond_tickets++;
		rumpuser_cv_signal(cond_cv);
		while (cond_woken < i)
			rumpuser_cv_wait(cond_ready_cv, cond_mtx);
	}
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(8) == NULL);
	return cond_finish();
}

static const char *broadcast_wakes_all(void)
{
	cond_begin(KMUTEX);
	WAITERS(32, cond_waits);
	cond_tickets = 32;
	rumpuser_cv_broadcast(cond_cv);
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(32) == NULL);
	CHECK(cond_woken == 32);
	return cond_finish();
}

static const char *not_remembered(void)
{
	cond_begin(KMUTEX);
	rumpuser_mutex_enter(cond_mtx);
	rumpuser_cv_signal(cond_cv);
	rumpuser_cv_broadcast(cond_cv);
	CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, MS) == RUMP_ETIMEDOUT);
	rumpuser_mutex_exit(cond_mtx);
	return cond_finish();
}

static const char *has_waiters(void)
{
	cond_begin(KMUTEX);
	CHECK(cond_waiters() == 0);
	WAITERS(3, cond_waits);
	CHECK(cond_waiters() > 0);
	cond_tickets = 3;
	rumpuser_cv_broadcast(cond_cv);
	while (cond_woken < 3)
		rumpuser_cv_wait(cond_ready_cv, cond_mtx);
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(3) == NULL);
	CHECK(cond_waiters() == 0);
	return cond_finish();
}

static const char *has_waiters_after_timeout(void)
{
	cond_begin(KMUTEX);
	rumpuser_mutex_enter(cond_mtx);
	for (unsigned i = 0; i < 10; i++) {
		CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, 1000) == RUMP_ETIMEDOUT);
		CHECK(cond_waiters() == 0);
	}
	rumpuser_mutex_exit(cond_mtx);
	return cond_finish();
}

/* On return the mutex is held by this lwp; during the wait it was not. */
static const char *mutex_back(int flags)
{
	struct lwp *owner = NULL;

	cond_begin(flags);
	WAITERS(1, cond_waits); /* it could not have become ready otherwise */
	if (flags & KMUTEX) {
		rumpuser_mutex_owner(cond_mtx, &owner);
		CHECK(owner == rumpuser_curlwp());
	}
	CHECK(rumpuser_mutex_tryenter(cond_mtx) == RUMP_EBUSY);
	cond_tickets = 1;
	rumpuser_cv_signal(cond_cv);
	while (cond_woken == 0)
		rumpuser_cv_wait(cond_ready_cv, cond_mtx);
	CHECK(rumpuser_mutex_tryenter(cond_mtx) == RUMP_EBUSY);
	if (flags & KMUTEX) {
		rumpuser_mutex_owner(cond_mtx, &owner);
		CHECK(owner == rumpuser_curlwp());
	}
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(1) == NULL);
	return cond_finish();
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

	cond_begin(KMUTEX);
	WAITERS(1, cond_waits);
	rumpuser_mutex_exit(cond_mtx);
	rumpuser_mutex_owner(cond_mtx, &owner);
	CHECK(owner == NULL);
	rumpuser_mutex_enter(cond_mtx);
	cond_tickets = 1;
	rumpuser_cv_signal(cond_cv);
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(1) == NULL);
	return cond_finish();
}

static const char *two_conditions(void)
{
	cond_begin(KMUTEX);
	WAITERS(4, cond_waits);
	/* A broadcast of the other condition does not wake them. */
	rumpuser_cv_broadcast(cond_ready_cv);
	conf_breathe();
	CHECK(cond_woken == 0 && cond_waiters() > 0);
	cond_tickets = 4;
	rumpuser_cv_broadcast(cond_cv);
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(4) == NULL);
	return cond_finish();
}

static const char *two_mutexes_in_turn(void)
{
	struct rumpuser_mtx *other;

	cond_begin(KMUTEX);
	rumpuser_mutex_init(&other, SPIN | KMUTEX);
	for (unsigned i = 0; i < 10; i++) {
		rumpuser_mutex_enter(cond_mtx);
		CHECK(rumpuser_cv_timedwait(cond_cv, cond_mtx, 0, 1000) == RUMP_ETIMEDOUT);
		rumpuser_mutex_exit(cond_mtx);
		rumpuser_mutex_enter(other);
		CHECK(rumpuser_cv_timedwait(cond_cv, other, 0, 1000) == RUMP_ETIMEDOUT);
		rumpuser_mutex_exit(other);
	}
	rumpuser_mutex_destroy(other);
	return cond_finish();
}

static void answers(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(cond_mtx);
	for (int i = 0; i < 2000; i++) {
		while (cond_tickets % 2 == 0)
			rumpuser_cv_wait(cond_cv, cond_mtx);
		cond_tickets++;
		rumpuser_cv_signal(cond_ready_cv);
	}
	rumpuser_mutex_exit(cond_mtx);
}

/* A lost wake-up ends in the limit. */
static const char *ping_pong(unsigned cpus)
{
	cond_begin(KMUTEX);
	conf_cpus(cpus);
	CHECK(conf_start(&conf_threads[0], answers, NULL) == 0);
	rumpuser_mutex_enter(cond_mtx);
	for (int i = 0; i < 2000; i++) {
		cond_tickets++;
		rumpuser_cv_signal(cond_cv);
		while (cond_tickets % 2 == 1)
			rumpuser_cv_wait(cond_ready_cv, cond_mtx);
	}
	rumpuser_mutex_exit(cond_mtx);
	CHECK(cond_join(1) == NULL);
	CHECK(cond_tickets == 4000);
	return cond_finish();
}

static const char *ping_pong_one(void)
{
	return ping_pong(1);
}

static const char *ping_pong_two(void)
{
	return ping_pong(2);
}

#define LOCKS "(Mutexes, rwlocks and condition variables)"
static const struct conf_check checks[] = {
	{"signal wakes a waiter " LOCKS, signal_wakes},
	{"signal wakes also from outside the mutex " LOCKS, signal_without_mutex},
	{"as many signals wake as many " LOCKS, signals_wake_each},
	{"broadcast wakes all " LOCKS, broadcast_wakes_all},
	{"a signal without a waiter is not kept for later " LOCKS, not_remembered},
	{"has_waiters while some wait, and not after " LOCKS, has_waiters},
	{"has_waiters does not count a waiter that timed out " LOCKS, has_waiters_after_timeout},
	{"KMUTEX: free during the wait, held by its owner after " LOCKS, mutex_back_kmutex},
	{"SPIN|KMUTEX: free during the wait, held by its owner after " LOCKS, mutex_back_both},
	{"SPIN: free during the wait, held after " LOCKS, mutex_back_spin},
	{"a mutex that is waited with has no owner " LOCKS, no_owner_during_wait},
	{"two conditions of a mutex are apart " LOCKS, two_conditions},
	{"a condition may be used with one mutex, then another " LOCKS, two_mutexes_in_turn},
	{"no wakeup is lost in 4000, on one CPU " LOCKS, ping_pong_one},
	{"no wakeup is lost in 4000, on two CPUs " LOCKS, ping_pong_two},
};
const struct conf_section conf_cv = SECTION("cv", checks);

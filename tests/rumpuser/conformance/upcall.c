/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of rumpuser.h, I2: a hypercall that waits gives the virtual CPU up, once, and has one
 * again on return. I5, that the count of big locks and the interlock come back unchanged, is
 * checked in the upcalls, in every check of the suite; and so is that an upcall comes from a thread
 * with a virtual CPU.
 */
#include "conf.h"

static struct rumpuser_mtx *mtx;
static struct rumpuser_rw *rw;
static struct rumpuser_cv *cv;

static bool gave_way(int times)
{
	struct lwp *l = rumpuser_curlwp();

	return l->leaves == times && l->returns == times && l->scheduled;
}

static const char *sleep_relative(void)
{
	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000) == 0);
	CHECK(gave_way(1));
	CHECK(rumpuser_curlwp()->interlock == NULL);
	return NULL;
}

static const char *sleep_until(void)
{
	int64_t until = conf_now_ns() + 5000000;

	CHECK(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, until / 1000000000,
				   until % 1000000000) == 0);
	CHECK(gave_way(1));
	return NULL;
}

/* The other thread can run only on the CPU that the sleeper left. */
static _Atomic bool over;

static void runs_until_over(void *arg)
{
	(void)arg;
	while (!over)
		conf_breathe();
}

static void ends_it(void *arg)
{
	(void)arg;
	over = true;
}

static const char *sleep_leaves_the_cpu(void)
{
	over = false;
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], ends_it, NULL) == 0);
	while (!over)
		conf_breathe();
	CHECK(conf_join(&conf_threads[0]) == 0);
	return NULL;
}

static const char *join(void)
{
	over = false;
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], runs_until_over, NULL) == 0);
	over = true;
	CHECK(conf_join(&conf_threads[0]) == 0);
	CHECK(gave_way(1));
	return NULL;
}

static void mutex_holder(void *arg)
{
	struct lwp *waiter = arg;

	rumpuser_mutex_enter(mtx);
	conf_stage_set(1);
	/* On the only CPU, which the waiter has given up. */
	conf_leaves_wait(waiter, 1);
	rumpuser_mutex_exit(mtx);
}

static const char *mutex(void)
{
	struct lwp *l = rumpuser_curlwp();

	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], mutex_holder, l) == 0);
	conf_stage_wait(1);
	rumpuser_mutex_enter(mtx);
	CHECK(gave_way(1));
	CHECK(l->interlock == NULL);
	rumpuser_mutex_exit(mtx);
	CHECK(conf_join(&conf_threads[0]) == 0);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static void rw_holder(void *arg)
{
	struct lwp *waiter = arg;

	rumpuser_rw_enter(RUMPUSER_RW_WRITER, rw);
	conf_stage_set(1);
	conf_leaves_wait(waiter, 1);
	rumpuser_rw_exit(rw);
}

static const char *rwlock(int how)
{
	rumpuser_rw_init(&rw);
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], rw_holder, rumpuser_curlwp()) == 0);
	conf_stage_wait(1);
	rumpuser_rw_enter(how, rw);
	CHECK(gave_way(1));
	rumpuser_rw_exit(rw);
	CHECK(conf_join(&conf_threads[0]) == 0);
	rumpuser_rw_destroy(rw);
	return NULL;
}

static const char *rw_reader(void)
{
	return rwlock(RUMPUSER_RW_READER);
}

static const char *rw_writer(void)
{
	return rwlock(RUMPUSER_RW_WRITER);
}

static void cv_signaller(void *arg)
{
	(void)arg;
	rumpuser_mutex_enter(mtx);
	over = true;
	rumpuser_cv_signal(cv);
	rumpuser_mutex_exit(mtx);
}

static const char *cond(bool timed)
{
	struct lwp *l = rumpuser_curlwp();

	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_cv_init(&cv);
	over = false;
	conf_cpus(1);
	CHECK(conf_start(&conf_threads[0], cv_signaller, NULL) == 0);
	rumpuser_mutex_enter(mtx);
	while (!over) {
		int before = l->leaves;

		if (timed)
			CHECK(rumpuser_cv_timedwait(cv, mtx, 1000, 0) == 0);
		else
			rumpuser_cv_wait(cv, mtx);
		CHECK(l->leaves == before + 1 && l->returns == l->leaves && l->scheduled);
		CHECK(l->interlock == mtx);
	}
	rumpuser_mutex_exit(mtx);
	CHECK(conf_join(&conf_threads[0]) == 0);
	rumpuser_cv_destroy(cv);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static const char *cv_wait(void)
{
	return cond(false);
}

static const char *cv_timedwait(void)
{
	return cond(true);
}

static const char *uncontended(void)
{
	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_rw_init(&rw);
	rumpuser_cv_init(&cv);
	rumpuser_mutex_enter(mtx);
	rumpuser_cv_signal(cv);
	rumpuser_cv_broadcast(cv);
	rumpuser_mutex_exit(mtx);
	rumpuser_rw_enter(RUMPUSER_RW_READER, rw);
	rumpuser_rw_exit(rw);
	rumpuser_rw_enter(RUMPUSER_RW_WRITER, rw);
	rumpuser_rw_downgrade(rw);
	rumpuser_rw_exit(rw);
	CHECK(gave_way(0));
	rumpuser_cv_destroy(cv);
	rumpuser_rw_destroy(rw);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static const char *brief(void)
{
	char buf[16];
	int64_t sec;
	void *mem;
	long nsec;

	CHECK(rumpuser_malloc(100, 0, &mem) == 0);
	rumpuser_free(mem, 100);
	CHECK(rumpuser_clock_gettime(RUMPUSER_CLOCK_RELWALL, &sec, &nsec) == 0);
	CHECK(rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)) == 0);
	CHECK(gave_way(0));
	return NULL;
}

static const struct conf_check checks[] = {
	{"a relative sleep gives way, with no interlock (Upcalls and rump kernel context)",
	 sleep_relative},
	{"a sleep until a time gives way (Upcalls and rump kernel context)", sleep_until},
	{"another thread runs on the CPU that a sleeper left (Upcalls and rump kernel context)",
	 sleep_leaves_the_cpu},
	{"thread_join gives way (Upcalls and rump kernel context)", join},
	{"mutex_enter of a held mutex gives way, with no interlock (Upcalls and rump kernel "
	 "context)",
	 mutex},
	{"a reader that waits for a writer gives way (Upcalls and rump kernel context)", rw_reader},
	{"a writer that waits for a writer gives way (Upcalls and rump kernel context)", rw_writer},
	{"cv_wait gives way, with its mutex as interlock (Upcalls and rump kernel context)",
	 cv_wait},
	{"cv_timedwait gives way, with its mutex as interlock (Upcalls and rump kernel context)",
	 cv_timedwait},
	{"locks that are free are taken without giving way (Upcalls and rump kernel context)",
	 uncontended},
	{"memory, clock and parameters are had without giving way (Upcalls and rump kernel "
	 "context)",
	 brief},
};
const struct conf_section conf_upcalls = SECTION("upcalls", checks);

/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of the binding of lwps to threads. */
#include "conf.h"

static struct lwp spare[2];

static const char *current(void)
{
	struct lwp *l = rumpuser_curlwp();

	CHECK(l != NULL);
	for (unsigned i = 0; i < 1000; i++)
		CHECK(rumpuser_curlwp() == l);
	return NULL;
}

static const char *create_binds_nothing(void)
{
	struct lwp *l = rumpuser_curlwp();

	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, &spare[0]);
	CHECK(rumpuser_curlwp() == l);
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, &spare[0]);
	CHECK(rumpuser_curlwp() == l);
	return NULL;
}

static const char *clear_set(void)
{
	struct lwp *l = rumpuser_curlwp();

	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, &spare[0]);
	for (unsigned i = 0; i < 100; i++) {
		rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, l);
		CHECK(rumpuser_curlwp() == NULL);
		rumpuser_curlwpop(RUMPUSER_LWP_SET, &spare[0]);
		CHECK(rumpuser_curlwp() == &spare[0]);
		rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, &spare[0]);
		CHECK(rumpuser_curlwp() == NULL);
		rumpuser_curlwpop(RUMPUSER_LWP_SET, l);
		CHECK(rumpuser_curlwp() == l);
	}
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, &spare[0]);
	return NULL;
}

static void *sees_none(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 1000; i++)
		EXPECT(rumpuser_curlwp() == NULL);
	rumpuser_thread_exit();
}

static const char *none_at_first(void)
{
	void *cookie;

	for (unsigned i = 0; i < 20; i++) {
		CHECK(rumpuser_thread_create(sees_none, NULL, "none", 1, -1, -1, &cookie) == 0);
		CHECK(rumpuser_thread_join(cookie) == 0);
	}
	return NULL;
}

/* A thread that ends with an lwp must not pass it to the next thread on its stack. */
static void *ends_bound(void *arg)
{
	EXPECT(rumpuser_curlwp() == NULL);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, arg);
	EXPECT(rumpuser_curlwp() == arg);
	rumpuser_thread_exit();
}

static const char *not_inherited(void)
{
	void *cookie;

	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, &spare[1]);
	for (unsigned i = 0; i < 20; i++) {
		CHECK(rumpuser_thread_create(ends_bound, &spare[1], "bound", 1, -1, -1, &cookie) ==
		      0);
		CHECK(rumpuser_thread_join(cookie) == 0);
	}
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, &spare[1]);
	return NULL;
}

static void keeps_own(void *arg)
{
	struct conf_thread *t = arg;

	for (unsigned i = 0; i < 200; i++) {
		EXPECT(rumpuser_curlwp() == &t->lwp);
		if (i % 50 == 0)
			conf_breathe();
	}
}

static const char *own_to_each_thread(void)
{
	for (unsigned i = 0; i < CONF_THREADS; i++)
		CHECK(conf_start(&conf_threads[i], keeps_own, &conf_threads[i]) == 0);
	for (unsigned i = 0; i < CONF_THREADS; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	return NULL;
}

static void *borrows(void *arg)
{
	rumpuser_curlwpop(RUMPUSER_LWP_SET, arg);
	EXPECT(rumpuser_curlwp() == arg);
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, arg);
	rumpuser_thread_exit();
}

static const char *moves(void)
{
	void *cookie;

	rumpuser_curlwpop(RUMPUSER_LWP_CREATE, &spare[0]);
	for (unsigned i = 0; i < 20; i++) {
		CHECK(rumpuser_thread_create(borrows, &spare[0], "borrow", 1, -1, -1, &cookie) ==
		      0);
		CHECK(rumpuser_thread_join(cookie) == 0);
	}
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, &spare[0]);
	return NULL;
}

static struct rumpuser_mtx *mtx;

static void contends(void *arg)
{
	struct conf_thread *t = arg;

	for (unsigned i = 0; i < 200; i++) {
		rumpuser_mutex_enter(mtx);
		EXPECT(rumpuser_curlwp() == &t->lwp);
		rumpuser_mutex_exit(mtx);
	}
}

static const char *survives_waiting(void)
{
	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_start(&conf_threads[i], contends, &conf_threads[i]) == 0);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static void fails_once(void *arg)
{
	(void)arg;
	rumpuser_seterrno(97);
	EXPECT(conf_host->errno_get() == 97);
}

static const char *seterrno(void)
{
	if (conf_host->errno_get == NULL)
		SKIP("programs of this host are not in its threads");
	rumpuser_seterrno(RUMP_EBUSY);
	CHECK(conf_host->errno_get() == RUMP_EBUSY);
	rumpuser_seterrno(0);
	CHECK(conf_host->errno_get() == 0);
	return NULL;
}

static const char *seterrno_own(void)
{
	if (conf_host->errno_get == NULL)
		SKIP("programs of this host are not in its threads");
	rumpuser_seterrno(22);
	CHECK(conf_start(&conf_threads[0], fails_once, NULL) == 0);
	CHECK(conf_join(&conf_threads[0]) == 0);
	CHECK(conf_host->errno_get() != 97);
	return NULL;
}

static const struct conf_check checks[] = {
	{"curlwp is the lwp that was set (Threads)", current},
	{"CREATE and DESTROY of another lwp leave the current one (Threads)", create_binds_nothing},
	{"CLEAR leaves none, SET the next (Threads)", clear_set},
	{"a new thread has no lwp: curlwp is NULL (Threads)", none_at_first},
	{"an lwp does not go over to the next thread of the host (Threads)", not_inherited},
	{"64 threads have each their own (Threads)", own_to_each_thread},
	{"an lwp may move from thread to thread (Threads)", moves},
	{"the lwp is the same after a wait (Threads)", survives_waiting},
	{"seterrno is what the program sees as errno (Threads)", seterrno},
	{"seterrno is the calling thread's alone (Threads)", seterrno_own},
};
const struct conf_section conf_lwp = SECTION("lwp", checks);

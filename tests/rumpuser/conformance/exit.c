/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of the end of a rump kernel, each in a process of its own. */
#include "conf.h"

#define NEED_CHILD                                                 \
	do {                                                       \
		if (conf_host->in_child == NULL)                   \
			SKIP("the harness cannot see a host end"); \
	} while (0)

static void boot(void)
{
	static struct lwp lwp;

	if (conf_upcalls_init() != 0)
		rumpuser_exit(99);
	conf_lwp_bind(&lwp);
	conf_cpu_take();
}

static void exits(int value)
{
	boot();
	rumpuser_exit(value);
}

static const char *codes(void)
{
	static const int list[] = {0, 1, 7, 63};

	NEED_CHILD;
	for (unsigned i = 0; i < 4; i++)
		CHECK(conf_host->in_child(exits, list[i]) == list[i]);
	return NULL;
}

static const char *panic(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(exits, RUMPUSER_PANIC) == CONF_PANICKED);
	return NULL;
}

static void exits_before_init(int value)
{
	rumpuser_exit(value);
}

static const char *before_init(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(exits_before_init, 5) == 5);
	return NULL;
}

static void thread_exits(void *arg)
{
	rumpuser_exit((int)(intptr_t)arg);
}

static void exits_elsewhere(int value)
{
	boot();
	if (conf_start(&conf_threads[0], thread_exits, (void *)(intptr_t)value) == 0)
		conf_join(&conf_threads[0]);
	for (;;)
		conf_stage_wait(1);
}

static const char *any_thread(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(exits_elsewhere, 9) == 9);
	CHECK(conf_host->in_child(exits_elsewhere, RUMPUSER_PANIC) == CONF_PANICKED);
	return NULL;
}

static void holds_all(int value)
{
	struct rumpuser_mtx *mtx;
	struct rumpuser_rw *rw;

	boot();
	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_SPIN);
	rumpuser_rw_init(&rw);
	rumpuser_mutex_enter(mtx);
	rumpuser_rw_enter(RUMPUSER_RW_WRITER, rw);
	rumpuser_exit(value);
}

static const char *with_locks(void)
{
	NEED_CHILD;
	CHECK(conf_host->in_child(holds_all, 11) == 11);
	return NULL;
}

static const struct conf_check checks[] = {
	{"exit ends the host with the value (Termination)", codes},
	{"exit works before init (Termination)", before_init},
	{"PANIC ends it abnormally (Termination)", panic},
	{"any thread may end the host while others wait (Termination)", any_thread},
	{"locks that are held do not keep it (Termination)", with_locks},
};
const struct conf_section conf_exit = SECTION("exit", checks);

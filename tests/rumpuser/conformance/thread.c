/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of threads. */
#include "conf.h"

#define MANY 500

static _Atomic int runs;
static _Atomic(void *) got;

/* Threads of the host without an lwp. */
static void *plain(void *arg)
{
	got = arg;
	runs++;
	rumpuser_thread_exit();
}

static const char *argument(void)
{
	void *cookie = NULL;

	for (uintptr_t i = 1; i <= 3; i++) {
		got = NULL;
		CHECK(rumpuser_thread_create(plain, (void *)(i * 77), "arg", 1, -1, -1, &cookie) ==
		      0);
		CHECK(rumpuser_thread_join(cookie) == 0);
		CHECK(got == (void *)(i * 77));
	}
	return NULL;
}

static const char *many_in_turn(void)
{
	void *cookie;

	runs = 0;
	for (unsigned i = 0; i < MANY; i++) {
		CHECK(rumpuser_thread_create(plain, NULL, "turn", 1, -1, -1, &cookie) == 0);
		CHECK(rumpuser_thread_join(cookie) == 0);
	}
	CHECK(runs == MANY);
	return NULL;
}

static void waits_for_all(void *arg)
{
	(void)arg;
	if (++runs == CONF_THREADS)
		conf_stage_set(1);
	conf_stage_wait(1);
}

static const char *many_at_once(void)
{
	runs = 0;
	for (unsigned i = 0; i < CONF_THREADS; i++)
		CHECK(conf_start(&conf_threads[i], waits_for_all, NULL) == 0);
	for (unsigned i = 0; i < CONF_THREADS; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	CHECK(runs == CONF_THREADS);
	return NULL;
}

/* These are not the suite's lwps: without one they could not set the stage. */
static void *detached(void *arg)
{
	struct lwp l = {0};

	conf_lwp_bind(&l);
	conf_cpu_take();
	if (++runs == (int)(uintptr_t)arg)
		conf_stage_set(1);
	conf_cpu_drop();
	conf_lwp_unbind(&l);
	rumpuser_thread_exit();
}

static const char *not_joined(void)
{
	runs = 0;
	for (unsigned i = 0; i < 200; i++)
		CHECK(rumpuser_thread_create(detached, (void *)200, "detached", 0, -1, -1, NULL) ==
		      0);
	conf_stage_wait(1);
	CHECK(runs == 200);
	return NULL;
}

static _Atomic bool ended;

static void ends_late(void *arg)
{
	(void)arg;
	conf_breathe();
	conf_breathe();
	ended = true;
}

static const char *join_waits(void)
{
	for (unsigned i = 0; i < 10; i++) {
		ended = false;
		CHECK(conf_start(&conf_threads[0], ends_late, NULL) == 0);
		CHECK(conf_join(&conf_threads[0]) == 0);
		CHECK(ended);
	}
	return NULL;
}

static const char *join_ended(void)
{
	void *cookie[8];

	runs = 0;
	for (unsigned i = 0; i < 8; i++)
		CHECK(rumpuser_thread_create(plain, NULL, "ended", 1, -1, -1, &cookie[i]) == 0);
	while (runs < 8)
		conf_breathe();
	conf_breathe();
	for (unsigned i = 8; i > 0; i--)
		CHECK(rumpuser_thread_join(cookie[i - 1]) == 0);
	return NULL;
}

static const char *cookies(void)
{
	runs = 0;
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_start(&conf_threads[i], waits_for_all, NULL) == 0);
	for (unsigned i = 0; i < 8; i++)
		for (unsigned j = 0; j < i; j++)
			CHECK(conf_threads[i].cookie != conf_threads[j].cookie);
	conf_stage_set(1);
	for (unsigned i = 0; i < 8; i++)
		CHECK(conf_join(&conf_threads[i]) == 0);
	return NULL;
}

static const char *names(void)
{
	static const char *const list[] = {
		NULL, "", "x", "a name that is much longer than any host has room for, surely"};
	void *cookie;

	for (unsigned i = 0; i < 4; i++) {
		runs = 0;
		CHECK(rumpuser_thread_create(plain, NULL, list[i], 1, -1, -1, &cookie) == 0);
		CHECK(rumpuser_thread_join(cookie) == 0);
		CHECK(runs == 1);
	}
	return NULL;
}

/* The kernel's priorities, with those of soft interrupts (NetBSD sys/param.h: 0 to 223). */
static const char *priorities(void)
{
	static const int list[] = {-1, 0, 63, 95, 96, 128, 191, 192, 220, 223};
	void *cookie;

	for (unsigned i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		runs = 0;
		CHECK(rumpuser_thread_create(plain, NULL, "prio", 1, list[i], -1, &cookie) == 0);
		CHECK(rumpuser_thread_join(cookie) == 0);
		CHECK(runs == 1);
	}
	return NULL;
}

static const char *cpus(void)
{
	void *cookie;

	for (int cpu = -1; cpu < 4; cpu++) {
		runs = 0;
		CHECK(rumpuser_thread_create(plain, NULL, "cpu", 1, -1, cpu, &cookie) == 0);
		CHECK(rumpuser_thread_join(cookie) == 0);
		CHECK(runs == 1);
	}
	return NULL;
}

/* What a thread was granted, and what a thread that it made without a wish was. */
struct grant {
	int cpu, urgency;
	struct grant *childs;
};

static void *granted(void *arg)
{
	struct grant *g = arg;
	struct lwp l = {0};
	void *cookie;

	conf_lwp_bind(&l);
	conf_cpu_take();
	g->cpu = conf_host->thread_cpu != NULL ? conf_host->thread_cpu() : 0;
	g->urgency = conf_host->thread_urgency != NULL ? conf_host->thread_urgency() : 0;
	if (g->childs != NULL) {
		EXPECT(rumpuser_thread_create(granted, g->childs, "child", 1, -1, -1, &cookie) ==
		       0);
		EXPECT(rumpuser_thread_join(cookie) == 0);
	}
	conf_cpu_drop();
	conf_lwp_unbind(&l);
	rumpuser_thread_exit();
}

static bool grant(int priority, int cpuidx, struct grant *g)
{
	void *cookie;

	return rumpuser_thread_create(granted, g, "grant", 1, priority, cpuidx, &cookie) == 0 &&
	       rumpuser_thread_join(cookie) == 0;
}

static const char *cpu_bound(void)
{
	struct grant child = {0}, g = {.childs = &child};
	int n = (int)conf_host->cpus;

	if (n < 2)
		SKIP("the host has one CPU");
	CHECK(grant(-1, -1, &g) && g.cpu == -1);
	for (int cpu = 0; cpu < 2 * n; cpu++) {
		child = (struct grant){0};
		CHECK(grant(-1, cpu, &g));
		CHECK(g.cpu == cpu % n);
		CHECK(child.cpu == -1);
	}
	return NULL;
}

static const char *priority_granted(void)
{
	static const int list[] = {-1, 0, 127, 128, 191, 192, 223};
	struct grant child = {0}, usual = {0}, g = {.childs = &child};
	int least;

	if (conf_host->thread_urgency == NULL)
		SKIP("the host does not grant priorities, or does not tell");
	CHECK(grant(-1, -1, &usual));
	least = usual.urgency;
	for (unsigned i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		child = (struct grant){0};
		CHECK(grant(list[i], -1, &g));
		CHECK(g.urgency >= least);
		CHECK(g.urgency > least || (list[i] != 128 && list[i] != 192));
		CHECK(child.urgency == usual.urgency);
		least = g.urgency;
	}
	return NULL;
}

static struct rumpuser_mtx *mtx;
static struct rumpuser_cv *cv;
static bool go;
static int order[2], norder;

static void *takes_turn(void *arg)
{
	struct lwp l = {0};

	conf_lwp_bind(&l);
	conf_cpu_take();
	rumpuser_mutex_enter(mtx);
	runs++;
	rumpuser_cv_broadcast(cv);
	while (!go)
		rumpuser_cv_wait(cv, mtx);
	order[norder++] = (int)(uintptr_t)arg;
	rumpuser_mutex_exit(mtx);
	conf_cpu_drop();
	conf_lwp_unbind(&l);
	rumpuser_thread_exit();
}

static const char *priority_order(void)
{
	static const int prio[2] = {10, 200};
	void *cookie[2];

	if (!conf_host->priorities)
		SKIP("the host's CPUs run them at once");
	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_cv_init(&cv);
	go = false;
	runs = norder = 0;
	for (unsigned i = 0; i < 2; i++)
		CHECK(rumpuser_thread_create(takes_turn, (void *)(uintptr_t)prio[i], "order", 1,
					     prio[i], 0, &cookie[i]) == 0);
	rumpuser_mutex_enter(mtx);
	while (runs < 2)
		rumpuser_cv_wait(cv, mtx);
	go = true;
	rumpuser_cv_broadcast(cv);
	rumpuser_mutex_exit(mtx);
	for (unsigned i = 0; i < 2; i++)
		CHECK(rumpuser_thread_join(cookie[i]) == 0);
	CHECK(order[0] == 200 && order[1] == 10);
	rumpuser_cv_destroy(cv);
	rumpuser_mutex_destroy(mtx);
	return NULL;
}

static void exit_below(int depth);
static void (*volatile deeper)(int) = exit_below;

static void exit_below(int depth)
{
	if (depth > 0)
		deeper(depth - 1);
	else
		rumpuser_thread_exit();
	conf_wrong("thread_exit came back");
}

static void *exits_deep(void *arg)
{
	runs++;
	exit_below((int)(uintptr_t)arg);
	return NULL;
}

static const char *exit_anywhere(void)
{
	void *cookie;

	runs = 0;
	CHECK(rumpuser_thread_create(exits_deep, (void *)10, "deep", 1, -1, -1, &cookie) == 0);
	CHECK(rumpuser_thread_join(cookie) == 0);
	CHECK(runs == 1);
	return NULL;
}

/* Deeper than a rump kernel goes: 16 KiB, which is the size of NetBSD's own kernel stacks. */
static void uses_stack(void *arg)
{
	volatile char deep[16384];

	(void)arg;
	for (unsigned i = 0; i < sizeof(deep); i += 64)
		deep[i] = (char)i;
	for (unsigned i = 0; i < sizeof(deep); i += 64)
		EXPECT(deep[i] == (char)i);
}

static const char *stack(void)
{
	CHECK(conf_start(&conf_threads[0], uses_stack, NULL) == 0);
	CHECK(conf_join(&conf_threads[0]) == 0);
	return NULL;
}

static void creates(void *arg)
{
	uintptr_t left = (uintptr_t)arg;
	struct conf_thread *t = &conf_threads[left];

	runs++;
	if (left == 0)
		return;
	EXPECT(conf_start(t, creates, (void *)(left - 1)) == 0);
	EXPECT(conf_join(t) == 0);
}

static const char *nested(void)
{
	runs = 0;
	creates((void *)20);
	CHECK(runs == 21);
	return NULL;
}

static const struct conf_check checks[] = {
	{"a thread's function gets its argument (Threads)", argument},
	{"500 threads in turn leave nothing behind that the next would need (Threads)",
	 many_in_turn},
	{"64 threads are there at once (Threads)", many_at_once},
	{"a thread that is not joined runs and ends, 200 of them (Threads)", not_joined},
	{"join returns when the thread has ended, not before (Threads)", join_waits},
	{"join of a thread that has ended succeeds, in any order (Threads)", join_ended},
	{"each joinable thread has a cookie of its own (Threads)", cookies},
	{"any name, long or none, makes a thread (Threads)", names},
	{"every priority of the kernel's makes a thread (Threads)", priorities},
	{"of two threads woken at once the one of higher priority comes first (Threads)",
	 priority_order},
	{"a thread may be bound to any virtual CPU (Threads)", cpus},
	{"a thread runs on the CPU that it is bound to, and its children where they like (Threads)",
	 cpu_bound},
	{"a thread of a higher class of priorities is more urgent, its children are not (Threads)",
	 priority_granted},
	{"thread_exit ends the thread from any depth (Threads)", exit_anywhere},
	{"a thread has a stack of 16 KiB and more (Threads)", stack},
	{"threads may create threads and join them (Threads)", nested},
};
const struct conf_section conf_thread = SECTION("thread", checks);

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercalls over the fake COS, under a rump kernel that consists of one virtual CPU and
 * nothing else: which thread has the CPU, and whether a hypercall gave it up when it had to and in
 * the right order (rumpuser.h, I2 and I5).
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>
#include <unistd.h>

#include <cos/abi.h>
#include <rump/errno.h>
#include <rumpcomp_pci.h>
#include <rumpcomp_virtif.h>
#include <rumpuser.h>
#include "rumpuser/cos/client.h"
#include "rumpuser/cos/errno.h"
#include "rumpuser/cos/signal.h"
#define sched_yield cos_sched_yield /* the host has another */
#include <sched/sched.h>
#undef sched_yield
#include "fake.h"

static pthread_mutex_t cpu_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic unsigned unscheduled; /* how often the CPU was given up for a wait */
static _Atomic int lwps_made;
static struct rumpuser_mtx
	*probe; /* is it free when a CPU is given up, and when one is waited for? */
static int probe_left, probe_result;
static _Thread_local bool have_cpu;

static void cpu_take(void)
{
	pthread_mutex_lock(&cpu_lock);
	have_cpu = true;
}

static void cpu_drop(void)
{
	assert_true(have_cpu);
	have_cpu = false;
	pthread_mutex_unlock(&cpu_lock);
}

static int probe_try(void)
{
	int error = rumpuser_mutex_tryenter(probe);

	if (error == 0)
		rumpuser_mutex_exit(probe);
	return error;
}

static void up_backend_unschedule(int nlocks, int *count, void *interlock)
{
	(void)nlocks, (void)interlock;
	*count = 42;
	unscheduled++;
	if (probe)
		probe_left = probe_try();
	cpu_drop();
}

static void up_backend_schedule(int nlocks, void *interlock)
{
	(void)interlock;
	assert_int_equal(nlocks, 42);
	if (probe)
		probe_result = probe_try();
	cpu_take();
}

static int up_newlwp(int32_t pid)
{
	assert_int_equal(pid, 0);
	assert_true(have_cpu);
	rumpuser_curlwpop(RUMPUSER_LWP_SET, (struct lwp *)(uintptr_t)(0x1000 + ++lwps_made));
	return 0;
}

static const struct rumpuser_hyperup upcalls = {
	.hyp_schedule = cpu_take,
	.hyp_unschedule = cpu_drop,
	.hyp_backend_unschedule = up_backend_unschedule,
	.hyp_backend_schedule = up_backend_schedule,
	.hyp_lwproc_newlwp = up_newlwp,
};

/* Run fn to its end in a thread of the rump kernel, which takes turns on the CPU. */
static void *joined_start(void *arg)
{
	void (*fn)(void) = *(void (**)(void))arg;

	cpu_take();
	fn();
	cpu_drop();
	rumpuser_thread_exit();
}

static void *thread_run(void (**fn)(void))
{
	void *cookie = NULL;

	assert_int_equal(rumpuser_thread_create(joined_start, fn, "test", 1, -1, -1, &cookie), 0);
	assert_non_null(cookie);
	return cookie;
}

static int setup(void **state)
{
	(void)state;
	cpu_take();
	unscheduled = 0;
	probe = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cpu_drop();
	return 0;
}

static void speaks_version_17_only(void **state)
{
	(void)state;
	assert_int_equal(rumpuser_init(16, &upcalls), RUMP_EPROGMISMATCH);
	assert_int_equal(rumpuser_init(17, &upcalls), 0);
}

static void tells_parameters(void **state)
{
	char buf[32];

	(void)state;
	fake_params = "RUMP_NCPU=3\0RUMP_MEMLIMIT=64M\0";
	assert_int_equal(rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "3");
	assert_int_equal(rumpuser_getparam("RUMP_MEMLIMIT", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "64m"); /* as NetBSD reads it */
	assert_int_equal(rumpuser_getparam("RUMP_MEMLIMIT", buf, 3), RUMP_E2BIG);
	fake_params = "RUMP_NCPU=3\0";
	assert_int_equal(rumpuser_getparam("RUMP_MEMLIMIT", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "134217728"); /* half of the 65536 free pages */
	fake_usage = 1000;
	fake_limit = 3000;
	assert_int_equal(rumpuser_getparam("RUMP_MEMLIMIT", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "4096000"); /* half of the 2000 that the domain has left */
	fake_limit = 0;
	assert_int_equal(rumpuser_getparam("NONE", buf, sizeof(buf)), RUMP_ENOENT);
	assert_int_equal(rumpuser_getparam(RUMPUSER_PARAM_HOSTNAME, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "rump-7");
	fake_params = "\0";
	assert_int_equal(rumpuser_getparam(RUMPUSER_PARAM_NCPU, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "1");
}

static void clocks_run_and_sleeps_last(void **state)
{
	int64_t s0, s1, w0, w1;
	long n0, n1;

	(void)state;
	assert_int_equal(rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &s0, &n0), 0);
	assert_int_equal(rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 20000000), 0);
	assert_int_equal(rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &s1, &n1), 0);
	assert_true((s1 - s0) * 1000000000 + n1 - n0 >= 20000000);
	assert_int_equal(unscheduled, 1);
	/*
	 * A time in the past: over at once, but the CPU is still given up, since the host may learn
	 * only later that the time has passed.
	 */
	assert_int_equal(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, s0, n0), 0);
	assert_int_equal(unscheduled, 2);
	assert_int_equal(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, s1, n1 / 2 + 499999999), 0);
	assert_int_equal(rumpuser_clock_sleep(RUMPUSER_CLOCK_ABSMONO, 0, 1000000000), RUMP_EINVAL);
	assert_int_equal(rumpuser_clock_sleep(7, 0, 0), RUMP_EINVAL);
	assert_int_equal(rumpuser_clock_gettime(7, &w0, &n0), RUMP_EINVAL);
	assert_int_equal(rumpuser_clock_gettime(RUMPUSER_CLOCK_RELWALL, &w1, &n1), 0);
	assert_true(w1 > 1700000000);
}

static struct rumpuser_mtx *mtx;
static struct rumpuser_cv *cv;
static int stage;

static void holds_mutex_then_lets_go(void)
{
	rumpuser_mutex_enter(mtx);
	stage = 1;
	rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 20000000);
	stage = 2;
	rumpuser_mutex_exit(mtx);
}

static void mutex_waits_without_the_cpu(void **state)
{
	void (*fn)(void) = holds_mutex_then_lets_go;
	struct lwp *owner;
	void *cookie;

	(void)state;
	rumpuser_curlwpop(RUMPUSER_LWP_SET, (struct lwp *)0x10);
	rumpuser_mutex_init(&mtx, RUMPUSER_MTX_KMUTEX);
	rumpuser_mutex_enter(mtx);
	assert_int_equal(unscheduled, 0);
	rumpuser_mutex_owner(mtx, &owner);
	assert_ptr_equal(owner, (struct lwp *)0x10);
	assert_int_equal(rumpuser_mutex_tryenter(mtx), RUMP_EBUSY);
	rumpuser_mutex_exit(mtx);
	rumpuser_mutex_owner(mtx, &owner);
	assert_null(owner);

	stage = 0;
	cookie = thread_run(&fn);
	while (stage == 0)
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000);
	rumpuser_mutex_enter(mtx);
	assert_int_equal(stage, 2);
	rumpuser_mutex_exit(mtx);
	assert_int_equal(rumpuser_thread_join(cookie), 0);
	rumpuser_mutex_destroy(mtx);
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, (struct lwp *)0x10);
}

static void signals_when_waited_for(void)
{
	int waiters = 0;

	while (!waiters) {
		rumpuser_mutex_enter(mtx);
		rumpuser_cv_has_waiters(cv, &waiters);
		rumpuser_mutex_exit(mtx);
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000);
	}
	rumpuser_mutex_enter(mtx);
	stage = 1;
	rumpuser_cv_signal(cv);
	rumpuser_mutex_exit(mtx);
}

static void cv_order(int flags, int want_probe)
{
	void (*fn)(void) = signals_when_waited_for;
	void *cookie;
	int waiters;

	rumpuser_mutex_init(&mtx, flags);
	rumpuser_cv_init(&cv);
	rumpuser_cv_signal(cv);
	rumpuser_cv_broadcast(cv);
	stage = 0;
	rumpuser_mutex_enter(mtx);
	cookie = thread_run(&fn);
	unscheduled = 0;
	rumpuser_cv_wait(cv, mtx);
	assert_true(have_cpu);
	assert_true(unscheduled >= 1);
	assert_int_equal(stage, 1);
	assert_int_equal(rumpuser_mutex_tryenter(mtx), RUMP_EBUSY);
	rumpuser_mutex_exit(mtx);
	assert_int_equal(rumpuser_thread_join(cookie), 0);
	rumpuser_cv_has_waiters(cv, &waiters);
	assert_int_equal(waiters, 0);

	/*
	 * No other thread runs now: is the mutex held without the CPU, on the way in and back
	 * (cv.c, I1, I2)?
	 */
	rumpuser_mutex_enter(mtx);
	probe = mtx;
	probe_left = probe_result = -1;
	assert_int_equal(rumpuser_cv_timedwait(cv, mtx, 0, 5000000), RUMP_ETIMEDOUT);
	probe = NULL;
	assert_int_equal(probe_left, want_probe);
	assert_int_equal(probe_result, want_probe);
	assert_int_equal(rumpuser_cv_timedwait(cv, mtx, -1, 0), RUMP_EINVAL);
	assert_int_equal(rumpuser_cv_timedwait(cv, mtx, 0, 1000000000), RUMP_EINVAL);
	rumpuser_mutex_exit(mtx);
	rumpuser_cv_destroy(cv);
	rumpuser_mutex_destroy(mtx);
}

static void cv_holds_no_mutex_without_the_cpu(void **state)
{
	(void)state;
	cv_order(RUMPUSER_MTX_KMUTEX, 0);
	cv_order(RUMPUSER_MTX_SPIN, RUMP_EBUSY); /* like that of the rump kernel's scheduler */
	cv_order(RUMPUSER_MTX_SPIN | RUMPUSER_MTX_KMUTEX, 0);
}

static void rwlock_is_shared_or_not(void **state)
{
	struct rumpuser_rw *rw;
	int held;

	(void)state;
	rumpuser_curlwpop(RUMPUSER_LWP_SET, (struct lwp *)0x10);
	rumpuser_rw_init(&rw);
	rumpuser_rw_enter(RUMPUSER_RW_READER, rw);
	assert_int_equal(rumpuser_rw_tryenter(RUMPUSER_RW_READER, rw), 0);
	rumpuser_rw_held(RUMPUSER_RW_READER, rw, &held);
	assert_int_equal(held, 1);
	rumpuser_rw_held(RUMPUSER_RW_WRITER, rw, &held);
	assert_int_equal(held, 0);
	assert_int_equal(rumpuser_rw_tryupgrade(rw), RUMP_EBUSY);
	rumpuser_rw_exit(rw);
	assert_int_equal(rumpuser_rw_tryenter(RUMPUSER_RW_WRITER, rw), RUMP_EBUSY);
	assert_int_equal(rumpuser_rw_tryenter(7, rw), RUMP_EINVAL);
	assert_int_equal(rumpuser_rw_tryupgrade(rw), 0);
	rumpuser_rw_held(RUMPUSER_RW_WRITER, rw, &held);
	assert_int_equal(held, 1);
	assert_int_equal(rumpuser_rw_tryenter(RUMPUSER_RW_READER, rw), RUMP_EBUSY);
	rumpuser_rw_downgrade(rw);
	assert_int_equal(rumpuser_rw_tryenter(RUMPUSER_RW_READER, rw), 0);
	rumpuser_rw_held(RUMPUSER_RW_WRITER, rw, &held);
	assert_int_equal(held, 0);
	rumpuser_rw_exit(rw);
	rumpuser_rw_exit(rw);
	rumpuser_rw_held(RUMPUSER_RW_READER, rw, &held);
	assert_int_equal(held, 0);
	rumpuser_rw_enter(RUMPUSER_RW_WRITER, rw);
	rumpuser_rw_exit(rw);
	assert_int_equal(unscheduled, 0);
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, (struct lwp *)0x10);
	/* A free lock is not held by a thread without an lwp. */
	rumpuser_rw_held(RUMPUSER_RW_WRITER, rw, &held);
	assert_int_equal(held, 0);
	rumpuser_rw_destroy(rw);
}

static void memory_is_aligned_and_zeroed(void **state)
{
	void *mem;

	(void)state;
	for (int align = 1; align <= 1 << 22; align *= 2) {
		assert_int_equal(rumpuser_malloc(1000, align, &mem), 0);
		assert_int_equal((uintptr_t)mem % (unsigned)align, 0);
		memset(mem, 0xff, 1000);
		rumpuser_free(mem, 1000);
	}
	assert_int_equal(rumpuser_malloc(10, 3, &mem), RUMP_EINVAL);
	assert_int_equal(rumpuser_anonmmap(NULL, 100000, 16, 0, &mem), 0);
	assert_int_equal((uintptr_t)mem % 65536, 0);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(((uint8_t *)mem)[i], 0);
	rumpuser_unmap(mem, 100000);
	assert_int_equal(rumpuser_anonmmap(NULL, 0, 0, 0, &mem), RUMP_EINVAL);
	assert_int_equal(rumpuser_anonmmap(NULL, 4096, 41, 0, &mem), RUMP_EINVAL);
	assert_int_equal(rumpuser_anonmmap(NULL, SIZE_MAX, 0, 0, &mem), RUMP_ENOMEM);
	assert_int_equal(rumpuser_anonmmap(NULL, 1ul << 50, 0, 0, &mem), RUMP_ENOMEM);
}

static void memory_is_executable_if_asked(void **state)
{
	static const uint8_t code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov $42, %eax; ret */
	void *mem, *wish;

	(void)state;
	for (int alignbit = 0; alignbit <= 22; alignbit++) {
		assert_int_equal(rumpuser_anonmmap(NULL, 5000, alignbit, 1, &mem), 0);
		assert_int_equal((uintptr_t)mem % (1ul << alignbit), 0);
		memcpy(mem, code, sizeof(code));
		assert_int_equal(((int (*)(void))mem)(), 42);
		rumpuser_unmap(mem, 5000);
	}
	/* At the wanted address, and elsewhere if that is taken. */
	wish = (void *)0x7ff00000ul;
	assert_int_equal(rumpuser_anonmmap(wish, 5000, 0, 1, &mem), 0);
	assert_ptr_equal(mem, wish);
	assert_int_equal(rumpuser_anonmmap(wish, 5000, 0, 1, &wish), 0);
	assert_ptr_not_equal(mem, wish);
	rumpuser_unmap(mem, 5000);
	rumpuser_unmap(wish, 5000);
}

static void random_numbers_differ(void **state)
{
	static uint8_t a[3 << 20], b[64];
	unsigned count[256] = {0};
	size_t got;

	(void)state;
	assert_int_equal(rumpuser_getrandom(a, sizeof(a), 0, &got), 0);
	assert_int_equal(got, sizeof(a));
	assert_int_equal(rumpuser_getrandom(b, sizeof(b), 0, &got), 0);
	assert_memory_not_equal(a, b, sizeof(b));
	assert_memory_not_equal(a, a + 64, 64);
	for (size_t i = 0; i < sizeof(a); i++)
		count[a[i]]++;
	/* 12,288 expected of each; 600 is more than five standard deviations. */
	for (unsigned i = 0; i < 256; i++)
		assert_in_range(count[i], 12288 - 600, 12288 + 600);
}

/*
 * Each 32 bytes of HARD have a new seed (random.c, I3); NOWAIT does not ask the device, which may
 * block.
 */
static void random_numbers_have_seeds(void **state)
{
	uint8_t a[100];
	size_t got;

	(void)state;
	fake_entropy.draws = 0;
	unscheduled = 0;
	assert_int_equal(rumpuser_getrandom(a, 100, RUMPUSER_RANDOM_HARD, &got), 0);
	assert_int_equal(got, 100);
	assert_int_equal(fake_entropy.draws, 4 * 4);
	assert_int_equal(unscheduled, 4);
	assert_int_equal(
		rumpuser_getrandom(a, 100, RUMPUSER_RANDOM_HARD | RUMPUSER_RANDOM_NOWAIT, &got), 0);
	assert_true(got <= 100);
	assert_int_equal(rumpuser_getrandom(a, 100, 0, &got), 0);
	assert_int_equal(got, 100);
	assert_int_equal(fake_entropy.draws, 4 * 4);
	assert_int_equal(unscheduled, 4);
	/* A failing device does not matter as long as the CPU has numbers (random.c, I2). */
	fake_entropy.error = -COS_EIO;
	assert_int_equal(rumpuser_getrandom(a, 100, RUMPUSER_RANDOM_HARD, &got), 0);
	assert_int_equal(got, 100);
	fake_entropy.error = 0;
}

/* Entries of link sets, as in the objects of a rump kernel. */
static const struct modinfo *const module_a __attribute__((used, section("link_set_modules"))) =
	(const struct modinfo *)0x100;
static const struct modinfo *const module_b __attribute__((used, section("link_set_modules"))) =
	(const struct modinfo *)0x200;
static const struct rump_component *const component_a
	__attribute__((used, section("link_set_rump_components"))) =
		(const struct rump_component *)0x300;
static uintptr_t modules_sum, components_sum;
static unsigned modinits;

static void modinit(const struct modinfo *const *modules, size_t count)
{
	modinits++;
	while (count > 0)
		modules_sum += (uintptr_t)modules[--count];
}

static void compload(const struct rump_component *component)
{
	components_sum += (uintptr_t)component;
}

static void link_sets_are_handed_over(void **state)
{
	(void)state;
	rumpuser_dl_bootstrap(modinit, NULL, compload);
	assert_int_equal(modinits, 1);
	assert_int_equal(modules_sum, 0x300);
	assert_int_equal(components_sum, 0x300);
}

static void daemons_say_how_they_started(void **state)
{
	(void)state;
	assert_int_equal(rumpuser_daemonize_done(0), RUMP_ENOENT);
	assert_int_equal(rumpuser_daemonize_begin(), 0);
	assert_int_equal(rumpuser_daemonize_begin(), RUMP_EINPROGRESS);
	memset(fake_log, 0, sizeof(fake_log));
	assert_int_equal(rumpuser_daemonize_done(0), 0);
	assert_string_equal(fake_log, "");
	assert_int_equal(rumpuser_daemonize_done(5), 0);
	assert_non_null(strstr(fake_log, "error 5"));
}

static int signal_taken;

bool component_signal(int netbsd_signal)
{
	signal_taken = netbsd_signal;
	return netbsd_signal == 30;
}

static jmp_buf exited;

static void exit_by(long status)
{
	longjmp(exited, (int)status);
}

/* This component imports no nic and its kernel has no upcall for it: it links without either. */
static void interfaces_need_a_nic(void **state)
{
	struct virtif_user *viu = NULL;
	uint8_t mac[6] = {0};

	(void)state;
	assert_int_equal(rumpcomp_virt_create("0", NULL, mac, &viu), RUMP_ENXIO);
	assert_null(viu);
}

static void signals_are_for_the_component(void **state)
{
	(void)state;
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, 64), RUMP_EINVAL);
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, -1), RUMP_EINVAL);
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, 0), 0);
	assert_int_equal(rumpuser_kill(RUMPUSER_PID_SELF, 30), 0);
	assert_int_equal(signal_taken, 30);
	assert_int_equal(rumpuser_kill(1, 20), 0); /* a child's end is ignored */
	assert_int_equal(rumpuser_kill(1, 17), RUMP_EOPNOTSUPP);
	fake_exit = exit_by;
	switch (setjmp(exited)) {
	case 0:
		rumpuser_kill(1, 15);
		fail();
		break;
	case 128 + 15:
		break;
	default:
		fail();
	}
}

static void exit_tells_its_status(void **state)
{
	(void)state;
	fake_exit = exit_by;
	memset(fake_log, 0, sizeof(fake_log));
	rumpuser_putchar('x');
	switch (setjmp(exited)) {
	case 0:
		rumpuser_exit(7);
	case 7:
		break;
	default:
		fail();
	}
	assert_string_equal(fake_log, "x"); /* an unfinished line is not lost */
}

static void errno_is_of_the_thread(void);

static void errno_is_kept(void **state)
{
	void (*fn)(void) = errno_is_of_the_thread;
	void *cookie;

	(void)state;
	assert_int_equal(rumpuser_geterrno(), 0);
	rumpuser_seterrno(RUMP_EBUSY);
	cookie = thread_run(&fn);
	assert_int_equal(rumpuser_thread_join(cookie), 0);
	assert_int_equal(rumpuser_geterrno(), RUMP_EBUSY);
}

static void errno_is_of_the_thread(void)
{
	assert_int_equal(rumpuser_geterrno(), 0);
	rumpuser_seterrno(RUMP_ENOENT);
	assert_int_equal(rumpuser_geterrno(), RUMP_ENOENT);
}

static void long_text_is_whole(void **state)
{
	static char text[2000];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[0] = text[sizeof(text) - 2] = 'z';
	memset(fake_log, 0, sizeof(fake_log));
	rumpuser_dprintf("<%s|%d>", text, 42);
	assert_int_equal(strlen(fake_log), sizeof(text) - 1 + 5);
	assert_memory_equal(fake_log + 1, text, sizeof(text) - 1);
	assert_string_equal(fake_log + sizeof(text), "|42>");
}

static void does_nothing(void)
{
}

static void priorities_are_kept(void **state)
{
	void (*fn)(void) = does_nothing;
	long before = LONG_MAX;
	void *cookie;

	(void)state;
	for (int priority = -1; priority <= 300; priority++) {
		assert_int_equal(
			rumpuser_thread_create(joined_start, &fn, "test", 1, priority, 0, &cookie),
			0);
		assert_true(fake_last_prio <= before);
		before = fake_last_prio;
		if (priority == 63)
			assert_int_equal(fake_last_prio, SCHED_PRIO_SERVICE);
		if (priority == 130 || priority == 200)
			assert_true(fake_last_prio < SCHED_PRIO_SERVICE);
		assert_int_equal(rumpuser_thread_join(cookie), 0);
	}
	assert_true(before > SCHED_PRIO_IRQ);
}

static int no_process(struct client *c, int32_t *pid)
{
	(void)c;
	*pid = 77;
	return 0;
}

static void signals_are_for_clients(void **state)
{
	struct client *c;
	uint64_t past = 1;
	void *mem;

	(void)state;
	assert_int_equal(client_get(9, no_process, &c), 0);
	assert_int_equal(client_signal(9, past), -COS_ETIMEDOUT);
	assert_int_equal(rumpuser_sp_raise(c, 13), 0);
	assert_int_equal(rumpuser_sp_raise(c, 13), 0);
	assert_int_equal(rumpuser_sp_raise(c, 64), RUMP_EINVAL);
	signal_taken = 0;
	assert_int_equal(rumpuser_kill(77, 2), 0);
	assert_int_equal(signal_taken, 0);
	assert_int_equal(client_signal(8, past), -COS_ETIMEDOUT);
	assert_int_equal(client_signal(9, 0), 2);
	assert_int_equal(client_signal(9, 0), 13);
	assert_int_equal(client_signal(9, past), -COS_ETIMEDOUT);
	assert_int_equal(rumpuser_sp_anonmmap(c, 4096, &mem), 0);
	*(char *)mem = 1;
	assert_int_equal((uintptr_t)mem >> 39, 240);
	assert_int_equal(rumpuser_sp_anonmmap(c, 0, &mem), RUMP_EINVAL);
	rumpuser_sp_raise(c, 13);
	rumpuser_sp_fini(c);
	assert_int_equal(fake_shm_destroyed, 1);
	assert_int_equal(client_signal(9, past), -COS_ETIMEDOUT);
	assert_null(client_of_pid(77));
	assert_int_equal(rumpuser_sp_init("", "", "", ""), RUMP_EINVAL);
	assert_int_equal(rumpuser_sp_init("unix:///tmp/x", "", "", ""), RUMP_EAFNOSUPPORT);
	assert_int_equal(rumpuser_sp_init("cos:", "", "", ""),
			 RUMP_EOPNOTSUPP); /* no server here */
}

static void copies_go_to_clients_only(void **state)
{
	char *user = fake_window_map(8192), local[16] = "local", *end = (char *)(221ul << 39) - 8;
	size_t len;

	(void)state;
	strcpy(user, "program");
	assert_int_equal(rumpuser_sp_copyin(NULL, user, local, 8), 0);
	assert_string_equal(local, "program");
	assert_int_equal(rumpuser_sp_copyin(NULL, local, user, 8), RUMP_EFAULT);
	assert_int_equal(rumpuser_sp_copyout(NULL, user, local, 8), RUMP_EFAULT);
	assert_int_equal(rumpuser_sp_copyin(NULL, end, local, 16), RUMP_EFAULT);
	assert_int_equal(rumpuser_sp_copyin(NULL, (void *)0x400000, local, 8), RUMP_EFAULT);
	len = sizeof(local);
	assert_int_equal(rumpuser_sp_copyinstr(NULL, user, local, &len), 0);
	assert_int_equal(len, 8);
	len = 7;
	assert_int_equal(rumpuser_sp_copyinstr(NULL, user, local, &len), RUMP_ENAMETOOLONG);
	assert_int_equal(rumpuser_sp_copyinstr(NULL, local, local, &len), RUMP_EFAULT);
	len = 16;
	assert_int_equal(rumpuser_sp_copyoutstr(NULL, "result", user, &len), 0);
	assert_int_equal(len, 7);
	assert_string_equal(user, "result");
	len = 6;
	assert_int_equal(rumpuser_sp_copyoutstr(NULL, "result", user, &len), RUMP_ENAMETOOLONG);
}

static _Atomic int interrupts;

static int interrupt(void *arg)
{
	assert_true(have_cpu);
	assert_non_null(rumpuser_curlwp());
	interrupts += *(int *)arg;
	return 1;
}

static void devices_interrupt_and_map(void **state)
{
	unsigned bus, dev, fun, value;
	unsigned long len, pa, va;
	int hundred = 100, one = 1;
	void *mem;

	(void)state;
	assert_int_equal(rumpcomp_pci_enum(0, &bus, &dev, &fun), 0);
	assert_int_equal(dev, 3);
	assert_int_equal(rumpcomp_pci_enum(1, &bus, &dev, &fun), RUMP_ENOENT);
	assert_int_equal(rumpcomp_pci_confread(0, 3, 0, 0, &value), 0);
	assert_int_equal(value, 0x10421af4);
	assert_int_equal(rumpcomp_pci_confread(0, 4, 0, 0, &value), RUMP_ENODEV);
	assert_int_equal(value, ~0u);
	assert_int_equal(rumpcomp_pci_confread(0, 3, 0, 2, &value), RUMP_EINVAL);
	assert_int_equal(rumpcomp_pci_confwrite(0, 3, 0, 0x10, 0), RUMP_EPERM);
	assert_int_equal(rumpcomp_pci_map_bar(0, 3, 0, 4, &mem, &len), 0);
	assert_int_equal(len, 8192);
	assert_ptr_equal(rumpcomp_pci_map(0x8fe004000 + 0x1000, 0x1000), (char *)mem + 0x1000);
	assert_null(rumpcomp_pci_map(0x8fe004000 + 0x1000, 0x1001));
	assert_null(rumpcomp_pci_map(0x12340000, 16));
	assert_int_equal(rumpcomp_pci_map_bar(0, 3, 0, 0, &mem, &len), RUMP_EINVAL);

	assert_int_equal(rumpcomp_pci_dmalloc(10000, 4096, &pa, &va), 0);
	assert_int_equal(pa % 4096, 0);
	assert_int_equal(rumpcomp_pci_virt_to_mach((void *)(va + 5000)), pa + 5000);
	{
		struct rumpcomp_pci_dmaseg segs[] = {{pa, 4096, va}, {pa + 4096, 5904, va + 4096}};

		assert_int_equal(rumpcomp_pci_dmamem_map(segs, 2, 10000, &mem), 0);
		assert_ptr_equal(mem, (void *)va);
		assert_int_equal(rumpcomp_pci_dmamem_map(segs, 2, 10001, &mem), RUMP_EINVAL);
		assert_int_equal(rumpcomp_pci_dmamem_map(segs, 0, 1, &mem), RUMP_EINVAL);
		segs[1].ds_vacookie += 4096;
		assert_int_equal(rumpcomp_pci_dmamem_map(segs, 1, 4096, &mem), 0);
		assert_int_equal(rumpcomp_pci_dmamem_map(segs, 2, 10000, &mem), RUMP_EOPNOTSUPP);
	}
	rumpcomp_pci_dmafree(va, 10000);
	/*
	 * Memory outside the arena has a machine address as well; a client's has none
	 * (rumpcomp_pci.h, I5, I6).
	 */
	assert_true(rumpcomp_pci_virt_to_mach(&interrupts) != 0);
	assert_int_equal(rumpcomp_pci_virt_to_mach((void *)(240ul << 39)), 0);

	assert_int_equal(rumpcomp_pci_msix_count(0, 3, 0), 4);
	assert_int_equal(rumpcomp_pci_msix_map(0, 3, 0, 4, 1), RUMP_EINVAL);
	assert_int_equal(rumpcomp_pci_msix_map(0, 3, 0, 0, 1), 0);
	assert_int_equal(rumpcomp_pci_msix_map(0, 3, 0, 1, 1), RUMP_EEXIST);
	assert_int_equal(rumpcomp_pci_msix_map(0, 3, 0, 0, 2), RUMP_EEXIST);
	assert_int_equal(rumpcomp_pci_msix_map(0, 3, 0, 1, 2), 0);
	assert_null(rumpcomp_pci_irq_establish(9, interrupt, &one));
	assert_non_null(rumpcomp_pci_irq_establish(1, interrupt, &one));
	assert_null(rumpcomp_pci_irq_establish(1, interrupt, &one));
	assert_non_null(rumpcomp_pci_irq_establish(2, interrupt, &hundred));
	fake_interrupt(0);
	while (interrupts < 1)
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000);
	fake_interrupt(1);
	while (interrupts < 101)
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000);
	assert_int_equal(interrupts, 101);
}

static _Atomic int served[2];
static _Atomic bool second_joins;

static int line_interrupt(void *arg)
{
	long dev = *(long *)arg;

	assert_true(have_cpu);
	/* While the line is up, the second device causes no new edge (pci_irq.c, I1). */
	if (dev == 0 && second_joins)
		fake_line_set(1, true);
	fake_line_set(dev, false);
	served[dev]++;
	return 1;
}

static void served_wait(long dev, int count)
{
	while (served[dev] < count)
		rumpuser_clock_sleep(RUMPUSER_CLOCK_RELWALL, 0, 1000000);
}

static void devices_share_a_line(void **state)
{
	static long devices[2] = {0, 1};

	(void)state;
	fake_devices = 2;
	assert_int_equal(rumpcomp_pci_irq_map(0, 9, 0, 11, 20), RUMP_ENODEV);
	assert_int_equal(rumpcomp_pci_irq_map(0, 3, 0, 11, 20), 0);
	assert_int_equal(rumpcomp_pci_irq_map(0, 3, 0, 11, 21), RUMP_EEXIST);
	assert_int_equal(rumpcomp_pci_irq_map(0, 4, 0, 11, 21), 0);
	fake_line_set(0, true); /* before any thread serves it */
	assert_non_null(rumpcomp_pci_irq_establish(20, line_interrupt, &devices[0]));
	served_wait(0, 1);
	assert_non_null(rumpcomp_pci_irq_establish(21, line_interrupt, &devices[1]));
	fake_line_set(1, true);
	served_wait(1, 1);
	second_joins = true;
	for (int i = 2; i < 50; i++) {
		fake_line_set(0, true);
		served_wait(0, i);
		served_wait(1, i);
	}
	fake_devices = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(speaks_version_17_only, setup, teardown),
		cmocka_unit_test_setup_teardown(tells_parameters, setup, teardown),
		cmocka_unit_test_setup_teardown(clocks_run_and_sleeps_last, setup, teardown),
		cmocka_unit_test_setup_teardown(mutex_waits_without_the_cpu, setup, teardown),
		cmocka_unit_test_setup_teardown(cv_holds_no_mutex_without_the_cpu, setup, teardown),
		cmocka_unit_test_setup_teardown(rwlock_is_shared_or_not, setup, teardown),
		cmocka_unit_test_setup_teardown(memory_is_aligned_and_zeroed, setup, teardown),
		cmocka_unit_test_setup_teardown(memory_is_executable_if_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(random_numbers_differ, setup, teardown),
		cmocka_unit_test_setup_teardown(random_numbers_have_seeds, setup, teardown),
		cmocka_unit_test_setup_teardown(link_sets_are_handed_over, setup, teardown),
		cmocka_unit_test_setup_teardown(daemons_say_how_they_started, setup, teardown),
		cmocka_unit_test_setup_teardown(interfaces_need_a_nic, setup, teardown),
		cmocka_unit_test_setup_teardown(signals_are_for_the_component, setup, teardown),
		cmocka_unit_test_setup_teardown(exit_tells_its_status, setup, teardown),
		cmocka_unit_test_setup_teardown(errno_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(long_text_is_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(priorities_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(signals_are_for_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(copies_go_to_clients_only, setup, teardown),
		cmocka_unit_test_setup_teardown(devices_interrupt_and_map, setup, teardown),
		cmocka_unit_test_setup_teardown(devices_share_a_line, setup, teardown),
	};

	fake_init();
	fake_devices = 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

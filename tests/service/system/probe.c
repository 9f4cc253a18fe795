/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A component that tries from inside what the services promise: calls to another domain, threads,
 * locks, timeouts, preemption, memory. It writes PASS and FAIL lines to the log and ends the
 * system.
 *
 * Its partner (peer.c) has the interface of network, and the component that is made to fail
 * (sufferer.c) that of storage: any interface would do.
 */
#include <console/log.h>
#include <mem/device.h>
#include <mem/mem.h>
#include <mem/thread.h>
#include <network/network.h>
#include <reboot/system.h>
#include <sched/sched.h>
#include <storage/storage.h>
#include <cos/alloc.h>
#include <cos/client.h>
#include <cos/clock.h>
#include <cos/core.h>
#include <cos/log.h>
#include <cos/param.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include "calls.h"

#define PATIENCE_NS (60 * COS_NS_PER_S)

long component_init(void);

static bool all_passed = true;

static void report(const char *name, bool passed)
{
	cos_log("%s %s\n", passed ? "PASS" : "FAIL", name);
	all_passed = all_passed && passed;
}

static void test_call(void)
{
	struct cos_pair pair = network_syscall(PEER_SUM, 1, 20, 300, 4000, 50000);

	report("call/arguments and results", pair.v0 == 54321 && pair.v1 == -54321);
	pair = network_syscall(PEER_WHO, 0, 0, 0, 0, 0);
	report("call/client", pair.v0 == cos_component_id() && pair.v1 == cos_tid());
	pair = network_syscall(PEER_SELF, 0, 0, 0, 0, 0);
	report("call/thread's word", pair.v0 == 0);
	pair = network_syscall(PEER_SELF, 0, 0, 0, 0, 0);
	report("call/thread's word stays", pair.v0 == 1 && cos_self_get() == NULL);
	report("param", cos_param("COLOUR") != NULL && strcmp(cos_param("COLOUR"), "blue") == 0 &&
				cos_param("COLOU") == NULL);
}

/* Threads that count under a lock, and say when they are done. */
#define NTHREADS 8
#define ROUNDS 3000
static struct cos_mutex mutex;
static struct cos_sem done;
static long counter, inside, mistakes;

static bool wait_done(int count)
{
	for (int i = 0; i < count; i++)
		if (cos_sem_wait(&done, cos_now_ns() + PATIENCE_NS) < 0)
			return false;
	return true;
}

static void count_thread(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		cos_mutex_lock(&mutex);
		if (inside++ != 0)
			mistakes++;
		counter++;
		if (i % 100 == (long)arg)
			sched_yield();
		inside--;
		cos_mutex_unlock(&mutex);
	}
	cos_sem_post(&done);
}

static void test_mutex(void)
{
	for (long i = 0; i < NTHREADS; i++)
		if (cos_thread_create(count_thread, (void *)i, SCHED_PRIO_SERVICE + i % 3) < 0)
			mistakes++;
	report("mutex/contention", wait_done(NTHREADS) && mistakes == 0 &&
					   counter == NTHREADS * (long)ROUNDS && mutex.word == 0);
}

/* None of these lets go of the processor by itself: only a preemptive scheduler runs both. */
static uint32_t turn;

static void spin_thread(void *arg)
{
	for (uint32_t mine = (uint32_t)(long)arg; mine < 20; mine += 2) {
		while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != mine)
			;
		__atomic_store_n(&turn, mine + 1, __ATOMIC_RELEASE);
	}
	cos_sem_post(&done);
}

static void test_preemption(void)
{
	cos_thread_create(spin_thread, (void *)0, SCHED_PRIO_SERVICE);
	cos_thread_create(spin_thread, (void *)1, SCHED_PRIO_SERVICE);
	report("preemption/round robin", wait_done(2) && turn == 20);
}

static uint32_t urgent_ran;

static void urgent_thread(void *arg)
{
	(void)arg;
	__atomic_store_n(&urgent_ran, 1, __ATOMIC_RELEASE);
	cos_sem_post(&done);
}

static void test_priority(void)
{
	bool at_once;

	cos_thread_create(urgent_thread, NULL, SCHED_PRIO_SERVICE - 1);
	at_once = __atomic_load_n(&urgent_ran, __ATOMIC_ACQUIRE) == 1;
	/* It may be given another core, where it runs at once as well, but beside us. */
	report("priority/more urgent runs at once", wait_done(1) && (at_once || cos_ncores() > 1));
	urgent_ran = 0;
	cos_thread_create(urgent_thread, NULL, SCHED_PRIO_SERVICE + 1);
	at_once = __atomic_load_n(&urgent_ran, __ATOMIC_ACQUIRE) == 1;
	report("priority/less urgent waits", wait_done(1) && (!at_once || cos_ncores() > 1));
}

static void sleep_thread(void *arg)
{
	uint64_t until = cos_now_ns() + (uint64_t)(long)arg * COS_NS_PER_MS;

	while (sched_park(until) != -COS_ETIMEDOUT)
		;
	if (cos_now_ns() < until)
		mistakes++;
	cos_sem_post(&done);
}

static void test_timeouts(void)
{
	struct cos_cond cond = {0};
	uint64_t before = cos_now_ns(), until = before + 30 * COS_NS_PER_MS;
	bool passed;

	mistakes = 0;
	for (long i = 0; i < 20; i++)
		cos_thread_create(sleep_thread, (void *)(5 + i * 7 % 20), SCHED_PRIO_SERVICE);
	report("timeout/sleepers", wait_done(20) && mistakes == 0);
	cos_mutex_lock(&mutex);
	until = cos_now_ns() + 10 * COS_NS_PER_MS;
	passed = cos_cond_timedwait(&cond, &mutex, until) == -COS_ETIMEDOUT;
	report("timeout/condition variable",
	       passed && cos_now_ns() >= until && cos_mutex_held(&mutex));
	cos_mutex_unlock(&mutex);
	report("timeout/past deadline", sched_park(1) == -COS_ETIMEDOUT);
	sched_unpark(cos_tid());
	report("park/permit before park", sched_park(cos_now_ns() + PATIENCE_NS) == 0);
	report("park/no such thread", sched_unpark(999999) == -COS_EDEAD);
	report("clock/wall", cos_wall_ns() > 1600000000ULL * COS_NS_PER_S);
}

static bool all_zero(const char *p, size_t len)
{
	for (size_t i = 0; i < len; i += 512)
		if (p[i] != 0)
			return false;
	return true;
}

static void test_memory(void)
{
	const size_t len = 16UL << 20;
	long before = mem_stat().v0, p = mem_map(len, COS_PG_READ | COS_PG_WRITE), again;
	bool zero;

	report("memory/nothing before touch", p > 0 && before - mem_stat().v0 < 64);
	zero = p > 0 && all_zero((char *)p, len);
	memset((char *)p, 0xa5, len);
	report("memory/demand zero", zero && before - mem_stat().v0 >= (long)(len >> 12));
	report("memory/unmap part", mem_unmap((unsigned long)p + 4096, 8192) == 0 &&
					    mem_unmap((unsigned long)p, 12288) == -COS_EINVAL);
	again = mem_map(8192, COS_PG_READ | COS_PG_WRITE);
	report("memory/zero again", again == p + 4096 && all_zero((char *)again, 8192));
	report("memory/unmap",
	       mem_unmap((unsigned long)p, len) == 0 && before - mem_stat().v0 < 64);
	report("memory/write and execute",
	       mem_map(4096, COS_PG_READ | COS_PG_WRITE | COS_PG_EXEC) == -COS_EINVAL);
	report("memory/too much", mem_map(1UL << 46, COS_PG_READ) < 0);
	report("memory/not a driver",
	       mem_dma_alloc(cos_component_id(), 4096, 4096, 0).v0 == -COS_EPERM);
	report("memory/not sched", mem_thd_destroy(cos_tid()) == -COS_EPERM);
}

/* Filled in order, memory is had by super-pages, and given back by pages. */
static void test_super_pages(void)
{
	const size_t super = 2UL << 20, len = 5 * super;
	long start = mem_stat().v0, before, at = mem_map(len, COS_PG_READ | COS_PG_WRITE);
	char *p = (char *)(((unsigned long)at + super - 1) & -super);
	bool kept = true;

	memset(p, 1, super);
	before = mem_stat().v0;
	p[super] = 2;
	report("super-pages/in order",
	       before - mem_stat().v0 >= (long)(super >> 12) && all_zero(p + super + 1, super - 1));
	before = mem_stat().v0;
	p[3 * super] = 3;
	report("super-pages/out of order", before - mem_stat().v0 < 64);
	memset(p + super, 4, super);
	report("super-pages/a page goes",
	       mem_unmap((unsigned long)p + super + 4096, 4096) == 0 &&
		       mem_protect((unsigned long)p + super + 8192, 4096, COS_PG_READ) == 0);
	for (size_t i = super; i < 2 * super; i += 512)
		if (i / 4096 != super / 4096 + 1)
			kept = kept && p[i] == 4;
	report("super-pages/the others stay", kept);
	report("super-pages/come back",
	       mem_unmap((unsigned long)at, (unsigned long)p + super + 4096 - (unsigned long)at) ==
			       0 &&
		       mem_unmap((unsigned long)p + super + 8192,
				 (unsigned long)at + len - (unsigned long)p - super - 8192) == 0 &&
		       start - mem_stat().v0 < 64);
}

static void test_shared(void)
{
	long shm = mem_shm_create(3UL << 20);
	char *p = (char *)shm;
	struct cos_pair pair;

	report("shared/create", shm > 0);
	if (shm <= 0)
		return;
	strcpy(p + 100, "hello");
	pair = network_syscall(PEER_UPPER, (unsigned long)p + 100, 5, 0, 0, 0);
	report("shared/seen by the peer", pair.v0 == 0 && strcmp(p + 100, "HELLO") == 0);
	strcpy(p + (2UL << 20) - 3, "border");
	pair = network_syscall(PEER_UPPER, (unsigned long)p + (2UL << 20) - 3, 6, 0, 0, 0);
	report("shared/across nodes", pair.v0 == 0 && strcmp(p + (2UL << 20) - 3, "BORDER") == 0);
	pair = network_syscall(PEER_UPPER, (unsigned long)p + (64UL << 20), 5, 0, 0, 0);
	report("shared/fault is returned", pair.v0 == -COS_EFAULT);
	pair = network_syscall(PEER_UPPER, (unsigned long)&all_passed, 5, 0, 0, 0);
	report("shared/own memory is refused", pair.v0 == -COS_EINVAL);
	report("shared/destroy", mem_shm_destroy((unsigned long)p) == 0);
	pair = network_syscall(PEER_UPPER, (unsigned long)p + 100, 5, 0, 0, 0);
	report("shared/gone", pair.v0 == -COS_EFAULT);
}

static void short_thread(void *arg)
{
	char *p = cos_malloc((size_t)(long)arg * 37 % 9000);

	memset(p, 1, (size_t)(long)arg * 37 % 9000);
	cos_free(p);
	(void)network_syscall(PEER_WHO, 0, 0, 0, 0, 0);
	cos_sem_post(&done);
}

/* Threads come and go; what they had comes back. */
static bool churn(int count)
{
	for (long i = 0; i < count; i++)
		if (cos_thread_create(short_thread, (void *)i, SCHED_PRIO_SERVICE) < 0 ||
		    !wait_done(1))
			return false;
	return true;
}

static void test_churn(void)
{
	bool passed = churn(100); /* as many thread ids as there will be, with their wired stacks */
	long before = mem_stat().v0;

	passed = passed && churn(1000);
	report("threads/churn", passed);
	report("threads/memory comes back", before - mem_stat().v0 < 64);
}

static void waiting_thread(void *arg)
{
	struct cos_pair pair = storage_syscall(SUFFERER_WAIT, 0, 0, 0, 0, 0);

	*(long *)arg = pair.v0;
	cos_sem_post(&done);
}

/* The sufferer dies of it; its callers, also one that was waiting inside, come back. */
static void test_overflow(void)
{
	long waited = 0;
	struct cos_pair pair;

	cos_thread_create(waiting_thread, &waited, SCHED_PRIO_SERVICE - 1);
	pair = storage_syscall(SUFFERER_OVERFLOW, 0, 0, 0, 0, 0);
	report("fault/stack overflow", pair.v0 == -COS_EREBOOT);
	report("fault/a thread inside comes back", wait_done(1) && waited == -COS_EREBOOT);
	pair = storage_syscall(SUFFERER_OVERFLOW, 0, 0, 0, 0, 0);
	report("fault/stopped", pair.v0 == -COS_EREBOOT);
	pair = network_syscall(PEER_SUM, 1, 1, 1, 1, 1);
	report("fault/the others run on", pair.v0 == 5);
}

#define LOG_PIECE 4096
#define LOG_WAITS 20
#define LOG_FAR 1000000

/* All of the log from *position on; the position after it. Is `text` in it? */
static bool log_has(char *buf, unsigned long *position, const char *text)
{
	struct cos_pair r;
	bool found = false;

	while ((r = console_log_read(buf, LOG_PIECE - 1, *position)).v0 > 0) {
		buf[r.v0] = 0;
		found = found || strstr(buf, text) != NULL;
		*position = (unsigned long)(r.v0 + r.v1);
	}
	return found && r.v0 == 0;
}

static void late_thread(void *arg)
{
	uint64_t until_ns = cos_now_ns() + 50 * COS_NS_PER_MS;

	(void)arg;
	while (cos_now_ns() < until_ns)
		sched_park(until_ns);
	cos_log("the late line\n");
	cos_sem_post(&done);
}

static void test_log(void)
{
	char *buf = (char *)mem_shm_create(LOG_PIECE);
	unsigned long start = 0, position = 0;
	bool passed, found = false;

	report("log/from the kernel's first line",
	       log_has(buf, &start, "kernel: starting the first component\n"));
	cos_log("the line to find\n");
	position = start;
	report("log/what was just written", log_has(buf, &position, "the line to find\n"));
	report("log/no further",
	       console_log_read(buf, LOG_PIECE, position + LOG_FAR).v0 == -COS_EINVAL &&
		       console_log_wait(position + LOG_FAR) == -COS_EINVAL &&
		       console_log_read((void *)0x1000, 16, 0).v0 == -COS_EINVAL);
	passed = console_log_wait(start) == 0;
	cos_thread_create(late_thread, NULL, SCHED_PRIO_SERVICE);
	position = start;
	/* The reports above are in it; then there is nothing, until the line comes. */
	for (unsigned i = 0; i < LOG_WAITS && !found; i++) {
		found = log_has(buf, &position, "the late line\n");
		passed = passed && (found || console_log_wait(position) == 0);
	}
	report("log/event", passed && found && wait_done(1));
	/* The log is a ring: what was lost is reported. */
	for (unsigned i = 0; i < COS_LOG_BYTES / 64 + 10; i++)
		cos_log("the log goes round %044u\n", i);
	passed = console_log_read(buf, LOG_PIECE, start).v1 > (long)start;
	report("log/lost", passed && log_has(buf, &start, "the log goes round"));
}

static void run(void *arg)
{
	(void)arg;
	test_call();
	test_mutex();
	test_preemption();
	test_priority();
	test_timeouts();
	test_memory();
	test_super_pages();
	test_shared();
	test_log();
	test_churn();
	test_overflow();
	cos_log("probe: %s\n", all_passed ? "done" : "done, with failures");
	reboot_system(all_passed ? 0 : 1);
}

long component_init(void)
{
	long tid = cos_thread_create(run, NULL, SCHED_PRIO_SERVICE);

	return tid < 0 ? tid : 0;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The server of system calls (server.c, I1 to I5), over the fake COS, in front of a rump kernel
 * that only counts: processes, lwps, bindings, and the holders of its two virtual CPUs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>

#include <cos/abi.h>
#include <rump/errno.h>
#include <rump/rump.h>
#include <rumpuser.h>
#include <storage/storage.h>
#include "fake.h"

#define NCPU 2
#define PROCS_MAX 16
#define SYS_GETPID 1
#define SYS_SUM 2
#define SYS_FAIL 3
#define SYS_COUNT 4

struct lwp {
	int pid;
	bool running;
	bool exiting;
	bool clear;
	bool implicit;
	long calls;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t cpus;
static int nprocs = 1, nlwps[PROCS_MAX + 2], rfork_error;
static void *proc_client[PROCS_MAX + 2];
static struct lwp *proc_first[PROCS_MAX + 2]; /* the lwp that keeps the process */
static struct lwp *interrupted;

static void lwp_bind(struct lwp *l)
{
	assert_false(l->running);
	l->running = true;
	rumpuser_curlwpop(RUMPUSER_LWP_SET, l);
}

static void lwp_unbind(struct lwp *l)
{
	l->running = false;
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, l);
	if (l->exiting || l->implicit) {
		pthread_mutex_lock(&lock);
		nlwps[l->pid]--;
		pthread_mutex_unlock(&lock);
		free(l);
	}
}

static struct lwp *lwp_new(int pid)
{
	struct lwp *l = calloc(1, sizeof(*l));

	l->pid = pid;
	pthread_mutex_lock(&lock);
	nlwps[pid]++;
	pthread_mutex_unlock(&lock);
	return l;
}

static void up_schedule(void)
{
	sem_wait(&cpus);
	if (!rumpuser_curlwp()) {
		struct lwp *l = lwp_new(1);

		l->implicit = true;
		lwp_bind(l);
	}
}

static void up_unschedule(void)
{
	struct lwp *l = rumpuser_curlwp();

	assert_non_null(l);
	if (l->exiting || l->clear || l->implicit) {
		l->clear = false;
		lwp_unbind(l);
	}
	sem_post(&cpus);
}

static void up_backend_unschedule(int nlocks, int *count, void *interlock)
{
	(void)nlocks, (void)interlock;
	*count = 0;
	sem_post(&cpus);
}

static void up_backend_schedule(int nlocks, void *interlock)
{
	(void)nlocks, (void)interlock;
	sem_wait(&cpus);
}

static void up_switch(struct lwp *l)
{
	if (!l) {
		rumpuser_curlwp()->clear = true;
		return;
	}
	lwp_unbind(rumpuser_curlwp());
	lwp_bind(l);
}

static void up_release(void)
{
	rumpuser_curlwp()->exiting = true;
}

static int up_rfork(void *client, int flags, const char *comm)
{
	assert_int_equal(flags, RUMP_RFCFDG);
	assert_non_null(comm);
	assert_int_equal(rumpuser_curlwp()->pid, 1);
	if (rfork_error)
		return rfork_error;
	proc_client[++nprocs] = client;
	proc_first[nprocs] = lwp_new(nprocs);
	up_switch(proc_first[nprocs]);
	return 0;
}

static int up_newlwp(int32_t pid)
{
	assert_in_range(pid, 2, nprocs);
	up_switch(lwp_new(pid));
	return 0;
}

static int up_syscall(int num, void *args, long *retval)
{
	struct lwp *l = rumpuser_curlwp();
	long *a = args;

	assert_true(l->running);
	l->calls++;
	switch (num) {
	case SYS_GETPID:
		retval[0] = l->pid;
		return 0;
	case SYS_SUM:
		assert_int_equal(a[5], 0);
		retval[0] = a[0] + 10 * a[1] + 100 * a[2] + 1000 * a[3] + 10000 * a[4];
		return 0;
	case SYS_COUNT:
		retval[0] = l->calls;
		return 0;
	case SYS_FAIL:
		return RUMP_ENOENT;
	default:
		return RUMP_ENOSYS;
	}
}

static int32_t up_getpid(void)
{
	return rumpuser_curlwp()->pid;
}

static const struct rumpuser_hyperup upcalls = {
	.hyp_schedule = up_schedule,
	.hyp_unschedule = up_unschedule,
	.hyp_backend_unschedule = up_backend_unschedule,
	.hyp_backend_schedule = up_backend_schedule,
	.hyp_lwproc_switch = up_switch,
	.hyp_lwproc_release = up_release,
	.hyp_lwproc_rfork = up_rfork,
	.hyp_lwproc_newlwp = up_newlwp,
	.hyp_lwproc_curlwp = rumpuser_curlwp,
	.hyp_syscall = up_syscall,
	.hyp_getpid = up_getpid,
};

/* This test has no disks and no interfaces. */
void disks_attach(void)
{
}

void netconfig_apply(void)
{
}

int rump_init(void)
{
	sem_init(&cpus, 0, NCPU);
	return rumpuser_init(RUMPUSER_VERSION, &upcalls);
}

void rump_pub_lwproc_interrupt(struct lwp *l)
{
	interrupted = l;
}

long component_init(void);

static void starts(void **state)
{
	(void)state;
	assert_int_equal(component_init(), 0);
	assert_int_equal(storage_generation(), 1);
}

static long call(long num)
{
	struct cos_pair r = storage_syscall(num, 1, 2, 3, 4, 5);

	assert_int_equal(r.v0, 0);
	return r.v1;
}

static void passes_arguments_and_results(void *arg)
{
	(void)arg;
	assert_int_equal(call(SYS_SUM), 54321);
	assert_int_equal(storage_syscall(SYS_FAIL, 0, 0, 0, 0, 0).v0, RUMP_ENOENT);
	assert_int_equal(storage_syscall(99, 0, 0, 0, 0, 0).v0, RUMP_ENOSYS);
	assert_int_equal(storage_syscall(-1, 0, 0, 0, 0, 0).v0, RUMP_ENOSYS);
	assert_int_equal(storage_syscall(1l << 40, 0, 0, 0, 0, 0).v0, RUMP_ENOSYS);
}

static void visit(long tid, long client, void (*fn)(void *), void *arg)
{
	fake_visit_join(fake_visit_start(tid, client, fn, arg));
}

static void calls_arrive(void **state)
{
	(void)state;
	visit(10, 3, passes_arguments_and_results, NULL);
}

static void one_lwp_for_many_calls(void *arg)
{
	(void)arg;
	for (long i = 1; i <= 100; i++)
		assert_int_equal(call(SYS_COUNT), i);
}

static void keeps_the_lwp_of_a_thread(void **state)
{
	int before = nlwps[2];

	(void)state;
	visit(11, 3, one_lwp_for_many_calls, NULL);
	assert_int_equal(nlwps[2], before + 1);
}

static void two_clients(void *arg)
{
	long *pids = arg;

	for (unsigned i = 0; i < 3; i++) {
		fake_client_set(3);
		pids[0] = call(SYS_GETPID);
		fake_client_set(4);
		pids[1] = call(SYS_GETPID);
		assert_int_not_equal(pids[0], pids[1]);
	}
	assert_int_equal(call(SYS_COUNT), 4);
}

static void a_client_is_a_process(void **state)
{
	long pids[2];

	(void)state;
	visit(12, 3, two_clients, pids);
	assert_int_equal(nprocs, 3);
	assert_non_null(proc_client[pids[0]]);
	assert_ptr_not_equal(proc_client[pids[0]], proc_client[pids[1]]);
	assert_int_equal(nlwps[1], 0);
}

static void counts_from_one(void *arg)
{
	(void)arg;
	assert_int_equal(call(SYS_COUNT), 1);
}

static void dead_threads_leave_no_lwps_for_ever(void **state)
{
	int before;

	(void)state;
	visit(13, 3, counts_from_one, NULL);
	before = nlwps[2];
	for (unsigned i = 0; i < 50; i++)
		visit(13, 3, counts_from_one, NULL);
	assert_int_equal(nlwps[2], before);
	/*
	 * A thread of another client with this id: one process loses an lwp, the other gains one
	 * (I4).
	 */
	visit(13, 4, counts_from_one, NULL);
	assert_int_equal(nlwps[2], before - 1);
}

static void failed_fork(void *arg)
{
	(void)arg;
	rfork_error = RUMP_ENOMEM;
	assert_int_equal(storage_syscall(SYS_GETPID, 0, 0, 0, 0, 0).v0, RUMP_ENOMEM);
	rfork_error = 0;
	assert_int_equal(storage_syscall(SYS_GETPID, 0, 0, 0, 0, 0).v0, 0);
}

static void says_when_a_client_cannot_come_in(void **state)
{
	(void)state;
	visit(14, 5, failed_fork, NULL);
	assert_int_equal(nlwps[1], 0);
}

static void remember_lwp(void *arg)
{
	call(SYS_GETPID);
	*(struct lwp **)arg = rumpuser_curlwp();
}

static void interrupts_the_right_lwp(void **state)
{
	struct lwp *a, *b;

	(void)state;
	visit(15, 3, remember_lwp, &a);
	visit(16, 3, remember_lwp, &b);
	fake_client_set(3);
	assert_int_equal(storage_interrupt(16), 0);
	assert_ptr_equal(interrupted, b);
	assert_int_equal(storage_interrupt(15), 0);
	assert_ptr_equal(interrupted, a);
	assert_int_equal(storage_interrupt(999), -COS_ENOENT);
	assert_int_equal(storage_interrupt(-1), -COS_EINVAL);
	assert_int_equal(storage_interrupt(1l << 40), -COS_EINVAL);
	/* A client cannot interrupt another client's thread with the same id. */
	fake_client_set(4);
	assert_int_equal(storage_interrupt(15), -COS_ENOENT);
	fake_client_set(0);
}

static void many_calls(void *arg)
{
	(void)arg;
	for (long i = 1; i <= 2000; i++)
		assert_int_equal(call(SYS_COUNT), i);
}

static void serves_many_threads_at_once(void **state)
{
	struct fake_visit *visits[12];

	(void)state;
	for (long i = 0; i < 12; i++)
		visits[i] = fake_visit_start(600 + i, 6 + i % 2, many_calls, NULL);
	for (long i = 0; i < 12; i++)
		fake_visit_join(visits[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts),
		cmocka_unit_test(calls_arrive),
		cmocka_unit_test(keeps_the_lwp_of_a_thread),
		cmocka_unit_test(a_client_is_a_process),
		cmocka_unit_test(dead_threads_leave_no_lwps_for_ever),
		cmocka_unit_test(says_when_a_client_cannot_come_in),
		cmocka_unit_test(interrupts_the_right_lwp),
		cmocka_unit_test(serves_many_threads_at_once),
	};

	fake_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

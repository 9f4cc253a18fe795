/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rump kernel that the suite is: lwps, virtual CPUs, and the upcalls, which also check the
 * host.
 *
 * A virtual CPU is taken and returned under cpu_lock, a spin mutex of the host, by the _nowrap
 * calls, as rump's own scheduler does (rump/kern/cpu.c). A thread that finds none sleeps on cpu_cv.
 * The same two serve all other waiting in the suite, since cpu_lock is held for a few instructions
 * only: for a thread's leaves (conf_leaves_wait) and for stages.
 */
#include "conf.h"

#define LWPS 1024

struct conf_calls conf_calls;
struct conf_thread conf_threads[CONF_THREADS];
_Atomic(conf_syscall_fn) conf_on_syscall;

static struct rumpuser_mtx *cpu_lock;
static struct rumpuser_cv *cpu_cv;
static int cpu_nfree, cpu_count, stage; /* guarded by cpu_lock */
static int tokens;			/* guarded by cpu_lock */
static _Atomic(void *) last_client;

static struct lwp lwps[LWPS]; /* of upcalls that make one */
static _Atomic bool lwp_used[LWPS];

static void lock(void)
{
	rumpuser_mutex_enter_nowrap(cpu_lock);
}

static void unlock(void)
{
	rumpuser_cv_broadcast(cpu_cv);
	rumpuser_mutex_exit(cpu_lock);
}

static void cpu_take(struct lwp *l)
{
	lock();
	while (cpu_nfree == 0)
		rumpuser_cv_wait_nowrap(cpu_cv, cpu_lock);
	cpu_nfree--;
	l->scheduled = true;
	unlock();
}

static void cpu_drop(struct lwp *l)
{
	lock();
	cpu_nfree++;
	l->scheduled = false;
	unlock();
}

void conf_cpu_take(void)
{
	cpu_take(rumpuser_curlwp());
}

void conf_cpu_drop(void)
{
	cpu_drop(rumpuser_curlwp());
}

void conf_cpus(unsigned n)
{
	lock();
	cpu_nfree += (int)n - cpu_count;
	cpu_count = (int)n;
	unlock();
}

void conf_leaves_wait(struct lwp *l, int leaves)
{
	conf_cpu_drop();
	lock();
	while (l->leaves < leaves)
		rumpuser_cv_wait_nowrap(cpu_cv, cpu_lock);
	unlock();
	conf_cpu_take();
}

void conf_stage_set(int n)
{
	lock();
	stage = n;
	unlock();
}

void conf_stage_wait(int n)
{
	conf_cpu_drop();
	lock();
	while (stage < n)
		rumpuser_cv_wait_nowrap(cpu_cv, cpu_lock);
	unlock();
	conf_cpu_take();
}

/* The upcalls. */

static void up_backend_unschedule(int nlocks, int *countp, void *interlock)
{
	struct lwp *l = rumpuser_curlwp();

	EXPECT(l != NULL && l->scheduled);
	EXPECT(nlocks == 0 && countp != NULL);
	if (l == NULL || countp == NULL)
		return;
	lock();
	l->nlocks = ++tokens;
	*countp = l->nlocks;
	l->interlock = interlock;
	l->leaves++;
	l->scheduled = false;
	cpu_nfree++;
	unlock();
}

static void up_backend_schedule(int nlocks, void *interlock)
{
	struct lwp *l = rumpuser_curlwp();

	EXPECT(l != NULL && !l->scheduled);
	if (l == NULL)
		return;
	EXPECT(nlocks == l->nlocks);
	EXPECT(interlock == l->interlock);
	if (l->probe != NULL) {
		l->probe_result = rumpuser_mutex_tryenter(l->probe);
		if (l->probe_result == 0)
			rumpuser_mutex_exit(l->probe);
	}
	cpu_take(l);
	l->returns++;
}

static struct lwp *lwp_make(void)
{
	for (unsigned i = 0; i < LWPS; i++)
		if (!atomic_exchange(&lwp_used[i], true)) {
			memset(&lwps[i], 0, sizeof(lwps[i]));
			rumpuser_curlwpop(RUMPUSER_LWP_CREATE, &lwps[i]);
			return &lwps[i];
		}
	conf_wrong("the suite's lwps are used up");
	return NULL;
}

static void lwp_end(struct lwp *l)
{
	if (l < lwps || l >= lwps + LWPS)
		return;
	rumpuser_curlwpop(RUMPUSER_LWP_DESTROY, l);
	lwp_used[l - lwps] = false;
}

/* The thread's CPU passes to another lwp, or to an implicit one. */
static void lwp_switch(struct lwp *l)
{
	struct lwp *old = rumpuser_curlwp();

	EXPECT(old != NULL && old->scheduled);
	if (l == NULL) {
		l = lwp_make();
		l->implicit = true;
	}
	rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, old);
	old->scheduled = false;
	if (old->implicit)
		lwp_end(old);
	l->scheduled = true;
	rumpuser_curlwpop(RUMPUSER_LWP_SET, l);
}

static void up_schedule(void)
{
	struct lwp *l = rumpuser_curlwp();

	EXPECT(l == NULL || !l->scheduled);
	if (l == NULL) {
		l = lwp_make();
		l->implicit = true;
		rumpuser_curlwpop(RUMPUSER_LWP_SET, l);
	}
	cpu_take(l);
}

static void up_unschedule(void)
{
	struct lwp *l = rumpuser_curlwp();

	EXPECT(l != NULL && l->scheduled);
	cpu_drop(l);
	if (l->implicit) {
		rumpuser_curlwpop(RUMPUSER_LWP_CLEAR, l);
		lwp_end(l);
	}
}

static void up_lwproc_switch(struct lwp *l)
{
	conf_calls.switches++;
	conf_calls.switched_to = l;
	lwp_switch(l);
}

static int up_lwproc_newlwp(int32_t pid)
{
	conf_calls.newlwp++;
	conf_calls.newlwp_pid = pid;
	lwp_switch(lwp_make());
	return 0;
}

static void up_lwproc_release(void)
{
	struct lwp *l = rumpuser_curlwp();

	conf_calls.release++;
	lwp_switch(NULL);
	lwp_end(l);
}

static int up_lwproc_rfork(void *client, int flags, const char *comm)
{
	(void)flags, (void)comm;
	conf_calls.rfork++;
	last_client = client;
	lwp_switch(lwp_make());
	return 0;
}

static struct lwp *up_lwproc_curlwp(void)
{
	struct lwp *l = rumpuser_curlwp();

	return l == NULL || l->implicit ? NULL : l;
}

static int up_syscall(int num, void *args, long *retval)
{
	conf_syscall_fn fn = conf_on_syscall;

	EXPECT(rumpuser_curlwp() != NULL && rumpuser_curlwp()->scheduled);
	return fn != NULL ? fn(num, args, retval) : RUMP_ENOSYS;
}

static void up_lwpexit(void)
{
	EXPECT(rumpuser_curlwp() != NULL && rumpuser_curlwp()->scheduled);
	conf_calls.lwpexit++;
}

static void up_execnotify(const char *comm)
{
	EXPECT(rumpuser_curlwp() != NULL && rumpuser_curlwp()->scheduled);
	EXPECT(comm != NULL);
	conf_calls.execnotify++;
}

static int32_t up_getpid(void)
{
	return 2;
}

const struct rumpuser_hyperup conf_upcalls_table = {
	.hyp_schedule = up_schedule,
	.hyp_unschedule = up_unschedule,
	.hyp_backend_unschedule = up_backend_unschedule,
	.hyp_backend_schedule = up_backend_schedule,
	.hyp_lwproc_switch = up_lwproc_switch,
	.hyp_lwproc_release = up_lwproc_release,
	.hyp_lwproc_rfork = up_lwproc_rfork,
	.hyp_lwproc_newlwp = up_lwproc_newlwp,
	.hyp_lwproc_curlwp = up_lwproc_curlwp,
	.hyp_syscall = up_syscall,
	.hyp_lwpexit = up_lwpexit,
	.hyp_execnotify = up_execnotify,
	.hyp_getpid = up_getpid,
};

void *conf_last_client(void)
{
	return last_client;
}

int conf_upcalls_init(void)
{
	int error = rumpuser_init(RUMPUSER_VERSION, &conf_upcalls_table);

	if (error != 0)
		return error;
	rumpuser_mutex_init(&cpu_lock, RUMPUSER_MTX_SPIN);
	rumpuser_cv_init(&cpu_cv);
	cpu_count = cpu_nfree = 2;
	return 0;
}

void conf_upcalls_reset(void)
{
	conf_stage_set(0);
	conf_calls.newlwp = conf_calls.release = conf_calls.switches = conf_calls.rfork = 0;
	conf_calls.lwpexit = conf_calls.execnotify = 0;
	conf_calls.newlwp_pid = -1;
	conf_calls.switched_to = NULL;
}

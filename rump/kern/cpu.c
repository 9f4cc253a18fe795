/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual CPUs: the right to run in the rump kernel.
 *
 * I1 At most ncpu lwps run in the rump kernel at a time. ci_lwp is the lwp that holds a CPU, or
 *    NULL.
 * I2 An lwp holds a CPU from cpu_acquire to cpu_release. Kernel code runs only in between. A
 *    hypercall that blocks releases the CPU around its wait (backend_unschedule, backend_schedule).
 * I3 Taking a CPU is one compare-and-swap, first on the CPU that the lwp had last.
 * I4 No waiter misses a free CPU. A waiter counts itself in cpu_waiters, under sched_lock, before
 *    it looks at the CPUs a last time. A releaser frees its CPU before it reads cpu_waiters, and
 *    signals under sched_lock. Both are sequentially consistent, so at least one of them sees the
 *    other.
 * I5 An lwp in cpu_acquire or cpu_release has no CPU, so sched_lock is used by the _nowrap
 *    hypercalls only.
 *
 * States of an lwp: outside (holds no CPU), waiting (in cpu_acquire), running (ci_lwp of some CPU).
 */
#include "kern/kmem.h"
#include "kern/lwp.h"
#include "kern/printf.h"

unsigned ncpu;
static struct cpu *cpus;
static struct rumpuser_mtx *sched_lock;
static struct rumpuser_cv *sched_cv;
static _Atomic unsigned cpu_waiters;

void cpu_bootstrap(unsigned n)
{
	cpus = kmem_zalloc(n * sizeof(*cpus));
	if (cpus == NULL)
		panic("no memory for %u virtual CPUs", n);
	for (unsigned i = 0; i < n; i++)
		cpus[i].ci_index = i;
	ncpu = n;
	rumpuser_mutex_init(&sched_lock, RUMPUSER_MTX_SPIN);
	rumpuser_cv_init(&sched_cv);
}

static bool cpu_take(struct cpu *ci, struct lwp *l)
{
	struct lwp *none = NULL;

	if (!atomic_compare_exchange_strong(&ci->ci_lwp, &none, l))
		return false;
	l->l_cpu = ci;
	return true;
}

static bool cpu_take_any(struct lwp *l)
{
	for (unsigned i = 0; i < ncpu; i++)
		if (cpu_take(&cpus[i], l)) {
			atomic_fetch_add_explicit(&cpus[i].ci_switches, 1, memory_order_relaxed);
			return true;
		}
	return false;
}

void cpu_acquire(struct lwp *l)
{
	if (cpu_take(l->l_cpu != NULL ? l->l_cpu : &cpus[0], l) || cpu_take_any(l))
		return;
	rumpuser_mutex_enter_nowrap(sched_lock);
	atomic_fetch_add(&cpu_waiters, 1);
	while (!cpu_take_any(l))
		rumpuser_cv_wait_nowrap(sched_cv, sched_lock);
	atomic_fetch_sub(&cpu_waiters, 1);
	rumpuser_mutex_exit(sched_lock);
}

void cpu_release(struct lwp *l)
{
	atomic_store(&l->l_cpu->ci_lwp, NULL);
	if (atomic_load(&cpu_waiters) != 0) {
		rumpuser_mutex_enter_nowrap(sched_lock);
		rumpuser_cv_signal(sched_cv);
		rumpuser_mutex_exit(sched_lock);
	}
}

/* A thread without an lwp holds no CPU: during start, and a host thread between two lwps. */
void backend_unschedule(int nlocks, int *countp, void *interlock)
{
	struct lwp *l = curlwp;

	(void)nlocks;
	(void)interlock;
	if (countp != NULL)
		*countp = 0;
	if (l != NULL)
		cpu_release(l);
}

void backend_schedule(int nlocks, void *interlock)
{
	struct lwp *l = curlwp;

	(void)nlocks;
	(void)interlock;
	if (l != NULL)
		cpu_acquire(l);
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual CPUs. As many lwps run in the rump kernel at a time as there are virtual CPUs; the others
 * wait in cpu_acquire.
 *
 * Taking a CPU is one compare-and-swap on the one the lwp had last. Nobody waiting is lost: a
 * waiter counts itself in cpu_waiters before it looks at the CPUs a last time, under sched_lock;
 * who releases a CPU frees it before it reads cpu_waiters, and signals under sched_lock. Both are
 * sequentially consistent, so at least one sees the other.
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

/* A thread that has no lwp (during start, or a host thread between two) holds no CPU. */
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

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel threads, and the one that runs soft interrupts. A soft interrupt is idle, queued, running,
 * or running and queued again. A spin mutex guards the queue and the states, so scheduling works in
 * any context.
 */
#include "kern/softint.h"

#include <rump/errno.h>

#include "kern/init.h"
#include "kern/kmem.h"
#include "kern/list.h"
#include "kern/lwp.h"
#include "kern/printf.h"

struct softint {
	void (*si_fn)(void *);
	void *si_arg;
	bool si_queued, si_running;
	struct list si_node;
};

static struct kspin lock;
static struct kcv wakeup, idle;
static struct list queue = LIST_INIT(queue);
static bool thread_started;

struct kthread {
	void (*kt_fn)(void *);
	void *kt_arg;
	struct lwp *kt_lwp;
};

static void *kthread_main(void *arg)
{
	struct kthread kt = *(struct kthread *)arg;

	kmem_free(arg, sizeof(kt));
	kt.kt_lwp->l_running = true;
	rumpuser_curlwpop(RUMPUSER_LWP_SET, kt.kt_lwp);
	rump_schedule();
	kt.kt_fn(kt.kt_arg);
	lwproc_releaselwp();
	rump_unschedule();
	return NULL;
}

int kthread_create(void (*fn)(void *), void *arg, const char *name, void **cookiep)
{
	struct kthread *kt = kmem_alloc(sizeof(*kt));
	void *cookie = NULL;
	int error;

	if (kt == NULL)
		return RUMP_ENOMEM;
	*kt = (struct kthread){fn, arg, lwproc_alloc_kthread()};
	if (kt->kt_lwp == NULL) {
		kmem_free(kt, sizeof(*kt));
		return RUMP_ENOMEM;
	}
	error = rumpuser_thread_create(kthread_main, kt, name, cookiep != NULL, -1, -1, &cookie);
	if (error != 0) {
		lwproc_free_kthread(kt->kt_lwp);
		kmem_free(kt, sizeof(*kt));
		return error;
	}
	if (cookiep != NULL)
		*cookiep = cookie;
	return 0;
}

int kthread_join(void *cookie)
{
	return rumpuser_thread_join(cookie);
}

static void softint_thread(void *arg)
{
	(void)arg;
	spin_enter(&lock);
	for (;;) {
		struct softint *si;

		if (list_empty(&queue)) {
			rumpuser_cv_wait(wakeup.kc, lock.ks);
			continue;
		}
		si = list_entry(queue.next, struct softint, si_node);
		list_remove(&si->si_node);
		si->si_queued = false;
		si->si_running = true;
		spin_exit(&lock);
		si->si_fn(si->si_arg);
		spin_enter(&lock);
		si->si_running = false;
		cv_broadcast(&idle);
	}
}

void softint_bootstrap(void)
{
	spin_init(&lock);
	cv_init(&wakeup);
	cv_init(&idle);
}

struct softint *softint_establish(void (*fn)(void *), void *arg)
{
	struct softint *si;
	bool start;

	spin_enter(&lock);
	start = !thread_started;
	thread_started = true;
	spin_exit(&lock);
	if (start && kthread_create(softint_thread, NULL, "softint", NULL) != 0) {
		spin_enter(&lock);
		thread_started = false;
		spin_exit(&lock);
		return NULL;
	}
	si = kmem_zalloc(sizeof(*si));
	if (si == NULL)
		return NULL;
	si->si_fn = fn;
	si->si_arg = arg;
	list_init(&si->si_node);
	return si;
}

void softint_schedule(struct softint *si)
{
	spin_enter(&lock);
	if (!si->si_queued) {
		si->si_queued = true;
		list_insert_tail(&queue, &si->si_node);
		cv_signal(&wakeup);
	}
	spin_exit(&lock);
}

void softint_disestablish(struct softint *si)
{
	spin_enter(&lock);
	while (si->si_queued || si->si_running)
		rumpuser_cv_wait(idle.kc, lock.ks);
	spin_exit(&lock);
	kmem_free(si, sizeof(*si));
}

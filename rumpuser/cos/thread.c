/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of the rump kernel, and which lwp a thread runs as: the word that libcos keeps for this
 * component on each thread's stack, visiting threads' included.
 */
#include <cos/thread.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "alloc.h"
#include "hyp.h"

/*
 * NetBSD's priorities from where threads are of the real-time class, and from where they are soft
 * interrupts (rumpuser(3) promises only that more is more urgent).
 */
#define PRIORITY_REALTIME 128
#define PRIORITY_SOFTINT 192

struct thread {
	struct thread *next; /* in threads, while it runs */
	void *(*fn)(void *);
	void *arg;
	long tid;
	bool mustjoin;
	bool ended;
};

static struct cos_mutex threads_mutex;
static struct cos_cond threads_ended; /* not the thread's own: it would go with the joiner */
static struct thread *threads;

void rumpuser_curlwpop(int op, struct lwp *l)
{
	switch (op) {
	case RUMPUSER_LWP_SET:
		cos_assert(!cos_self_get());
		cos_self_set(l);
		break;
	case RUMPUSER_LWP_CLEAR:
		cos_assert(cos_self_get() == l);
		cos_self_set(NULL);
		break;
	default:
		break; /* CREATE and DESTROY: nothing is kept of an lwp that no thread has */
	}
}

struct lwp *rumpuser_curlwp(void)
{
	return cos_self_get();
}

static void thread_start(void *arg)
{
	struct thread *t = arg;

	cos_mutex_lock(&threads_mutex);
	t->tid = cos_tid();
	t->next = threads;
	threads = t;
	cos_mutex_unlock(&threads_mutex);
	t->fn(t->arg);
	rumpuser_thread_exit();
}

static long prio_of(int priority)
{
	if (priority >= PRIORITY_SOFTINT)
		return SCHED_PRIO_IRQ + 2;
	if (priority >= PRIORITY_REALTIME)
		return SCHED_PRIO_IRQ + 4;
	return SCHED_PRIO_SERVICE;
}

/* There is one core: what cpuidx wishes holds. Threads have no names yet. */
int rumpuser_thread_create(void *(*fn)(void *), void *arg, const char *name, int mustjoin,
			   int priority, int cpuidx, void **cookiep)
{
	struct thread *t = arena_alloc(sizeof(*t), 16);
	long tid;

	(void)name;
	(void)cpuidx;
	if (!t)
		return RUMP_ENOMEM;
	*t = (struct thread){.fn = fn, .arg = arg, .mustjoin = mustjoin};
	tid = cos_thread_create(thread_start, t, prio_of(priority));
	if (tid < 0) {
		arena_free(t, sizeof(*t));
		return hyp_errno(tid);
	}
	if (mustjoin)
		*cookiep = t;
	return 0;
}

void rumpuser_thread_exit(void)
{
	struct thread **at = &threads, *t;

	cos_mutex_lock(&threads_mutex);
	while ((t = *at) && t->tid != cos_tid())
		at = &t->next;
	cos_assert(t);
	*at = t->next;
	if (t->mustjoin) {
		t->ended = true;
		cos_cond_broadcast(&threads_ended);
	} else {
		arena_free(t, sizeof(*t));
	}
	cos_mutex_unlock(&threads_mutex);
	cos_thread_exit();
}

int rumpuser_thread_join(void *cookie)
{
	struct thread *t = cookie;
	int nlocks;

	hyp_leave(&nlocks, NULL);
	cos_mutex_lock(&threads_mutex);
	while (!t->ended)
		cos_cond_wait(&threads_ended, &threads_mutex);
	cos_mutex_unlock(&threads_mutex);
	hyp_return(nlocks, NULL);
	arena_free(t, sizeof(*t));
	return 0;
}

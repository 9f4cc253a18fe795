/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of the rump kernel, and the lwp that a thread is bound to. The latter is the word that
 * libcos keeps for this component at the top of each thread's stack, including threads that visit
 * from clients.
 */
#include <cos/core.h>
#include <cos/string.h>
#include <cos/thread.h>
#include <rump/errno.h>
#include <sched/sched.h>

#include "alloc.h"
#include "hyp.h"

/*
 * NetBSD's priorities (sys/param.h): where the real-time class begins and where soft interrupts do.
 * rumpuser(3) promises only that a higher number is more urgent. Each of the two classes maps to
 * some of sched's priorities, all below interrupts; all other threads share one.
 */
#define PRIORITY_REALTIME 128
#define PRIORITY_SOFTINT 192
#define PRIORITY_MAX 223
#define REALTIME_STEP 8
#define SOFTINT_STEP 16
#define PRIO_SOFTINT (SCHED_PRIO_IRQ + 3) /* the least urgent of a class */
#define PRIO_REALTIME (SCHED_PRIO_SERVICE - 1)
_Static_assert(PRIO_SOFTINT - (PRIORITY_MAX - PRIORITY_SOFTINT) / SOFTINT_STEP > SCHED_PRIO_IRQ,
	       "behind interrupts");
_Static_assert(PRIO_REALTIME - (PRIORITY_SOFTINT - 1 - PRIORITY_REALTIME) / REALTIME_STEP >
		       PRIO_SOFTINT,
	       "behind soft interrupts");

#define NAME_MAX 32 /* with the NUL; longer names are cut */

struct thread {
	struct thread *next; /* in threads, until it ends */
	void *(*fn)(void *);
	void *arg;
	long tid;
	bool mustjoin;
	bool ended;
	int core; /* or SCHED_CORE_ANY */
	char name[NAME_MAX];
};

static struct cos_mutex threads_mutex;
/* one for all: a condition in the thread's record would be freed by the joiner */
static struct cos_cond threads_ended;
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
		break; /* CREATE and DESTROY: nothing is kept of an lwp without a thread */
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
	if (t->core != SCHED_CORE_ANY)
		(void)sched_thd_bind(t->tid, t->core);
	rumpuser_seterrno(0); /* the id may have been another thread's before */
	t->fn(t->arg);
	rumpuser_thread_exit();
}

static long prio_of(int priority)
{
	if (priority > PRIORITY_MAX)
		priority = PRIORITY_MAX;
	if (priority >= PRIORITY_SOFTINT)
		return PRIO_SOFTINT - (priority - PRIORITY_SOFTINT) / SOFTINT_STEP;
	if (priority >= PRIORITY_REALTIME)
		return PRIO_REALTIME - (priority - PRIORITY_REALTIME) / REALTIME_STEP;
	return SCHED_PRIO_SERVICE;
}

static struct thread *thread_self(void)
{
	struct thread *t;

	cos_mutex_lock(&threads_mutex);
	t = threads;
	while (t && t->tid != cos_tid())
		t = t->next;
	cos_mutex_unlock(&threads_mutex);
	return t;
}

const char *hyp_thread_name(void)
{
	const struct thread *t = thread_self();

	return t ? t->name : "";
}

int hyp_thread_core(void)
{
	const struct thread *t = thread_self();

	return t ? t->core : SCHED_CORE_ANY;
}

/*
 * cpuidx, if not negative, is a virtual CPU. The rump kernel itself decides which virtual CPU a
 * thread uses; threads with the same cpuidx only have to be on one core.
 */
int rumpuser_thread_create(void *(*fn)(void *), void *arg, const char *name, int mustjoin,
			   int priority, int cpuidx, void **cookiep)
{
	struct thread *t = arena_alloc(sizeof(*t), 16);
	long tid;

	if (!t)
		return RUMP_ENOMEM;
	*t = (struct thread){
		.fn = fn,
		.arg = arg,
		.mustjoin = mustjoin,
		.core = cpuidx < 0 ? SCHED_CORE_ANY : cpuidx % (int)cos_ncores(),
	};
	strlcpy(t->name, name ? name : "", sizeof(t->name));
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

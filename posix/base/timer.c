/* SPDX-License-Identifier: BSD-2-Clause */
/* Timers: a heap by deadline, and the thread that serves it. The rules are in timer.h. */
#include "base/os.h"
#include <cos/list.h>
#include "base/timer.h"

static struct cos_mutex lock;
static struct cos_cond changed; /* another timer is the earliest */
static struct cos_cond fired;	/* `firing` has returned */
static struct cos_timeout_heap heap;
static struct os_timer *firing;

void timer_set(struct os_timer *timer, uint64_t deadline_ns)
{
	cos_mutex_lock(&lock);
	cos_timeout_remove(&heap, &timer->timeout);
	if (deadline_ns) {
		cos_timeout_insert(&heap, &timer->timeout, deadline_ns);
		if (cos_timeout_first(&heap) == &timer->timeout)
			cos_cond_signal(&changed);
	} else {
		while (firing == timer) /* T2 */
			cos_cond_wait(&fired, &lock);
	}
	cos_mutex_unlock(&lock);
}

/* Under the lock, which is released for the call. */
static void fire(struct os_timer *timer)
{
	cos_timeout_take(&heap, &timer->timeout);
	firing = timer;
	cos_mutex_unlock(&lock);
	timer->fire(timer);
	cos_mutex_lock(&lock);
	firing = NULL;
	cos_cond_broadcast(&fired);
}

static void serve(void *unused)
{
	(void)unused;
	cos_mutex_lock(&lock);
	for (;;) {
		struct cos_timeout *first = cos_timeout_first(&heap);

		if (!first)
			cos_cond_wait(&changed, &lock);
		else if (first->deadline > cos_now_ns())
			cos_cond_timedwait(&changed, &lock, first->deadline);
		else
			fire(container_of(first, struct os_timer, timeout));
	}
}

void timer_init(void)
{
	cos_assert(cos_thread_create(serve, NULL, SCHED_PRIO_SERVICE) >= 0);
}

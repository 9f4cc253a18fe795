/* SPDX-License-Identifier: BSD-2-Clause */
/* Sleeping threads. The rules are in sleep.h. */
#include "base/os.h"
#include <cos/list.h>
#include "abi/errno.h"
#include "process/sleep.h"
#include "process/thread.h"

void sleeper_wake(struct sleeper *s)
{
	__atomic_store_n(&s->woken, true, __ATOMIC_RELEASE); /* S1 */
	thread_unpark(s->thread);
}

void sleeper_fire(struct waiter *w, unsigned events)
{
	(void)events;
	sleeper_wake(container_of(w, struct sleeper, waiter));
}

long thread_sleep(struct thread *t, struct sleeper *s, uint64_t deadline_ns)
{
	while (!__atomic_load_n(&s->woken, __ATOMIC_ACQUIRE)) {
		if (thread_interrupted(t))
			return -LX_RESTART;
		if (sched_park(deadline_ns) == -COS_ETIMEDOUT &&
		    !__atomic_load_n(&s->woken, __ATOMIC_ACQUIRE))
			return thread_interrupted(t) ? -LX_RESTART : -LX_ETIMEDOUT;
	}
	__atomic_store_n(&s->woken, false, __ATOMIC_RELAXED);
	return 0;
}

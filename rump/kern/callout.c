/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timeouts (callout.h): a binary heap ordered by time, and the thread that runs what is due. The
 * heap is rump's own: the layers keep libcos out of a rump kernel.
 */
#include "kern/callout.h"

#include <rump/errno.h>
#include <rump/types.h>

#include "kern/init.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/softint.h"
#include "kern/string.h"
#include "kern/sync.h"

#define NOT_PENDING SIZE_MAX

static struct kmutex lock;
static struct kcv wakeup, ran;
static struct callout **heap;
static size_t heap_len, heap_room;
static struct callout *running;
static bool thread_started;

int64_t clock_monotonic_ns(void)
{
	int64_t sec;
	long nsec;

	rumpuser_clock_gettime(RUMPUSER_CLOCK_ABSMONO, &sec, &nsec);
	return sec * NSEC_PER_SEC + nsec;
}

void clock_realtime(struct rump_timespec *ts)
{
	rumpuser_clock_gettime(RUMPUSER_CLOCK_RELWALL, &ts->tv_sec, &ts->tv_nsec);
}

static void heap_set(size_t slot, struct callout *co)
{
	heap[slot] = co;
	co->co_slot = slot;
}

/* Move the callout in that slot to where its time belongs. */
static void heap_sift(size_t slot)
{
	struct callout *co = heap[slot];

	while (slot > 0 && heap[(slot - 1) / 2]->co_when_ns > co->co_when_ns) {
		heap_set(slot, heap[(slot - 1) / 2]);
		slot = (slot - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * slot + 1;

		if (child >= heap_len)
			break;
		if (child + 1 < heap_len && heap[child + 1]->co_when_ns < heap[child]->co_when_ns)
			child++;
		if (heap[child]->co_when_ns >= co->co_when_ns)
			break;
		heap_set(slot, heap[child]);
		slot = child;
	}
	heap_set(slot, co);
}

static void heap_remove(struct callout *co)
{
	size_t slot = co->co_slot;
	struct callout *last = heap[--heap_len];

	co->co_slot = NOT_PENDING;
	if (last != co) {
		heap_set(slot, last);
		heap_sift(slot);
	}
}

static void callout_thread(void *arg)
{
	(void)arg;
	mutex_enter(&lock);
	for (;;) {
		int64_t now = clock_monotonic_ns();

		if (heap_len == 0) {
			cv_wait(&wakeup, &lock);
		} else if (heap[0]->co_when_ns > now) {
			cv_timedwait(&wakeup, &lock, heap[0]->co_when_ns - now);
		} else {
			struct callout *co = heap[0];
			void (*fn)(void *) = co->co_fn;
			void *fnarg = co->co_arg;

			heap_remove(co);
			running = co;
			mutex_exit(&lock);
			fn(fnarg);
			mutex_enter(&lock);
			running = NULL;
			cv_broadcast(&ran);
		}
	}
}

void callout_bootstrap(void)
{
	mutex_init(&lock);
	cv_init(&wakeup);
	cv_init(&ran);
}

void callout_init(struct callout *co, void (*fn)(void *), void *arg)
{
	co->co_slot = NOT_PENDING;
	co->co_fn = fn;
	co->co_arg = arg;
}

/* The first use starts the thread, so a kernel without timeouts has none. lock held. */
static int callout_reserve(void)
{
	size_t room = heap_room == 0 ? 64 : heap_room * 2;
	struct callout **bigger;
	int error;

	if (!thread_started) {
		error = kthread_create(callout_thread, NULL, "callout", NULL);
		if (error != 0)
			return error;
		thread_started = true;
	}
	if (heap_len < heap_room)
		return 0;
	bigger = kmem_alloc(room * sizeof(*heap));
	if (bigger == NULL)
		return RUMP_ENOMEM;
	if (heap != NULL) {
		memcpy(bigger, heap, heap_len * sizeof(*heap));
		kmem_free(heap, heap_room * sizeof(*heap));
	}
	heap = bigger;
	heap_room = room;
	return 0;
}

int callout_schedule(struct callout *co, int64_t delay_ns)
{
	int64_t when = clock_monotonic_ns();
	int error = 0;

	if (delay_ns > 0 && __builtin_add_overflow(when, delay_ns, &when))
		when = INT64_MAX;
	mutex_enter(&lock);
	if (co->co_slot == NOT_PENDING) {
		error = callout_reserve();
		if (error == 0) {
			co->co_when_ns = when;
			heap_set(heap_len++, co);
			heap_sift(co->co_slot);
		}
	} else {
		co->co_when_ns = when;
		heap_sift(co->co_slot);
	}
	if (error == 0 && co->co_slot == 0)
		cv_signal(&wakeup);
	mutex_exit(&lock);
	return error;
}

bool callout_stop(struct callout *co)
{
	bool pending;

	mutex_enter(&lock);
	pending = co->co_slot != NOT_PENDING;
	if (pending)
		heap_remove(co);
	mutex_exit(&lock);
	return pending;
}

void callout_halt(struct callout *co)
{
	mutex_enter(&lock);
	for (;;) {
		if (co->co_slot != NOT_PENDING)
			heap_remove(co);
		if (running != co)
			break;
		cv_wait(&ran, &lock);
	}
	mutex_exit(&lock);
}

bool callout_pending(struct callout *co)
{
	bool pending;

	mutex_enter(&lock);
	pending = co->co_slot != NOT_PENDING;
	mutex_exit(&lock);
	return pending;
}

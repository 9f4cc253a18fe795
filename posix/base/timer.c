/* SPDX-License-Identifier: BSD-2-Clause */
/* A binary heap by deadline, and the thread that serves it. */
#include "base/os.h"
#include "base/timer.h"

static struct cos_mutex lock;
static struct cos_cond changed;
static struct cos_cond fired;
static struct os_timer **heap; /* heap[1] is the earliest */
static unsigned long used, size;
static struct os_timer *firing;

static void place(unsigned long i, struct os_timer *timer)
{
	heap[i] = timer;
	timer->index = i;
}

static void sift_up(unsigned long i, struct os_timer *timer)
{
	for (; i > 1 && heap[i / 2]->deadline_ns > timer->deadline_ns; i /= 2)
		place(i, heap[i / 2]);
	place(i, timer);
}

static void sift_down(unsigned long i, struct os_timer *timer)
{
	unsigned long child;

	for (; (child = 2 * i) <= used; i = child) {
		if (child < used && heap[child + 1]->deadline_ns < heap[child]->deadline_ns)
			child++;
		if (heap[child]->deadline_ns >= timer->deadline_ns)
			break;
		place(i, heap[child]);
	}
	place(i, timer);
}

static void heap_remove(struct os_timer *timer)
{
	unsigned long i = timer->index;
	struct os_timer *last = heap[used--];

	timer->index = 0;
	if (last == timer)
		return;
	if (i > 1 && heap[i / 2]->deadline_ns > last->deadline_ns)
		sift_up(i, last);
	else
		sift_down(i, last);
}

bool timer_set(struct os_timer *timer, uint64_t deadline_ns)
{
	cos_mutex_lock(&lock);
	if (timer->index)
		heap_remove(timer);
	timer->deadline_ns = deadline_ns;
	if (deadline_ns) {
		if (used + 2 > size) {
			unsigned long n = size ? 2 * size : 64;
			struct os_timer **bigger = cos_realloc(heap, n * sizeof(*heap));

			if (!bigger) {
				timer->deadline_ns = 0;
				cos_mutex_unlock(&lock);
				return false;
			}
			heap = bigger;
			size = n;
		}
		sift_up(++used, timer);
		if (timer->index == 1)
			cos_cond_signal(&changed);
	} else {
		while (firing == timer)
			cos_cond_wait(&fired, &lock);
	}
	cos_mutex_unlock(&lock);
	return true;
}

static void serve(void *unused)
{
	(void)unused;
	cos_mutex_lock(&lock);
	for (;;) {
		if (used == 0) {
			cos_cond_wait(&changed, &lock);
		} else if (heap[1]->deadline_ns > cos_now_ns()) {
			cos_cond_timedwait(&changed, &lock, heap[1]->deadline_ns);
		} else {
			struct os_timer *timer = heap[1];

			heap_remove(timer);
			timer->deadline_ns = 0;
			firing = timer;
			cos_mutex_unlock(&lock);
			timer->fire(timer); /* may set itself again */
			cos_mutex_lock(&lock);
			firing = NULL;
			cos_cond_broadcast(&fired);
		}
	}
}

void timer_init(void)
{
	cos_assert(cos_thread_create(serve, NULL, SCHED_PRIO_SERVICE) >= 0);
}

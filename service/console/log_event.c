/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log read back (console/log.h).
 *
 * Readers sleep on event until event_thread, which the first of them starts, gets the kernel's
 * event that there is text. The thread wakes all of them, and each looks for itself.
 *
 * I1  A reader looks at the log under event_mutex before it sleeps, and the thread broadcasts under
 *     event_mutex after an event: so no text is missed between the look and the sleep.
 * I2  If the events cannot be had, `broken` is the error, and readers get it instead of sleeping.
 */
#include <cos/abi.h>
#include <cos/cap.h>
#include <cos/irq.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/syscall.h>
#include <cos/thread.h>
#include <cos/user.h>
#include <console/log.h>
#include <dev/console.h>
#include <sched/sched.h>

#define PIECE 512 /* copied at once, from the stack */

static struct cos_mutex event_mutex;
static struct cos_cond event;
static bool started;
static long broken; /* I2; 0: events come */

/* Take up to len bytes, 16 by each COS_HW_LOG_READ; *position: the position of the first. */
static long log_take(char *text, size_t len, uint64_t *position)
{
	size_t done = 0;

	while (done < len) {
		struct cos_results results;
		long n = cos_op_r(COS_CAP_HW, COS_HW_LOG_READ, *position + done, 0, 0, 0, 0, 0,
				  &results);

		if (n == -COS_EAGAIN)
			continue;
		if (n < 0)
			return n;
		/* Text behind these was lost meanwhile: the next call starts after the gap. */
		if (n == 0 || (done > 0 && results.rdi != *position + done))
			break;
		if (done == 0)
			*position = results.rdi;
		if ((size_t)n > len - done)
			n = (long)(len - done);
		memcpy(text + done, &results.rsi, (size_t)n);
		done += (size_t)n;
	}
	return (long)done;
}

struct cos_pair console_log_read(void *buf, unsigned long len_bytes, unsigned long position)
{
	uint64_t start = position;
	unsigned long done = 0;

	if ((long)len_bytes < 0 || !cos_user_range(buf, len_bytes))
		return (struct cos_pair){-COS_EINVAL, 0};
	while (done < len_bytes) {
		unsigned long part = len_bytes - done < PIECE ? len_bytes - done : PIECE;
		uint64_t at = start + done;
		char text[PIECE];
		long n = log_take(text, part, &at);

		if (n < 0)
			return (struct cos_pair){n, 0};
		if (done == 0)
			start = at;
		if (n == 0 || at != start + done)
			break;
		if (cos_copy_user((char *)buf + done, text, (size_t)n))
			return (struct cos_pair){-COS_EFAULT, 0};
		done += (unsigned long)n;
	}
	return (struct cos_pair){(long)done, (long)start};
}

static void event_thread(void *arg)
{
	long cap = dev_log_bind(), n = cap;

	(void)arg;
	/* The first broadcast is for text from before the events. */
	do {
		cos_mutex_lock(&event_mutex);
		if (n < 0)
			broken = n;
		cos_cond_broadcast(&event);
		cos_mutex_unlock(&event_mutex);
		if (n >= 0)
			n = cos_arcv_wait(cap);
	} while (broken == 0);
}

/* event_mutex is held. */
static void event_start(void)
{
	long tid;

	if (started)
		return;
	started = true;
	tid = cos_thread_create(event_thread, NULL, SCHED_PRIO_SERVICE);
	if (tid < 0)
		broken = tid;
}

long console_log_wait(unsigned long position)
{
	long result;

	cos_mutex_lock(&event_mutex);
	event_start();
	for (;;) {
		uint64_t at = position;
		char c;

		result = log_take(&c, sizeof(c), &at);
		if (result == 0)
			result = broken;
		if (result != 0)
			break;
		cos_cond_wait(&event, &event_mutex);
	}
	cos_mutex_unlock(&event_mutex);
	return result < 0 ? result : 0;
}

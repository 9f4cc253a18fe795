/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log read back. Who waits for text waits for the thread that has the kernel's events of it;
 * that thread is there from the first one on. It wakes all: each looks for itself, after the wake
 * or before it waits, under event_mutex.
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

#define PIECE 512

static struct cos_mutex event_mutex;
static struct cos_cond event;
static bool started;
static long broken; /* why there is no news */

/* At most len, COS_HW_LOG_READ's 16 at a time; *position: where they begin. */
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
		/* Lost meanwhile: for who asks for what comes after these. */
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
	/* The first time for what was written before there were events. */
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

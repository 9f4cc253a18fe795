/* SPDX-License-Identifier: BSD-2-Clause */
/* poll and select: each file has a waiter, and all of them wake one sleeper. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "base/event.h"
#include "calls.h"
#include "file/fdtable.h"
#include "file/file.h"
#include "file/poll.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/sleep.h"
#include "process/thread.h"
#include "signal/signal.h"

struct watch {
	struct file *file;
	struct waiter w;
	struct sleeper *sleeper;
};

static void watch_fire(struct waiter *w, unsigned events)
{
	(void)events;
	sleeper_wake(container_of(w, struct watch, w)->sleeper);
}

/* Fill in revents: how many files are ready. */
static long scan(struct thread *t, struct lx_pollfd *fds, struct watch *watch, size_t n)
{
	long ready = 0;

	for (size_t i = 0; i < n; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		if (!watch[i].file)
			fds[i].revents = LX_POLLNVAL;
		else
			fds[i].revents =
				(int16_t)(file_poll(t, watch[i].file) &
					  ((uint16_t)fds[i].events | LX_POLLERR | LX_POLLHUP));
		ready += fds[i].revents != 0;
	}
	return ready;
}

/* deadline 0: for ever; expired: look once. How many are ready, or -LX_E*. */
static long poll_files(struct thread *t, struct lx_pollfd *fds, size_t n, uint64_t deadline,
		       bool expired)
{
	struct sleeper sleeper = SLEEPER(t, 0);
	struct watch *watch = n ? cos_calloc(n, sizeof(*watch)) : NULL;
	long r;

	if (n && !watch)
		return -LX_ENOMEM;
	for (size_t i = 0; i < n; i++)
		watch[i].file = fds[i].fd >= 0 ? fd_get(t, fds[i].fd) : NULL;
	r = scan(t, fds, watch, n);
	if (r == 0 && !expired) {
		for (size_t i = 0; i < n; i++) {
			if (!watch[i].file)
				continue;
			watch[i].sleeper = &sleeper;
			watch[i].w = (struct waiter){.fire = watch_fire,
						     .events = (uint16_t)fds[i].events};
			waiter_add(&watch[i].file->waitq, &watch[i].w);
		}
		while ((r = scan(t, fds, watch, n)) == 0) {
			r = thread_sleep(t, &sleeper, deadline);
			if (r < 0)
				break;
		}
		for (size_t i = 0; i < n; i++)
			waiter_remove(&watch[i].w);
	}
	for (size_t i = 0; i < n; i++)
		if (watch[i].file)
			file_put(watch[i].file);
	cos_free(watch);
	return r == -LX_ETIMEDOUT ? 0 : r == -LX_RESTART ? -LX_RESTART_NOHAND : r;
}

static long poll_call(struct thread *t, uint64_t addr, uint64_t n, uint64_t deadline, bool expired)
{
	struct lx_pollfd *fds;
	long r;

	if ((uint32_t)n > t->proc->limits[LX_RLIMIT_NOFILE].cur)
		return -LX_EINVAL;
	n = (uint32_t)n;
	fds = cos_malloc(n * sizeof(*fds) + 1);
	if (!fds)
		return -LX_ENOMEM;
	r = user_get(t, fds, addr, n * sizeof(*fds));
	if (r == 0)
		r = poll_files(t, fds, n, deadline, expired);
	if (r >= 0 && user_put(t, addr, fds, n * sizeof(*fds)) < 0)
		r = -LX_EFAULT;
	cos_free(fds);
	return r;
}

long sys_poll(struct thread *t, const uint64_t *a)
{
	return poll_call(t, a[0], a[1], poll_deadline((int)a[2]), (int)a[2] == 0);
}

long poll_timespec(struct thread *t, uint64_t addr, uint64_t *deadline, bool *expired)
{
	struct lx_timespec ts;

	*deadline = 0;
	*expired = false;
	if (!addr)
		return 0;
	if (user_get(t, &ts, addr, sizeof(ts)) < 0)
		return -LX_EFAULT;
	*expired = ts.tv_sec == 0 && ts.tv_nsec == 0;
	return deadline_of(&ts, true, false, deadline);
}

/* ppoll and pselect give the time that was left, as Linux does. */
static void put_left(struct thread *t, uint64_t addr, uint64_t deadline)
{
	uint64_t now = cos_now_ns();
	struct lx_timespec left = ns_timespec(deadline > now ? deadline - now : 0);

	if (addr)
		user_put(t, addr, &left,
			 sizeof(left)); /* memory that cannot be written is no error */
}

long poll_mask(struct thread *t, uint64_t addr, uint64_t size)
{
	uint64_t mask;

	if (!addr)
		return 0;
	if (size != 8)
		return -LX_EINVAL;
	if (user_get(t, &mask, addr, sizeof(mask)) < 0)
		return -LX_EFAULT;
	signal_mask_for_call(t, mask);
	return 0;
}

long sys_ppoll(struct thread *t, const uint64_t *a)
{
	uint64_t deadline;
	bool expired;
	long r = poll_timespec(t, a[2], &deadline, &expired);

	if (r == 0)
		r = poll_mask(t, a[3], a[4]);
	if (r < 0)
		return r;
	r = poll_call(t, a[0], a[1], deadline, expired);
	put_left(t, a[2], deadline);
	return r;
}

#define SELECT_IN (LX_POLLRDNORM | LX_POLLRDBAND | LX_POLLIN | LX_POLLHUP | LX_POLLERR)
#define SELECT_OUT (LX_POLLWRBAND | LX_POLLWRNORM | LX_POLLOUT | LX_POLLERR)
#define SELECT_EX LX_POLLPRI
static const unsigned select_events[3] = {SELECT_IN, SELECT_OUT, SELECT_EX};

/* user: three bitmaps of n bits, each may be 0. How many bits are set at the end, or -LX_E*. */
static long select_files(struct thread *t, int n, const uint64_t *user, uint64_t deadline,
			 bool expired)
{
	size_t bytes = ((size_t)n + 63) / 64 * 8, count = 0;
	uint64_t *sets = cos_calloc(3, bytes + 8);
	struct lx_pollfd *fds = cos_calloc((size_t)n + 1, sizeof(*fds));
	long r = sets && fds ? 0 : -LX_ENOMEM;

	for (int s = 0; r == 0 && s < 3; s++)
		if (user[s])
			r = user_get(t, sets + s * bytes / 8, user[s], bytes);
	for (int fd = 0; r == 0 && fd < n; fd++) {
		unsigned events = 0;

		for (int s = 0; s < 3; s++)
			if (sets[s * bytes / 8 + (size_t)fd / 64] >> (fd % 64) & 1)
				events |= select_events[s];
		if (events)
			fds[count++] = (struct lx_pollfd){fd, (int16_t)events, 0};
	}
	if (r == 0)
		r = poll_files(t, fds, count, deadline, expired);
	if (r >= 0) {
		memset(sets, 0, 3 * bytes);
		r = 0;
		for (size_t i = 0; i < count; i++) {
			if (fds[i].revents & LX_POLLNVAL)
				r = -LX_EBADF;
			for (int s = 0; r >= 0 && s < 3; s++) {
				if (!((unsigned)fds[i].events & select_events[s] &
				      ~(LX_POLLHUP | LX_POLLERR)) ||
				    !((uint16_t)fds[i].revents & select_events[s]))
					continue;
				sets[s * bytes / 8 + (size_t)fds[i].fd / 64] |= 1ull
										<< (fds[i].fd % 64);
				r++;
			}
			if (r < 0)
				break;
		}
	}
	for (int s = 0; r >= 0 && s < 3; s++)
		if (user[s] && user_put(t, user[s], sets + s * bytes / 8, bytes) < 0)
			r = -LX_EFAULT;
	cos_free(sets);
	cos_free(fds);
	return r;
}

#define SELECT_MAX (1 << 20) /* as many as there can be descriptors (limits.c) */
long sys_select(struct thread *t, const uint64_t *a)
{
	struct lx_timeval tv;
	uint64_t deadline = 0;
	bool expired = false;
	long r;

	if ((int)a[0] < 0 || (int)a[0] > SELECT_MAX)
		return -LX_EINVAL;
	if (a[4]) {
		if (user_get(t, &tv, a[4], sizeof(tv)) < 0)
			return -LX_EFAULT;
		if (tv.tv_sec < 0 || tv.tv_usec < 0)
			return -LX_EINVAL;
		expired = tv.tv_sec == 0 && tv.tv_usec == 0;
		deadline = cos_now_ns() + timeval_ns(&tv);
	}
	r = select_files(t, (int)a[0], a + 1, deadline, expired);
	if (a[4]) {
		uint64_t now = cos_now_ns();

		tv = ns_timeval(deadline > now ? deadline - now : 0);
		user_put(t, a[4], &tv, sizeof(tv));
	}
	return r;
}

long sys_pselect6(struct thread *t, const uint64_t *a)
{
	uint64_t deadline, mask[2] = {0, 8};
	bool expired;
	long r;

	if ((int)a[0] < 0 || (int)a[0] > SELECT_MAX)
		return -LX_EINVAL;
	r = poll_timespec(t, a[4], &deadline, &expired);
	if (r == 0 && a[5] && user_get(t, mask, a[5], sizeof(mask)) < 0)
		r = -LX_EFAULT;
	if (r == 0)
		r = poll_mask(t, mask[0], mask[1]);
	if (r < 0)
		return r;
	r = select_files(t, (int)a[0], a + 1, deadline, expired);
	put_left(t, a[4], deadline);
	return r;
}

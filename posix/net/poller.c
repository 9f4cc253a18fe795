/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The poller: the thread in the network backend's kevent(), and what it watches. Rules: poller.h.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/backend.h"
#include "base/event.h"
#include "file/file.h"
#include "net/poller.h"
#include "process/thread.h"

#define EVENTS 64 /* taken by one call: more are taken by the next */

static long kq = -1;
static struct rump_kevent *events; /* shared with the backend */
static struct file **watched;	   /* by descriptor, under the event lock */
static long nwatched;

static void dispatch(const struct rump_kevent *ev)
{
	bool eof = ev->flags & RUMP_EV_EOF;
	unsigned mask = ev->filter == RUMP_EVFILT_READ ? LX_POLLIN | LX_POLLRDNORM
						       : LX_POLLOUT | LX_POLLWRNORM;
	struct file *f;

	if (eof)
		mask |= ev->filter == RUMP_EVFILT_READ ? LX_POLLRDHUP | LX_POLLHUP : LX_POLLHUP;
	event_lock();
	f = (long)ev->ident < nwatched ? watched[ev->ident] : NULL;
	if (f) {
		if (eof && ev->filter == RUMP_EVFILT_READ)
			f->peer_closed = true;
		waitq_wake_locked(&f->waitq, mask);
	}
	event_unlock();
}

static void serve(void *unused)
{
	(void)unused;
	for (;;) {
		long n = network_call(RUMP_SYS___kevent50, kq, 0, 0, events, EVENTS);

		if (n < 0 && n != -LX_EINTR) {
			cos_log("posix: the network backend reports no more events (error %ld)\n",
				-n);
			return;
		}
		for (long i = 0; i < n; i++)
			dispatch(&events[i]);
	}
}

void poller_init(void)
{
	long shm;

	if (!network_present())
		return;
	shm = mem_shm_create(EVENTS * sizeof(*events));
	cos_assert(shm > 0);
	events = (struct rump_kevent *)shm;
	kq = network_call(RUMP_SYS_kqueue);
	if (kq < 0 || cos_thread_create(serve, NULL, SCHED_PRIO_SERVICE) < 0)
		cos_log("posix: no events from the network backend (error %ld): sockets cannot be "
			"waited for\n",
			-kq);
}

static long change_events(struct thread *t, struct file *f, unsigned flags)
{
	struct rump_kevent *change = shared_at(t, SHARED_ARGS);
	long r;

	for (unsigned i = 0; i < 2; i++)
		change[i] = (struct rump_kevent){.ident = (uintptr_t)f->backend_fd,
						 .filter = i ? RUMP_EVFILT_WRITE : RUMP_EVFILT_READ,
						 .flags = flags};
	r = network_call(RUMP_SYS___kevent50, kq, change, 2, 0, 0);
	return r < 0 ? r : 0;
}

long poller_watch(struct thread *t, struct file *f)
{
	long r = 0;

	event_lock();
	if (f->backend_fd >= nwatched) {
		long n = MAX(2 * nwatched, MAX((long)f->backend_fd + 1, 64L));
		struct file **bigger = cos_realloc(watched, (size_t)n * sizeof(*bigger));

		if (bigger) {
			memset(bigger + nwatched, 0, (size_t)(n - nwatched) * sizeof(*bigger));
			watched = bigger;
			nwatched = n;
		} else {
			r = -LX_ENOMEM;
		}
	}
	if (r == 0)
		watched[f->backend_fd] = f;
	event_unlock();
	if (r < 0)
		return r;
	r = change_events(t, f, RUMP_EV_ADD | RUMP_EV_CLEAR);
	if (r < 0)
		poller_forget(f);
	return r;
}

long poller_watch_again(struct thread *t, struct file *f)
{
	long r = change_events(t, f, RUMP_EV_DELETE);

	return r < 0 ? r : change_events(t, f, RUMP_EV_ADD | RUMP_EV_CLEAR);
}

void poller_forget(struct file *f)
{
	event_lock();
	if (f->backend_fd >= 0 && f->backend_fd < nwatched && watched[f->backend_fd] == f)
		watched[f->backend_fd] = NULL;
	event_unlock();
}

/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * poll, pollts, select, pselect: ask every file; if none is ready, sleep until one reports a change
 * (select.h).
 */
#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/copy.h"
#include "kern/file.h"
#include "kern/kmem.h"
#include "kern/poll.h"
#include "kern/select.h"
#include "kern/string.h"
#include "kern/syscall.h"

/* Most calls poll few descriptors: these need no allocation. */
#define POLLFD_ONSTACK 16
#define POLL_ALWAYS (RUMP_POLLERR | RUMP_POLLHUP)
#define READ_EVENTS (RUMP_POLLIN | RUMP_POLLRDNORM | RUMP_POLLHUP | RUMP_POLLERR)
#define WRITE_EVENTS (RUMP_POLLOUT | RUMP_POLLHUP | RUMP_POLLERR)
#define EXCEPT_EVENTS (RUMP_POLLPRI | RUMP_POLLRDBAND)

int timespec_to_ns(const struct rump_timespec *ts, int64_t *nsp)
{
	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= NSEC_PER_SEC)
		return RUMP_EINVAL;
	if (__builtin_mul_overflow(ts->tv_sec, NSEC_PER_SEC, nsp) ||
	    __builtin_add_overflow(*nsp, ts->tv_nsec, nsp))
		*nsp = INT64_MAX / 2;
	return 0;
}

static int poll_file(struct file *fp, int events)
{
	if (fp->f_ops->fo_poll == NULL)
		return events & (RUMP_POLLIN | RUMP_POLLOUT | RUMP_POLLRDNORM);
	return fp->f_ops->fo_poll(fp, events) & (events | POLL_ALWAYS);
}

/*
 * Ask all files, and count those with events. The files found stay referenced in held (NULL: no
 * file) until the poller's records are removed. Once something is ready nothing more is recorded.
 */
static unsigned poll_scan(struct lwp *l, struct rump_pollfd *fds, struct file **held, unsigned n)
{
	unsigned ready = 0;

	for (unsigned i = 0; i < n; i++) {
		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		if (held[i] == NULL)
			held[i] = fd_getfile(l, fds[i].fd);
		fds[i].revents = (short)(held[i] != NULL ? poll_file(held[i], fds[i].events)
							 : RUMP_POLLNVAL);
		if (fds[i].revents != 0) {
			ready++;
			l->l_poller = NULL;
		}
	}
	return ready;
}

static int poll_wait(struct lwp *l, struct poller *po, int64_t timeout_ns, int64_t deadline)
{
	int error = 0;

	(void)l;
	mutex_enter(&po->po_lock);
	while (!po->po_fired && error == 0) {
		int64_t left = timeout_ns < 0 ? -1 : deadline - clock_monotonic_ns();

		if (timeout_ns >= 0 && left <= 0)
			error = RUMP_ETIMEDOUT;
		else
			error = cv_timedwait_sig(&po->po_cv, &po->po_lock, left);
	}
	po->po_fired = false;
	mutex_exit(&po->po_lock);
	return error;
}

/* timeout_ns < 0: for ever. *readyp becomes the number of files with events. ENOMEM, EINTR. */
static int poll_common(struct lwp *l, struct rump_pollfd *fds, unsigned n, int64_t timeout_ns,
		       unsigned *readyp)
{
	struct file *small[POLLFD_ONSTACK] = {NULL}, **held = small;
	int64_t deadline = timeout_ns > 0 ? clock_monotonic_ns() + timeout_ns : 0;
	struct poller po;
	int error = 0;

	if (n > POLLFD_ONSTACK && (held = kmem_zalloc(n * sizeof(*held))) == NULL)
		return RUMP_ENOMEM;
	if (timeout_ns == 0) {
		*readyp = poll_scan(l, fds, held, n);
	} else {
		poller_init(&po);
		for (;;) {
			l->l_poller = &po;
			*readyp = poll_scan(l, fds, held, n);
			l->l_poller = NULL;
			if (*readyp != 0)
				break;
			error = po.po_error;
			if (error == 0)
				error = poll_wait(l, &po, timeout_ns, deadline);
			if (error != 0)
				break;
			poller_clear(&po);
		}
		poller_fini(&po);
		if (error == RUMP_ETIMEDOUT)
			error = 0;
	}
	for (unsigned i = 0; i < n; i++)
		if (held[i] != NULL)
			file_release(held[i]);
	if (held != small)
		kmem_free(held, n * sizeof(*held));
	return error;
}

static int do_poll(struct lwp *l, void *ufds, unsigned n, int64_t timeout_ns,
		   rump_register_t *retval)
{
	struct rump_pollfd small[POLLFD_ONSTACK], *fds = small;
	size_t bytes = (size_t)n * sizeof(*fds);
	unsigned ready = 0;
	int error;

	if (n > (1u << 20))
		return RUMP_EINVAL;
	if (n > POLLFD_ONSTACK && (fds = kmem_alloc(bytes)) == NULL)
		return RUMP_ENOMEM;
	error = copyin(ufds, fds, bytes);
	if (error == 0)
		error = poll_common(l, fds, n, timeout_ns, &ready);
	if (error == 0)
		error = copyout(fds, ufds, bytes);
	if (error == 0)
		retval[0] = (rump_register_t)ready;
	if (fds != small)
		kmem_free(fds, bytes);
	return error;
}

static int sys_poll(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int ms = (int)arg[2];

	return do_poll(l, ARG_PTR(void *, arg[0]), (unsigned)arg[1],
		       ms < 0 ? -1 : ms * INT64_C(1000000), retval);
}
RUMP_SYSCALL(poll, RUMP_SYS_poll, sys_poll);

static int timeout_in(const void *uts, int64_t *nsp)
{
	struct rump_timespec ts;
	int error;

	*nsp = -1;
	if (uts == NULL)
		return 0;
	error = copyin(uts, &ts, sizeof(ts));
	return error != 0 ? error : timespec_to_ns(&ts, nsp);
}

/* The signal mask is ignored: no signals are delivered in a rump kernel. */
static int sys_pollts(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int64_t timeout_ns;
	int error = timeout_in(ARG_PTR(void *, arg[2]), &timeout_ns);

	return error != 0
		       ? error
		       : do_poll(l, ARG_PTR(void *, arg[0]), (unsigned)arg[1], timeout_ns, retval);
}
RUMP_SYSCALL(pollts, RUMP_SYS___pollts50, sys_pollts);

static const int set_events[3] = {READ_EVENTS, WRITE_EVENTS, EXCEPT_EVENTS};
static const int set_asked[3] = {RUMP_POLLIN, RUMP_POLLOUT, EXCEPT_EVENTS};

/* sets: three bit maps of words words each, from the caller; replaced by the result. */
static int select_bits(struct lwp *l, uint32_t *sets, unsigned nd, unsigned words,
		       int64_t timeout_ns, rump_register_t *retval)
{
	struct rump_pollfd *fds;
	unsigned n = 0, ready, room = nd != 0 ? nd : 1;
	int error;

	fds = kmem_alloc(room * sizeof(*fds));
	if (fds == NULL)
		return RUMP_ENOMEM;
	for (unsigned fd = 0; fd < nd; fd++) {
		int events = 0;

		for (unsigned s = 0; s < 3; s++)
			if (sets[s * words + fd / 32] >> (fd % 32) & 1)
				events |= set_asked[s];
		if (events != 0)
			fds[n++] = (struct rump_pollfd){(int)fd, (short)events, 0};
	}
	error = poll_common(l, fds, n, timeout_ns, &ready);
	for (unsigned i = 0; i < n && error == 0; i++)
		if (fds[i].revents & RUMP_POLLNVAL)
			error = RUMP_EBADF;
	for (unsigned i = 0; i < n && error == 0; i++) {
		unsigned fd = (unsigned)fds[i].fd;

		for (unsigned s = 0; s < 3; s++) {
			uint32_t *word = &sets[s * words + fd / 32], bit = 1u << (fd % 32);

			if (*word & bit && (fds[i].revents & set_events[s]) == 0)
				*word &= ~bit;
			else if (*word & bit)
				retval[0]++;
		}
	}
	kmem_free(fds, room * sizeof(*fds));
	return error;
}

static int do_select(struct lwp *l, const int64_t *arg, int64_t timeout_ns, rump_register_t *retval)
{
	int nd = (int)arg[0];
	unsigned words;
	size_t bytes;
	uint32_t *sets;
	int error = 0;

	if (nd < 0)
		return RUMP_EINVAL;
	if (nd > fd_highest(l) + 1)
		nd = fd_highest(l) + 1;
	words = ((unsigned)nd + 31) / 32;
	bytes = words * sizeof(*sets);
	sets = kmem_zalloc(3 * bytes + 1);
	if (sets == NULL)
		return RUMP_ENOMEM;
	for (unsigned s = 0; s < 3 && error == 0; s++)
		if (arg[1 + s] != 0)
			error = copyin(ARG_PTR(void *, arg[1 + s]), sets + s * words, bytes);
	if (error == 0)
		error = select_bits(l, sets, (unsigned)nd, words, timeout_ns, retval);
	for (unsigned s = 0; s < 3 && error == 0; s++)
		if (arg[1 + s] != 0)
			error = copyout(sets + s * words, ARG_PTR(void *, arg[1 + s]), bytes);
	kmem_free(sets, 3 * bytes + 1);
	return error;
}

static int sys_select(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_timeval tv;
	struct rump_timespec ts;
	int64_t timeout_ns = -1;
	int error = 0;

	if (arg[4] != 0) {
		error = copyin(ARG_PTR(void *, arg[4]), &tv, sizeof(tv));
		ts = (struct rump_timespec){tv.tv_sec, tv.tv_usec * 1000L};
		if (error == 0)
			error = timespec_to_ns(&ts, &timeout_ns);
	}
	return error != 0 ? error : do_select(l, arg, timeout_ns, retval);
}
RUMP_SYSCALL(select, RUMP_SYS___select50, sys_select);

static int sys_pselect(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	int64_t timeout_ns;
	int error = timeout_in(ARG_PTR(void *, arg[4]), &timeout_ns);

	return error != 0 ? error : do_select(l, arg, timeout_ns, retval);
}
RUMP_SYSCALL(pselect, RUMP_SYS___pselect50, sys_pselect);

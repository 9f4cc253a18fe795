/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kqueue(2): event queues.
 *
 * Definitions. A knote is one registration: an identifier and a filter. Its event holds or does
 * not, as its filter says (select.h). The ready queue has the knotes to look at. A marker is a
 * knote on the stack of a scanning lwp that ends one pass over the queue.
 *
 * I1 A knote is found by its descriptor's fd_knotes, or by kq_others if its filter is not about a
 *    descriptor. It is made and dropped with fd_lock held.
 * I2 While its event holds, a knote is on the ready queue (KN_QUEUED), unless it is disabled.
 * I3 A scan takes a knote off the queue, marks it KN_BUSY and releases kq_lock to ask the filter
 *    again, which takes the object's lock. The knote is delivered only if the event still holds.
 * I4 A knote is freed only when it is not busy: the lwp that drops it waits on kq_idle.
 * I5 A level-triggered knote returns to the end of the queue after delivery, so one pass delivers
 *    it once.
 * I6 Order of locks: fd_lock, the object's, si_lock, kq_lock.
 *
 * States: idle; queued (knote_enqueue); busy (kqueue_collect, knote_deliver); fired, a ONESHOT
 * knote that was delivered and is to be dropped (kqueue_reap).
 */
#include <rump/errno.h>

#include "kern/callout.h"
#include "kern/copy.h"
#include "kern/file.h"
#include "kern/kmem.h"
#include "kern/printf.h"
#include "kern/select.h"
#include "kern/string.h"
#include "kern/syscall.h"

#define KN_ACTIVE 0x01	 /* the event held when it was last checked */
#define KN_QUEUED 0x02	 /* on the ready queue */
#define KN_DISABLED 0x04 /* EV_DISABLE */
#define KN_BUSY 0x08	 /* a scan is asking its filter */
#define KN_FIRED 0x10	 /* a ONESHOT that was delivered: to be dropped */
#define KN_MARKER 0x20

/* Events and changes copied at a time, on the stack. */
#define KEVENT_BATCH 16

struct kqueue {
	struct kmutex kq_lock;
	struct kcv kq_cv;      /* something is ready */
	struct kcv kq_idle;    /* a knote ceased to be busy */
	struct list kq_ready;  /* kn_ready */
	struct list kq_all;    /* kn_kqnode */
	struct list kq_others; /* kn_fdnode of knotes without a descriptor; fd_lock */
	/* its owner; not referenced, since closing it closes this kqueue */
	struct filedesc *kq_fdp;
	struct selinfo kq_sel;
};

static void knote_enqueue(struct knote *kn)
{
	struct kqueue *kq = kn->kn_kq;

	if ((kn->kn_status & (KN_ACTIVE | KN_QUEUED | KN_DISABLED | KN_FIRED)) != KN_ACTIVE)
		return;
	kn->kn_status |= KN_QUEUED;
	list_insert_tail(&kq->kq_ready, &kn->kn_ready);
	cv_signal(&kq->kq_cv);
	selnotify(&kq->kq_sel, 0);
}

static void knote_dequeue(struct knote *kn)
{
	if (kn->kn_status & KN_QUEUED) {
		kn->kn_status &= ~KN_QUEUED;
		list_remove(&kn->kn_ready);
	}
}

void knote_activate(struct knote *kn)
{
	struct kqueue *kq = kn->kn_kq;

	mutex_enter(&kq->kq_lock);
	kn->kn_status |= KN_ACTIVE;
	knote_enqueue(kn);
	mutex_exit(&kq->kq_lock);
}

/* fd_lock held. */
static void knote_drop(struct knote *kn)
{
	struct kqueue *kq = kn->kn_kq;

	mutex_enter(&kq->kq_lock);
	kn->kn_status |= KN_DISABLED;
	while (kn->kn_status & KN_BUSY)
		cv_wait(&kq->kq_idle, &kq->kq_lock);
	mutex_exit(&kq->kq_lock);
	kn->kn_fop->f_detach(kn); /* The filter does not activate it after this. */
	mutex_enter(&kq->kq_lock);
	knote_dequeue(kn);
	list_remove(&kn->kn_kqnode);
	mutex_exit(&kq->kq_lock);
	list_remove(&kn->kn_fdnode);
	kmem_free(kn, sizeof(*kn));
}

void knote_fdclose(struct list *knotes)
{
	while (!list_empty(knotes))
		knote_drop(list_entry(knotes->next, struct knote, kn_fdnode));
}

/* Filter of objects that are always ready. */

static void always_detach(struct knote *kn)
{
	(void)kn;
}

static bool always_event(struct knote *kn, unsigned hint)
{
	(void)hint;
	kn->kn_data = 1;
	return true;
}

static const struct filterops always_filtops = {
	.f_isfd = true, .f_detach = always_detach, .f_event = always_event};

int always_kqfilter(struct file *fp, struct knote *kn)
{
	(void)fp;
	if (kn->kn_filter != RUMP_EVFILT_READ && kn->kn_filter != RUMP_EVFILT_WRITE)
		return RUMP_EINVAL;
	kn->kn_fop = &always_filtops;
	return 0;
}

/*
 * EVFILT_TIMER: data is the period in ms; kn_data counts the expirations since the last delivery.
 */

struct knote_timer {
	struct callout kt_callout;
	_Atomic int64_t kt_count;
	int64_t kt_period_ns;
};

static void timer_expire(void *arg)
{
	struct knote *kn = arg;
	struct knote_timer *kt = kn->kn_hook;

	kt->kt_count++;
	knote_activate(kn);
	if ((kn->kn_flags & RUMP_EV_ONESHOT) == 0 &&
	    callout_schedule(&kt->kt_callout, kt->kt_period_ns) != 0)
		kprintf("kqueue timer lost: no memory\n");
}

static int timer_attach(struct knote *kn)
{
	struct knote_timer *kt;
	int error;

	if (kn->kn_sdata < 0 || kn->kn_sdata > INT64_MAX / 1000000)
		return RUMP_EINVAL;
	kt = kmem_zalloc(sizeof(*kt));
	if (kt == NULL)
		return RUMP_ENOMEM;
	kt->kt_period_ns = (kn->kn_sdata != 0 ? kn->kn_sdata : 1) * 1000000;
	kn->kn_hook = kt;
	kn->kn_flags |= RUMP_EV_CLEAR;
	callout_init(&kt->kt_callout, timer_expire, kn);
	error = callout_schedule(&kt->kt_callout, kt->kt_period_ns);
	if (error != 0)
		kmem_free(kt, sizeof(*kt));
	return error;
}

static void timer_detach(struct knote *kn)
{
	struct knote_timer *kt = kn->kn_hook;

	callout_halt(&kt->kt_callout);
	kmem_free(kt, sizeof(*kt));
}

static bool timer_event(struct knote *kn, unsigned hint)
{
	struct knote_timer *kt = kn->kn_hook;

	(void)hint;
	kn->kn_data = atomic_exchange(&kt->kt_count, 0);
	return kn->kn_data != 0;
}

static const struct filterops timer_filtops = {
	.f_attach = timer_attach, .f_detach = timer_detach, .f_event = timer_event};

/* Registration. */

static struct knote *knote_find(struct list *head, struct kqueue *kq, const struct rump_kevent *ke)
{
	struct list *n;

	list_foreach(n, head) {
		struct knote *kn = list_entry(n, struct knote, kn_fdnode);

		if (kn->kn_kq == kq && kn->kn_filter == ke->filter && kn->kn_ident == ke->ident)
			return kn;
	}
	return NULL;
}

static int knote_attach(struct kqueue *kq, struct list *head, struct file *fp,
			const struct rump_kevent *ke, struct knote **knp)
{
	struct knote *kn = kmem_zalloc(sizeof(*kn));
	int error;

	if (kn == NULL)
		return RUMP_ENOMEM;
	list_init(&kn->kn_selnode);
	list_init(&kn->kn_ready);
	kn->kn_kq = kq;
	kn->kn_file = fp;
	kn->kn_ident = ke->ident;
	kn->kn_filter = ke->filter;
	kn->kn_flags = ke->flags & ~(RUMP_EV_ADD | RUMP_EV_DELETE | RUMP_EV_ENABLE |
				     RUMP_EV_DISABLE | RUMP_EV_EOF | RUMP_EV_ERROR);
	kn->kn_sfflags = ke->fflags;
	kn->kn_sdata = ke->data;
	kn->kn_udata = ke->udata;
	if (fp != NULL) {
		error = fp->f_ops->fo_kqfilter != NULL ? fp->f_ops->fo_kqfilter(fp, kn)
						       : RUMP_EINVAL;
	} else {
		kn->kn_fop = &timer_filtops;
		error = kn->kn_fop->f_attach(kn);
	}
	if (error != 0) {
		kmem_free(kn, sizeof(*kn));
		return error;
	}
	list_insert_tail(head, &kn->kn_fdnode);
	mutex_enter(&kq->kq_lock);
	list_insert_tail(&kq->kq_all, &kn->kn_kqnode);
	mutex_exit(&kq->kq_lock);
	*knp = kn;
	return 0;
}

static void knote_setflags(struct knote *kn, uint32_t mask, uint32_t value)
{
	atomic_fetch_and(&kn->kn_flags, ~mask | value);
	atomic_fetch_or(&kn->kn_flags, value);
}

/* fp is the file of ke->ident, or NULL for a filter without a file. fd_lock held. */
static int register_locked(struct kqueue *kq, struct list *head, struct file *fp,
			   const struct rump_kevent *ke)
{
	struct knote *kn = knote_find(head, kq, ke);
	int error;

	if (ke->flags & RUMP_EV_DELETE) {
		if (kn == NULL)
			return RUMP_ENOENT;
		knote_drop(kn);
		return 0;
	}
	if (kn == NULL) {
		if ((ke->flags & RUMP_EV_ADD) == 0)
			return RUMP_ENOENT;
		error = knote_attach(kq, head, fp, ke, &kn);
		if (error != 0)
			return error;
	}
	mutex_enter(&kq->kq_lock);
	if (ke->flags & RUMP_EV_ADD) {
		uint32_t kept = RUMP_EV_ONESHOT | RUMP_EV_CLEAR | RUMP_EV_DISPATCH;

		kn->kn_udata = ke->udata;
		kn->kn_sfflags = ke->fflags;
		kn->kn_sdata = ke->data;
		if (fp != NULL)
			knote_setflags(kn, kept, ke->flags & kept);
	}
	if (ke->flags & RUMP_EV_DISABLE) {
		kn->kn_status |= KN_DISABLED;
		knote_dequeue(kn);
	}
	if (ke->flags & RUMP_EV_ENABLE ||
	    (ke->flags & (RUMP_EV_ADD | RUMP_EV_DISABLE)) == RUMP_EV_ADD)
		kn->kn_status &= ~KN_DISABLED;
	mutex_exit(&kq->kq_lock);
	/* The event may hold already. A timer counts only expirations from now on. */
	if ((kn->kn_status & KN_DISABLED) == 0 && fp != NULL && kn->kn_fop->f_event(kn, 0))
		knote_activate(kn);
	else if (fp == NULL && ke->flags & RUMP_EV_ENABLE)
		knote_activate(kn);
	return 0;
}

static int kqueue_register(struct lwp *l, struct kqueue *kq, const struct rump_kevent *ke)
{
	struct filedesc *fdp = kq->kq_fdp;
	struct file *fp = NULL;
	struct list *head = &kq->kq_others;
	int error;

	switch (ke->filter) {
	case RUMP_EVFILT_READ:
	case RUMP_EVFILT_WRITE:
		if (ke->ident > INT32_MAX)
			return RUMP_EBADF;
		fp = fd_getfile(l, (int)ke->ident);
		if (fp == NULL)
			return RUMP_EBADF;
		break;
	case RUMP_EVFILT_TIMER:
		break;
	default:
		return RUMP_EINVAL;
	}
	mutex_enter(&fdp->fd_lock);
	if (fp != NULL)
		head = fd_knotes(fdp, (int)ke->ident, fp);
	error = head != NULL ? register_locked(kq, head, fp, ke) : RUMP_EBADF;
	mutex_exit(&fdp->fd_lock);
	if (fp != NULL)
		file_release(fp);
	return error;
}

/* Drop the ONESHOT knotes that were delivered. No locks held. */
static void kqueue_reap(struct kqueue *kq)
{
	struct list *n, *tmp;

	mutex_enter(&kq->kq_fdp->fd_lock);
again:
	mutex_enter(&kq->kq_lock);
	list_foreach_safe(n, tmp, &kq->kq_all) {
		struct knote *kn = list_entry(n, struct knote, kn_kqnode);

		if (kn->kn_status & KN_FIRED) {
			mutex_exit(&kq->kq_lock);
			knote_drop(kn);
			goto again;
		}
	}
	mutex_exit(&kq->kq_lock);
	mutex_exit(&kq->kq_fdp->fd_lock);
}

/*
 * Ask kn, which is off the queue, and fill ev if its event holds. kq_lock held; released in
 * between.
 */
static bool knote_deliver(struct kqueue *kq, struct knote *kn, struct rump_kevent *ev, bool *reapp)
{
	bool holds;

	kn->kn_status |= KN_BUSY;
	kn->kn_status &= ~(unsigned)KN_ACTIVE;
	mutex_exit(&kq->kq_lock);
	holds = kn->kn_fop->f_event(kn, 0);
	mutex_enter(&kq->kq_lock);
	kn->kn_status &= ~(unsigned)KN_BUSY;
	cv_broadcast(&kq->kq_idle);
	if (!holds || kn->kn_status & KN_DISABLED) {
		knote_enqueue(kn); /* activated in between */
		return false;
	}
	*ev = (struct rump_kevent){
		.ident = kn->kn_ident,
		.filter = kn->kn_filter,
		.flags = kn->kn_flags,
		.fflags = kn->kn_fflags,
		.data = kn->kn_data,
		.udata = kn->kn_udata,
	};
	if (kn->kn_flags & RUMP_EV_ONESHOT) {
		knote_dequeue(kn);
		kn->kn_status |= KN_FIRED;
		*reapp = true;
	} else if (kn->kn_flags & RUMP_EV_DISPATCH) {
		knote_dequeue(kn);
		kn->kn_status |= KN_DISABLED;
	} else {
		if ((kn->kn_flags & RUMP_EV_CLEAR) == 0)
			kn->kn_status |= KN_ACTIVE;
		knote_enqueue(kn); /* also when another scan took it off in between */
	}
	return true;
}

/* Up to max events that hold now; one pass. kq_lock held. */
static unsigned kqueue_collect(struct kqueue *kq, struct rump_kevent *ev, unsigned max, bool *reapp)
{
	struct knote marker = {.kn_status = KN_MARKER};
	unsigned got = 0;

	list_insert_tail(&kq->kq_ready, &marker.kn_ready);
	while (got < max) {
		struct knote *kn = list_entry(kq->kq_ready.next, struct knote, kn_ready);

		if (kn == &marker)
			break;
		if (kn->kn_status & KN_MARKER) { /* Another scan's marker: skip it. */
			list_remove(&kn->kn_ready);
			list_insert_after(&marker.kn_ready, &kn->kn_ready);
			continue;
		}
		knote_dequeue(kn);
		if (kn->kn_status & KN_BUSY)
			continue; /* another scan has it, and will queue it again if needed */
		if (knote_deliver(kq, kn, &ev[got], reapp))
			got++;
	}
	list_remove(&marker.kn_ready);
	return got;
}

static bool kqueue_isready(struct kqueue *kq)
{
	struct list *n;

	list_foreach(n, &kq->kq_ready) {
		if ((list_entry(n, struct knote, kn_ready)->kn_status & KN_MARKER) == 0)
			return true;
	}
	return false;
}

static int kqueue_scan(struct kqueue *kq, struct rump_kevent *uev, size_t max, int64_t timeout_ns,
		       size_t *gotp)
{
	int64_t deadline = timeout_ns > 0 ? clock_monotonic_ns() + timeout_ns : 0;
	struct rump_kevent ev[KEVENT_BATCH];
	bool reap = false;
	int error = 0;

	*gotp = 0;
	mutex_enter(&kq->kq_lock);
	while (*gotp < max) {
		size_t want = max - *gotp < KEVENT_BATCH ? max - *gotp : KEVENT_BATCH;
		unsigned got = kqueue_collect(kq, ev, (unsigned)want, &reap);

		if (got != 0) {
			mutex_exit(&kq->kq_lock);
			error = copyout(ev, uev + *gotp, got * sizeof(*ev));
			mutex_enter(&kq->kq_lock);
			if (error != 0)
				break;
			*gotp += got;
			if (got < want)
				break;
			continue;
		}
		if (*gotp != 0 || timeout_ns == 0)
			break;
		if (kqueue_isready(kq))
			continue; /* after the marker of the pass that found nothing */
		if (timeout_ns > 0) {
			int64_t left = deadline - clock_monotonic_ns();

			if (left <= 0)
				break;
			error = cv_timedwait_sig(&kq->kq_cv, &kq->kq_lock, left);
			if (error == RUMP_ETIMEDOUT)
				error = 0;
		} else {
			error = cv_wait_sig(&kq->kq_cv, &kq->kq_lock);
		}
		if (error != 0)
			break;
	}
	if (kqueue_isready(kq))
		cv_signal(&kq->kq_cv); /* there may be events for another waiter */
	mutex_exit(&kq->kq_lock);
	if (reap)
		kqueue_reap(kq);
	return *gotp != 0 ? 0 : error;
}

/* The kqueue as a file. */

static int kqueue_poll(struct file *fp, int events)
{
	struct kqueue *kq = fp->f_data;
	int revents = 0;

	mutex_enter(&kq->kq_lock);
	if (kqueue_isready(kq))
		revents = events & (RUMP_POLLIN | RUMP_POLLRDNORM);
	else if (events & (RUMP_POLLIN | RUMP_POLLRDNORM))
		selrecord(curlwp, &kq->kq_sel);
	mutex_exit(&kq->kq_lock);
	return revents;
}

static bool kqueue_event(struct knote *kn, unsigned hint)
{
	struct kqueue *kq = kn->kn_hook;
	bool ready;

	if (hint & KN_LOCKED)
		return true;
	mutex_enter(&kq->kq_lock);
	ready = kqueue_isready(kq);
	kn->kn_data = ready;
	mutex_exit(&kq->kq_lock);
	return ready;
}

static const struct filterops kqueue_filtops = {
	.f_isfd = true, .f_detach = selinfo_detach, .f_event = kqueue_event};

static int kqueue_kqfilter(struct file *fp, struct knote *kn)
{
	struct kqueue *kq = fp->f_data;

	if (kn->kn_filter != RUMP_EVFILT_READ || kn->kn_kq == kq)
		return RUMP_EINVAL;
	kn->kn_fop = &kqueue_filtops;
	kn->kn_hook = kq;
	selinfo_attach(&kq->kq_sel, kn);
	return 0;
}

static int kqueue_stat(struct file *fp, struct rump_stat *st)
{
	(void)fp;
	st->st_mode = RUMP_S_IFIFO | 0600;
	st->st_blksize = sizeof(struct rump_kevent);
	return 0;
}

static int kqueue_close(struct file *fp)
{
	struct kqueue *kq = fp->f_data;

	mutex_enter(&kq->kq_fdp->fd_lock);
	while (!list_empty(&kq->kq_all))
		knote_drop(list_entry(kq->kq_all.next, struct knote, kn_kqnode));
	mutex_exit(&kq->kq_fdp->fd_lock);
	seldestroy(&kq->kq_sel);
	cv_destroy(&kq->kq_cv);
	cv_destroy(&kq->kq_idle);
	mutex_destroy(&kq->kq_lock);
	kmem_free(kq, sizeof(*kq));
	return 0;
}

static const struct fileops kqueue_fileops = {
	.fo_name = "kqueue",
	.fo_poll = kqueue_poll,
	.fo_stat = kqueue_stat,
	.fo_kqfilter = kqueue_kqfilter,
	.fo_close = kqueue_close,
};

static int kqueue_open(struct lwp *l, int flags, rump_register_t *retval)
{
	struct kqueue *kq;
	struct file *fp;
	int fd, error;

	if ((flags & ~(RUMP_O_CLOEXEC | RUMP_O_NONBLOCK | RUMP_O_NOSIGPIPE)) != 0)
		return RUMP_EINVAL;
	kq = kmem_zalloc(sizeof(*kq));
	if (kq == NULL)
		return RUMP_ENOMEM;
	error = fd_allocfile(l, &fp, &fd);
	if (error != 0) {
		kmem_free(kq, sizeof(*kq));
		return error;
	}
	mutex_init(&kq->kq_lock);
	cv_init(&kq->kq_cv);
	cv_init(&kq->kq_idle);
	list_init(&kq->kq_ready);
	list_init(&kq->kq_all);
	list_init(&kq->kq_others);
	selinit(&kq->kq_sel);
	kq->kq_fdp = l->l_fd;
	fp->f_type = DTYPE_KQUEUE;
	fp->f_ops = &kqueue_fileops;
	fp->f_data = kq;
	fp->f_flag = FREAD | FWRITE | (flags & RUMP_O_NONBLOCK);
	fd_affix(l, fp, fd, (flags & RUMP_O_CLOEXEC) != 0);
	retval[0] = fd;
	return 0;
}

static int sys_kqueue(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	(void)arg;
	return kqueue_open(l, 0, retval);
}
RUMP_SYSCALL(kqueue, RUMP_SYS_kqueue, sys_kqueue);

static int sys_kqueue1(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	return kqueue_open(l, (int)arg[0], retval);
}
RUMP_SYSCALL(kqueue1, RUMP_SYS_kqueue1, sys_kqueue1);

/*
 * Apply the changes. A change that fails, or that asks for a receipt, becomes an event with
 * EV_ERROR if there is room for it; otherwise it ends the call.
 */
static int kevent_changes(struct lwp *l, struct kqueue *kq, const struct rump_kevent *uchanges,
			  size_t nchanges, struct rump_kevent *uev, size_t nevents, size_t *gotp)
{
	for (size_t i = 0; i < nchanges; i++) {
		struct rump_kevent ke;
		int error = copyin(uchanges + i, &ke, sizeof(ke));

		if (error != 0)
			return error;
		ke.flags &= 0x0fffu; /* the other flags are the kernel's to set */
		error = kqueue_register(l, kq, &ke);
		if (error == 0 && (ke.flags & RUMP_EV_RECEIPT) == 0)
			continue;
		if (*gotp == nevents)
			return error;
		ke.flags = RUMP_EV_ERROR;
		ke.data = error;
		error = copyout(&ke, uev + *gotp, sizeof(ke));
		if (error != 0)
			return error;
		++*gotp;
	}
	return 0;
}

static int sys_kevent(struct lwp *l, const int64_t *arg, rump_register_t *retval)
{
	struct rump_kevent *uev = ARG_PTR(struct rump_kevent *, arg[3]);
	size_t nevents = (size_t)arg[4], got = 0;
	int64_t timeout_ns = -1;
	struct rump_timespec ts;
	struct file *fp;
	int error = fd_getfile_type(l, (int)arg[0], DTYPE_KQUEUE, RUMP_EBADF, &fp);

	if (error != 0)
		return error;
	if (((struct kqueue *)fp->f_data)->kq_fdp != l->l_fd)
		error = RUMP_EBADF;
	if (error == 0 && arg[5] != 0) {
		error = copyin(ARG_PTR(void *, arg[5]), &ts, sizeof(ts));
		if (error == 0)
			error = timespec_to_ns(&ts, &timeout_ns);
	}
	if (error == 0)
		error = kevent_changes(l, fp->f_data, ARG_PTR(const struct rump_kevent *, arg[1]),
				       (size_t)arg[2], uev, nevents, &got);
	if (error == 0 && got == 0 && nevents != 0)
		error = kqueue_scan(fp->f_data, uev, nevents, timeout_ns, &got);
	file_release(fp);
	retval[0] = (rump_register_t)got;
	return error;
}
RUMP_SYSCALL(kevent, RUMP_SYS___kevent50, sys_kevent);

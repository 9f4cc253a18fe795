/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timers of a process, which send signals: alarm, setitimer(ITIMER_REAL), timer_create.
 *
 * I1. proc->timers and a timer's fields are under timers_lock, which `fire` takes; so a timer is
 *     disarmed without it (base/timer.h, T2).
 * I2. A periodic timer arms itself again as it fires, for the next period that is not over; periods
 *     that were missed are its overrun.
 * I3. due_ns and interval_ns are 0 before a timer is disarmed: a `fire` that runs meanwhile does
 *     not arm it again.
 *
 * Not there: timers of CPU time (ITIMER_VIRTUAL, ITIMER_PROF, CLOCK_*_CPUTIME_ID).
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "base/deadline.h"
#include "base/timer.h"
#include "calls.h"
#include "mm/user.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/thread.h"
#include "signal/signal.h"
#include "time/clock.h"
#include "time/itimer.h"

/* Id -1 is ITIMER_REAL. */
struct proc_timer {
	struct list_node link; /* proc->timers, under timers_lock */
	struct os_timer timer;
	struct process *proc;
	int id, tid, sig; /* tid 0: to the process; sig 0: SIGEV_NONE */
	uint64_t value;	  /* sigev_value */
	uint64_t interval_ns, due_ns;
	int32_t overrun;
	bool real;
};

static struct cos_mutex timers_lock;

static void proc_timer_fire(struct os_timer *timer)
{
	struct proc_timer *pt = container_of(timer, struct proc_timer, timer);
	struct lx_siginfo info = {.si_signo = pt->sig,
				  .si_code = pt->id < 0 ? LX_SI_KERNEL : LX_SI_TIMER};
	struct thread *target = NULL;

	cos_mutex_lock(&timers_lock);
	if (pt->interval_ns && pt->due_ns) {
		uint64_t now = cos_now_ns(), missed = (now - pt->due_ns) / pt->interval_ns;

		pt->overrun = (int32_t)MIN(missed, (uint64_t)INT32_MAX);
		pt->due_ns += (missed + 1) * pt->interval_ns;
		timer_set(timer, pt->due_ns);
	} else {
		pt->due_ns = 0;
	}
	if (pt->id >= 0) {
		info.timer.timerid = pt->id;
		info.timer.overrun = pt->overrun;
		info.timer.value = pt->value;
	}
	cos_mutex_unlock(&timers_lock);
	if (!pt->sig)
		return;
	if (pt->tid) {
		cos_mutex_lock(&proc_lock);
		target = proc_thread(pt->proc, pt->tid);
		cos_mutex_unlock(&proc_lock);
	}
	signal_send(pt->proc, target, pt->sig, &info);
}

static struct proc_timer *find(struct process *proc, int id)
{
	struct list_node *p;

	list_for_each(p, &proc->timers)
		if (container_of(p, struct proc_timer, link)->id == id)
			return container_of(p, struct proc_timer, link);
	return NULL;
}

static struct proc_timer *create(struct process *proc, int id, int sig)
{
	struct proc_timer *pt = cos_calloc(1, sizeof(*pt));

	if (pt) {
		pt->timer.fire = proc_timer_fire;
		pt->proc = proc;
		pt->id = id;
		pt->sig = sig;
		list_add_tail(&proc->timers, &pt->link);
	}
	return pt;
}

static long timers_create(struct process *proc)
{
	list_init(&proc->timers);
	return 0;
}

static void timers_stop(struct process *proc, struct thread *t)
{
	(void)t;
	cos_mutex_lock(&timers_lock);
	while (!list_empty(&proc->timers)) {
		struct proc_timer *pt = container_of(proc->timers.next, struct proc_timer, link);

		list_remove(&pt->link);
		pt->due_ns = pt->interval_ns = 0;
		cos_mutex_unlock(&timers_lock);
		timer_set(&pt->timer, 0);
		cos_free(pt);
		cos_mutex_lock(&timers_lock);
	}
	cos_mutex_unlock(&timers_lock);
}

/* Under the lock. */
static uint64_t remaining(const struct proc_timer *pt)
{
	uint64_t now = cos_now_ns();

	return !pt || pt->due_ns == 0 ? 0 : pt->due_ns > now ? pt->due_ns - now : 1;
}

/* Under the lock, which is released meanwhile (I1, I3). */
static void set(struct proc_timer *pt, uint64_t deadline, uint64_t interval)
{
	pt->due_ns = pt->interval_ns = 0;
	cos_mutex_unlock(&timers_lock);
	timer_set(&pt->timer, 0);
	cos_mutex_lock(&timers_lock);
	pt->due_ns = deadline;
	pt->interval_ns = deadline ? interval : 0;
	pt->overrun = 0;
	if (deadline)
		timer_set(&pt->timer, deadline);
}

static long set_real(struct thread *t, uint64_t value, uint64_t interval, uint64_t *old,
		     uint64_t *old_interval)
{
	struct proc_timer *pt;
	long r = 0;

	cos_mutex_lock(&timers_lock);
	pt = find(t->proc, -1);
	*old = remaining(pt);
	*old_interval = pt ? pt->interval_ns : 0;
	if (!pt && value)
		pt = create(t->proc, -1, LX_SIGALRM);
	if (pt)
		set(pt, value ? cos_now_ns() + value : 0, interval);
	else if (value)
		r = -LX_ENOMEM;
	cos_mutex_unlock(&timers_lock);
	return r;
}

long sys_alarm(struct thread *t, const uint64_t *a)
{
	uint64_t old, interval;

	set_real(t, (uint32_t)a[0] * NS_PER_S, 0, &old, &interval);
	return (long)((old + NS_PER_S / 2) / NS_PER_S ?: old != 0);
}

long sys_setitimer(struct thread *t, const uint64_t *a)
{
	struct lx_itimerval new = {0}, out;
	uint64_t old, interval;
	long r;

	if (a[0] > LX_ITIMER_PROF)
		return -LX_EINVAL;
	if (a[1] && user_get(t, &new, a[1], sizeof(new)) < 0)
		return -LX_EFAULT;
	if (new.it_value.tv_sec < 0 || (uint64_t) new.it_value.tv_usec >= 1000000 ||
	    new.it_interval.tv_sec < 0 || (uint64_t) new.it_interval.tv_usec >= 1000000)
		return -LX_EINVAL;
	if (a[0] != LX_ITIMER_REAL) /* timers of CPU time */
		return timeval_ns(&new.it_value) ? -LX_EOPNOTSUPP : 0;
	r = set_real(t, timeval_ns(&new.it_value), timeval_ns(&new.it_interval), &old, &interval);
	if (r < 0 || !a[2])
		return r;
	out = (struct lx_itimerval){ns_timeval(interval), ns_timeval(old)};
	return user_put(t, a[2], &out, sizeof(out));
}

long sys_getitimer(struct thread *t, const uint64_t *a)
{
	struct lx_itimerval out = {0};
	struct proc_timer *pt;

	if (a[0] > LX_ITIMER_PROF)
		return -LX_EINVAL;
	if (a[0] == LX_ITIMER_REAL) {
		cos_mutex_lock(&timers_lock);
		pt = find(t->proc, -1);
		out = (struct lx_itimerval){ns_timeval(pt ? pt->interval_ns : 0),
					    ns_timeval(remaining(pt))};
		cos_mutex_unlock(&timers_lock);
	}
	return user_put(t, a[1], &out, sizeof(out));
}

#define SIGEV_SIGNAL 0
#define SIGEV_NONE 1
#define SIGEV_THREAD_ID 4
struct lx_sigevent {
	uint64_t value;
	int32_t signo, notify, tid;
	int32_t pad[11];
};

long sys_timer_create(struct thread *t, const uint64_t *a)
{
	struct lx_sigevent ev = {.signo = LX_SIGALRM, .notify = SIGEV_SIGNAL};
	struct proc_timer *pt;
	int32_t id;

	if (!clock_known((int)a[0]) || (int)a[0] < 0 || (int)a[0] == LX_CLOCK_PROCESS_CPUTIME_ID ||
	    (int)a[0] == LX_CLOCK_THREAD_CPUTIME_ID)
		return (int)a[0] == LX_CLOCK_PROCESS_CPUTIME_ID ||
				       (int)a[0] == LX_CLOCK_THREAD_CPUTIME_ID
			       ? -LX_EOPNOTSUPP
			       : -LX_EINVAL;
	if (a[1] && user_get(t, &ev, a[1], sizeof(ev)) < 0)
		return -LX_EFAULT;
	if ((ev.notify & ~SIGEV_THREAD_ID) > SIGEV_NONE || ev.notify < 0 ||
	    (ev.notify != SIGEV_NONE && (ev.signo < 1 || ev.signo > LX_NSIG)))
		return -LX_EINVAL;
	cos_mutex_lock(&timers_lock);
	id = t->proc->next_timer++;
	pt = create(t->proc, id, ev.notify == SIGEV_NONE ? 0 : ev.signo);
	if (pt) {
		pt->value = a[1] ? ev.value : (uint64_t)id;
		pt->tid = ev.notify & SIGEV_THREAD_ID ? ev.tid : 0;
		pt->real = clock_is_real((int)a[0]);
	}
	cos_mutex_unlock(&timers_lock);
	return pt ? user_put(t, a[2], &id, sizeof(id)) : -LX_EAGAIN;
}

static struct lx_itimerspec spec_of(const struct proc_timer *pt)
{
	return (struct lx_itimerspec){ns_timespec(pt->interval_ns), ns_timespec(remaining(pt))};
}

long sys_timer_settime(struct thread *t, const uint64_t *a)
{
	struct lx_itimerspec new, old;
	uint64_t interval, value, deadline = 0;
	struct proc_timer *pt;
	long r = -LX_EINVAL;

	if (user_get(t, &new, a[2], sizeof(new)) < 0)
		return -LX_EFAULT;
	if (!timespec_ns(&new.it_interval, &interval) || !timespec_ns(&new.it_value, &value))
		return -LX_EINVAL;
	cos_mutex_lock(&timers_lock);
	pt = (int)a[0] >= 0 ? find(t->proc, (int)a[0]) : NULL;
	if (pt) {
		old = spec_of(pt);
		if (value)
			deadline_of(&new.it_value, !(a[1] & LX_TIMER_ABSTIME), pt->real, &deadline);
		set(pt, deadline, interval);
		r = 0;
	}
	cos_mutex_unlock(&timers_lock);
	if (r == 0 && a[3] && user_put(t, a[3], &old, sizeof(old)) < 0)
		r = -LX_EFAULT;
	return r;
}

long sys_timer_gettime(struct thread *t, const uint64_t *a)
{
	struct lx_itimerspec value = {0};
	struct proc_timer *pt;

	cos_mutex_lock(&timers_lock);
	pt = (int)a[0] >= 0 ? find(t->proc, (int)a[0]) : NULL;
	if (pt)
		value = spec_of(pt);
	cos_mutex_unlock(&timers_lock);
	return pt ? user_put(t, a[1], &value, sizeof(value)) : -LX_EINVAL;
}

long sys_timer_getoverrun(struct thread *t, const uint64_t *a)
{
	struct proc_timer *pt;
	long r;

	cos_mutex_lock(&timers_lock);
	pt = (int)a[0] >= 0 ? find(t->proc, (int)a[0]) : NULL;
	r = pt ? pt->overrun : -LX_EINVAL;
	cos_mutex_unlock(&timers_lock);
	return r;
}

long sys_timer_delete(struct thread *t, const uint64_t *a)
{
	struct proc_timer *pt;

	cos_mutex_lock(&timers_lock);
	pt = (int)a[0] >= 0 ? find(t->proc, (int)a[0]) : NULL;
	if (pt) {
		list_remove(&pt->link);
		pt->due_ns = pt->interval_ns = 0;
	}
	cos_mutex_unlock(&timers_lock);
	if (!pt)
		return -LX_EINVAL;
	timer_set(&pt->timer, 0);
	cos_free(pt);
	return 0;
}

const struct process_hooks itimer_hooks = {
	.create = timers_create,
	.stop = timers_stop,
};

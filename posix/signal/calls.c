/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls about signals: actions, masks, sending, waiting. */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "base/deadline.h"
#include "base/event.h"
#include "calls.h"
#include "mm/user.h"
#include "process/process.h"
#include "process/sleep.h"
#include "process/thread.h"
#include "signal/pending.h"
#include "signal/signal.h"

long sys_rt_sigaction(struct thread *t, const uint64_t *a)
{
	struct process *proc = t->proc;
	struct lx_sigaction new, old;
	int sig = (int)a[0];

	if (a[3] != 8 || sig < 1 || sig > LX_NSIG)
		return -LX_EINVAL;
	if (a[1] && user_get(t, &new, a[1], sizeof(new)) < 0)
		return -LX_EFAULT;
	if (a[1] && (sig == LX_SIGKILL || sig == LX_SIGSTOP))
		return -LX_EINVAL;
	cos_mutex_lock(&proc->signal_lock);
	old = proc->actions[sig - 1];
	if (a[1])
		proc->actions[sig - 1] = new;
	cos_mutex_unlock(&proc->signal_lock);
	return a[2] ? user_put(t, a[2], &old, sizeof(old)) : 0;
}

long sys_rt_sigprocmask(struct thread *t, const uint64_t *a)
{
	uint64_t set, old = t->blocked;

	if (a[3] != 8)
		return -LX_EINVAL;
	if (a[1]) {
		if (user_get(t, &set, a[1], sizeof(set)) < 0)
			return -LX_EFAULT;
		switch ((int)a[0]) {
		case LX_SIG_BLOCK:
			signal_set_blocked(t, t->blocked | set);
			break;
		case LX_SIG_UNBLOCK:
			signal_set_blocked(t, t->blocked & ~set);
			break;
		case LX_SIG_SETMASK:
			signal_set_blocked(t, set);
			break;
		default:
			return -LX_EINVAL;
		}
	}
	return a[2] ? user_put(t, a[2], &old, sizeof(old)) : 0;
}

long sys_rt_sigpending(struct thread *t, const uint64_t *a)
{
	uint64_t set = signal_pending(t) & t->blocked;

	return a[1] > 8 ? -LX_EINVAL : user_put(t, a[0], &set, a[1]);
}

long sys_rt_sigsuspend(struct thread *t, const uint64_t *a)
{
	struct sleeper s = SLEEPER(t, 0);
	uint64_t mask;

	if (a[1] != 8)
		return -LX_EINVAL;
	if (user_get(t, &mask, a[0], sizeof(mask)) < 0)
		return -LX_EFAULT;
	signal_mask_for_call(t, mask);
	thread_sleep(t, &s, 0);
	return -LX_RESTART_NOHAND;
}

long sys_pause(struct thread *t, const uint64_t *a)
{
	struct sleeper s = SLEEPER(t, 0);

	(void)a;
	thread_sleep(t, &s, 0);
	return -LX_RESTART_NOHAND;
}

long sys_rt_sigtimedwait(struct thread *t, const uint64_t *a)
{
	struct sleeper s = SLEEPER(t, 0);
	struct lx_siginfo info;
	struct lx_timespec ts;
	uint64_t set, deadline = 0;
	long r = 0;
	int sig;

	if (a[3] != 8)
		return -LX_EINVAL;
	if (user_get(t, &set, a[0], sizeof(set)) < 0)
		return -LX_EFAULT;
	set &= ~(LX_SIGBIT(LX_SIGKILL) | LX_SIGBIT(LX_SIGSTOP));
	if (a[2]) {
		if (user_get(t, &ts, a[2], sizeof(ts)) < 0)
			return -LX_EFAULT;
		r = deadline_of(&ts, true, false, &deadline);
		if (r < 0)
			return r;
	}
	waiter_add(&t->proc->signal_wait, &s.waiter);
	for (;;) {
		sig = signal_take(t, set, &info);
		if (sig || r < 0)
			break;
		r = thread_sleep(t, &s, deadline);
	}
	waiter_remove(&s.waiter);
	if (!sig)
		return r == -LX_ETIMEDOUT ? -LX_EAGAIN : -LX_EINTR;
	if (a[1] && user_put(t, a[1], &info, sizeof(info)) < 0)
		return -LX_EFAULT;
	return sig;
}

long sys_sigaltstack(struct thread *t, const uint64_t *a)
{
	struct cpu_regs regs = {0};
	struct lx_stack new, old = t->altstack;
	bool on;

	cpu_frame_get(&regs);
	on = !(old.ss_flags & LX_SS_DISABLE) && regs.r[COS_REG_SP] > old.ss_sp &&
	     regs.r[COS_REG_SP] - old.ss_sp <= old.ss_size;
	if (on)
		old.ss_flags = LX_SS_ONSTACK;
	if (a[0]) {
		if (user_get(t, &new, a[0], sizeof(new)) < 0)
			return -LX_EFAULT;
		if (on)
			return -LX_EPERM;
		if (new.ss_flags & ~(LX_SS_DISABLE | LX_SS_ONSTACK))
			return -LX_EINVAL;
		if (new.ss_flags & LX_SS_DISABLE) {
			new = (struct lx_stack){.ss_flags = LX_SS_DISABLE};
		} else {
			if (new.ss_size < LX_MINSIGSTKSZ)
				return -LX_ENOMEM;
			new.ss_flags = 0;
		}
	}
	if (a[1] && user_put(t, a[1], &old, sizeof(old)) < 0)
		return -LX_EFAULT;
	if (a[0])
		t->altstack = new;
	return 0;
}

static struct lx_siginfo user_info(struct thread *t, int sig, int code)
{
	return (struct lx_siginfo){.si_signo = sig,
				   .si_code = code,
				   .kill = {.pid = t->proc->pid, .uid = t->proc->uid}};
}

/* To a process. There is no fork: a process is the caller, or a program of the composition. */
static long send_pid(struct thread *t, int pid, int sig, const struct lx_siginfo *info)
{
	struct process *proc = NULL;

	if (sig < 0 || sig > LX_NSIG)
		return -LX_EINVAL;
	if (pid == 0 || pid == -t->proc->pgid || pid == -1)
		proc = pid == -1 ? NULL : t->proc;
	else if (pid > 0) {
		cos_mutex_lock(&proc_lock);
		proc = proc_find(pid);
		cos_mutex_unlock(&proc_lock);
	}
	if (!proc)
		return -LX_ESRCH;
	if (proc != t->proc && proc->sid != t->proc->sid)
		return -LX_EPERM; /* programs of the composition may not signal each other */
	return sig ? signal_send(proc, NULL, sig, info) : 0;
}

long sys_kill(struct thread *t, const uint64_t *a)
{
	struct lx_siginfo info = user_info(t, (int)a[1], LX_SI_USER);

	return send_pid(t, (int)a[0], (int)a[1], &info);
}

static long send_tid(struct thread *t, int tgid, int tid, int sig, const struct lx_siginfo *info)
{
	struct thread *target;

	if (tid <= 0 || tgid == 0 || tgid < -1 || sig < 0 || sig > LX_NSIG)
		return -LX_EINVAL;
	if (tgid > 0 && tgid != t->proc->pid)
		return -LX_ESRCH;
	cos_mutex_lock(&proc_lock);
	target = proc_thread(t->proc, tid);
	cos_mutex_unlock(&proc_lock);
	if (!target)
		return -LX_ESRCH;
	return sig ? signal_send(t->proc, target, sig, info) : 0;
}

long sys_tgkill(struct thread *t, const uint64_t *a)
{
	struct lx_siginfo info = user_info(t, (int)a[2], LX_SI_TKILL);

	return (int)a[0] <= 0 ? -LX_EINVAL : send_tid(t, (int)a[0], (int)a[1], (int)a[2], &info);
}

long sys_tkill(struct thread *t, const uint64_t *a)
{
	struct lx_siginfo info = user_info(t, (int)a[1], LX_SI_TKILL);

	return send_tid(t, -1, (int)a[0], (int)a[1], &info);
}

long sys_rt_sigqueueinfo(struct thread *t, const uint64_t *a)
{
	struct lx_siginfo info;

	if (user_get(t, &info, a[2], sizeof(info)) < 0)
		return -LX_EFAULT;
	info.si_signo = (int)a[1];
	if ((info.si_code >= 0 || info.si_code == LX_SI_TKILL) && (int)a[0] != t->proc->pid)
		return -LX_EPERM;
	return send_pid(t, (int)a[0], (int)a[1], &info);
}

long sys_rt_tgsigqueueinfo(struct thread *t, const uint64_t *a)
{
	struct lx_siginfo info;

	if (user_get(t, &info, a[3], sizeof(info)) < 0)
		return -LX_EFAULT;
	info.si_signo = (int)a[2];
	return send_tid(t, (int)a[0], (int)a[1], (int)a[2], &info);
}

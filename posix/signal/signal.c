/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals: sending and delivering them.
 *
 * G1. Actions and pending sets change under signal_lock. A thread's `blocked` is changed by that
 *     thread alone. Others read it without a lock: if it is stale, the thread is unparked for
 *     nothing, or not unparked and finds the signal when it leaves posix.
 * G2. A sender marks the signal pending and then unparks all threads that may take it. Each looks
 *     by itself, on its way out, whether there is a signal for it. A thread that finds none issues
 *     its interrupted call again (LX_RESTART), which the program does not notice.
 * G3. A signal is taken under signal_lock, so by one thread.
 * G4. SIGKILL is never pending: it ends the process as it is sent.
 * G5. All deliverable signals are taken at once, and a frame is pushed for each. The first
 *     handler's frame has the call's result (or its number, to issue it again); a later one has the
 *     registers of the handler before it, and so runs first.
 * G6. After a call with a mask of its own (signal_mask_for_call) the old mask is what the first
 *     frame restores; if no handler runs, it is restored before the call returns.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "base/event.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/thread.h"
#include "signal/pending.h"
#include "signal/sigframe.h"
#include "signal/signal.h"

#define UNBLOCKABLE (LX_SIGBIT(LX_SIGKILL) | LX_SIGBIT(LX_SIGSTOP))
#define DEFAULT_IGNORE                                                          \
	(LX_SIGBIT(LX_SIGCHLD) | LX_SIGBIT(LX_SIGCONT) | LX_SIGBIT(LX_SIGURG) | \
	 LX_SIGBIT(LX_SIGWINCH))
#define DEFAULT_STOP                                                             \
	(LX_SIGBIT(LX_SIGSTOP) | LX_SIGBIT(LX_SIGTSTP) | LX_SIGBIT(LX_SIGTTIN) | \
	 LX_SIGBIT(LX_SIGTTOU))

uint64_t signal_pending(struct thread *t)
{
	return __atomic_load_n(&t->pending.set, __ATOMIC_ACQUIRE) |
	       __atomic_load_n(&t->proc->pending.set, __ATOMIC_ACQUIRE);
}

static bool ignored(const struct process *proc, int sig)
{
	uint64_t handler = proc->actions[sig - 1].handler;

	return handler == LX_SIG_IGN || (handler == LX_SIG_DFL && LX_SIGBIT(sig) & DEFAULT_IGNORE);
}

long signal_send(struct process *proc, struct thread *t, int sig, const struct lx_siginfo *info)
{
	struct list_node *p;
	long r = 0;

	if (sig == LX_SIGKILL) {
		proc_kill(proc, LX_SIGKILL);
		return 0;
	}
	cos_mutex_lock(&proc_lock);
	cos_mutex_lock(&proc->signal_lock);
	if (list_empty(&proc->threads)) {
		r = -LX_ESRCH;
	} else {
		struct thread *first =
			t ? t : container_of(proc->threads.next, struct thread, link);

		if (!ignored(proc, sig) || first->blocked & LX_SIGBIT(sig))
			r = pending_add(t ? &t->pending : &proc->pending, sig, info);
	}
	list_for_each(p, &proc->threads) {
		struct thread *other = container_of(p, struct thread, link);

		if ((!t || other == t) && !(other->blocked & LX_SIGBIT(sig)))
			thread_unpark(other);
	}
	cos_mutex_unlock(&proc->signal_lock);
	cos_mutex_unlock(&proc_lock);
	waitq_wake(&proc->signal_wait, 0);
	return r;
}

void signal_force(struct thread *t, const struct lx_siginfo *info)
{
	struct process *proc = t->proc;
	int sig = info->si_signo;
	struct lx_sigaction *act = &proc->actions[sig - 1];

	cos_mutex_lock(&proc->signal_lock);
	if (act->handler == LX_SIG_IGN || t->blocked & LX_SIGBIT(sig)) {
		act->handler = LX_SIG_DFL;
		t->blocked &= ~LX_SIGBIT(sig);
	}
	pending_add(&t->pending, sig, info);
	cos_mutex_unlock(&proc->signal_lock);
}

int signal_take(struct thread *t, uint64_t set, struct lx_siginfo *info)
{
	int sig;

	if (!(signal_pending(t) & set))
		return 0;
	cos_mutex_lock(&t->proc->signal_lock);
	sig = pending_take(&t->pending, set, info);
	if (!sig)
		sig = pending_take(&t->proc->pending, set, info);
	cos_mutex_unlock(&t->proc->signal_lock);
	return sig;
}

void signal_set_blocked(struct thread *t, uint64_t blocked)
{
	t->blocked = blocked & ~UNBLOCKABLE;
}

void signal_mask_for_call(struct thread *t, uint64_t mask)
{
	t->saved_mask = t->blocked;
	t->restore_mask = true;
	signal_set_blocked(t, mask);
}

/* Handlers are gone with the program: their signals have the default action again. */
static void signal_exec(struct thread *t)
{
	struct process *proc = t->proc;

	cos_mutex_lock(&proc->signal_lock);
	for (unsigned i = 0; i < LX_NSIG; i++) {
		uint64_t handler = proc->actions[i].handler;

		memset(&proc->actions[i], 0, sizeof(proc->actions[i]));
		if (handler == LX_SIG_IGN)
			proc->actions[i].handler = LX_SIG_IGN;
	}
	cos_mutex_unlock(&proc->signal_lock);
	t->altstack = (struct lx_stack){.ss_flags = LX_SS_DISABLE};
}

static void command_line(const struct process *proc, char text[84])
{
	size_t n = MIN(proc->cmdline_len, (size_t)83);

	if (!proc->cmdline || n == 0) {
		strlcpy(text, proc->name, 84);
		return;
	}
	for (size_t i = 0; i < n; i++)
		text[i] = proc->cmdline[i] ? proc->cmdline[i] : ' ';
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = 0;
}

static void die(struct thread *t, int sig, const struct lx_siginfo *info, uint64_t ip)
{
	const bool core = LX_SIGBIT(sig) &
			  (SIGNALS_SYNCHRONOUS | LX_SIGBIT(LX_SIGQUIT) | LX_SIGBIT(LX_SIGABRT));
	char text[84];

	command_line(t->proc, text);
	if (!t->proc->exiting) {
		if (core && info->si_code > 0)
			cos_log("posix: program \"%s\" (pid %d) killed by signal %d: address %#lx, "
				"ip %#lx\n",
				text, t->proc->pid, sig, (unsigned long)info->fault.addr,
				(unsigned long)ip);
		else
			cos_log("posix: program \"%s\" (pid %d) killed by signal %d\n", text,
				t->proc->pid, sig);
	}
	proc_kill(t->proc, sig);
}

/* The default action. True: the process ends. */
static bool default_action(struct thread *t, int sig, const struct lx_siginfo *info, uint64_t ip)
{
	if (LX_SIGBIT(sig) & DEFAULT_IGNORE)
		return false;
	if (LX_SIGBIT(sig) & DEFAULT_STOP) {
		cos_log("posix: %s: stopping a process (signal %d) is not implemented: it goes "
			"on\n",
			t->proc->name, sig);
		return false;
	}
	die(t, sig, info, ip);
	return true;
}

/*
 * G5. True: a handler runs, and regs are its registers. *loaded: regs have been filled, which is
 * done for the first signal.
 */
static bool deliver_all(struct thread *t, struct cpu_regs *regs, bool *loaded, long result,
			bool syscall)
{
	struct process *proc = t->proc;
	struct lx_siginfo info;
	bool handled = false;
	int sig;

	while (!proc->exiting && (sig = signal_take(t, ~t->blocked, &info)) != 0) {
		struct lx_sigaction act;
		uint64_t mask;

		if (!*loaded) {
			frame_load(t, regs, syscall);
			*loaded = true;
		}
		cos_mutex_lock(&proc->signal_lock);
		act = proc->actions[sig - 1];
		if (act.handler > LX_SIG_IGN && act.flags & LX_SA_RESETHAND)
			proc->actions[sig - 1].handler = LX_SIG_DFL;
		cos_mutex_unlock(&proc->signal_lock);
		if (act.handler == LX_SIG_IGN)
			continue;
		if (act.handler == LX_SIG_DFL) {
			if (default_action(t, sig, &info, regs->r[COS_REG_IP]))
				return false;
			continue;
		}
		if (syscall && !handled) {
			if (t->frame->number == FRAME_DONE) {
				/* sigreturn: the registers are the context's already */
				regs->r[COS_REG_RAX] = (uint64_t)result;
			} else if (result == -LX_RESTART && act.flags & LX_SA_RESTART) {
				regs->r[COS_REG_IP] -=
					2; /* back to the syscall instruction, 2 bytes */
				regs->r[COS_REG_RAX] = t->frame->number;
			} else {
				regs->r[COS_REG_RAX] =
					(uint64_t)(result <= -LX_RESTART ? -LX_EINTR : result);
			}
		}
		mask = t->restore_mask ? t->saved_mask : t->blocked;
		t->restore_mask = false;
		if (sigframe_push(t, regs, sig, &act, &info, mask) < 0) {
			info = (struct lx_siginfo){.si_signo = LX_SIGSEGV, .si_code = LX_SI_KERNEL};
			die(t, LX_SIGSEGV, &info, regs->r[COS_REG_IP]);
			return false;
		}
		signal_set_blocked(t, t->blocked | act.mask |
					      (act.flags & LX_SA_NODEFER ? 0 : LX_SIGBIT(sig)));
		handled = true;
	}
	return handled;
}

long signal_deliver(struct thread *t, long result)
{
	struct cpu_regs regs;
	bool loaded = false;

	if (deliver_all(t, &regs, &loaded, result, true)) {
		frame_store(t, &regs, true);
		return (long)regs.r[COS_REG_RAX];
	}
	if (t->restore_mask) {
		t->restore_mask = false;
		signal_set_blocked(t, t->saved_mask);
		if (signal_pending(t) & ~t->blocked) /* the old mask lets other signals through */
			return signal_deliver(t, result);
	}
	if (t->frame->number != FRAME_DONE &&
	    (result == -LX_RESTART || result == -LX_RESTART_NOHAND)) {
		if (!loaded)
			frame_load(t, &regs, true);
		cpu_frame_set(COS_REG_IP, regs.r[COS_REG_IP] - 2);
		return (long)t->frame->number;
	}
	return result;
}

void signal_deliver_fault(struct thread *t)
{
	struct cpu_regs regs;
	bool loaded = false;

	if (deliver_all(t, &regs, &loaded, 0, false))
		frame_store(t, &regs, false);
}

const struct process_hooks signal_hooks = {
	.exec = signal_exec,
};

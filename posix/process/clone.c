/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads of a program: clone as musl's and glibc's pthread_create use it, exit, and wait.
 *
 * Not there: child processes. fork, vfork and clone without CLONE_THREAD are ENOSYS.
 */
#include "base/os.h"
#include "abi/abi.h"
#include "abi/errno.h"
#include "arch/cpu.h"
#include "calls.h"
#include "mm/user.h"
#include "process/policy.h"
#include "process/process.h"
#include "process/thread.h"

#define THREAD_MUST \
	(LX_CLONE_VM | LX_CLONE_FS | LX_CLONE_FILES | LX_CLONE_SIGHAND | LX_CLONE_THREAD)
#define THREAD_MAY                                                                               \
	(LX_CLONE_SYSVSEM | LX_CLONE_SETTLS | LX_CLONE_PARENT_SETTID | LX_CLONE_CHILD_CLEARTID | \
	 LX_CLONE_DETACHED | LX_CLONE_CHILD_SETTID)

/*
 * A thread of the same process. A child process is ENOSYS, which the log says once, as it does for
 * a call that is not implemented. Thread id, or -LX_E*.
 */
static long clone_thread(struct thread *t, uint64_t flags, uint64_t stack, uint64_t parent_tid,
			 uint64_t child_tid, uint64_t tls)
{
	const struct gate_frame *f = t->frame;
	struct cpu_regs regs = {0};
	struct thread *new;
	int32_t tid;
	long r;

	if (!(flags & LX_CLONE_THREAD)) {
		static bool logged;

		if (!__atomic_exchange_n(&logged, true, __ATOMIC_RELAXED))
			cos_log("posix: %s: child processes (fork, clone) are not implemented\n",
				t->proc->name);
		return -LX_ENOSYS;
	}
	if ((flags & THREAD_MUST) != THREAD_MUST || flags & ~(uint64_t)(THREAD_MUST | THREAD_MAY))
		return -LX_EINVAL;
	if (flags & LX_CLONE_SETTLS && !user_range(tls, 1))
		return -LX_EPERM;
	if (!policy_may_clone(t))
		return -LX_EAGAIN;
	new = thread_create(t->proc);
	if (!new)
		return -LX_ENOMEM;
	policy_inherit(t, new);
	cpu_frame_get(&regs);
	new->start = regs;
	new->start.r[COS_REG_RSI] = f->arg[1];
	new->start.r[COS_REG_RDX] = f->arg[2];
	new->start.r[COS_REG_R10] = f->arg[3];
	new->start.r[COS_REG_R8] = f->arg[4];
	new->start.r[COS_REG_R9] = f->arg[5];
	new->start.r[COS_REG_R12] = f->r12;
	new->start.r[COS_REG_R13] = f->r13;
	new->start.r[COS_REG_R14] = f->r14;
	new->start.r[COS_REG_R15] = f->r15;
	if (stack)
		new->start.r[COS_REG_SP] = stack;
	new->start_fs_base = flags &LX_CLONE_SETTLS ? tls : cpu_fs_base_get();
	new->blocked = t->blocked;
	memcpy(new->affinity, t->affinity, sizeof(new->affinity));
	memcpy(new->name, t->name, sizeof(new->name));
	if (flags & LX_CLONE_CHILD_CLEARTID)
		new->clear_child_tid = child_tid;
	tid = new->tid;
	/*
	 * Parent and child share the memory: both words are written before the child can read them.
	 */
	if (flags & LX_CLONE_PARENT_SETTID)
		user_put(t, parent_tid, &tid, sizeof(tid));
	if (flags & LX_CLONE_CHILD_SETTID)
		user_put(t, child_tid, &tid, sizeof(tid));
	r = thread_start(new);
	return r < 0 ? r : tid;
}

long sys_clone(struct thread *t, const uint64_t *a)
{
	return clone_thread(t, a[0] & ~0xffull, a[1], a[2], a[3], a[4]);
}

long sys_clone3(struct thread *t, const uint64_t *a)
{
	struct lx_clone_args args;

	if (a[1] < 64 || a[1] > PAGE)
		return -LX_EINVAL;
	memset(&args, 0, sizeof(args));
	if (user_get(t, &args, a[0], MIN(a[1], sizeof(args))) < 0)
		return -LX_EFAULT;
	if (args.set_tid_size)
		return -LX_EINVAL;
	return clone_thread(t, args.flags, args.stack ? args.stack + args.stack_size : 0,
			    args.parent_tid, args.child_tid, args.tls);
}

long sys_exit(struct thread *t, const uint64_t *a)
{
	thread_exit(t, (int)a[0] & 0xff);
}

long sys_exit_group(struct thread *t, const uint64_t *a)
{
	proc_kill(t->proc, ((int)a[0] & 0xff) << 8);
	thread_exit(t, 0);
}

long sys_set_tid_address(struct thread *t, const uint64_t *a)
{
	t->clear_child_tid = a[0];
	return t->tid;
}

/* There are no children yet. */
long sys_wait4(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[2] & ~0xe000000bull ? -LX_EINVAL : -LX_ECHILD;
}

long sys_waitid(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] > 3 || !(a[3] & 0xeull) ? -LX_EINVAL : -LX_ECHILD;
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Process groups and sessions. */
#include "base/os.h"
#include "abi/errno.h"
#include "calls.h"
#include "process/process.h"
#include "process/thread.h"

long sys_setpgid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;
	int pid = (int)a[0] ? (int)a[0] : p->pid, pgid = (int)a[1] ? (int)a[1] : pid;

	if ((int)a[1] < 0)
		return -LX_EINVAL;
	if (pid != p->pid)
		return -LX_ESRCH;
	if (p->sid == p->pid || (pgid != p->pid && pgid != p->pgid))
		return -LX_EPERM;
	p->pgid = pgid;
	return 0;
}

static struct process *by_pid(struct thread *t, int pid)
{
	struct process *proc;

	if (pid == 0 || pid == t->proc->pid)
		return t->proc;
	cos_mutex_lock(&proc_lock);
	proc = proc_find(pid);
	cos_mutex_unlock(&proc_lock);
	return proc;
}

long sys_getpgid(struct thread *t, const uint64_t *a)
{
	struct process *p = by_pid(t, (int)a[0]);

	return p ? p->pgid : -LX_ESRCH;
}

long sys_getsid(struct thread *t, const uint64_t *a)
{
	struct process *p = by_pid(t, (int)a[0]);

	return p ? p->sid : -LX_ESRCH;
}

long sys_setsid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	(void)a;
	if (p->pgid == p->pid)
		return -LX_EPERM;
	p->pgid = p->sid = p->pid;
	return p->pid;
}

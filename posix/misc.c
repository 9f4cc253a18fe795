/* SPDX-License-Identifier: BSD-2-Clause */
/* Identity, limits, names, scheduling: system calls that are about the process itself. */
#include "os.h"
#include "calls.h"
#include "clock.h"
#include "init.h"
#include "linux/errno.h"
#include "mm.h"
#include "thread.h"

#define ID(call, value)                                      \
	long sys_##call(struct thread *t, const uint64_t *a) \
	{                                                    \
		(void)a;                                     \
		return (value);                              \
	}
ID(getpid, t->proc->pid)
ID(getppid, t->proc->parent ? t->proc->parent->pid : 1)
ID(gettid, t->tid)
ID(getuid, t->proc->uid)
ID(geteuid, t->proc->euid)
ID(getgid, t->proc->gid)
ID(getegid, t->proc->egid)
ID(getpgrp, t->proc->pgid)

/*
 * Users. The backends see posix as one user; what a program sets is kept for it to read, and one
 * that gave up being root does not become it again.
 */
static bool may(uint32_t effective, uint32_t id, uint32_t real, uint32_t saved)
{
	return effective == 0 || id == real || id == effective || id == saved;
}

long sys_setuid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;
	uint32_t id = (uint32_t)a[0];

	if (id == ~0u)
		return -LX_EINVAL;
	if (p->euid == 0)
		p->uid = p->euid = p->suid = id;
	else if (id == p->uid || id == p->suid)
		p->euid = id;
	else
		return -LX_EPERM;
	return 0;
}

long sys_setgid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;
	uint32_t id = (uint32_t)a[0];

	if (id == ~0u)
		return -LX_EINVAL;
	if (p->euid == 0)
		p->gid = p->egid = p->sgid = id;
	else if (id == p->gid || id == p->sgid)
		p->egid = id;
	else
		return -LX_EPERM;
	return 0;
}

static long set_three(bool root, uint32_t *r, uint32_t *e, uint32_t *s, const uint64_t *a,
		      unsigned n)
{
	uint32_t *slot[3] = {r, e, s}, old[3] = {*r, *e, *s};

	for (unsigned i = 0; i < n; i++)
		if ((uint32_t)a[i] != ~0u && !root && !may(1, (uint32_t)a[i], old[0], old[2]) &&
		    (uint32_t)a[i] != old[1])
			return -LX_EPERM;
	for (unsigned i = 0; i < n; i++)
		if ((uint32_t)a[i] != ~0u)
			*slot[i] = (uint32_t)a[i];
	if (n == 2 && ((uint32_t)a[0] != ~0u || ((uint32_t)a[1] != ~0u && *e != old[0])))
		*s = *e;
	return 0;
}

long sys_setresuid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->uid, &p->euid, &p->suid, a, 3);
}

long sys_setresgid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->gid, &p->egid, &p->sgid, a, 3);
}

long sys_setreuid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->uid, &p->euid, &p->suid, a, 2);
}

long sys_setregid(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	return set_three(p->euid == 0, &p->gid, &p->egid, &p->sgid, a, 2);
}

static long put_three(struct thread *t, const uint64_t *a, uint32_t r, uint32_t e, uint32_t s)
{
	return user_put(t, a[0], &r, 4) < 0 || user_put(t, a[1], &e, 4) < 0 ||
			       user_put(t, a[2], &s, 4) < 0
		       ? -LX_EFAULT
		       : 0;
}

long sys_getresuid(struct thread *t, const uint64_t *a)
{
	return put_three(t, a, t->proc->uid, t->proc->euid, t->proc->suid);
}

long sys_getresgid(struct thread *t, const uint64_t *a)
{
	return put_three(t, a, t->proc->gid, t->proc->egid, t->proc->sgid);
}

#define NGROUPS_MAX 65536
long sys_setgroups(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;
	uint32_t *groups = NULL;

	if (p->euid != 0)
		return -LX_EPERM;
	if (a[0] > NGROUPS_MAX)
		return -LX_EINVAL;
	if (a[0]) {
		groups = cos_malloc(a[0] * sizeof(*groups));
		if (!groups)
			return -LX_ENOMEM;
		if (user_get(t, groups, a[1], a[0] * sizeof(*groups)) < 0) {
			cos_free(groups);
			return -LX_EFAULT;
		}
	}
	cos_free(p->groups);
	p->groups = groups;
	p->ngroups = (unsigned)a[0];
	return 0;
}

long sys_getgroups(struct thread *t, const uint64_t *a)
{
	struct process *p = t->proc;

	if ((int)a[0] < 0 || (a[0] && a[0] < p->ngroups))
		return -LX_EINVAL;
	if (a[0] && user_put(t, a[1], p->groups, p->ngroups * sizeof(*p->groups)) < 0)
		return -LX_EFAULT;
	return p->ngroups;
}

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

long sys_uname(struct thread *t, const uint64_t *a)
{
	struct lx_utsname u = {.sysname = "Linux",
			       .release = "6.1.0-rump2cos",
			       .version = "#1 rump2cos",
			       .machine = "x86_64",
			       .domainname = "(none)"};

	strlcpy(u.nodename, init_hostname(), sizeof(u.nodename));
	return user_put(t, a[0], &u, sizeof(u));
}

long sys_sethostname(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	return -LX_EPERM; /* the composition names the system */
}

long sys_sysinfo(struct thread *t, const uint64_t *a)
{
	struct cos_pair mem = mem_stat();
	struct lx_sysinfo info = {.uptime = (int64_t)(cos_now_ns() / NS_PER_S),
				  .totalram = (uint64_t)mem.v1 * PAGE,
				  .freeram = (uint64_t)mem.v0 * PAGE,
				  .procs = (uint16_t)proc_count(),
				  .mem_unit = 1};

	return user_put(t, a[0], &info, sizeof(info));
}

static long limit(struct thread *t, unsigned which, uint64_t new, uint64_t old)
{
	struct lx_rlimit *l, set;

	if (which >= LX_RLIM_NLIMITS)
		return -LX_EINVAL;
	l = &t->proc->limits[which];
	if (new &&user_get(t, &set, new, sizeof(set)) < 0)
		return -LX_EFAULT;
	if (new &&set.cur > set.max)
		return -LX_EINVAL;
	if (new &&which == LX_RLIMIT_NOFILE && set.max > 1 << 20)
		return -LX_EPERM;
	if (new &&set.max > l->max && t->proc->euid != 0)
		return -LX_EPERM;
	if (old && user_put(t, old, l, sizeof(*l)) < 0)
		return -LX_EFAULT;
	if (new)
		*l = set;
	return 0;
}

long sys_prlimit64(struct thread *t, const uint64_t *a)
{
	if ((int)a[0] != 0 && (int)a[0] != t->proc->pid)
		return -LX_ESRCH;
	return limit(t, (unsigned)a[1], a[2], a[3]);
}

long sys_getrlimit(struct thread *t, const uint64_t *a)
{
	return a[1] ? limit(t, (unsigned)a[0], 0, a[1]) : -LX_EFAULT;
}

long sys_setrlimit(struct thread *t, const uint64_t *a)
{
	return a[1] ? limit(t, (unsigned)a[0], a[1], 0) : -LX_EFAULT;
}

#define PR_SET_PDEATHSIG 1
#define PR_GET_PDEATHSIG 2
#define PR_GET_DUMPABLE 3
#define PR_SET_DUMPABLE 4
#define PR_GET_KEEPCAPS 7
#define PR_SET_KEEPCAPS 8
#define PR_SET_NAME 15
#define PR_GET_NAME 16
#define PR_GET_SECCOMP 21
#define PR_CAPBSET_READ 23
#define PR_GET_TIMERSLACK 30
#define PR_SET_TIMERSLACK 29
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39
#define PR_SET_VMA 0x53564d41
long sys_prctl(struct thread *t, const uint64_t *a)
{
	int32_t zero = 0;
	char name[16];

	switch ((int)a[0]) {
	case PR_SET_NAME: {
		long r = user_string(t, name, a[1], sizeof(name));

		if (r == -LX_EFAULT)
			return r;
		name[15] = 0;
		memcpy(t->name, name, sizeof(t->name));
		return 0;
	}
	case PR_GET_NAME:
		return user_put(t, a[1], t->name, sizeof(t->name));
	case PR_SET_PDEATHSIG: /* the parent of the first program does not die */
		return a[1] > LX_NSIG ? -LX_EINVAL : 0;
	case PR_GET_PDEATHSIG:
		return user_put(t, a[1], &zero, sizeof(zero));
	case PR_GET_DUMPABLE:
	case PR_CAPBSET_READ:
		return 1;
	case PR_SET_DUMPABLE: /* there are no core dumps to allow or forbid */
		return a[1] > 1 ? -LX_EINVAL : 0;
	case PR_GET_KEEPCAPS:
	case PR_GET_SECCOMP:
	case PR_SET_TIMERSLACK:
	case PR_SET_KEEPCAPS:
		return 0;
	case PR_GET_TIMERSLACK:
		return 50000;
	case PR_SET_NO_NEW_PRIVS:
		return a[1] == 1 ? 0 : -LX_EINVAL; /* no exec here gives privileges */
	case PR_GET_NO_NEW_PRIVS:
		return 1;
	default:
		return -LX_EINVAL;
	}
}

long sys_arch_prctl(struct thread *t, const uint64_t *a)
{
	uint64_t base;

	switch (a[0]) {
	case LX_ARCH_SET_FS:
		if (!user_range(a[1], 1))
			return -LX_EPERM;
		cpu_fs_base_set(a[1]);
		return 0;
	case LX_ARCH_GET_FS:
		base = cpu_fs_base_get();
		return user_put(t, a[1], &base, sizeof(base));
	case LX_ARCH_SET_GS:
		if (!user_range(a[1], 1))
			return -LX_EPERM;
		cpu_gs_base_set(a[1]);
		return 0;
	case LX_ARCH_GET_GS:
		base = cpu_gs_base_get();
		return user_put(t, a[1], &base, sizeof(base));
	default:
		return -LX_EINVAL;
	}
}

long sys_personality(struct thread *t, const uint64_t *a)
{
	(void)t;
	return (uint32_t)a[0] == ~0u || a[0] == 0 ? 0 : -LX_EINVAL;
}

long sys_sched_yield(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	sched_yield();
	return 0;
}

long sys_getpriority(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] > 2 ? -LX_EINVAL : 20; /* 20 - nice */
}

long sys_setpriority(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] > 2 ? -LX_EINVAL : (int)a[2] == 0 ? 0 : -LX_EPERM;
}

/* Version 3 of the header; all capabilities to root, none to others (capget(2)). */
long sys_capget(struct thread *t, const uint64_t *a)
{
	uint32_t head[2], data[6] = {0};

	if (user_get(t, head, a[0], sizeof(head)) < 0)
		return -LX_EFAULT;
	if (head[0] != 0x20080522) {
		head[0] = 0x20080522;
		return user_put(t, a[0], head, 4) < 0 ? -LX_EFAULT : -LX_EINVAL;
	}
	for (int i = 0; t->proc->euid == 0 && i < 2; i++)
		data[3 * i] = data[3 * i + 1] = i ? 0x1ff : ~0u;
	return a[1] ? user_put(t, a[1], data, sizeof(data)) : 0;
}

#define MEMBARRIER_QUERY 0
long sys_membarrier(struct thread *t, const uint64_t *a)
{
	(void)t;
	return a[0] == MEMBARRIER_QUERY ? 0 : -LX_EINVAL; /* no command is offered */
}

/* Restartable sequences need the kernel's help at every preemption: programs do without (rseq(2)).
 */
long sys_rseq(struct thread *t, const uint64_t *a)
{
	(void)t;
	(void)a;
	return -LX_ENOSYS;
}
